"""What is usual at an age: reference bands of measurements, and what is asked about before saving.

Pure. Sources, row by row:
  pulse, breathing rate of children  1st and 99th centile, Fleming et al., Lancet 377 (2011) 1011
  blood pressure of adults           WHO guideline on hypertension (2021): from 140/90 it is treated
  oxygen saturation                  WHO Pulse oximetry training manual (2011): below 94 is too low
  haemoglobin                        WHO guideline on haemoglobin cutoffs (2024): lower bounds
  weight and height of children      WHO growth standards (`medilink.growth`)
  others                             usual clinical bounds of adults, kept wide
"""

from __future__ import annotations

from itertools import pairwise

from medilink.growth import IMPLAUSIBLE, Measure, lms_for_age
from medilink.people import Sex
from medilink.vitals import BMI_CODE, LOWER, UPPER, VITAL_BY_CODE

MONTH, YEAR = 30.4375, 365.25  # days
ADULT_DAYS = 18 * YEAR
Range = tuple[float | None, float | None]

# from this age in days on: 1st and 99th centile
_PULSE: tuple[tuple[float, float, float], ...] = (
    (0, 107, 181), (3 * MONTH, 104, 175), (6 * MONTH, 98, 168), (9 * MONTH, 93, 161),
    (12 * MONTH, 88, 156), (18 * MONTH, 82, 149), (2 * YEAR, 76, 142), (3 * YEAR, 70, 136),
    (4 * YEAR, 65, 131), (6 * YEAR, 59, 123), (8 * YEAR, 52, 115), (12 * YEAR, 47, 108),
    (15 * YEAR, 43, 104), (ADULT_DAYS, 50, 110),
)  # fmt: skip
_BREATHS: tuple[tuple[float, float, float], ...] = (
    (0, 25, 66), (3 * MONTH, 24, 64), (6 * MONTH, 23, 61), (9 * MONTH, 22, 58),
    (12 * MONTH, 21, 53), (18 * MONTH, 19, 46), (2 * YEAR, 18, 38), (3 * YEAR, 17, 33),
    (4 * YEAR, 17, 29), (6 * YEAR, 16, 27), (8 * YEAR, 14, 25), (12 * YEAR, 12, 23),
    (15 * YEAR, 11, 22), (ADULT_DAYS, 11, 22),
)  # fmt: skip
_BY_AGE = {"8867-4": _PULSE, "9279-1": _BREATHS}
_ANY_AGE: dict[str, Range] = {"8310-5": (36.0, 37.5), "2708-6": (94, 100), "15074-8": (3.9, 7.8)}
_ADULTS: dict[str, Range] = {"8480-6": (90, 140), "8462-4": (60, 90), BMI_CODE: (18.5, 25)}
# from this age in days on: lower bound of haemoglobin in g/dL; women and men differ from 15 years
HAEMOGLOBIN = "718-7"
_HAEMOGLOBIN = ((6 * MONTH, 10.5), (2 * YEAR, 11.0), (5 * YEAR, 11.5), (12 * YEAR, 12.0))
_HAEMOGLOBIN_MEN = (15 * YEAR, 13.0)
_GROWTH = {
    "29463-7": Measure.WEIGHT,
    "8302-2": Measure.HEIGHT,
    "9843-4": Measure.HEAD,
    BMI_CODE: Measure.BMI,
}
# How far beyond the centiles a value is asked about: sick children leave them every day.
ASKED_BEYOND = 0.2


def reference_range(code: str, age_days: float | None, sex: Sex) -> Range | None:
    """What is usual for a measurement or test at an age, in its kept unit; None where nothing is
    known for it. Either bound may be open."""
    if code in _ANY_AGE:
        return _ANY_AGE[code]
    if age_days is None:
        return None
    if code in _BY_AGE:
        return _row(_BY_AGE[code], age_days)[1:]
    if code == HAEMOGLOBIN:
        return _haemoglobin(age_days, sex)
    if age_days >= ADULT_DAYS:
        return _ADULTS.get(code)
    return _growth_range(code, age_days, sex, 2)


def _row(
    table: tuple[tuple[float, float, float], ...], age_days: float
) -> tuple[float, float, float]:
    for row, after in pairwise(table):
        if age_days < after[0]:
            return row
    return table[-1]


def _haemoglobin(age_days: float, sex: Sex) -> Range | None:
    if sex is Sex.MALE and age_days >= _HAEMOGLOBIN_MEN[0]:
        return (_HAEMOGLOBIN_MEN[1], None)
    bounds = [low for start, low in _HAEMOGLOBIN if age_days >= start]
    return (bounds[-1], None) if bounds else None


def _growth_range(code: str, age_days: float, sex: Sex, sd: float) -> Range | None:
    measure = _GROWTH.get(code)
    lms = lms_for_age(measure, sex, age_days) if measure else None
    return (lms.at(-sd), lms.at(sd)) if lms else None


def likely_range(code: str, age_days: float | None, sex: Sex) -> tuple[float, float]:
    """Outside this a value is asked about before saving: rare at this age, or a slip of the
    finger. KeyError for what is no vital sign."""
    low, high = VITAL_BY_CODE[code].likely
    if age_days is None:
        return low, high
    if code in _BY_AGE:
        _, slow, fast = _row(_BY_AGE[code], age_days)
        return slow * (1 - ASKED_BEYOND), fast * (1 + ASKED_BEYOND)
    measure = _GROWTH.get(code)
    lms = lms_for_age(measure, sex, age_days) if measure else None
    if measure and lms:
        least, most = IMPLAUSIBLE[measure]
        return max(lms.at(max(least, -4)), 0.0), lms.at(min(most, 4)) * 1.2
    if code in (UPPER, LOWER) and age_days < 12 * YEAR:
        return low * 0.6, high * 0.7
    return low, high


def unlikely_vitals(
    typed: dict[str, str], age_days: float | None, sex: Sex
) -> list[tuple[str, str]]:
    """(code, value) of measurements that are possible but rare at this age, or do not go together:
    a lower pressure above the upper."""
    asked = []
    for code, value in typed.items():
        low, high = likely_range(code, age_days, sex)
        if not low <= float(value) <= high:
            asked.append((code, value))
    upper, lower = typed.get(UPPER), typed.get(LOWER)
    if upper and lower and float(lower) >= float(upper):
        asked.append((LOWER, lower))
    return asked
