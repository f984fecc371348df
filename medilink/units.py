"""The units people measure in, and the one that is kept.

Pure. Conversions by definition: 1 lb = 0.45359237 kg and 1 in = 2.54 cm (international yard and
pound agreement, 1959); °C = (°F - 32) / 1.8; glucose 18.016 mg/dL = 1 mmol/L (molar mass
180.16 g/mol).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple


class System(StrEnum):
    """Which units a form takes."""

    METRIC = "metric"
    IMPERIAL = "imperial"


class Unit(NamedTuple):
    """Another unit of a measurement: kept = (typed - offset) × factor, rounded."""

    shown: str
    factor: Decimal
    offset: Decimal = Decimal(0)
    decimals: int = 1


_POUND, _INCH = Decimal("0.45359237"), Decimal("2.54")
IMPERIAL: dict[str, Unit] = {
    "8310-5": Unit("°F", Decimal(5) / Decimal(9), Decimal(32)),
    "29463-7": Unit("lb", _POUND, decimals=2),
    "8302-2": Unit("in", _INCH),
    "9843-4": Unit("in", _INCH),
    "15074-8": Unit("mg/dL", 1 / Decimal("18.016")),
}


def kept_value(code: str, typed: str, system: System) -> str:
    """A decimal text typed in a system, in the kept unit. What has one unit stays as it is."""
    unit = IMPERIAL.get(code)
    if system is System.METRIC or unit is None:
        return typed
    kept = (Decimal(typed) - unit.offset) * unit.factor
    return str(kept.quantize(Decimal(1).scaleb(-unit.decimals), ROUND_HALF_UP))


def shown_unit(code: str, kept: str, system: System) -> str:
    """The unit a field takes."""
    unit = IMPERIAL.get(code)
    return unit.shown if unit and system is System.IMPERIAL else kept
