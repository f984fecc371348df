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
from medilink.log_check import LogPartUnreadable
from medilink.log_tree import BLOCK

SEGMENT_ENTRIES = 64 * BLOCK  # about half a megabyte packed, a fifth of a second to move
KEPT_LEAST_YEARS = 2
YEAR_MS = 366 * 86_400_000
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


def last_to_archive(times: Sequence[int], before: int) -> int:
    """How many of the oldest entries, whose times these are, can go: whole blocks, all of them
    written before `before`. The first that is younger ends it: nothing is taken from the middle."""
    old = next((place for place, at in enumerate(times) if at >= before), len(times))
    return old - old % BLOCK


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
