"""What rises, falls or stays over visits: said as a fact with its values, never as advice. Pure.

Rules, so that nobody is alarmed by noise and one wild value neither makes nor hides a trend:
  - of a day one value counts, the lower of the two in the middle; the newest eight days of five
    years count, of the signs of an acute illness those of two months;
  - values in another unit than the newest are never compared with it;
  - of five days and more one may be left out that lies far off the line of the others; it is named;
  - a trend needs four days, an order that chance makes in at most one series of twelve (four days)
    or of twenty (more), and a change greater than what two visits of somebody unchanged differ by.
Slope and chance: `medilink.summing_up.slopes`. The false alarms were simulated
(`tests/rules/test_trends.py`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from medilink.days import DAY_MS
from medilink.people import age_in_days
from medilink.periods import day_here
from medilink.records import Observation, Record
from medilink.reference import ADULT_DAYS
from medilink.summing_up.figures import Figure, figure, kind_of
from medilink.summing_up.slopes import chance_of, distances, median_slope, order_score
from medilink.vitals import BMI_CODE, HEAD, LOWER, UPPER

FEWEST_DAYS, MOST_DAYS = 4, 8
SURE_OF_FOUR, SURE = 0.1, 0.05  # two-sided; four values in order are 2 of 24 orders: 0.083
WILD_FROM = 8.0  # times the middle distance of the others from the line
FEWEST_TO_LEAVE_OUT = 5
STALE_DAYS = 2 * 365  # what was last measured earlier says nothing of today
LOOKED_BACK_DAYS = 5 * 365
# The signs of an illness of days: a fever of last year and one of today are no trend.
ACUTE = frozenset({"8310-5", "8867-4", "9279-1", "2708-6"})
ACUTE_DAYS = 60

# (absolute, share of the middle value): more than two visits of somebody who has not changed are
# likely to differ by. Blood pressure: over seven visits its SD is 6.5 to 14.4 mmHg in three of five
# treated people (ALLHAT; Ann Intern Med 163 (2015) 329, doi 10.7326/M14-2803), and two visits
# differ by 1.4 SD. Laboratory: within-person variation as collected by Ricos et al. and EFLM
# (biologicalvariation.eu) and a small laboratory's own. Weight: scales, clothes and meals. Others:
# kept wide.
_LEAST: dict[str, tuple[float, float]] = {
    "8310-5": (0.6, 0),
    "8867-4": (15, 0),
    "9279-1": (5, 0),
    "2708-6": (3, 0),
    UPPER: (15, 0),
    LOWER: (10, 0),
    "29463-7": (1, 0.03),
    "15074-8": (1, 0.3),
    "718-7": (0.8, 0),  # haemoglobin
    "4548-4": (0.5, 0),  # HbA1c
    "14682-9": (0, 0.2),  # creatinine
    "2951-2": (5, 0),  # sodium
    "2823-3": (0.5, 0),  # potassium
}
_LEAST_OF_OTHERS = (0.0, 0.25)
_WEIGHT = "29463-7"  # of those who grow growth charts judge
# Height and head do not move in adults, and body mass index only says what weight says.
_NEVER = frozenset({"8302-2", HEAD, BMI_CODE})


class Course(StrEnum):
    """Where values go."""

    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"
    CHANGING = "changing"


MOVING = frozenset({Course.RISING, Course.FALLING})


class Trend(NamedTuple):
    """`first` and `last`: the oldest and the newest value that count; `days`: on how many days
    there was one; `left_out`: what lies far off the others."""

    course: Course
    first: Observation
    last: Figure
    days: int
    left_out: tuple[Observation, ...] = ()


def trends_in(record: Record, now: int) -> tuple[Trend, ...]:
    """Of each kind that was measured on enough days, and lately; in the order of their names."""
    series: dict[object, list[Observation]] = defaultdict(list)
    for seen in record.observations:
        number = seen.number
        if number is not None and math.isfinite(number) and 0 < seen.at <= now:
            series[kind_of(seen)].append(seen)
    found = [
        trend
        for kind in sorted(series, key=str)
        if (trend := trend_of(record, series[kind])) is not None
    ]
    return tuple(one for one in found if now - one.last.seen.at <= _stale_after(one.last.seen))


def _stale_after(seen: Observation) -> int:
    return (ACUTE_DAYS if seen.code in ACUTE else STALE_DAYS) * DAY_MS


def trend_of(record: Record, observations: Iterable[Observation]) -> Trend | None:
    """The trend of one kind of measurement; None where there are too few days to say."""
    rows = [row for row in _one_a_day(observations) if not _grew(record, row)]
    if not rows or rows[-1].code in _NEVER:
        return None
    looked_back = ACUTE_DAYS if rows[-1].code in ACUTE else LOOKED_BACK_DAYS
    since = rows[-1].at - looked_back * DAY_MS
    rows = [row for row in rows if row.at >= since][-MOST_DAYS:]
    least = _least(rows)
    left_out = _wild(rows, least)
    rows = [row for row in rows if row not in left_out]
    if len(rows) < FEWEST_DAYS:
        return None
    return Trend(_course(rows, least), rows[0], figure(record, rows[-1]), len(rows), left_out)


def _one_a_day(observations: Iterable[Observation]) -> list[Observation]:
    """One value for each day in the unit of the newest, oldest first."""
    known = sorted(observations, key=lambda one: (one.at, one.uid))
    by_day: dict[object, list[Observation]] = defaultdict(list)
    for seen in known:
        if seen.unit == known[-1].unit:
            by_day[day_here(seen.at)].append(seen)
    return [_middle(of_day) for of_day in by_day.values()]


def _middle(of_day: Sequence[Observation]) -> Observation:
    ordered = sorted(of_day, key=lambda one: (_value(one), one.uid))
    return ordered[(len(ordered) - 1) // 2]


def _value(seen: Observation) -> float:
    number = seen.number
    assert number is not None  # noqa: S101 only numbers come here
    return number


def _grew(record: Record, seen: Observation) -> bool:
    if seen.code != _WEIGHT:
        return False
    age = age_in_days(record.patient.details.birth_date, day_here(seen.at))
    return age is None or age < ADULT_DAYS


def _least(rows: Sequence[Observation]) -> float:
    """The smallest change that is said."""
    absolute, share = _LEAST.get(rows[-1].code, _LEAST_OF_OTHERS)
    return max(absolute, share * abs(median(map(_value, rows))))


def _points(rows: Sequence[Observation]) -> list[tuple[float, float]]:
    return [(row.at / DAY_MS, _value(row)) for row in rows]


def _wild(rows: Sequence[Observation], least: float) -> tuple[Observation, ...]:
    """The one value that lies far off the line of the others, if there is one."""
    if len(rows) < FEWEST_TO_LEAVE_OUT:
        return ()
    far = distances(_points(rows))
    worst = max(range(len(rows)), key=lambda place: (far[place], place))
    others = median(far[:worst] + far[worst + 1 :])
    return (rows[worst],) if far[worst] > max(WILD_FROM * others, 2 * least) else ()


def _course(rows: Sequence[Observation], least: float) -> Course:
    values = [_value(row) for row in rows]
    sure = SURE_OF_FOUR if len(rows) == FEWEST_DAYS else SURE
    change = median_slope(_points(rows)) * (rows[-1].at - rows[0].at) / DAY_MS
    ordered = chance_of(order_score(values), len(rows)) <= sure
    if ordered and abs(change) >= least and (values[-1] - values[0]) * change > 0:
        return Course.RISING if change > 0 else Course.FALLING
    middle = median(values)
    spread = max(abs(value - middle) for value in values)
    return Course.STEADY if spread <= least else Course.CHANGING
