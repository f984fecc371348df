"""Reading the log across what is archived."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, desc, select

from database.log_blocks import spans_to_search
from database.log_whose import Whose
from database.schema_log import audit_log, log_segment
from medilink.audit import ChainedRow
from medilink.log_archive import unpack_rows
from medilink.store import LogFilter

_COLUMNS = [audit_log.c[name] for name in ChainedRow._fields]


def newest_archived(connection: Connection) -> tuple[int, bytes] | None:
    """Number and hash of the last archived entry."""
    newest = select(log_segment.c.last, log_segment.c.hash).order_by(desc(log_segment.c.last))
    row = connection.execute(newest.limit(1)).first()
    return (row[0], row[1]) if row else None


def archived_rows(connection: Connection) -> Iterator[ChainedRow]:
    """Every archived entry in order. Raises LogPartUnreadable."""
    firsts = select(log_segment.c.first).order_by(log_segment.c.first)
    for first in connection.execute(firsts).scalars().all():
        yield from _unpacked(connection, first)


def hashes_between(connection: Connection, low: int, high: int) -> list[bytes]:
    """The hashes of the entries low+1 to high, archived or not."""
    inside = audit_log.c.seq.between(low + 1, high)
    found = select(audit_log.c.hash).where(inside).order_by(audit_log.c.seq)
    live = list(connection.execute(found).scalars())
    old = _archived_between(connection, low, high) if len(live) < high - low else []
    return [*(row.hash for row in old), *live]


def rows_between(connection: Connection, low: int, high: int) -> list[ChainedRow]:
    """The entries low+1 to high, archived or not."""
    inside = audit_log.c.seq.between(low + 1, high)
    found = select(*_COLUMNS).where(inside).order_by(audit_log.c.seq)
    live = [ChainedRow(*row) for row in connection.execute(found)]
    old = _archived_between(connection, low, high) if len(live) < high - low else []
    return [*old, *live]


def _archived_between(connection: Connection, low: int, high: int) -> list[ChainedRow]:
    overlapping = (log_segment.c.first <= high) & (log_segment.c.last > low)
    firsts = select(log_segment.c.first).where(overlapping).order_by(log_segment.c.first)
    return [
        row
        for first in connection.execute(firsts).scalars().all()
        for row in _unpacked(connection, first)
        if low < row.seq <= high
    ]


def archived_newest(
    connection: Connection, wanted: LogFilter, whose: Whose | None, limit: int
) -> list[ChainedRow]:
    """The newest archived entries that are wanted."""
    spans = list(spans_to_search(connection, wanted))
    parts = select(log_segment.c.first, log_segment.c.last).order_by(desc(log_segment.c.first))
    rows: list[ChainedRow] = []
    for first, last in connection.execute(parts).all():
        if any(low <= last and high >= first for low, high in spans):
            inside = reversed(_unpacked(connection, first))
            rows += [
                row for row in inside if _wanted(row, wanted) and (not whose or whose.has(row))
            ]
        if len(rows) >= limit:
            break
    return rows[:limit]


def _wanted(row: ChainedRow, wanted: LogFilter) -> bool:
    """`database.log_blocks.fits` for an entry that is unpacked."""
    return (
        (not wanted.account or row.account == wanted.account)
        and (not wanted.acts or row.act in wanted.acts)
        and (not wanted.outcome or row.outcome == wanted.outcome)
        and (not wanted.since or row.at >= wanted.since)
        and (not wanted.until or row.at < wanted.until)
        and (not wanted.before_seq or row.seq < wanted.before_seq)
    )


def _unpacked(connection: Connection, first: int) -> list[ChainedRow]:
    body = select(log_segment.c.body).where(log_segment.c.first == first)
    return unpack_rows(first, connection.execute(body).scalar_one())
