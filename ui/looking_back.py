"""Old backups of this installation, for whoever looks for one patient's entries in them, or for the
clinic's own settings and staff."""

from __future__ import annotations

from collections.abc import Sequence

from backup.archive import Progress, nobody_waits
from backup.destinations import Place
from backup.folder import Home
from backup.ledger import LedgerFile
from backup.looking_back import Offered, backups_at, look_at_own, look_back
from medilink.bringing_back import Past
from medilink.clinics_own import OwnPast
from medilink.desk import Desk
from medilink.people import PatientId
from ui.house import House


def offered_here(house: House, places: Sequence[Place]) -> list[Offered]:
    """Every checked backup beside the store and at the places that were chosen, the newest
    first."""
    config = house.config
    known = LedgerFile(config.backups_known_file).read()
    return backups_at([Home(config.backups_dir), *places], known)


def look_here(
    house: House, desk: Desk, wanted: Offered, patient: PatientId, progress: Progress = nobody_waits
) -> Past:
    """A patient's record as a backup has it (`backup.looking_back.look_back`)."""
    return look_back(desk, house.config.data_dir, wanted, patient, progress)


def look_at_own_here(
    house: House, desk: Desk, wanted: Offered, progress: Progress = nobody_waits
) -> OwnPast:
    """The clinic's own as a backup has it (`backup.looking_back.look_at_own`)."""
    return look_at_own(desk, house.config.data_dir, wanted, progress)
