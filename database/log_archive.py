"""Archived parts of the log: old entries moved there, and parts rewritten without details."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select, update

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema_log import audit_log, log_block, log_segment
from database.statement import Statement
from medilink.audit import AuditEvent, ChainedRow
from medilink.log_tree import BLOCK
from medilink.store_log import Segment

_HEADS = [log_segment.c[name] for name in ("first", "last", "before", "hash", "signed")]
_COLUMNS = [audit_log.c[name] for name in ChainedRow._fields]


class Archive:
    """Implements medilink.store_log.ArchiveStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_segments(self) -> list[Segment]:
        in_order = select(*_HEADS).order_by(log_segment.c.first)
        with self._file.reading() as connection:
            return [Segment(*row) for row in connection.execute(in_order)]

    def of_body(self, first: int) -> bytes:
        wanted = select(log_segment.c.body).where(log_segment.c.first == first)
        with self._file.reading() as connection:
            return bytes(connection.execute(wanted).scalar_one())

    def of_times(self, first: int, last: int) -> tuple[int, int]:
        inside = log_block.c.number.between((first - 1) // BLOCK, (last - 1) // BLOCK)
        ends = select(func.min(log_block.c.since), func.max(log_block.c.until)).where(inside)
        with self._file.reading() as connection:
            since, until = connection.execute(ends).one()
        return int(since), int(until)

    def of_oldest(self, limit: int) -> Sequence[ChainedRow]:
        oldest = select(*_COLUMNS).order_by(audit_log.c.seq).limit(limit)
        with self._file.reading() as connection:
            return [ChainedRow(*row) for row in connection.execute(oldest)]

    def of_live_times(self) -> Sequence[int]:
        in_order = Statement(select(audit_log.c.at).order_by(audit_log.c.seq))
        with self._file.reading() as connection:
            return array("q", (row[0] for row in in_order.run(connection)))

    def archive(self, segment: Segment, *, audit: AuditEvent) -> None:
        values = {column.name: getattr(segment, column.name) for column in log_segment.c}
        with self._log.archiving(audit) as connection:
            connection.execute(insert(log_segment).values(values))
            inside = audit_log.c.seq.between(segment.first, segment.last)
            connection.execute(delete(audit_log).where(inside))

    def rewrite(self, segment: Segment, *, audit: AuditEvent) -> None:
        same = log_segment.c.first == segment.first
        changed = {"signed": segment.signed, "body": segment.body}
        with self._log.archiving(audit) as connection:
            connection.execute(update(log_segment).where(same).values(changed))
