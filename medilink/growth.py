"""Child growth against the WHO standards: z-scores, what they mean, curves to draw.

Pure, but for reading its own tables once. Sources: WHO Child Growth Standards, Methods and
development (2006, 2007), and its Anthro manual, for 0 to 5 years by day of age; de Onis et al. 2007
(WHO Reference 2007) for 5 to 19 years by month. Numbers: `growth_tables/README.md`.

    z = ((y / M)^L - 1) / (L S)            (Cole's LMS method)
    beyond 3 SD, for measures with weight: z = ±3 + (y - SD3) / (SD3 - SD2)
"""

from __future__ import annotations

import gzip
import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from medilink.people import Sex

DAYS_A_MONTH = 30.4375  # WHO's own conversion
LAST_DAY = 1826  # of the standards by day
LYING_UNTIL_DAY = 731  # children under two are measured lying
LYING_IS_LONGER_CM = 0.7
LENGTH_CM = (45.0, 110.0)
HEIGHT_CM = (65.0, 120.0)
MONTHS_2007 = (60, 229)  # from, to (not reached)
WEIGHT_UNTIL_MONTH = 121


class Measure(StrEnum):
    """What is compared with what."""

    WEIGHT = "weight for age"
    HEIGHT = "height for age"
    BMI = "BMI for age"
    HEAD = "head for age"
    WEIGHT_FOR_HEIGHT = "weight for height"


_BY_DAY = {
    Measure.WEIGHT: "weight-for-age",
    Measure.HEIGHT: "length-for-age",
    Measure.BMI: "bmi-for-age",
    Measure.HEAD: "head-for-age",
}
_BY_MONTH = {
    Measure.WEIGHT: "weight-for-age-2007",
    Measure.HEIGHT: "height-for-age-2007",
    Measure.BMI: "bmi-for-age-2007",
}
# In these the tail beyond 3 SD is straightened, because weights are skewed (2006 report, ch. 2).
RESTRICTED = frozenset({Measure.WEIGHT, Measure.BMI, Measure.WEIGHT_FOR_HEIGHT})
# z beyond these is more likely a mistake than a child (Anthro manual, flags).
IMPLAUSIBLE: dict[Measure, tuple[float, float]] = {
    Measure.WEIGHT: (-6, 5),
    Measure.HEIGHT: (-6, 6),
    Measure.BMI: (-5, 5),
    Measure.HEAD: (-5, 5),
    Measure.WEIGHT_FOR_HEIGHT: (-5, 5),
}


@dataclass(frozen=True, slots=True)
class Lms:
    """Skewness, median and variation at one age or length."""

    l: float  # noqa: E741 the letters of the method
    m: float
    s: float

    def at(self, z: float) -> float:
        """The value that has this z-score, unrestricted."""
        if self.l == 0:
            return self.m * math.exp(self.s * z)
        return float(self.m * (1 + self.l * self.s * z) ** (1 / self.l))

    def z(self, value: float, *, restricted: bool) -> float:
        """The z-score of a value above 0."""
        if self.l == 0:
            z = math.log(value / self.m) / self.s
        else:
            z = ((value / self.m) ** self.l - 1) / (self.l * self.s)
        if not restricted or abs(z) <= 3:
            return z
        side = 1 if z > 0 else -1
        third, second = self.at(3 * side), self.at(2 * side)
        return side * 3 + (value - third) / abs(third - second)


Table = tuple[list[float], list[Lms]]


@cache
def _tables() -> dict[tuple[str, Sex], Table]:
    found: dict[tuple[str, Sex], Table] = defaultdict(lambda: ([], []))
    path = Path(__file__).parent / "growth_tables" / "lms.csv.gz"
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        name, sex, x, *lms = line.split(",")
        table = found[name, Sex.MALE if sex == "1" else Sex.FEMALE]
        table[0].append(float(x))
        table[1].append(Lms(*map(float, lms)))
    return dict(found)


def _between(name: str, sex: Sex, x: float) -> Lms | None:
    """The table at `x`, straight between its rows; None outside it."""
    xs, rows = _tables()[name, sex]
    place = bisect_right(xs, x) - 1
    if place < 0 or x > xs[-1]:
        return None
    if xs[place] == x or place + 1 == len(xs):
        return rows[place]
    share = (x - xs[place]) / (xs[place + 1] - xs[place])
    low, high = rows[place], rows[place + 1]
    return Lms(
        low.l + share * (high.l - low.l),
        low.m + share * (high.m - low.m),
        low.s + share * (high.s - low.s),
    )


def lms_for_age(measure: Measure, sex: Sex, age_days: float) -> Lms | None:
    """L, M and S of a measure at an age in days; None where WHO gives none."""
    if sex not in (Sex.FEMALE, Sex.MALE) or age_days < 0:
        return None
    if round(age_days) <= LAST_DAY:
        name = _BY_DAY.get(measure)
        return _between(name, sex, round(age_days)) if name else None
    return lms_by_month(measure, sex, age_days / DAYS_A_MONTH)


def lms_by_month(measure: Measure, sex: Sex, months: float) -> Lms | None:
    """The same from the WHO Reference 2007, 60 to 228 months (weight to 120)."""
    name, (first, end) = _BY_MONTH.get(measure), MONTHS_2007
    if name is None or not first <= months < end:
        return None
    if measure is Measure.WEIGHT and months >= WEIGHT_UNTIL_MONTH:
        return None
    return _between(name, sex, months)


