"""Text that fits its box: the largest size at which it does, wrapped; never over the edge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Measure = Callable[[str, float], float]  # (text, size) → width, in the unit of the size

LINE = 1.18  # line height, × size
_STEP = 0.94
_ROUNDING = 1e-6
_BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Box:
    """A place for text, and the sizes it may have there."""

    width: float
    height: float
    largest: float
    smallest: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines and their size. `whole`: nothing was cut."""

    size: float
    lines: tuple[str, ...]
    whole: bool = True


def fit(text: str, box: Box, measure: Measure) -> Fitted:
    """The text as large as the box allows; at the smallest size, cut with "…"."""
    size = box.largest
    while True:
        lines = wrap(text, box.width, lambda part: measure(part, size))  # noqa: B023 used at once
        if len(lines) * size * LINE <= box.height + _ROUNDING:
            return Fitted(size, tuple(lines))
        if size <= box.smallest:
            room = max(1, int((box.height + _ROUNDING) / (size * LINE)))
            cut = _cut(lines[:room], box.width, lambda part: measure(part, size))  # noqa: B023
            return Fitted(size, cut, whole=False)
        size = max(box.smallest, size * _STEP)


def fit_list(
    items: Sequence[str], box: Box, measure: Measure, more: Callable[[int], str]
) -> Fitted:
    """Several things in one text. Where not all fit, the last make way for `more(how many)`, so
    that nobody takes the list for whole."""
    shown = fit(_BETWEEN.join(items), box, measure)
    for left_out in range(1, len(items)):
        if shown.whole:
            break
        kept = [*items[:-left_out], more(left_out)]
        shown = fit(_BETWEEN.join(kept), box, measure)
    return shown


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines no wider than `width`; a word that is wider is broken."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if measure(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, width, measure)
        lines += full
    return [*lines, line] if line else lines


def _broken(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    pieces, rest = [], word
    while len(rest) > 1 and measure(rest) > width:
        count = len(rest) - 1
        while count > 1 and measure(rest[:count]) > width:
            count -= 1
        pieces.append(rest[:count])
        rest = rest[count:]
    return [*pieces, rest]


def _cut(lines: list[str], width: float, measure: Callable[[str], float]) -> tuple[str, ...]:
    *kept, last = lines
    while last and measure(last + "…") > width:
        last = last[:-1]
    return (*kept, last.rstrip() + "…")
