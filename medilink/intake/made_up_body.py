"""Bodies of made-up patients: how they grow, and what is measured when they are well or ill."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from random import Random

from medilink.people import Sex

# Rounded medians of the WHO Child Growth Standards and the WHO 2007 Reference; weights beyond ten
# years follow the median BMI, because WHO gives none.
_AGES = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 18)
_HEIGHTS = {
    Sex.MALE: (49.9, 61.4, 67.6, 72, 75.7, 82.3, 87.1, 96.1, 103.3, 110, 116, 127.3, 137.8, 149.1,
               163.2, 172.9, 176.1),
    Sex.FEMALE: (49.1, 59.8, 65.7, 70.1, 74, 80.7, 85.7, 95.1, 102.7, 109.4, 115.1, 126.6, 138.6,
                 151.2, 159.8, 162.5, 163.1),
}  # fmt: skip
_WEIGHTS = {
    Sex.MALE: (3.3, 6.4, 7.9, 8.9, 9.6, 10.9, 12.2, 14.3, 16.3, 18.3, 20.5, 25.4, 31.2, 40, 51, 61,
               66),
    Sex.FEMALE: (3.2, 5.8, 7.3, 8.2, 8.9, 10.2, 11.5, 13.9, 16.1, 18.2, 20.2, 25, 31.9, 41.5, 49.5,
                 53.5, 56),
}  # fmt: skip
_GROWN = 18.0
# At rest, by age: heartbeats and breaths a minute.
_CALM_AGES = (0, 1, 3, 6, 10, 15, 20)
_PULSES = (138, 118, 106, 95, 86, 78, 74)
_BREATHS = (42, 31, 26, 22, 20, 18, 16)
_PRESSURE_FROM_AGE = 12  # few clinics have a cuff for small arms


@dataclass(frozen=True, slots=True)
class Body:
    """What stays the same about somebody: sex, size, build, and pressure against the usual."""

    sex: Sex
    size: float
    build: float
    gains: float
    pressure: float

    def height(self, years: float) -> float:
        """Centimetres at an age; nobody shrinks."""
        return _between(_AGES, _HEIGHTS[self.sex], years) * self.size

    def weight(self, years: float) -> float:
        """Kilograms at an age: along the median while growing, then slowly more, to sixty."""
        grown = min(max(years - _GROWN, 0), 42)
        return _between(_AGES, _WEIGHTS[self.sex], years) * self.size**2 * self.build + (
            self.gains * grown
        )


@dataclass(frozen=True, slots=True)
class State:
    """How somebody is on one day, against their usual: °C, breaths, % oxygen, mmHg."""

    fever: float = 0
    breath: float = 0
    less_oxygen: float = 0
    pressure: float = 0


def make_body(chance: Random, sex: Sex) -> Body:
    """A body somewhat shorter and lighter than the WHO median, as in most surveys of the region."""
    return Body(
        sex=sex,
        size=_near(chance, 0.975, 0.03, 0.925, 1.05),
        build=_near(chance, 0.97, 0.09, 0.78, 1.3),
        gains=_near(chance, 0.14, 0.16, -0.1, 0.6),
        pressure=_near(chance, 0, 6, -10, 12),
    )


def measure(chance: Random, body: Body, years: float, state: State) -> dict[str, str]:
    """LOINC code → decimal text of what a nurse measures. Small children have no pressure taken."""
    fever = state.fever
    pulse = _between(_CALM_AGES, _PULSES, years) * (1 + 0.09 * fever) + _noise(chance, 5)
    breaths = _between(_CALM_AGES, _BREATHS, years) + 2 * fever + state.breath + _noise(chance, 1.5)
    taken = {
        "8310-5": f"{36.6 + fever + _noise(chance, 0.2):.1f}",
        "8867-4": f"{min(max(pulse, 48), 178):.0f}",
        "9279-1": f"{min(max(breaths, 12), 60):.0f}",
        "2708-6": f"{min(97.4 - state.less_oxygen + _noise(chance, 0.9), 100):.0f}",
        "29463-7": f"{body.weight(years) * (1 + _noise(chance, 0.006)):.1f}",
        "8302-2": f"{body.height(years):.1f}",
    }
    return taken | (_pressures(chance, body, years, state) if years >= _PRESSURE_FROM_AGE else {})


def _pressures(chance: Random, body: Body, years: float, state: State) -> dict[str, str]:
    older = min(years, 80) - _PRESSURE_FROM_AGE
    upper = 106 + 0.3 * older + body.pressure + state.pressure + _noise(chance, 4)
    lower = 66 + 0.16 * older + 0.5 * (body.pressure + state.pressure) + _noise(chance, 3)
    return {"8480-6": f"{min(upper, 198):.0f}", "8462-4": f"{min(lower, 118):.0f}"}


def _near(chance: Random, middle: float, spread: float, low: float, high: float) -> float:
    return min(max(chance.gauss(middle, spread), low), high)


def _noise(chance: Random, spread: float) -> float:
    """What two measurements of the same thing differ by."""
    return _near(chance, 0, spread, -2 * spread, 2 * spread)


def _between(ages: tuple[float, ...], values: tuple[float, ...], years: float) -> float:
    """The value at an age, in a straight line between the two ages beside it."""
    if years >= ages[-1]:
        return values[-1]
    at = bisect(ages, max(years, 0))
    share = (max(years, 0) - ages[at - 1]) / (ages[at] - ages[at - 1])
    return values[at - 1] + share * (values[at] - values[at - 1])
