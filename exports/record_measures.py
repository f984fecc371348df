"""What was measured, ready to be drawn: usual ranges, high and low, groups, growth."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from exports.record_words import instant
from medilink.growth import Measure, z_for_age
from medilink.people import PatientDetails, Sex, age_in_days
from medilink.records import Observation, Record, Section
from medilink.reference import Range, reference_range
from medilink.vitals import BMI_CODE, HEAD

GROWTH_CODES = {
    Measure.WEIGHT: "29463-7",
    Measure.HEIGHT: "8302-2",
    Measure.BMI: BMI_CODE,
    Measure.HEAD: HEAD,
}
GROWN_UP_DAYS = 19 * 365.25  # where the WHO references end


class Point(NamedTuple):
    """A number at a time."""

    at: int
    value: float


class Grown(NamedTuple):
    """A measurement of a child: age in days, value, z-score."""

    at: int
    age: float
    value: float
    z: float


def number_of(seen: Observation) -> float | None:
    """A value that can be drawn."""
    number = seen.number
    return number if number is not None and math.isfinite(number) else None


def age_days(details: PatientDetails, at: int) -> float | None:
    """How old a person was; None where that is not known."""
    try:
        return age_in_days(details.birth_date, instant(at).date())
    except ValueError:  # a birth date that is no day
        return None


def usual_range(record: Record, seen: Observation) -> Range | None:
    """What the laboratory said is usual, else what is usual at the age the patient then had."""
    if seen.low or seen.high:
        return _bound(seen.low), _bound(seen.high)
    details = record.patient.details
    return reference_range(seen.code, age_days(details, seen.at), details.sex)


def _bound(text: str) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


def beyond(band: Range | None, number: float | None) -> str:
    """ "high", "low", or nothing to say."""
    if band is None or number is None:
        return ""
    low, high = band
    if low is not None and number < low:
        return "low"
    return "high" if high is not None and number > high else ""


def grouped(observations: Iterable[Observation]) -> list[list[Observation]]:
    """Observations of one kind together, the kind with the newest first, newest first in each."""
    found: dict[tuple[str, str, str], list[Observation]] = defaultdict(list)
    for seen in observations:
        found[seen.code or seen.name, seen.name, seen.unit].append(seen)
    return list(found.values())


def by_moment(observations: Iterable[Observation]) -> list[tuple[int, list[Observation]]]:
    """What was measured at the same time, newest first."""
    found: dict[int, list[Observation]] = defaultdict(list)
    for seen in observations:
        found[seen.at].append(seen)
    return sorted(found.items(), reverse=True)


def points_of(record: Record, code: str, most: int) -> list[Point]:
    """The newest numbers of a kind, oldest first."""
    found = [
        Point(seen.at, number)
        for seen in record.observations
        if seen.code == code and seen.section is Section.VITALS
        and seen.at and (number := number_of(seen)) is not None
    ]  # fmt: skip
    return sorted(found[:most])


def band_along(record: Record, code: str, times: Sequence[int]) -> list[tuple[int, float, float]]:
    """(time, low, high) of what is usual at each time; times where it is open or not known are
    left out."""
    details = record.patient.details
    found = []
    for at in times:
        band = reference_range(code, age_days(details, at), details.sex)
        if band and band[0] is not None and band[1] is not None:
            found.append((at, band[0], band[1]))
    return found


def is_child(record: Record, at: int) -> bool:
    """Whether growth is drawn: a girl or boy under 19 years whose birth date is known."""
    details = record.patient.details
    age = age_days(details, at)
    return age is not None and age < GROWN_UP_DAYS and details.sex in (Sex.FEMALE, Sex.MALE)


def grown(record: Record, measure: Measure) -> list[Grown]:
    """How a child has grown by one measure, oldest first."""
    details, found = record.patient.details, []
    for seen in record.observations:
        value = number_of(seen)
        if seen.code != GROWTH_CODES[measure] or value is None or not seen.at:
            continue
        age = age_days(details, seen.at)
        z = z_for_age(measure, details.sex, age, value) if age is not None else None
        if age is not None and z is not None:
            found.append(Grown(seen.at, age, value, z))
    return sorted(found)
