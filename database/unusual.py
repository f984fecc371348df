"""Flags of unusual access, what the rules remember, and the log as they and summaries read it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, case, desc, func, insert, literal, or_, select, update

from database.engine import StoreFile
from database.log import LogKeeper, entry_columns
from database.schema import guardian, patient
from database.schema_log import audit_log, unusual_flag, unusual_memory
from medilink.activity import Done
from medilink.audit import (
    AuditEntry,
    AuditEvent,
    ChainedRow,
    Evidence,
    LoggedRead,
    open_entry,
)
from medilink.errors import EditedMeanwhile, NotFound
from medilink.people import AccountId, PatientId
from medilink.unusual.facts import Bearer
from medilink.unusual.flags import Flag, FlagState, Review, Rule, extended
from medilink.unusual.looking import Looked

_NOBODY = 0  # the account of a flag about nobody signed in
_DOUBTED = case((func.instr(audit_log.c.detail, literal(b'"doubted"')) > 0, 1), else_=0)
_DONE = [audit_log.c[name] for name in Done._fields if name != "doubted"]
_OPEN = unusual_flag.c.state == FlagState.OPEN.value
# An emergency is decided by its review, whatever that says: nobody can dismiss it afterwards.
_WAITS = _OPEN | (
    (unusual_flag.c.state == FlagState.ESCALATED.value)
    & (unusual_flag.c.rule != Rule.EMERGENCY.value)
)
ROWS_AT_ONCE = 2_000


class UnusualRows:
    """Implements medilink.store_unusual.UnusualStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    # ---- the log

    def of_memory(self) -> str:
        with self._file.reading() as connection:
            body = connection.execute(select(unusual_memory.c.body)).scalar()
        return zlib.decompress(body).decode() if body else ""

    def of_last_look(self) -> tuple[int, int]:
        looked = select(unusual_memory.c.looked_to, unusual_memory.c.looked_at)
        with self._file.reading() as connection:
            row = connection.execute(looked).first()
        return (row[0], row[1]) if row else (0, 0)

    def of_entries_after(self, seq: int, limit: int) -> list[AuditEntry]:
        later = select(*entry_columns()).where(audit_log.c.seq > seq)
        with self._file.reading() as connection:
            rows = connection.execute(later.order_by(audit_log.c.seq).limit(limit)).all()
        return [open_entry(ChainedRow(*row)) for row in rows]

    def of_entries_between(self, since: int, until: int) -> Iterator[Done]:
        wanted = (
            select(*_DONE, _DOUBTED)
            .where((audit_log.c.at >= since) & (audit_log.c.at < until))
            .order_by(audit_log.c.seq)
        )
        with self._file.reading() as connection:
            cursor = connection.execution_options(stream_results=True).execute(wanted)
            for batch in cursor.partitions(ROWS_AT_ONCE):
                yield from map(Done._make, batch)

    # ---- who may be family to whom

    def list_families(self, *, audit: Evidence) -> tuple[dict[str, int], LoggedRead]:
        counted = (
            select(patient.c.family, func.count())
            .where(patient.c.merged_into.is_(None))
            .group_by(patient.c.family)
        )
        with self._log.reading(audit, None) as (connection, seq):
            rows = connection.execute(counted).all()
        return {row[0]: row[1] for row in rows}, LoggedRead(seq)

    def list_bearers(
        self, families: Collection[str], *, audit: Evidence
    ) -> tuple[list[Bearer], LoggedRead]:
        wanted = select(patient.c.id, patient.c.given, patient.c.family, patient.c.phone).where(
            patient.c.family.in_(families) & patient.c.merged_into.is_(None)
        )
        with self._log.reading(audit, None) as (connection, seq):
            rows = connection.execute(wanted).all()
        return [Bearer(*row) for row in rows], LoggedRead(seq)

    def list_households(
        self, phones: Collection[str], patients: Collection[PatientId], *, audit: Evidence
    ) -> tuple[tuple[list[tuple[PatientId, str]], list[tuple[PatientId, PatientId]]], LoggedRead]:
        under = select(patient.c.id, patient.c.phone).where(
            patient.c.phone.in_(phones) & (patient.c.phone != "")
        )
        with self._log.reading(audit, None) as (connection, seq):
            registered = [(PatientId(row[0]), row[1]) for row in connection.execute(under)]
            near = {*patients, *(one for one, _ in registered)}
            either = or_(guardian.c.child_id.in_(near), guardian.c.guardian_id.in_(near))
            links = select(guardian.c.child_id, guardian.c.guardian_id).where(either)
            pairs = [(PatientId(row[0]), PatientId(row[1])) for row in connection.execute(links)]
        return (registered, pairs), LoggedRead(seq)

    # ---- flags

    def of_decided(self, keys: Collection[str]) -> frozenset[str]:
        decided = select(unusual_flag.c.key).where(unusual_flag.c.key.in_(keys) & ~_WAITS)
        with self._file.reading() as connection:
            return frozenset(connection.execute(decided).scalars())

    def of_open(self) -> Mapping[AccountId | None, int]:
        counted = (
            select(unusual_flag.c.account, func.count())
            .where(_WAITS)
            .group_by(unusual_flag.c.account)
        )
        with self._file.reading() as connection:
            rows = connection.execute(counted).all()
        return {AccountId(row[0]) if row[0] != _NOBODY else None: row[1] for row in rows}

    def keep_looked(  # noqa: PLR0913 what a look brings
        self,
        looked: Looked,
        memory: str,
        *,
        after: int,
        looked_to: int,
        looked_at: int,
        audit: Sequence[AuditEvent],
    ) -> None:
        body = zlib.compress(memory.encode())
        with self._log.transaction(*audit) as connection:
            if (connection.execute(select(unusual_memory.c.looked_to)).scalar() or 0) != after:
                raise EditedMeanwhile(theirs=None)
            anew = insert(unusual_memory).prefix_with("OR REPLACE")
            connection.execute(
                anew.values(id=1, looked_to=looked_to, looked_at=looked_at, body=body)
            )
            for flag in looked.flags.values():
                _put(connection, flag)
            for review in looked.reviews:
                _decide_reviewed(connection, review)

    def list_flags(
        self, *, opened: bool, limit: int, audit: Evidence
    ) -> tuple[list[Flag], LoggedRead]:
        newest = (
            select(unusual_flag)
            .where(_WAITS if opened else ~_WAITS)
            .order_by(desc(unusual_flag.c.last_at), desc(unusual_flag.c.id))
            .limit(limit)
        )
        with self._log.reading(audit, None) as (connection, seq):
            rows = connection.execute(newest).all()
        return [_flag(row) for row in rows], LoggedRead(seq)

    def by_number(self, number: int) -> Flag:
        with self._file.reading() as connection:
            row = connection.execute(
                select(unusual_flag).where(unusual_flag.c.id == number)
            ).first()
        if row is None:
            raise NotFound
        return _flag(row)

    def decide(  # noqa: PLR0913 what a decision says
        self,
        number: int,
        state: FlagState,
        reason: str,
        by: AccountId,
        *,
        was: FlagState,
        audit: AuditEvent,
    ) -> None:
        same = (unusual_flag.c.id == number) & (unusual_flag.c.state == was.value)
        values = {
            "state": state.value,
            "reason": reason,
            "decided_by": by,
            "decided_at": audit.at,
        }
        with self._log.transaction(audit) as connection:
            if connection.execute(update(unusual_flag).where(same).values(values)).rowcount != 1:
                raise EditedMeanwhile(theirs=None)