def z_for_age(  # noqa: PLR0913 a measurement and how it was taken
    measure: Measure,
    sex: Sex,
    age_days: float,
    value: float,
    *,
    lying: bool | None = None,
    oedema: bool = False,
) -> float | None:
    """The z-score of a weight (kg), length or height (cm), BMI (kg/m²) or head (cm).

    `lying`: how the child was measured, where known; length is 0.7 cm more than height. None where
    WHO gives no standard for that age, sex or measure, and for weight with oedema.
    """
    if value <= 0 or (oedema and measure is not Measure.HEIGHT and measure is not Measure.HEAD):
        return None
    lms = lms_for_age(measure, sex, age_days)
    if lms is None:
        return None
    if measure is Measure.HEIGHT:
        value += _to_custom(age_days, lying)
    return lms.z(value, restricted=measure in RESTRICTED)


def _to_custom(age_days: float, lying: bool | None) -> float:
    """What to add so that a length is compared with lengths, a height with heights."""
    custom = round(age_days) < LYING_UNTIL_DAY
    if lying is None or lying == custom or round(age_days) > LAST_DAY:
        return 0.0
    return LYING_IS_LONGER_CM if custom else -LYING_IS_LONGER_CM


def z_weight_for_height(  # noqa: PLR0913 a measurement and how it was taken
    sex: Sex,
    weight: float,
    height: float,
    *,
    age_days: float,
    lying: bool | None = None,
    oedema: bool = False,
) -> float | None:
    """The z-score of a weight (kg) for a length or height (cm), children up to five years."""
    lms = lms_for_height(sex, height, age_days=age_days, lying=lying)
    if lms is None or weight <= 0 or oedema:
        return None
    return lms.z(weight, restricted=True)


def lms_for_height(
    sex: Sex, height: float, *, age_days: float, lying: bool | None = None
) -> Lms | None:
    """L, M and S of weight at a length (under two years) or height."""
    if sex not in (Sex.FEMALE, Sex.MALE) or not 0 <= round(age_days) <= LAST_DAY:
        return None
    height += _to_custom(age_days, lying)
    by_length = round(age_days) < LYING_UNTIL_DAY
    low, high = LENGTH_CM if by_length else HEIGHT_CM
    if not low <= height <= high:
        return None
    name = "weight-for-length" if by_length else "weight-for-height"
    return _between(name, sex, height)


# ---- what a z-score means

# (measure, from) → words, lowest first; 0–5 years: WHO Child Growth Standards, interpretation
# (training course on child growth assessment, module C); 5–19 years: WHO Reference 2007.
_MEANING: dict[Measure, tuple[tuple[float, str], ...]] = {
    Measure.WEIGHT: ((-3, "severely underweight"), (-2, "underweight")),
    Measure.HEIGHT: ((-3, "severely stunted"), (-2, "stunted")),
    Measure.WEIGHT_FOR_HEIGHT: ((-3, "severely wasted"), (-2, "wasted")),
    Measure.BMI: ((-3, "severely thin"), (-2, "thin")),
    Measure.HEAD: ((-3, "very small head"), (-2, "small head")),
}
_HEAVY_YOUNG = ((3, "obese"), (2, "overweight"))
_HEAVY_OLD = ((2, "obese"), (1, "overweight"))
# Above the standards: weight for age says nothing of fatness, but is to be looked at by weight for
# height or BMI; height above 3 is rarely a trouble, but may be one of hormones (module C, table 2).
_TALL_OR_HEAVY = {
    Measure.WEIGHT: (2, "heavy for the age"),
    Measure.HEIGHT: (3, "very tall"),
    Measure.HEAD: (2, "large head"),
}
CHECK, USUAL = "check the measurement", "in the usual range"


def implausible(measure: Measure, z: float) -> bool:
    """Whether a z-score is so far out that it is more likely a wrong measurement (WHO Anthro's
    flags)."""
    low, high = IMPLAUSIBLE[measure]
    return not low <= z <= high


def meaning(measure: Measure, z: float, age_days: float) -> str:
    """What a z-score means in plain words: "in the usual range" where nothing is to be said."""
    for bound, words in _MEANING[measure]:
        if z < bound:
            return words
    heavy = _HEAVY_YOUNG if round(age_days) <= LAST_DAY else _HEAVY_OLD
    if measure in (Measure.BMI, Measure.WEIGHT_FOR_HEIGHT):
        for bound, words in heavy:
            if z > bound:
                return words
    bound, words = _TALL_OR_HEAVY.get(measure, (math.inf, ""))
    return words if z > bound else USUAL


MEANING_WORDS = tuple(
    sorted(
        {words for rows in _MEANING.values() for _, words in rows}
        | {words for _, words in (*_HEAVY_YOUNG, *_HEAVY_OLD)}
        | {words for _, words in _TALL_OR_HEAVY.values()}
        | {CHECK, USUAL}
    )
)


def curve(
    measure: Measure, sex: Sex, z: float, days: tuple[float, float], points: int = 60
) -> list[tuple[float, float]]:
    """(age in days, value) along one z-score from the first day to the last, evenly spaced; empty
    where WHO gives none."""
    first, last = days
    step = max(last - first, 1) / max(points - 1, 1)
    along = [first + step * number for number in range(points)]
    found = ((day, lms_for_age(measure, sex, day)) for day in along)
    return [(day, lms.at(z)) for day, lms in found if lms]
