"""Accounts: who can sign in, their password hashes, their failures in a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlcipher3 import dbapi2 as sqlcipher

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema import account
from database.statement import Statement
from medilink.audit import AuditEvent
from medilink.errors import UserNameTaken
from medilink.people import Account, AccountId, PatientId, Role
from medilink.store import SignInState

_COLUMNS = tuple(c.name for c in account.c)
_ADD = Statement(
    insert(account)
    .values({c.name: bindparam(c.name) for c in account.c if c.name != "id"})
    .returning(*account.c)
)
_BY_USER_NAME = Statement(select(account).where(account.c.user_name == bindparam("name")))
_BY_ID = Statement(select(account).where(account.c.id == bindparam("wanted")))


def _account(row: Sequence[Any]) -> Account:
    """From a row with the table's columns in order."""
    kept = dict(zip(_COLUMNS, row, strict=True))
    return Account(
        id=AccountId(kept["id"]),
        user_name=kept["user_name"],
        display_name=kept["display_name"],
        role=Role(kept["role"]),
        profession=kept["profession"],
        patient=PatientId(kept["patient_id"]) if kept["patient_id"] is not None else None,
        must_change=bool(kept["must_change"]),
        disabled=bool(kept["disabled"]),
        language=kept["language"],
        more_roles=tuple(Role(role) for role in kept["roles"].split(",") if role),
    )


class Accounts:
    """Implements medilink.store.AccountStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def add(self, new: Account, password_hash: str, *, audit: AuditEvent) -> Account:
        values = {
            "user_name": new.user_name.casefold(),
            "display_name": new.display_name,
            "role": new.role.value,
            "profession": new.profession,
            "patient_id": new.patient,
            "password_hash": password_hash,
            "must_change": int(new.must_change),
            "disabled": 0,
            "language": new.language,
            "failures": 0,
            "wait_until": 0,
            "made_at": audit.at,
            "roles": ",".join(role.value for role in new.more_roles),
            "muted": "",
            "notices_read": 0,
        }
        try:
            with self._log.transaction(audit) as connection:
                row = _ADD.run(connection, **values).one()
        except sqlcipher.IntegrityError as clash:
            raise UserNameTaken from clash
        return _account(row)

    def by_id(self, wanted: AccountId) -> Account | None:
        with self._file.reading() as connection:
            row = _BY_ID.run(connection, wanted=wanted).first()
        return _account(row) if row else None

    def by_user_name(self, user_name: str) -> SignInState | None:
        with self._file.reading() as connection:
            row = _BY_USER_NAME.run(connection, name=user_name.casefold()).first()
        if row is None:
            return None
        kept = dict(zip(_COLUMNS, row, strict=True))
        return SignInState(
            _account(row), kept["password_hash"], kept["failures"], kept["wait_until"]
        )

    def list_staff(self) -> list[Account]:
        staff = select(account).where(account.c.role != Role.PATIENT.value)
        with self._file.reading() as connection:
            rows = connection.execute(staff.order_by(account.c.display_name)).all()
        return [_account(row) for row in rows]

    def count_failure(self, who: AccountId, wait_until: int, *, audit: AuditEvent) -> None:
        self._change(who, audit, failures=account.c.failures + 1, wait_until=wait_until)

    def signed_in(self, who: AccountId, *, new_hash: str | None = None, audit: AuditEvent) -> None:
        changes: dict[str, Any] = {"failures": 0, "wait_until": 0}
        if new_hash:
            changes["password_hash"] = new_hash
        self._change(who, audit, **changes)

    def set_password(
        self, who: AccountId, password_hash: str, *, must_change: bool, audit: AuditEvent
    ) -> None:
        changes = {"password_hash": password_hash, "must_change": int(must_change)}
        self._change(who, audit, failures=0, wait_until=0, **changes)

    def ask_new_password(self, who: AccountId, *, audit: AuditEvent) -> None:
        self._change(who, audit, must_change=1)

    def give_slip(self, who: AccountId, password_hash: str, *, audit: AuditEvent) -> None:
        changes = {"password_hash": password_hash, "must_change": 1, "disabled": 0}
        self._change(who, audit, failures=0, wait_until=0, **changes)

    def set_language(self, who: AccountId, language: str, *, audit: AuditEvent) -> None:
        self._change(who, audit, language=language)

    def set_roles(self, changed: Account, *, audit: AuditEvent) -> None:
        self._change(
            changed.id,
            audit,
            role=changed.role.value,
            roles=",".join(role.value for role in changed.more_roles),
            profession=changed.profession,
            must_change=int(changed.must_change),
        )

    def set_disabled(self, who: AccountId, *, disabled: bool, audit: AuditEvent) -> None:
        self._change(who, audit, disabled=int(disabled))

    def _change(self, who: AccountId, audit: AuditEvent, **changes: Any) -> None:
        with self._log.transaction(audit) as connection:
            connection.execute(update(account).where(account.c.id == who).values(changes))
