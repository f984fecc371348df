"""Old parts of the log: packed and signed, and still the same chain.

A segment holds whole blocks of the tree, so that roots and proofs over what is left do not need it.
Erasing a personal detail takes it and its salt out of the packed part; the commitment stays, and so
do chain and tree. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

import cbor2
import zstandard

from medilink.audit import ChainedRow
from medilink.days import DAY_MS
from medilink.log_check import LogPartUnreadable
from medilink.log_tree import BLOCK

SEGMENT_ENTRIES = 64 * BLOCK  # about half a megabyte packed, a fifth of a second to move
KEPT_LEAST_YEARS = 2
YEAR_MS = 366 * DAY_MS
LONGEST_PAUSE_MS = 14 * DAY_MS
_LEVEL = 10
_MOST_BYTES = SEGMENT_ENTRIES * 16_384


def pack_rows(rows: Sequence[ChainedRow]) -> bytes:
    """Entries as zstd over CBOR."""
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(
        cbor2.dumps([list(row) for row in rows])
    )


def unpack_rows(first: int, body: bytes) -> list[ChainedRow]:
    """Entries as they were. Raises LogPartUnreadable."""
    try:
        raw = zstandard.ZstdDecompressor().decompress(body, max_output_size=_MOST_BYTES)
        return [ChainedRow(*row) for row in cbor2.loads(raw)]
    except (zstandard.ZstdError, cbor2.CBORError, TypeError, ValueError) as trouble:
        raise LogPartUnreadable(first) from trouble


def digest_of(body: bytes) -> bytes:
    """SHA-256 of a packed part."""
    return hashlib.sha256(body).digest()


def how_many_are_old(times: Sequence[int], now: int, years: int) -> int:
    """How many of the oldest entries can go: whole blocks, never the newest one, each at least so
    many years old. Times in milliseconds, in the order of the log.

    A pause of more than two weeks counts as two weeks: a clock that was set ahead, in one step or
    in many, makes nothing old.
    """
    passed, later = 0, now
    for place in reversed(range(len(times))):
        passed += min(max(later - times[place], 0), LONGEST_PAUSE_MS)
        later = min(later, times[place])
        if passed >= years * YEAR_MS:
            old = min(place + 1, len(times) - BLOCK)
            return max(0, old - old % BLOCK)
    return 0


def erased(
    rows: Iterable[ChainedRow], theirs: Callable[[ChainedRow], bool]
) -> tuple[list[ChainedRow], int]:
    """The entries, those that are somebody's without their personal detail, and how many of these
    had one."""
    kept, count = [], 0
    for row in rows:
        gone = row.detail is not None and theirs(row)
        kept.append(row._replace(salt=None, detail=None) if gone else row)
        count += gone
    return kept, count
