"""Is the log whole: one walk over all entries, against every head and receipt that is known.

A chain that was changed and chained anew fits in itself: only what was kept elsewhere shows it. So
every check is told what is known from outside: the head kept beside the store, signed heads that
left the building, receipts of patients. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from medilink.audit import GENESIS, ChainedRow, commit_to, entry_hash
from medilink.log_tree import BLOCK, GrowingTree, KeptBlock
from security.node_keys import six_words


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log stood: number and hash of its newest entry."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Witness:
    """What a receipt or a signed head says of the log: its root at a size, and which hash the entry
    `seq` had. `words`: instead of the root, the six words of a receipt that was typed."""

    size: int
    root: bytes = b""
    seq: int = 0
    entry: bytes = b""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `broken_at` is the first entry that does not fit, `why` says how;
    `root`: the tree's root over all that was checked."""

    checked: int
    head: Head
    broken_at: int | None = None
    why: str = ""
    root: bytes = b""

    @property
    def sound(self) -> bool:
        return self.broken_at is None


class LogPartUnreadable(Exception):
    """An archived part of the log cannot be read. `first`: its first entry."""

    def __init__(self, first: int) -> None:
        super().__init__(first)
        self.first = first


REWRITTEN = "the log was rewritten after a receipt was given"
TOO_SHORT = "entries are missing at the end"
TREE_CHANGED = "what is kept to find and prove entries by was changed"
PART_DAMAGED = "an archived part is damaged"
REPLACED = "another log was put in its place"


def check_chain(rows: Iterable[ChainedRow], outside: Head | None = None) -> Verdict:
    """Walk the whole log once and name the first entry that does not fit.

    `outside` is a head that was kept away from the store: without one a cut tail or a whole older
    copy cannot show.
    """
    heads = [outside] if outside and outside.seq else []
    return check_log(rows, heads)


def check_log(
    rows: Iterable[ChainedRow],
    heads: Collection[Head] = (),
    witnesses: Collection[Witness] = (),
    *,
    blocks: Sequence[KeptBlock] | None = None,
    archived_to: int | None = None,
) -> Verdict:
    """The same against several heads and receipts, the kept `blocks` of the tree, and where the
    archived part ends: after it nothing may be erased. The tree is built only where it is asked
    for."""
    known, kept = _Known(heads, witnesses), iter(blocks or ())
    tree = GrowingTree() if witnesses or blocks is not None else None
    before, seq = GENESIS, 0
    try:
        for row in rows:
            if (
                row.seq != seq + 1
                or row.hash != entry_hash(before, row)
                or (row.detail is not None and row.commitment != commit_to(row.salt, row.detail))
                or (row.detail is None and archived_to is not None and row.seq > archived_to)
            ):
                return Verdict(seq, Head(seq, before), row.seq, _misfit(before, seq, row))
            before, seq = row.hash, row.seq
            if tree is not None and (block := tree.add(row)) and blocks is not None:
                if next(kept, None) != block:
                    return Verdict(seq, Head(seq, before), seq - BLOCK + 1, TREE_CHANGED)
            if seq in known.asked and (why := known.misfit(seq, before, tree)):
                return Verdict(seq - 1, Head(seq, before), seq, why)
    except LogPartUnreadable as trouble:
        return Verdict(seq, Head(seq, before), trouble.first, PART_DAMAGED)
    missing = any(asked > seq for asked in known.asked)
    found = Verdict(seq, Head(seq, before), root=tree.root if tree else b"")
    return Verdict(seq, found.head, seq + 1, TOO_SHORT) if missing else found


def root_words(size: int, root: bytes) -> tuple[str, ...]:
    """How a tree is said in six words: its root at a size, 66 bits of it."""
    return six_words(b"MediLink log words", size.to_bytes(8) + root)


def _misfit(before: bytes, seq: int, row: ChainedRow) -> str:
    """How an entry does not fit, once it does not."""
    if row.seq != seq + 1:
        return "an entry is missing" if row.seq > seq + 1 else "the order was changed"
    if entry_hash(before, row) != row.hash:
        return "the entry was changed, or one before it was removed"
    erased = row.detail is None
    return "its personal detail is gone" if erased else "its personal detail was changed"


@dataclass
class _Known:
    """What is known from outside, by the entry after which it can be compared."""

    heads: Collection[Head]
    witnesses: Collection[Witness]
    asked: dict[int, list[Head | Witness]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for head in self.heads:
            self.asked.setdefault(head.seq, []).append(head)
        for one in self.witnesses:
            self.asked.setdefault(one.size, []).append(one)
            if one.seq:
                self.asked.setdefault(one.seq, []).append(Head(one.seq, one.entry))

    def misfit(self, seq: int, found: bytes, tree: GrowingTree | None) -> str:
        """How the log so far differs from what is known of it."""
        for one in self.asked[seq]:
            if isinstance(one, Head):
                if one.hash != found:
                    return "differs from the head kept outside the store"
            elif tree is not None and not _agrees(one, tree.root):
                return REWRITTEN
        return ""


def _agrees(one: Witness, root: bytes) -> bool:
    return one.words == root_words(one.size, root) if one.words else one.root == root