def _put(connection: Connection, flag: Flag) -> None:
    """A flag that is not known yet, or what more was seen of one that waits."""
    same = unusual_flag.c.key == flag.key
    row = connection.execute(select(unusual_flag).where(same)).first()
    if row is None:
        connection.execute(insert(unusual_flag).values(_values(flag)))
    elif row.state != FlagState.DISMISSED.value:
        more = _values(extended(_flag(row), flag))
        connection.execute(update(unusual_flag).where(same).values(more))


def _decide_reviewed(connection: Connection, review: Review) -> None:
    """The oldest open flag about the emergency opening that was reviewed."""
    about = (
        select(unusual_flag.c.id)
        .where(
            _OPEN
            & (unusual_flag.c.rule == Rule.EMERGENCY.value)
            & (unusual_flag.c.account == review.account)
            & (unusual_flag.c.patient == review.patient)
            & (unusual_flag.c.last_seq < review.seq)
        )
        .order_by(unusual_flag.c.id)
        .limit(1)
    )
    values = {
        "state": review.state.value,
        "decided_by": review.by,
        "decided_at": review.at,
    }
    connection.execute(
        update(unusual_flag).where(unusual_flag.c.id == about.scalar_subquery()).values(values)
    )


def _values(flag: Flag) -> dict[str, Any]:
    return {
        "key": flag.key,
        "rule": flag.rule.value,
        "account": flag.account or _NOBODY,
        "patient": flag.patient,
        "at": flag.at,
        "last_at": flag.last_at,
        "first_seq": flag.first_seq,
        "last_seq": flag.last_seq,
        "numbers": json.dumps(dict(flag.numbers), sort_keys=True),
        "patients": json.dumps(flag.patients),
        "state": flag.state.value,
    }


def _flag(row: Any) -> Flag:
    return Flag(
        key=row.key,
        rule=Rule(row.rule),
        account=AccountId(row.account) if row.account != _NOBODY else None,
        patient=row.patient,
        at=row.at,
        last_at=row.last_at,
        first_seq=row.first_seq,
        last_seq=row.last_seq,
        numbers=json.loads(row.numbers),
        patients=tuple(PatientId(one) for one in json.loads(row.patients)),
        id=row.id,
        state=FlagState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
    )
