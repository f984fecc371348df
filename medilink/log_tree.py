"""The log as a tree: its root at any size, and short proofs about it (RFC 9162 section 2.1).

A leaf is the hash that chains an entry (`medilink.audit.entry_hash`). Subtrees of BLOCK leaves are
kept once they are complete, so that a proof in a long log looks at a few hundred entries and not at
all of them. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from security.check_log import Frontier, leaf_hash, node_hash

BLOCK = 256  # entries; a power of two, so that blocks are subtrees of every larger tree


def block_root(hashes: Sequence[bytes]) -> bytes:
    """The root over entry hashes, of a whole block or the beginning of one."""
    tree = Frontier()
    for one in hashes:
        tree.add(leaf_hash(one))
    return tree.root


class KeptBlock(NamedTuple):
    """A complete block as it is kept: its root, from when to when its entries are, and which acts
    and accounts occur in them (",act,act,", sorted), to look entries up by."""

    hash: bytes
    since: int
    until: int
    acts: str
    accounts: str


def block_of(rows: Sequence[Any]) -> KeptBlock:
    """What is kept of entries with `hash`, `at`, `act` and `account`."""
    times = [row.at for row in rows]
    return KeptBlock(
        block_root([row.hash for row in rows]),
        min(times),
        max(times),
        _listed({row.act for row in rows}),
        _listed({row.account for row in rows}),
    )


def _listed(found: set[object]) -> str:
    return "".join(f",{one}" for one in sorted(map(str, found))) + ","


class GrowingTree:
    """A tree that is built entry by entry, a block at a time."""

    def __init__(self) -> None:
        self._blocks, self._pending = Frontier(), list[Any]()

    def add(self, row: Any) -> KeptBlock | None:
        """One more entry; the block it completes."""
        self._pending.append(row)
        if len(self._pending) < BLOCK:
            return None
        block = block_of(self._pending)
        self._pending.clear()
        self._blocks.add(block.hash)
        return block

    @property
    def root(self) -> bytes:
        """The root over all entries so far."""
        rest = [row.hash for row in self._pending]
        return self._blocks.root_with(block_root(rest)) if rest else self._blocks.root


class LogTree:
    """The tree over a log. `blocks`: roots of complete blocks, from the first on; `hashes(lo, hi)`:
    the hashes of the entries lo+1 to hi, never more than a block of them."""

    def __init__(
        self, size: int, blocks: Sequence[bytes], hashes: Callable[[int, int], Sequence[bytes]]
    ) -> None:
        self.size, self._blocks, self._hashes = size, blocks, hashes

    def root(self, size: int | None = None) -> bytes:
        """The root when the log had `size` entries (by default, now)."""
        return self._over(0, self.size if size is None else size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path that proves the entry at `index`, counted from 0, in a log of `size`
        (2.1.3.1)."""
        path: list[bytes] = []
        low, high = 0, size
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The path that proves that the log of `new` entries began as the one of `old`
        (2.1.4.1)."""
        path: list[bytes] = []
        low, high, whole = 0, new, True
        while old < high:
            middle = low + _split(high - low)
            if old <= middle:
                path.append(self._over(middle, high))
                high = middle
            else:
                path.append(self._over(low, middle))
                low, whole = middle, False
        if not whole:
            path.append(self._over(low, high))
        return path[::-1]

    def _over(self, low: int, high: int) -> bytes:
        """The root over the leaves from `low` to before `high`: a subtree of this tree."""
        number = low // BLOCK
        if high - low == BLOCK and low % BLOCK == 0 and number < len(self._blocks):
            return self._blocks[number]
        if high - low <= BLOCK:
            return block_root(self._hashes(low, high))
        middle = low + _split(high - low)
        return node_hash(self._over(low, middle), self._over(middle, high))


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
