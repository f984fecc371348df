"""Measurements and results as FHIR R4 Observations: LOINC codes, UCUM units, digits as kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from exports.fhir_parts import (
    Place,
    Resource,
    coded,
    recorded,
    reference,
    resource,
    said,
    since,
    who,
)
from medilink.fhir_names import HL7, LOINC, UCUM
from medilink.laboratory_tests import TEST_BY_CODE, TESTS, Kind
from medilink.records import Observation, Section
from medilink.vitals import VITAL_BY_CODE, VITAL_SIGNS

_LOINC_CODE = re.compile(r"\d{1,5}-\d")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)  # as JSON writes one
_UCUM_UNITS = frozenset(
    {sign.unit for sign in VITAL_SIGNS} | {test.unit for test in TESTS if test.unit} | {"kg/m2"}
)
_STATES = ("registered", "preliminary", "final", "amended", "corrected", "unknown")


def observation(seen: Observation, place: Place) -> Resource:
    """One value (observation-status; final where nothing was said)."""
    kind = "vital-signs" if seen.section is Section.VITALS else "laboratory"
    status = "corrected" if seen.replaces else seen.status
    code_system = LOINC if _LOINC_CODE.fullmatch(seen.code) else ""
    number = _NUMBER.fullmatch(seen.value) is not None
    remark = seen.text if number else ""
    return resource(
        "Observation",
        seen,
        {},
        status=status if status in _STATES else "final",
        category=[coded(kind, HL7 + "observation-category")],
        code=said(seen.name, seen.code, code_system),
        subject={"reference": place.patient},
        encounter=reference(seen.encounter, place),
        effectiveDateTime=since(seen.at),
        issued=recorded(seen),
        performer=[who(seen.author)] if seen.author else [],
        **_value(seen, number=number),
        note=[{"text": remark}] if remark else [],
        referenceRange=_usual(seen),
    )


def _value(seen: Observation, *, number: bool) -> Resource:
    if number:
        return {"valueQuantity": _quantity(seen.value, seen)}
    words = seen.text or seen.value
    if not words:
        return {"dataAbsentReason": coded("unknown", HL7 + "data-absent-reason")}
    test = TEST_BY_CODE.get(seen.code)
    if test and test.kind is Kind.CHOICE:
        return {"valueCodeableConcept": {"text": words}}
    return {"valueString": words}


def _quantity(value: str, seen: Observation) -> Resource:
    amount: dict[str, Any] = {"value": Decimal(value)}
    if seen.unit in _UCUM_UNITS:
        return amount | {"unit": _shown(seen), "system": UCUM, "code": seen.unit}
    return amount | ({"unit": seen.unit} if seen.unit else {})


def _shown(seen: Observation) -> str:
    sign, test = VITAL_BY_CODE.get(seen.code), TEST_BY_CODE.get(seen.code)
    if sign and sign.unit == seen.unit:
        return sign.shown_unit
    return test.shown if test and test.unit == seen.unit and test.shown else seen.unit


def _usual(seen: Observation) -> list[Resource]:
    ends = {"low": seen.low, "high": seen.high}
    given = {end: _quantity(v, seen) for end, v in ends.items() if _NUMBER.fullmatch(v)}
    return [given] if given else []
