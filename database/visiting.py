"""What patients of other clinics have shown here, and who opened it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, desc, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from database.engine import StoreFile
from database.log import LogKeeper
from database.network import keep_statement
from database.schema_abroad import visiting, visiting_opening
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.errors import NotFound
from medilink.people import AccountId, PatientId
from medilink.sharing import TRIES_PER_GRANT
from medilink.statements import Signed
from medilink.visiting import FOLLOWS, Mode, Visiting, VisitingState

_HEAD = ("share", "issuer", "clinic", "mode", "made", "ends", "state", "tries", "scope",
         "single_use", "opened_at", "local")  # fmt: skip
_COLUMNS = [visiting.c[name] for name in _HEAD]
_OPEN = VisitingState.OPEN.value
_SET_BY_OPENING = ("state", "body", "opened_at", "scope", "single_use")


def _read(connection: Connection, wanted: Any) -> list[Visiting]:
    newest = select(*_COLUMNS).where(wanted).order_by(desc(visiting.c.opened_at))
    return [_as_visiting(connection, row) for row in connection.execute(newest).all()]


def _as_visiting(connection: Connection, row: Any) -> Visiting:
    opened_by = select(visiting_opening.c.account_id).where(visiting_opening.c.share == row[0])
    accounts = connection.execute(opened_by.order_by(visiting_opening.c.at)).scalars()
    return Visiting(
        share=row[0],
        issuer=row[1],
        clinic=row[2],
        mode=Mode(row[3]),
        made=row[4],
        ends=row[5],
        state=VisitingState(row[6]),
        tries=row[7],
        scope=row[8],
        single_use=bool(row[9]),
        opened_at=row[10],
        local=None if row[11] is None else PatientId(row[11]),
        opened_by=tuple(AccountId(account) for account in accounts),
    )


class VisitingRows:
    """Implements medilink.store_network.VisitingStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_share(self, share: bytes) -> Visiting | None:
        with self._file.reading() as connection:
            found = _read(connection, visiting.c.share == share)
        return found[0] if found else None

    def of_account(self, who: AccountId, now: int) -> list[Visiting]:
        mine = select(visiting_opening.c.share).where(visiting_opening.c.account_id == who)
        live = (visiting.c.state == _OPEN) & (visiting.c.ends > now)
        with self._file.reading() as connection:
            return _read(connection, live & visiting.c.share.in_(mine))

    def of_local(self, patient: PatientId) -> Visiting | None:
        with self._file.reading() as connection:
            found = _read(connection, visiting.c.local == patient)
        return found[0] if found else None

    def of_issuers(self, issuers: Collection[bytes]) -> list[bytes]:
        live = (visiting.c.state == _OPEN) & visiting.c.issuer.in_(list(issuers))
        with self._file.reading() as connection:
            return list(connection.execute(select(visiting.c.share).where(live)).scalars())

    def of_over(self, now: int) -> list[bytes]:
        over = visiting.c.state.in_((VisitingState.TRIED.value, _OPEN)) & (visiting.c.ends <= now)
        with self._file.reading() as connection:
            return list(connection.execute(select(visiting.c.share).where(over)).scalars())

    def count_try(self, shown: Visiting, *, audit: AuditEvent) -> int:
        with self._log.transaction(audit) as connection:
            first = upsert(visiting).values({**_as_row(shown), "tries": 1})
            counted = first.on_conflict_do_update(
                index_elements=["share"], set_={"tries": visiting.c.tries + 1}
            )
            connection.execute(counted)
            same = visiting.c.share == shown.share
            tries = int(connection.execute(select(visiting.c.tries).where(same)).scalar_one())
            if tries > TRIES_PER_GRANT:
                spent = same & (visiting.c.state == VisitingState.TRIED.value)
                connection.execute(
                    update(visiting).where(spent).values(state=VisitingState.BURNT.value)
                )
        return tries

    def open(
        self, opened: Visiting, body: bytes, who: AccountId, said: Signed, *, audit: AuditEvent
    ) -> bool:
        row = {**_as_row(opened), "state": _OPEN, "body": body, "opened_at": audit.at}
        try:
            with self._log.transaction(audit) as connection:
                if not _take(connection, row):
                    raise _NotFirst
                connection.execute(
                    upsert(visiting_opening)
                    .values(share=opened.share, account_id=who, at=audit.at)
                    .on_conflict_do_nothing()
                )
                keep_statement(connection, said)
        except _NotFirst:
            return False
        return True

    def body(self, share: bytes, *, audit: Evidence) -> tuple[bytes, LoggedRead]:
        wanted = select(visiting.c.body).where(
            (visiting.c.share == share) & (visiting.c.state == _OPEN)
        )
        with self._log.reading(audit, None) as (connection, seq):
            body = connection.execute(wanted).scalar()
        if body is None:
            raise NotFound
        return bytes(body), LoggedRead(seq)

    def name_local(self, share: bytes, patient: PatientId, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            same = visiting.c.share == share
            connection.execute(update(visiting).where(same).values(local=patient))

    def end(self, shares: Collection[bytes], state: VisitingState, *, audit: AuditEvent) -> int:
        before = [old.value for old, after in FOLLOWS.items() if state in after]
        going = visiting.c.share.in_(list(shares)) & visiting.c.state.in_(before)
        with self._log.transaction(audit) as connection:
            ended = update(visiting).where(going).values(state=state.value, body=None)
            return int(connection.execute(ended).rowcount)


class _NotFirst(Exception):
    """Somebody else has opened it: roll the transaction back."""


def _take(connection: Connection, row: dict[str, Any]) -> bool:
    """Whether a share is open by this: never seen, only tried, or for more than one."""
    taken = connection.execute(
        upsert(visiting)
        .values(row)
        .on_conflict_do_update(
            index_elements=["share"],
            set_={
                name: row[name] for name in ("state", "body", "opened_at", "scope", "single_use")
            },
            where=visiting.c.state == VisitingState.TRIED.value,
        )
    )
    if taken.rowcount:
        return True
    shared = (
        (visiting.c.share == row["share"])
        & (visiting.c.state == _OPEN)
        & (visiting.c.single_use == 0)
    )
    return connection.execute(select(visiting.c.share).where(shared)).first() is not None


def _as_row(one: Visiting) -> dict[str, Any]:
    return {
        "share": one.share,
        "issuer": one.issuer,
        "clinic": one.clinic,
        "mode": int(one.mode),
        "made": one.made,
        "ends": one.ends,
        "state": one.state.value,
        "tries": one.tries,
        "scope": one.scope,
        "single_use": int(one.single_use),
    }
