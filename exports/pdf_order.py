"""In which order the letters of a line stand: left to right, right to left, and both in one line.

The levels are those of the Unicode bidirectional algorithm (UAX 9) as python-bidi resolves them;
its ready-made function gives back a text with its letters turned round, from which Arabic can no
longer be joined, so the runs are taken from the levels here (rule L2).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from bidi import algorithm

_STEPS = (
    algorithm.explicit_embed_and_overrides,
    lambda storage: algorithm.resolve_weak_types(storage, False),
    lambda storage: algorithm.resolve_neutral_types(storage, False),
    lambda storage: algorithm.resolve_implicit_levels(storage, False),
)
_RTL = frozenset({"R", "AL"})
_ONE_WAY = frozenset({"R", "AL", "NSM", "WS", "ON", "CS", "ES", "ET"})
_LEFT_OUT = frozenset(algorithm.X9_REMOVED)


def reads_from_right(text: str) -> bool:
    """Whether a text's first letter with a direction has it from right to left (rule P2)."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in _RTL for kind in kinds if kind in _RTL or kind == "L"), False)


def has_right_to_left(text: str) -> bool:
    """Whether any letter goes from right to left."""
    return any(unicodedata.bidirectional(letter) in _RTL for letter in text)


def runs_of(line: str, *, rtl: bool) -> list[tuple[str, bool]]:
    """The runs of a line from left to right, each with its letters in the order they are read and
    whether that is from right to left. `rtl`: how the paragraph reads."""
    levels = _levels(line, rtl=rtl)
    runs = list(_level_runs(line, levels))
    for level in range(max(levels, default=0), 0, -1):
        runs = _turned(runs, level)
    return [(text, bool(level % 2)) for text, level in runs]


def _levels(line: str, *, rtl: bool) -> list[int]:
    if rtl and _ONE_WAY.issuperset(map(unicodedata.bidirectional, line)):
        return [1] * len(line)  # nothing in it goes the other way: the usual line of Arabic
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = int(rtl), "R" if rtl else "L"
    # Letters Unicode has not given out yet have no direction, which the library cannot stand.
    known = "".join([one if unicodedata.bidirectional(one) else "x" for one in line])
    algorithm.get_embedding_levels(known, storage)
    for step in _STEPS:
        step(storage)
    resolved = iter(storage["chars"])
    found, last = [], int(rtl)
    for letter in line:
        if unicodedata.bidirectional(letter) not in _LEFT_OUT:
            last = next(resolved)["level"]
        found.append(last)
    trailing = len(line) - len(line.rstrip())
    return found[: len(found) - trailing] + [int(rtl)] * trailing  # rule L1


def _level_runs(line: str, levels: list[int]) -> Iterator[tuple[str, int]]:
    begin = 0
    for place in range(1, len(line) + 1):
        if place == len(line) or levels[place] != levels[begin]:
            yield line[begin:place], levels[begin]
            begin = place


def _turned(runs: list[tuple[str, int]], level: int) -> list[tuple[str, int]]:
    """The runs, with every row of them at this level or higher the other way round."""
    done: list[tuple[str, int]] = []
    row: list[tuple[str, int]] = []
    for run in runs:
        if run[1] >= level:
            row.insert(0, run)
            continue
        done += [*row, run]
        row = []
    return done + row
