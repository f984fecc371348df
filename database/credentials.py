"""Credentials of providers: one row each, with photo and evidence; which reminders were given."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, or_, select, update

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema import account, credential
from medilink.audit import AuditEvent
from medilink.credentials import Credentials, Held, State, as_text, from_text
from medilink.errors import EditedMeanwhile, NotFound
from medilink.people import AccountId, Role

_KEPT = [
    credential.c[name]
    for name in ("body", "state", "version", "decided_at", "decided_by", "reason")
]


def _held(row: Any) -> Held:
    return Held(
        credentials=from_text(row.body),
        state=State(row.state),
        version=row.version,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        has_photo=bool(row.has_photo),
        has_evidence=bool(row.has_evidence),
    )


_HELD = select(
    credential.c.account_id,
    *_KEPT,
    credential.c.photo.is_not(None).label("has_photo"),
    credential.c.evidence.is_not(None).label("has_evidence"),
    credential.c.reminded,
)


class CredentialRows:
    """Implements medilink.store_people.CredentialStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_account(self, who: AccountId) -> Held | None:
        with self._file.reading() as connection:
            row = connection.execute(_HELD.where(credential.c.account_id == who)).first()
        return _held(row) if row else None

    def of_everyone(self) -> dict[AccountId, tuple[Held, int | None]]:
        providers = _HELD.join(account, account.c.id == credential.c.account_id).where(
            (account.c.disabled == 0)
            & or_(
                account.c.role == Role.PROVIDER.value, account.c.roles.contains(Role.PROVIDER.value)
            )
        )
        with self._file.reading() as connection:
            rows = connection.execute(providers).all()
        return {AccountId(row.account_id): (_held(row), row.reminded) for row in rows}

    def save(
        self,
        who: AccountId,
        credentials: Credentials,
        state: State,
        *,
        version: int,
        audit: AuditEvent,
    ) -> None:
        values = {"body": as_text(credentials), "state": state.value, "version": version + 1}
        with self._log.transaction(audit) as connection:
            there = connection.execute(
                select(credential.c.version).where(credential.c.account_id == who)
            ).scalar()
            if (there or 0) != version:
                raise EditedMeanwhile(theirs=None)
            if there is None:
                connection.execute(insert(credential).values(account_id=who, **values))
            else:
                same = credential.c.account_id == who
                connection.execute(update(credential).where(same).values(values))

    def decide(  # noqa: PLR0913 what a decision says
        self,
        who: AccountId,
        state: State,
        reason: str,
        by: AccountId,
        *,
        version: int,
        audit: AuditEvent,
    ) -> None:
        same = (
            (credential.c.account_id == who)
            & (credential.c.version == version)
            & (credential.c.state == State.SUBMITTED.value)
        )
        values = {
            "state": state.value,
            "reason": reason,
            "decided_by": by,
            "decided_at": audit.at,
            "version": version + 1,
            "reminded": None,
        }
        with self._log.transaction(audit) as connection:
            if connection.execute(update(credential).where(same).values(values)).rowcount != 1:
                raise EditedMeanwhile(theirs=None)

    def keep_photo(self, who: AccountId, body: bytes, *, audit: AuditEvent) -> None:
        self._keep(who, audit, photo=body)

    def keep_evidence(self, who: AccountId, media: str, body: bytes, *, audit: AuditEvent) -> None:
        self._keep(who, audit, evidence=body, evidence_media=media)

    def _keep(self, who: AccountId, audit: AuditEvent, **values: Any) -> None:
        with self._log.transaction(audit) as connection:
            same = update(credential).where(credential.c.account_id == who)
            if connection.execute(same.values(values)).rowcount != 1:
                raise NotFound

    def of_photo(self, who: AccountId) -> bytes | None:
        with self._file.reading() as connection:
            wanted = select(credential.c.photo).where(credential.c.account_id == who)
            body = connection.execute(wanted).scalar()
        return bytes(body) if body else None

    def of_evidence(self, who: AccountId) -> tuple[str, bytes] | None:
        wanted = select(credential.c.evidence_media, credential.c.evidence).where(
            (credential.c.account_id == who) & credential.c.evidence.is_not(None)
        )
        with self._file.reading() as connection:
            row = connection.execute(wanted).first()
        return (row[0], bytes(row[1])) if row else None

    def reminded(self, who: AccountId, days: int, *, audit: AuditEvent) -> None:
        self._keep(who, audit, reminded=days)
