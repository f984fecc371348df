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

from sqlalchemy import Connection, bindparam, case, desc, func, insert, select

from database.engine import StoreFile
from database.log_blocks import (
    block_roots,
    blocks_kept,
    fits,
    keep_blocks,
    kept_blocks,
    spans_to_search,
)
from database.log_reading import (
    archived_newest,
    archived_rows,
    hashes_between,
    newest_archived,
    rows_between,
)
from database.log_whose import Whose, whose_entries
from database.schema_log import audit_log
from database.statement import Statement
from medilink.audit import (
    GENESIS,
    SALT_BYTES,
    AuditEntry,
    AuditEvent,
    ChainedRow,
    Evidence,
    LoggedRead,
    Outcome,
    chain,
    open_entry,
    was_doubted,
)
from medilink.errors import Refused
from medilink.log_check import Head
from medilink.log_tree import BLOCK, KeptBlock, LogTree
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
_IN_ORDER = Statement(select(*_COLUMNS).order_by(audit_log.c.seq))
# As medilink.audit.detail_bytes writes it; in what somebody typed quotes are escaped.
_DOUBTED = b'"doubted":"1"'


def _newest(
    connection: Connection, wanted: LogFilter, whose: Whose | None, limit: int
) -> list[ChainedRow]:
    """The newest entries that are wanted: one person's and refused ones by their index, others
    block by block."""
    newest = select(*_COLUMNS).where(fits(wanted)).order_by(desc(audit_log.c.seq))
    if whose or wanted.outcome == Outcome.REFUSED:
        theirs = newest.where(whose.clause()) if whose else newest
        return [ChainedRow(*row) for row in connection.execute(theirs.limit(limit))]
    rows: list[ChainedRow] = []
    for first, last in spans_to_search(connection, wanted):
        some = newest.where(audit_log.c.seq.between(first, last)).limit(limit - len(rows))
        rows += [ChainedRow(*row) for row in connection.execute(some)]
        if len(rows) >= limit:
            break
    return rows


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

    @contextmanager
    def together(self, *, audit: AuditEvent) -> Iterator[None]:
        with self._file.together() as connection:
            yield
            self._append(connection, audit)

    def _append(self, connection: Connection, event: AuditEvent) -> int:
        last = _LAST.run(connection).first() or newest_archived(connection)
        seq, before = (last[0] + 1, last[1]) if last else (1, GENESIS)
        row = chain(event, seq, before, os.urandom(SALT_BYTES))
        _APPEND.run(connection, **row._asdict())
        if seq % BLOCK == 0:
            keep_blocks(connection)
        return seq

    @contextmanager
    def archiving(self, event: AuditEvent) -> Iterator[Connection]:
        """The same for moving old entries into an archived part: see `StoreFile.archiving`."""
        with self._file.archiving() as connection:
            yield connection
            self._append(connection, event)

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
        with self.reading(audit, wanted.patient) as (connection, seq):
            whose = whose_entries(connection, wanted.patient) if wanted.patient else None
            rows = _newest(connection, wanted, whose, limit)
            if wanted.archive and len(rows) < limit:
                rows += archived_newest(connection, wanted, whose, limit - len(rows))
        return [open_entry(row) for row in rows], LoggedRead(seq)

    def rows(self) -> Iterator[ChainedRow]:
        with self._file.reading() as connection:
            yield from archived_rows(connection)
            yield from map(ChainedRow._make, _IN_ORDER.run(connection))

    def at(self, seq: int) -> Head | None:
        with self._file.reading() as connection:
            found = hashes_between(connection, seq - 1, seq)
        return Head(seq, found[0]) if found else None

    def entry_about(
        self, patient: PatientId, seq: int, *, audit: Evidence
    ) -> tuple[ChainedRow | None, LoggedRead]:
        with self.reading(audit, patient) as (connection, logged):
            whose = whose_entries(connection, patient)
            rows = [row for row in rows_between(connection, seq - 1, seq) if whose.has(row)]
        return rows[0] if rows else None, LoggedRead(logged)

    def head(self) -> Head:
        with self._file.reading() as connection:
            last = _LAST.run(connection).first()
        return Head(last[0], last[1]) if last else Head(0, GENESIS)

    def of_tree(self) -> LogTree:
        with self._file.reading() as connection:
            last = _LAST.run(connection).first()
            blocks = block_roots(connection)

        def hashes(low: int, high: int) -> list[bytes]:
            with self._file.reading() as connection:
                return hashes_between(connection, low, high)

        return LogTree(last[0] if last else 0, blocks, hashes)

    def of_blocks(self) -> list[KeptBlock]:
        with self._file.reading() as connection:
            return kept_blocks(connection)

    def catch_up(self) -> None:
        """Make the blocks a store from before there were any lacks."""
        with self._file.reading() as connection:
            last = _LAST.run(connection).first()
            missing = last is not None and blocks_kept(connection) < last[0] // BLOCK
        if missing:
            with self._file.writing() as connection:
                keep_blocks(connection)

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
