"""A small chart as vectors: axes with round numbers, bands, lines. Black, grey and dashes only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from exports.pdf_paper import Paper

_STEPS = (1, 2, 5, 10)
LABEL = 6.5
_AIR = 0.08  # of the range, above and below what is drawn


def round_steps(low: float, high: float, about: int) -> list[float]:
    """Round numbers from `low` to `high`, about so many."""
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    rough = span / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((s * power for s in _STEPS if s * power >= rough), 10 * power)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def with_air(values: Sequence[float]) -> tuple[float, float]:
    """The range of some values, with a little room."""
    low, high = min(values), max(values)
    air = (high - low) * _AIR or max(abs(high) * _AIR, 1.0)
    return low - air, high + air


@dataclass(frozen=True, slots=True)
class Plot:
    """A place on the page and what its edges stand for."""

    paper: Paper
    box: tuple[float, float, float, float]  # left, bottom, width, height
    xs: tuple[float, float]
    ys: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a value lies on the page; beyond the edges it lies on them."""
        left, bottom, wide, high = self.box
        along = (x - self.xs[0]) / ((self.xs[1] - self.xs[0]) or 1)
        up = (y - self.ys[0]) / ((self.ys[1] - self.ys[0]) or 1)
        return left + min(max(along, 0), 1) * wide, bottom + min(max(up, 0), 1) * high

    def band(self, rows: Sequence[tuple[float, float, float]]) -> None:
        """What is usual: (x, low, high) along the chart, shaded, with edges a copier keeps."""
        if len(rows) < 2:
            return
        lows = [self.at(x, low) for x, low, _ in rows]
        highs = [self.at(x, high) for x, _, high in rows]
        self.paper.path([*lows, *reversed(highs)], grey=0.88, filled=True)
        for edge in (lows, highs):
            self.paper.path(edge, thick=0.4, grey=0.45, dash="2 1.5")

    def line(
        self, points: Sequence[tuple[float, float]], *, thick: float = 1.0, hollow: bool = False
    ) -> None:
        """Measured values: a line with a mark at each."""
        placed = [self.at(x, y) for x, y in points]
        if len(placed) > 1:
            self.paper.path(placed, thick=thick, dash="3 1.5" if hollow else "")
        self.paper.dots(placed, 2.6, hollow=hollow)

    def axes(self, ticks: Sequence[tuple[float, str]], below: Sequence[tuple[float, str]]) -> None:
        """Numbers at the left with thin lines, words below; the last ends at the right edge."""
        left, bottom, wide, high = self.box
        letters = self.paper.letters
        for value, text in ticks:
            _, y = self.at(self.xs[0], value)
            self.paper.path([(left, y), (left + wide, y)], thick=0.25, grey=0.7)
            line = letters.line(text)
            self.paper.text(left - 3 - line.width * LABEL / 1000, y - LABEL * 0.35, [line], LABEL)
        for value, text in below:
            x, _ = self.at(value, self.ys[0])
            line = letters.line(text)
            room = line.width * LABEL / 1000
            begin = min(max(x - room / 2, left), left + wide - room)
            self.paper.text(begin, bottom - LABEL - 2, [line], LABEL)
        self.paper.path([(left, bottom + high), (left, bottom), (left + wide, bottom)], thick=0.6)
