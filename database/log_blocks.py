"""The blocks of the log's tree: kept as the log grows, and an index to look entries up by.

A block is made when its last entry is written, in the same transaction. It says which acts and
accounts occur in its 256 entries and from when to when they are: a search in a million entries
looks into the blocks that may hold something, and writing pays for no index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, and_, desc, func, insert, or_, select

from database.schema_log import audit_log, log_block
from medilink.log_tree import BLOCK, KeptBlock, block_of
from medilink.store import LogFilter

BLOCKS_AT_ONCE = 16
_LOOKED_AT = [audit_log.c[name] for name in ("hash", "at", "act", "account")]


def keep_blocks(connection: Connection) -> None:
    """Make every block that is complete and not kept yet."""
    newest = connection.execute(select(func.max(audit_log.c.seq))).scalar() or 0
    for number in range(blocks_kept(connection), newest // BLOCK):
        connection.execute(insert(log_block).values(_block(connection, number)))


def blocks_kept(connection: Connection) -> int:
    """How many there are."""
    newest = connection.execute(select(func.max(log_block.c.number))).scalar()
    return 0 if newest is None else int(newest) + 1


def block_roots(connection: Connection) -> list[bytes]:
    """The root of every kept block, in order."""
    in_order = select(log_block.c.hash).order_by(log_block.c.number)
    return list(connection.execute(in_order).scalars())


def kept_blocks(connection: Connection) -> list[KeptBlock]:
    """Every kept block, in order."""
    columns = [log_block.c[name] for name in KeptBlock._fields]
    in_order = select(*columns).order_by(log_block.c.number)
    return [KeptBlock(*row) for row in connection.execute(in_order)]


def _block(connection: Connection, number: int) -> dict[str, object]:
    inside = audit_log.c.seq.between(number * BLOCK + 1, (number + 1) * BLOCK)
    rows = connection.execute(select(*_LOOKED_AT).where(inside).order_by(audit_log.c.seq)).all()
    return {"number": number, **block_of(rows)._asdict()}


def spans_to_search(connection: Connection, wanted: LogFilter) -> Iterator[tuple[int, int]]:
    """The parts of the log that may hold what is wanted, as (first, last) entry, newest first."""
    kept = blocks_kept(connection)
    if wanted.before_seq is None or wanted.before_seq > kept * BLOCK + 1:
        newest = connection.execute(select(func.max(audit_log.c.seq))).scalar() or 0
        if newest > kept * BLOCK:
            yield kept * BLOCK + 1, int(newest)
    found = select(log_block.c.number).where(*_may_hold(wanted)).order_by(desc(log_block.c.number))
    yield from _joined(connection.execute(found).scalars().all())


def _joined(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring blocks, which are numbered downwards, as one span."""
    start = 0
    for place in range(1, len(numbers) + 1):
        if place < len(numbers) and numbers[start] - numbers[place] == place - start:
            if place - start < BLOCKS_AT_ONCE:
                continue
        yield numbers[place - 1] * BLOCK + 1, (numbers[start] + 1) * BLOCK
        start = place


def _may_hold(wanted: LogFilter) -> list[ColumnElement[bool]]:
    block = log_block.c
    acts = [func.instr(block.acts, f",{act.value},") > 0 for act in wanted.acts]
    return [
        clause
        for given, clause in (
            (wanted.acts, or_(False, *acts)),
            (wanted.account, func.instr(block.accounts, f",{wanted.account},") > 0),
            (wanted.since, block.until >= (wanted.since or 0)),
            (wanted.until, block.since < (wanted.until or 0)),
            (wanted.before_seq, block.number * BLOCK + 1 < (wanted.before_seq or 0)),
        )
        if given
    ]


def fits(wanted: LogFilter) -> ColumnElement[bool]:
    """Whether an entry is wanted, leaving aside whom it is about."""
    entry = audit_log.c
    conditions = [
        clause
        for given, clause in (
            (wanted.account, entry.account == wanted.account),
            (wanted.acts, entry.act.in_([act.value for act in wanted.acts])),
            (wanted.outcome, entry.outcome == wanted.outcome),
            (wanted.since, entry.at >= (wanted.since or 0)),
            (wanted.until, entry.at < (wanted.until or 0)),
            (wanted.before_seq, entry.seq < (wanted.before_seq or 0)),
        )
        if given
    ]
    return and_(True, *conditions)
