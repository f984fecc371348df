"""What patients of other clinics have shown here, and who opened it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, delete, desc, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from database.engine import StoreFile
from database.log import LogKeeper
from database.network import keep_statement
from database.schema import patient
from database.schema_abroad import offer_tries, visiting, visiting_opening
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.errors import NotFound
from medilink.people import AccountId, PatientId
from medilink.statements import Signed
from medilink.store_network import EnvelopeSeen
from medilink.visiting import FOLLOWS, Mode, Visiting, VisitingState, opens_again

_HEAD = ("key", "share", "issuer", "clinic", "mode", "made", "ends", "state", "scope",
         "single_use", "opened_at", "local")  # fmt: skip
_COLUMNS = [visiting.c[name] for name in _HEAD]
_OPEN = VisitingState.OPEN.value


def _read(connection: Connection, wanted: Any) -> list[Visiting]:
    newest = select(*_COLUMNS).where(wanted).order_by(desc(visiting.c.opened_at))
    return [_as_visiting(connection, row) for row in connection.execute(newest).all()]


def _as_visiting(connection: Connection, row: Any) -> Visiting:
    opened_by = select(visiting_opening.c.account_id).where(visiting_opening.c.key == row[0])
    accounts = connection.execute(opened_by.order_by(visiting_opening.c.at)).scalars()
    return Visiting(
        share=row[1],
        issuer=row[2],
        clinic=row[3],
        mode=Mode(row[4]),
        made=row[5],
        ends=row[6],
        state=VisitingState(row[7]),
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

    def of_key(self, key: bytes) -> Visiting | None:
        with self._file.reading() as connection:
            found = _read(connection, visiting.c.key == key)
        return found[0] if found else None

    def of_visitor(self, issuer: bytes, uid: bytes) -> PatientId | None:
        before = (
            select(visiting.c.local)
            .join(patient, patient.c.id == visiting.c.local)
            .where((visiting.c.issuer == issuer) & (patient.c.uid == uid))
        )
        with self._file.reading() as connection:
            found = connection.execute(before).scalar()
        return None if found is None else PatientId(found)

    def of_account(self, who: AccountId, now: int) -> list[Visiting]:
        mine = select(visiting_opening.c.key).where(visiting_opening.c.account_id == who)
        live = (visiting.c.state == _OPEN) & (visiting.c.ends > now)
        with self._file.reading() as connection:
            return _read(connection, live & visiting.c.key.in_(mine))

    def of_local(self, number: PatientId) -> list[Visiting]:
        with self._file.reading() as connection:
            return _read(connection, visiting.c.local == number)

    def of_issuers(self, issuers: Collection[bytes]) -> list[Visiting]:
        live = (visiting.c.state == _OPEN) & visiting.c.issuer.in_(list(issuers))
        with self._file.reading() as connection:
            return _read(connection, live)

    def of_over(self, now: int) -> list[bytes]:
        over = (visiting.c.state == _OPEN) & (visiting.c.ends <= now)
        with self._file.reading() as connection:
            return list(connection.execute(select(visiting.c.key).where(over)).scalars())

    def of_envelope(self, envelope: bytes) -> EnvelopeSeen:
        wanted = select(offer_tries.c.tries, offer_tries.c.over).where(
            offer_tries.c.envelope == envelope
        )
        with self._file.reading() as connection:
            row = connection.execute(wanted).first()
        return EnvelopeSeen(row[0], bool(row[1])) if row else EnvelopeSeen()

    def of_secret(self, key: bytes) -> bytes:
        wanted = select(visiting.c.secret).where(visiting.c.key == key)
        with self._file.reading() as connection:
            return bytes(connection.execute(wanted).scalar_one())

    def mark_over(self, envelope: bytes, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            _note(connection, envelope, tries=0, over=1, set_={"over": 1})

    def count_try(self, envelope: bytes, *, audit: AuditEvent) -> int:
        with self._log.transaction(audit) as connection:
            counted = {"tries": offer_tries.c.tries + 1}
            _note(connection, envelope, tries=1, over=0, set_=counted)
            same = offer_tries.c.envelope == envelope
            return int(connection.execute(select(offer_tries.c.tries).where(same)).scalar_one())

    def forget_tries(self, envelope: bytes, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            _note(connection, envelope, tries=0, over=0, set_={"tries": 0})

    def open(
        self,
        opened: Visiting,
        content: tuple[bytes, bytes],
        who: AccountId,
        said: Signed,
        *,
        audit: AuditEvent,
    ) -> bool:
        secret, body = content
        row = {**_as_row(opened), "secret": secret, "body": body, "opened_at": audit.at}
        try:
            with self._log.transaction(audit) as connection:
                if not _take(connection, opened, row, who):
                    raise _NotFirst
                connection.execute(
                    upsert(visiting_opening)
                    .values(key=opened.key, account_id=who, at=audit.at)
                    .on_conflict_do_nothing()
                )
                keep_statement(connection, said)
        except _NotFirst:
            return False
        return True

    def body(self, key: bytes, *, audit: Evidence) -> tuple[bytes, LoggedRead]:
        wanted = select(visiting.c.body).where(
            (visiting.c.key == key) & (visiting.c.state == _OPEN)
        )
        with self._log.reading(audit, None) as (connection, seq):
            body = connection.execute(wanted).scalar()
        if body is None:
            raise NotFound
        return bytes(body), LoggedRead(seq)

    def bodies(
        self, keys: Collection[bytes], *, audit: Evidence
    ) -> tuple[dict[bytes, bytes], LoggedRead]:
        wanted = select(visiting.c.key, visiting.c.body).where(
            visiting.c.key.in_(list(keys)) & (visiting.c.state == _OPEN)
        )
        with self._log.reading(audit, None) as (connection, seq):
            found = {bytes(key): bytes(body) for key, body in connection.execute(wanted).all()}
        return found, LoggedRead(seq)

    def name_local(self, key: bytes, number: PatientId, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            same = visiting.c.key == key
            connection.execute(update(visiting).where(same).values(local=number))

    def end(self, keys: Collection[bytes], state: VisitingState, *, audit: AuditEvent) -> int:
        before = [old.value for old, after in FOLLOWS.items() if state in after]
        going = visiting.c.key.in_(list(keys)) & visiting.c.state.in_(before)
        with self._log.transaction(audit) as connection:
            ended = update(visiting).where(going).values(state=state.value, body=None)
            return int(connection.execute(ended).rowcount)


class _NotFirst(Exception):
    """Somebody else has opened it: roll the transaction back."""


def _note(
    connection: Connection, envelope: bytes, *, tries: int, over: int, set_: dict[str, Any]
) -> None:
    first = upsert(offer_tries).values(envelope=envelope, tries=tries, over=over)
    connection.execute(first.on_conflict_do_update(index_elements=["envelope"], set_=set_))


def _take(connection: Connection, opened: Visiting, row: dict[str, Any], who: AccountId) -> bool:
    """Whether a share is open by this: never seen here; a card shown again; or for more than one,
    and the same."""
    taken = connection.execute(upsert(visiting).values(row).on_conflict_do_nothing())
    if taken.rowcount:
        return True
    [held] = _read(connection, visiting.c.key == opened.key)
    if opens_again(held) and held.says_the_same(opened):
        anew = {name: row[name] for name in ("state", "ends", "opened_at", "secret", "body")}
        connection.execute(update(visiting).where(visiting.c.key == opened.key).values(anew))
        if held.state is not VisitingState.OPEN:  # whoever read it the time before has done so
            before = visiting_opening.c.key == opened.key
            connection.execute(delete(visiting_opening).where(before))
        return True
    may = who in held.opened_by or not held.single_use
    return may and held.state is VisitingState.OPEN and held.says_the_same(opened)


def _as_row(one: Visiting) -> dict[str, Any]:
    return {
        "key": one.key,
        "share": one.share,
        "issuer": one.issuer,
        "clinic": one.clinic,
        "mode": int(one.mode),
        "made": one.made,
        "ends": one.ends,
        "state": one.state.value,
        "scope": one.scope,
        "single_use": int(one.single_use),
    }
