"""Trends: planted ones are found, noise seldom makes one, one wild value changes nothing."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.days import DAY_MS
from medilink.people import Patient, PatientDetails, PatientId, Sex
from medilink.records import ALL_SECTIONS, Observation, Record, Section
from medilink.summing_up.figures import Judged
from medilink.summing_up.slopes import chance_of, median_slope, order_score
from medilink.summing_up.trends import MOVING, Course, Trend, trend_of, trends_in

NOW = 1_790_000_000_000
WOMAN = PatientDetails("Wanjiku", "Ng'ang'a", Sex.FEMALE, "1984-05-23")
UPPER, WEIGHT, HAEMOGLOBIN, CREATININE = "8480-6", "29463-7", "718-7", "14682-9"
UNITS = {UPPER: "mm[Hg]", WEIGHT: "kg", HAEMOGLOBIN: "g/dL", CREATININE: "umol/L"}
# What one visit differs from the next in somebody who has not changed (standard deviation).
NOISE = {UPPER: (130, 7.7), WEIGHT: (60, 0.9), HAEMOGLOBIN: (12, 0.4), CREATININE: (80, 8.0)}
FALSE_ALARMS_OF_FOUR, FALSE_ALARMS = 0.055, 0.03


def measured(code: str, *values: float | str, every: int = 30, unit: str = "") -> list[Observation]:
    """Values a month apart, the last today."""
    return [
        Observation(
            bytes([number]) * 16,
            NOW - (len(values) - 1 - number) * every * DAY_MS,
            Section.VITALS,
            code,
            "Something",
            str(value),
            unit or UNITS[code],
        )
        for number, value in enumerate(values)
    ]


def record(*rows: Observation, details: PatientDetails = WOMAN) -> Record:
    patient = Patient(PatientId(1), b"p" * 16, "ML-7KQ0-0001", details, 1, NOW)
    return Record(patient, ALL_SECTIONS, observations=tuple(rows))


def trend(rows: list[Observation]) -> Trend:
    found = trend_of(record(*rows), rows)
    assert found is not None
    return found


def test_systolic_rising_over_four_visits() -> None:
    found = trend(measured(UPPER, 128, 136, 144, 152))
    assert (found.course, found.days) == (Course.RISING, 4)
    assert (found.first.value, found.last.seen.value) == ("128", "152")
    assert (found.last.judged, found.last.usual) == (Judged.HIGH, (90, 140))


@pytest.mark.parametrize(
    ("code", "values", "course"),
    [
        (UPPER, (120, 128, 127, 139, 146, 151), Course.RISING),
        (WEIGHT, (61.5, 60.2, 58.9, 57.0), Course.FALLING),
        (HAEMOGLOBIN, (12.1, 11.6, 10.9, 10.8, 9.9), Course.FALLING),
        (CREATININE, (80, 95, 120, 160), Course.RISING),
        (UPPER, (150, 152, 149, 151, 150), Course.STEADY),
        (UPPER, (128, 129, 130, 131), Course.STEADY),  # in order, but nothing that matters
        (UPPER, (120, 160, 118, 158, 121, 163), Course.CHANGING),
    ],
)
def test_planted_trends_are_told_from_others(
    code: str, values: tuple[float, ...], course: Course
) -> None:
    assert trend(measured(code, *values)).course is course


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("wild", [30, 290])
def test_one_wild_value_hides_no_trend(place: int, wild: int) -> None:
    values: list[float] = [120, 127, 134, 141, 148]
    values.insert(place, wild)
    found = trend(measured(UPPER, *values))
    assert found.course is Course.RISING
    assert [one.value for one in found.left_out] == [str(wild)]


@pytest.mark.parametrize("place", range(6))
@pytest.mark.parametrize("wild", [30, 290])
def test_one_wild_value_makes_no_trend(place: int, wild: int) -> None:
    values: list[float] = [130, 133, 129, 132, 131]
    values.insert(place, wild)
    assert trend(measured(UPPER, *values)).course is Course.STEADY


@pytest.mark.parametrize("code", NOISE)
@pytest.mark.parametrize("number", [4, 5, 6, 8])
def test_noise_seldom_makes_a_trend(code: str, number: int) -> None:
    mean, spread = NOISE[code]
    chance = random.Random(1945)
    told = sum(
        trend(measured(code, *(round(chance.gauss(mean, spread), 1) for _ in range(number)))).course
        in MOVING
        for _ in range(1000)
    )
    assert told / 1000 <= (FALSE_ALARMS_OF_FOUR if number == 4 else FALSE_ALARMS)


@given(
    values=st.lists(st.integers(80, 200), min_size=4, max_size=12),
    shuffled=st.randoms(use_true_random=False),
)
def test_the_order_of_entries_does_not_matter(values: list[int], shuffled: random.Random) -> None:
    rows = measured(UPPER, *values)
    mixed = rows.copy()
    shuffled.shuffle(mixed)
    assert trend_of(record(*rows), rows) == trend_of(record(*mixed), mixed)


def test_values_of_one_day_are_one() -> None:
    rows = measured(UPPER, 128, 136, 144)
    again = [row._replace(uid=b"n" * 16, value="150") for row in rows]
    assert trend_of(record(), [*rows, *again]) is None


def test_another_unit_is_never_compared() -> None:
    old = measured(CREATININE, 1.0, 1.1, 1.0, unit="mg/dL", every=400)
    new = measured(CREATININE, 88, 97, 90, 92, every=10)
    found = trend([*old, *new])
    assert (found.days, found.course) == (4, Course.STEADY)
    assert found.first.unit == "umol/L"


def test_digits_stay_as_they_were_kept() -> None:
    found = trend(measured(WEIGHT, "61.50", "60.20", "58.90", "57.00"))
    assert (found.first.value, found.last.seen.value) == ("61.50", "57.00")


def test_what_grows_is_no_trend_and_neither_is_a_fever_of_years() -> None:
    details = PatientDetails("Otieno", "Ouma", Sex.MALE, "2024-01-01")
    assert trends_in(record(*measured(WEIGHT, 9, 10, 11, 12), details=details), NOW) == ()
    fevers = measured("8310-5", 36.5, 37.2, 38.1, 39.0, unit="Cel", every=200)
    assert trends_in(record(*fevers), NOW) == ()


def test_texts_and_what_was_measured_long_ago_make_no_trend() -> None:
    rows = measured(UPPER, "nan", "inf", "", 150)
    assert trends_in(record(*rows), NOW) == ()
    old = [row._replace(at=row.at - 3 * 365 * DAY_MS) for row in measured(UPPER, 1, 50, 100, 150)]
    assert trends_in(record(*old), NOW) == ()


@pytest.mark.parametrize("number", [2, 3, 4, 5, 6])
def test_the_chance_is_counted_exactly(number: int) -> None:
    orders = [order_score(order) for order in permutations(range(number))]
    for score in set(orders):
        as_far = sum(abs(other) >= abs(score) for other in orders) / len(orders)
        assert chance_of(score, number) == pytest.approx(as_far)


@given(
    slope=st.floats(-5, 5),
    wild=st.floats(-1e6, 1e6),
    place=st.integers(0, 6),
)
def test_the_slope_is_that_of_the_others(slope: float, wild: float, place: int) -> None:
    points = [(float(day), slope * day) for day in range(7)]
    points[place] = (float(place), wild)
    assert median_slope(points) == pytest.approx(slope, abs=1e-6)
