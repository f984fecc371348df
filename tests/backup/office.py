"""A clinic with a backup, and its administrator who looks into it for what is the clinic's own."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PIL import Image

import database.engine
from backup.folder import Home
from backup.looking_back import Offered, look_at_own
from database.schema import metadata
from medilink.acts.bring_own_back import BroughtBack, bring_own_back, compare_own
from medilink.acts.staff import change_clinic
from medilink.audit import Act, AuditEntry, open_entry
from medilink.clinics_own import Different, OwnPast
from medilink.desk import Desk
from medilink.people import AccountId
from medilink.store import Clinic
from tests.backup.backed_up import BackedUp
from tests.clinics import ADMIN_PASSPHRASE, DATA_KEY

WHY = "somebody pressed Save too early"


class Office:
    """A clinic with a backup, and its administrator who looks into it."""

    def __init__(self, world: BackedUp) -> None:
        self.world, self.clinic, self.admin = world, world.clinic, world.clinic.admin
        self.nurse = self.clinic.provider("Joseph Mwangi").who
        self.back_up()

    def back_up(self) -> None:
        self.offered = Offered(Home(self.world.stick), self.world.take())

    def past(self, by: Desk | None = None) -> OwnPast:
        return look_at_own(by or self.admin, self.clinic.folder, self.offered)

    def different(self, past: OwnPast) -> dict[str, Different]:
        return {one.key: one for one in compare_own(self.admin, past)}

    def bring(self, past: OwnPast, rows: Sequence[Different] | None = None) -> BroughtBack:
        ticked = compare_own(self.admin, past) if rows is None else rows
        return bring_own_back(self.admin, past, ticked, why=WHY, password=ADMIN_PASSPHRASE)

    def settings(self, **changed: Any) -> Clinic:
        before = self.clinic.store.settings.of_clinic()
        wanted = {"name": before.name, "idle_minutes": before.idle_minutes, **changed}
        return change_clinic(self.admin, before, **wanted)

    @property
    def clinic_now(self) -> Clinic:
        return replace(self.clinic.store.settings.of_clinic(), version=1)

    def account(self, who: AccountId) -> Any:
        return self.clinic.store.accounts.by_id(who)

    def entries_of(self, *acts: Act) -> list[AuditEntry]:
        return [open_entry(row) for row in self.clinic.store.log.rows() if row.act in acts]

    def tables(self) -> dict[str, list[Any]]:
        """All there is in the store."""
        raw = database.engine.open_raw(self.clinic.store_file, DATA_KEY)
        found = {
            name: raw.execute(f'SELECT * FROM "{name}"').fetchall() for name in metadata.tables
        }
        raw.close()
        return found

    def forget_account(self, who: AccountId) -> None:
        """As no page can: what a restore of an older backup does."""
        raw = database.engine.open_raw(self.clinic.store_file, DATA_KEY)
        raw.execute("DELETE FROM account WHERE id = ?", (who,))
        raw.close()


def logo(colour: str) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(kept, "PNG")
    return kept.getvalue()
