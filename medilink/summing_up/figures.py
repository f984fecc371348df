"""A measurement or result beside what is usual. Pure."""

from __future__ import annotations

import math
import re
from enum import StrEnum
from typing import NamedTuple

from medilink.laboratory_tests import TEST_BY_CODE, TESTS
from medilink.people import age_in_days, fold
from medilink.periods import day_here
from medilink.records import Observation, Record, Section
from medilink.reference import Range, reference_range
from medilink.vitals import BMI_CODE, VITAL_SIGNS

# Choices of tests that found something: "positive P. falciparum", "detected rif resistant", "2+".
_FOUND = re.compile(r"(positive|detected|trace|scanty|\d\+)")
_REMARK = re.compile(r"\{[^}]*\}")
_KEPT_UNITS = {
    **{test.code: test.unit for test in TESTS},
    **{sign.code: sign.unit for sign in VITAL_SIGNS},
    BMI_CODE: "kg/m2",
}
KEY_CODES = (*(sign.code for sign in VITAL_SIGNS), BMI_CODE)


class Judged(StrEnum):
    """How a value lies to what is usual. FOUND: a test found what it looks for."""

    LOW = "low"
    HIGH = "high"
    FOUND = "found"
    USUAL = "usual"
    NOT_KNOWN = ""


UNUSUAL = frozenset({Judged.LOW, Judged.HIGH, Judged.FOUND})


class Figure(NamedTuple):
    """A value, how it is judged, and by what range."""

    seen: Observation
    judged: Judged
    usual: Range | None = None


def usual_range(record: Record, seen: Observation) -> Range | None:
    """What the laboratory said is usual, else what is usual at the age the patient then had; for a
    value in another unit than the one kept here nothing is known."""
    if seen.low or seen.high:
        return (_number(seen.low), _number(seen.high))
    if _plain(seen.unit) != _plain(_KEPT_UNITS.get(seen.code, seen.unit)):
        return None
    details = record.patient.details
    age = age_in_days(details.birth_date, day_here(seen.at))
    return reference_range(seen.code, age, details.sex)


def _plain(unit: str) -> str:
    """A UCUM unit without its remarks: {beats}/min is /min."""
    return _REMARK.sub("", unit)


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def figure(record: Record, seen: Observation) -> Figure:
    """A value of this patient, judged."""
    number, band = seen.number, usual_range(record, seen)
    if number is None or not math.isfinite(number):
        test = TEST_BY_CODE.get(seen.code)
        found = test and test.choices and _FOUND.match(seen.text)
        return Figure(seen, Judged.FOUND if found else Judged.NOT_KNOWN)
    if band is None or band == (None, None):
        return Figure(seen, Judged.NOT_KNOWN)
    low, high = band
    if low is not None and number < low:
        return Figure(seen, Judged.LOW, band)
    return Figure(seen, Judged.HIGH if high is not None and number > high else Judged.USUAL, band)


def kind_of(seen: Observation) -> tuple[Section, str]:
    """What is measured, by code; by name where there is none."""
    return seen.section, seen.code or fold(seen.name)


def newest_of_each(observations: tuple[Observation, ...], until: int) -> list[Observation]:
    """The newest of each kind up to a time, newest first; of the same time, one and always the
    same."""
    newest: dict[tuple[Section, str], Observation] = {}
    for seen in sorted(observations, key=lambda one: (-one.at, one.uid)):
        if seen.at <= until and (seen.value or seen.text):
            newest.setdefault(kind_of(seen), seen)
    return list(newest.values())


def key_figures(record: Record, until: int) -> tuple[Figure, ...]:
    """The newest of each vital sign and the body mass index, in the order they are taken."""
    vitals = tuple(seen for seen in record.observations if seen.code in KEY_CODES)
    newest = {seen.code: seen for seen in newest_of_each(vitals, until)}
    return tuple(figure(record, newest[code]) for code in KEY_CODES if code in newest)


def unusual_results(record: Record, since: int, until: int) -> tuple[Figure, ...]:
    """Of each test the newest result, where it is outside its range or found something."""
    results = tuple(one for one in record.observations if one.section is Section.RESULTS)
    newest = (one for one in newest_of_each(results, until) if one.code not in KEY_CODES)
    judged = [figure(record, seen) for seen in newest if seen.at >= since]
    return tuple(one for one in judged if one.judged in UNUSUAL)
