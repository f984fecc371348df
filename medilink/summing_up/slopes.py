"""How steadily numbers rise or fall, whatever one of them is worth. Pure.

The slope is the median of the slopes between all pairs (Theil 1950; Sen, J Am Stat Assoc 63 (1968)
1379): it bears a wild value among four. How sure it is comes from the order alone (Mann,
Econometrica 13 (1945) 245; Kendall, Rank Correlation Methods, 4th ed. 1975): no shape of the noise
is assumed, and for few values the chances are counted exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from math import factorial
from statistics import median

Point = tuple[float, float]  # when, how much


def median_slope(points: Sequence[Point]) -> float:
    """The middle slope between two points of different times. ValueError for fewer than two."""
    pairs = combinations(points, 2)
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs if a[0] != b[0]]
    if not slopes:
        raise ValueError("a slope needs two points of different times")
    return median(slopes)


def distances(points: Sequence[Point]) -> list[float]:
    """How far each point lies from the line with the median slope, above or below."""
    slope = median_slope(points)
    rests = [value - slope * when for when, value in points]
    middle = median(rests)
    return [abs(rest - middle) for rest in rests]


def order_score(values: Sequence[float]) -> int:
    """Kendall's S: pairs that rise less pairs that fall."""
    return sum((b > a) - (b < a) for a, b in combinations(values, 2))


def chance_of(score: int, number: int) -> float:
    """How often so many values in no order at all score at least so high or so low. Values that
    are equal make it smaller than this; so it never claims too much."""
    pairs = number * (number - 1) // 2
    least = min((pairs - abs(score)) // 2, pairs)  # pairs against the order
    counts = _inversions(number)
    beyond = sum(counts[: least + 1])
    return min(1.0, 2 * beyond / factorial(number))


@cache
def _inversions(number: int) -> tuple[int, ...]:
    """How many orders of so many values have 0, 1, 2… pairs the wrong way round (Mahonian
    numbers)."""
    counts = [1]
    for size in range(2, number + 1):
        longer = [0] * (len(counts) + size - 1)
        for place, count in enumerate(counts):
            for step in range(size):
                longer[place + step] += count
        counts = longer
    return tuple(counts)
