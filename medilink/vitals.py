"""Vital signs: their codes and units, and the ranges in which a typed value is believed.

Pure. Values are decimal text in the kept unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from medilink.errors import NotANumber, NumberImpossible
from medilink.units import System, kept_value


@dataclass(frozen=True, slots=True)
class VitalSign:
    """One measured sign: LOINC code, UCUM unit, and the ranges in which a value is believed.

    Outside `possible` it is refused (a typing error); outside `likely` it is questioned. Codes:
    FHIR R4 vital-signs profiles. Ranges are wide on purpose: survivable extremes, any age.
    """

    code: str
    name: str
    unit: str
    shown_unit: str
    possible: tuple[float, float]
    likely: tuple[float, float]
    decimals: int = 0


UPPER, LOWER = "8480-6", "8462-4"  # LOINC: systolic and diastolic pressure
VITAL_SIGNS: tuple[VitalSign, ...] = (
    VitalSign("8310-5", "Temperature", "Cel", "°C", (25, 45), (35, 40.5), 1),
    VitalSign("8867-4", "Pulse", "/min", "/min", (20, 300), (45, 180)),
    VitalSign("9279-1", "Breathing rate", "/min", "/min", (4, 120), (10, 60)),
    VitalSign("2708-6", "Oxygen saturation", "%", "%", (40, 100), (90, 100)),
    VitalSign("8480-6", "Blood pressure, upper", "mm[Hg]", "mmHg", (40, 300), (80, 200)),
    VitalSign("8462-4", "Blood pressure, lower", "mm[Hg]", "mmHg", (20, 200), (40, 120)),
    VitalSign("29463-7", "Weight", "kg", "kg", (0.3, 400), (2, 150), 1),
    VitalSign("8302-2", "Height", "cm", "cm", (20, 260), (45, 200), 1),
    VitalSign("15074-8", "Blood sugar", "mmol/L", "mmol/L", (0.5, 60), (3, 20), 1),
    VitalSign("9843-4", "Head circumference", "cm", "cm", (20, 70), (30, 58), 1),
)
HEAD = "9843-4"  # measured in children under five
VITAL_BY_CODE = {sign.code: sign for sign in VITAL_SIGNS}
BMI_CODE = "39156-5"


MOST_DIGITS = 7  # before or after the point: no measurement has more


def read_number(field: str, typed: str) -> str:
    """A typed number as decimal text; comma or point. Raises NotANumber."""
    cleaned = typed.strip().replace(",", ".")[:40]
    try:
        number = Decimal(cleaned)
    except InvalidOperation:
        raise NotANumber(field=field) from None
    size = number.adjusted() if number.is_finite() else MOST_DIGITS + 1
    exponent = number.as_tuple().exponent
    if abs(size) > MOST_DIGITS or not isinstance(exponent, int) or exponent < -MOST_DIGITS:
        raise NotANumber(field=field)  # 1e999999999 would be a gigabyte of digits
    return format(number, "f")


def read_vital(sign: VitalSign, typed: str, system: System = System.METRIC) -> str:
    """One typed measurement as decimal text in the kept unit. Raises NotANumber,
    NumberImpossible."""
    value = kept_value(sign.code, read_number(sign.name, typed), system)
    low, high = sign.possible
    if not low <= float(value) <= high:
        raise NumberImpossible(
            field=sign.name, found=value, low=f"{low:g}", high=f"{high:g}", unit=sign.shown_unit
        )
    return value
