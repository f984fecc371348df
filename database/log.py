"""The log in the store: appended to in the transaction of the act it tells about.

`LogKeeper.transaction` is the only way to write anything (tests/shape checks it), so nothing can be
written without its entry; sync will capture its change operations at the same place.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    case,
    desc,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.sql import and_

from database.engine import StoreFile
from database.schema import audit_log, merge
from database.statement import Statement
from medilink.audit import (
    GENESIS,
    SALT_BYTES,
    AuditEntry,
    AuditEvent,
    ChainedRow,
    Evidence,
    Head,
    LoggedRead,
    chain,
    open_entry,
    was_doubted,
)
from medilink.errors import Refused
from medilink.people import PatientId
from medilink.store import LogFilter

_COLUMNS = [audit_log.c[name] for name in ChainedRow._fields]
_LAST = Statement(
    select(audit_log.c.seq, audit_log.c.hash).order_by(desc(audit_log.c.seq)).limit(1)
)
LATELY = 5_000  # entries looked at for the latest time: a day or two of a busy clinic
LOOKED_BACK = 100_000  # entries written under a doubted clock, at most
_APPEND = Statement(insert(audit_log).values({c.name: bindparam(c.name) for c in _COLUMNS}))
_LOOK_UP = Statement(
    select(audit_log.c.outcome, audit_log.c.patient).where(audit_log.c.seq == bindparam("seq"))
)
_HASH_AT = Statement(select(audit_log.c.hash).where(audit_log.c.seq == bindparam("seq")))
_IN_ORDER = select(*_COLUMNS).order_by(audit_log.c.seq)
ROWS_AT_ONCE = 2_000
# As medilink.audit.detail_bytes writes it; in what somebody typed quotes are escaped.
_DOUBTED = b'"doubted":"1"'


def _about(connection: Connection, patient: int) -> ColumnElement[bool]:
    """The entries that are a patient's: their own, those of every registration that was merged
    into theirs, and those of the one theirs was merged into, for as long as that lasted. The log
    itself is never rewritten."""
    ids, looked = {patient}, [patient]
    while looked:
        inside = (merge.c.kept == looked.pop()) & merge.c.undone_at.is_(None)
        new = set(connection.execute(select(merge.c.other).where(inside)).scalars()) - ids
        ids |= new
        looked += new
    taken_back = (merge.c.other == patient) & merge.c.undone_at.is_not(None)
    spans = connection.execute(
        select(merge.c.kept, merge.c.at, merge.c.undone_at).where(taken_back)
    ).all()
    return or_(
        audit_log.c.patient.in_(sorted(ids)),
        *(
            (audit_log.c.patient == kept) & audit_log.c.at.between(since, until)
            for kept, since, until in spans
        ),
    )


def entry_columns() -> list[Any]:
    """The columns of an entry, in the order of ChainedRow."""
    return _COLUMNS


class LogKeeper:
    """Implements medilink.store.LogStore."""

    def __init__(self, file: StoreFile) -> None:
        self._file = file
        self._highest = (0, 0)  # entries looked at, and the highest believed time among them

    @contextmanager
    def transaction(self, *events: AuditEvent) -> Iterator[Connection]:
        """The one place where the store is written: everything inside and each event, or nothing.
        Two events where an act is about two patients."""
        with self._file.writing() as connection:
            yield connection
            for event in events:
                self._append(connection, event)

    @contextmanager
    def transaction_naming_patient(
        self, event: AuditEvent
    ) -> Iterator[tuple[Connection, Callable[[PatientId], None]]]:
        """The same for an act whose patient gets a number only inside: the second thing yielded
        is told which."""
        named: list[PatientId] = []
        with self._file.writing() as connection:
            yield connection, named.append
            self._append(connection, replace(event, patient=named[-1] if named else None))

    def _append(self, connection: Connection, event: AuditEvent) -> int:
        last = _LAST.run(connection).first()
        seq, before = (last[0] + 1, last[1]) if last else (1, GENESIS)
        row = chain(event, seq, before, os.urandom(SALT_BYTES))
        _APPEND.run(connection, **row._asdict())
        return seq

    def write(self, event: AuditEvent) -> int:
        with self._file.writing() as connection:
            return self._append(connection, event)

    @contextmanager
    def reading(self, audit: Evidence, patient: int | None) -> Iterator[tuple[Connection, int]]:
        """A look at something about `patient`: logged now, or shown to be logged before.

        Yields the connection and the number of the entry. Raises Refused for an entry that is not
        about this patient or tells of a refusal.
        """
        if isinstance(audit, AuditEvent):
            if audit.patient != patient:
                raise Refused
            seq = self.write(audit)
            with self._file.reading() as connection:
                yield connection, seq
            return
        with self._file.reading() as connection:
            entry = _LOOK_UP.run(connection, seq=audit.seq).first()
            if entry is None or tuple(entry) != ("done", patient):
                raise Refused
            yield connection, audit.seq

    def list_entries(
        self, wanted: LogFilter, *, limit: int, audit: Evidence
    ) -> tuple[list[AuditEntry], LoggedRead]:
        conditions = [
            clause
            for given, clause in (
                (wanted.account, audit_log.c.account == wanted.account),
                (wanted.acts, audit_log.c.act.in_([act.value for act in wanted.acts])),
                (wanted.outcome, audit_log.c.outcome == wanted.outcome),
                (wanted.since, audit_log.c.at >= (wanted.since or 0)),
                (wanted.until, audit_log.c.at < (wanted.until or 0)),
                (wanted.before_seq, audit_log.c.seq < (wanted.before_seq or 0)),
            )
            if given
        ]
        with self.reading(audit, wanted.patient) as (connection, seq):
            if wanted.patient:
                conditions.append(_about(connection, wanted.patient))
            newest = select(*_COLUMNS).where(and_(True, *conditions))
            rows = connection.execute(newest.order_by(desc(audit_log.c.seq)).limit(limit)).all()
        return [open_entry(ChainedRow(*row)) for row in rows], LoggedRead(seq)

    def rows(self) -> Iterator[ChainedRow]:
        with self._file.reading() as connection:
            cursor = connection.execution_options(stream_results=True).execute(_IN_ORDER)
            for batch in cursor.partitions(ROWS_AT_ONCE):
                yield from map(ChainedRow._make, batch)

    def at(self, seq: int) -> Head | None:
        with self._file.reading() as connection:
            row = _HASH_AT.run(connection, seq=seq).first()
        return Head(seq, row[0]) if row else None

    def head(self) -> Head:
        with self._file.reading() as connection:
            last = _LAST.run(connection).first()
        return Head(last[0], last[1]) if last else Head(0, GENESIS)

    def latest_time(self) -> int:
        lately = select(audit_log.c.at).order_by(desc(audit_log.c.seq)).limit(LATELY).subquery()
        with self._file.reading() as connection:
            return int(connection.execute(select(func.max(lately.c.at))).scalar() or 0)

    def highest_time(self) -> int:
        seen, highest = self._highest
        believed = func.coalesce(func.instr(audit_log.c.detail, _DOUBTED), 0) == 0
        newer = select(
            func.max(audit_log.c.seq), func.max(case((believed, audit_log.c.at), else_=0))
        ).where(audit_log.c.seq > seen)
        with self._file.reading() as connection:
            last, at = connection.execute(newer).one()
        if last is not None:
            self._highest = (last, max(highest, at))
        return self._highest[1]

    def newest_time(self) -> int | None:
        newest = select(audit_log.c.at, audit_log.c.detail).order_by(desc(audit_log.c.seq))
        with self._file.reading() as connection:
            for at, detail in connection.execute(newest.limit(LOOKED_BACK)):
                if not was_doubted(detail):
                    return int(at)
        return None
