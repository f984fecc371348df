"""Observations from FHIR: numbers that may be drawn, and what is only shown as text."""

import json
from typing import Any

import pytest

from medilink.records import Observation, Section, in_force
from medilink.vitals import VITAL_SIGNS
from tests.rules.fhir_bundles import PATIENT, bundle, coded, entries, of_p1, read


def observed(code: str, **fields: Any) -> Any:
    [found] = entries(of_p1("Observation", "o", status="final", code=coded("It", code), **fields))
    assert isinstance(found, Observation)
    return found


def amount(value: float, unit: str, **more: str) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "unit": unit, **more}}


@pytest.mark.parametrize(
    ("code", "value", "unit", "shown"),
    [
        ("8310-5", 37.5, "Cel", ("37.5", "Cel", "")),
        ("8310-5", 99.5, "[degF]", ("37.50", "Cel", "99.5 [degF]")),
        ("8310-5", 37.5, "", ("", "", "37.5")),
        ("8310-5", 500, "Cel", ("", "", "500 Cel")),
        ("29463-7", 150, "lbs", ("68.04", "kg", "150 lbs")),
        ("29463-7", 3200, "g", ("3.20", "kg", "3200 g")),
        ("29463-7", 12, "stone", ("", "", "12 stone")),
        ("8302-2", 1.62, "m", ("162.00", "cm", "1.62 m")),
        ("8480-6", 120, "mmHg", ("120", "mm[Hg]", "")),
        ("8867-4", 80, "beats/minute", ("80", "/min", "")),
        ("15074-8", 7.1, "mmol/L", ("7.1", "mmol/L", "")),
        ("15074-8", 126, "mg/dL", ("6.99", "mmol/L", "126 mg/dL")),
        ("718-7", 12.5, "g/dL", ("12.5", "g/dL", "")),
    ],
)
def test_vital_signs_are_numbers_only_in_units_they_can_have(code, value, unit, shown):
    found = observed(code, **amount(value, unit))
    assert (found.value, found.unit, found.text) == shown


@pytest.mark.parametrize("sign", VITAL_SIGNS, ids=lambda sign: sign.name)
def test_every_vital_sign_is_read_in_the_unit_it_is_kept_in(sign):
    likely = str(sign.likely[0])
    found = observed(sign.code, **amount(float(likely), sign.unit))
    assert (found.code, float(found.value), found.unit) == (sign.code, float(likely), sign.unit)


def test_the_unit_is_its_code_where_there_is_one():
    assert observed("8310-5", **amount(37, "degrees C", code="Cel")).unit == "Cel"


@pytest.mark.parametrize("code", ["8310-5", "39156-5"])
def test_a_vital_sign_is_one_without_a_category_too(code):
    assert observed(code, **amount(22, "x")).section is Section.VITALS


def test_the_category_makes_other_values_vital_signs_or_results():
    vital = {"category": [coded("Vital signs", "vital-signs")]}
    assert observed("72514-3", **amount(3, "{score}"), **vital).section is Section.VITALS
    assert observed("72514-3", **amount(3, "{score}")).section is Section.RESULTS


def test_of_several_codes_the_one_of_a_vital_sign_is_taken():
    both = {"coding": [
        {"system": "http://loinc.org", "code": "59408-5", "display": "SpO2 by pulse oximetry"},
        {"system": "urn:own", "code": "sat"},
    ]}  # fmt: skip
    [found] = entries(of_p1("Observation", "o", status="final", code=both, **amount(97, "%")))
    assert (found.code, found.name, found.value) == ("2708-6", "SpO2 by pulse oximetry", "97")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"valueString": "two\nlines"}, "two\nlines"),
        ({"valueCodeableConcept": coded("Positive")}, "Positive"),
        ({"valueBoolean": False}, "no"),
        ({"valueQuantity": {"value": 0.5, "comparator": "<", "unit": "mg/L"}}, "< 0.5 mg/L"),
        ({"valueRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "mm"}}}, "1 – 2 mm"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, "1 : 128"),
        ({"valueDateTime": "2024-05"}, "2024-05"),
        ({"valuePeriod": {"start": "2024", "end": "2025"}}, "2024 – 2025"),
    ],
)
def test_what_is_no_plain_number_is_text(fields, text):
    found = observed("1-8", **fields)
    assert (found.value, found.text) == ("", text)


def test_an_integer_is_a_number():
    assert observed("1-8", valueInteger=7).value == "7"


def test_blood_pressure_becomes_two_observations_and_keeps_a_broken_half_out():
    parts = [
        {"code": coded("Upper", "8480-6"), **amount(140, "mmHg")},
        {"code": coded("Lower", "8462-4"), **amount(90, "mmHg")},
        {"code": coded("Mean", "8478-0"), "dataAbsentReason": coded("unknown")},
    ]
    panel = of_p1("Observation", "o", status="final", code=coded("BP", "85354-9"), component=parts)
    upper, lower = entries(panel)
    assert [(o.code, o.value, o.name) for o in (upper, lower)] == [
        ("8480-6", "140", "Upper"),
        ("8462-4", "90", "Lower"),
    ]
    assert upper.uid != lower.uid


def test_two_components_of_the_same_code_are_two_entries():
    twice = [{"code": coded("Reading", "1-8"), **amount(n, "x")} for n in (1, 2)]
    first, second = entries(of_p1("Observation", "o", code=coded("Set"), component=twice))
    assert first.uid != second.uid


@pytest.mark.parametrize(
    "fields",
    [{"hasMember": []}, {"dataAbsentReason": {"text": "not done"}},
     {"valueQuantity": {"unit": "x"}}, {"status": "cancelled", "valueString": "x"},
     {"valueSampledData": {"data": "1 2"}}],
)  # fmt: skip
def test_without_a_value_there_is_no_entry(fields):
    assert entries(of_p1("Observation", "o", code=coded("Panel"), **fields)) == []


@pytest.mark.parametrize("written", ["0.40", "5.0", "120", "1.50E+1", "-0.5"])
def test_numbers_keep_their_digits(written):
    resource = of_p1("Observation", "o", code=coded("It"), valueQuantity={"value": 0})
    text = json.dumps(bundle(PATIENT, resource)).replace('{"value": 0}', f'{{"value": {written}}}')
    [patient], _ = read(text.encode())
    [found] = patient.entries[1].understood
    assert found.value == {"1.50E+1": "15.0"}.get(written, written)


def usual(**ends: Any) -> dict[str, Any]:
    return {end: {"value": value, "unit": "g/dL"} for end, value in ends.items()}


@pytest.mark.parametrize(
    ("ranges", "read_as"),
    [
        ([usual(low=12, high=15.50)], ("12", "15.5")),
        ([usual(low=12)], ("12", "")),
        ([usual(low=12), usual(low=1) | {"age": {"high": {"value": 5}}}], ("12", "")),
        ([usual(low=12), usual(low=7) | {"type": coded("critical", "treatment")}], ("12", "")),
        ([usual(low=12), usual(low=13)], ("", "")),
        ([{"low": {"value": 120, "unit": "g/L"}}], ("", "")),
        ([{"text": "12 to 15"}], ("", "")),
        ("12-15", ("", "")),
        ([{"low": {"value": "12"}}], ("", "")),
    ],
)
def test_the_usual_range_is_read_where_it_is_one_in_the_unit_of_the_value(ranges, read_as):
    found = observed("718-7", **amount(11, "g/dL"), referenceRange=ranges)
    assert (found.value, found.low, found.high) == ("11", *read_as)


def test_a_range_is_not_read_beside_a_converted_value():
    ends = {"low": {"value": 97, "unit": "[degF]"}}
    found = observed("8310-5", **amount(99.5, "[degF]"), referenceRange=[ends])
    assert (found.unit, found.low) == ("Cel", "")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("final", "final"), ("preliminary", "preliminary"), ("amended", "corrected")],
)
def test_the_state_of_an_observation_never_reads_as_replaced_here(written, kept):
    [found] = entries(of_p1("Observation", "o", status=written, code=coded("It"), valueString="x"))
    assert found.status == kept
    assert in_force(found)


def test_a_note_stands_beside_the_only_number():
    found = observed("8310-5", **amount(37, "Cel"), note=[{"text": "after running"}])
    assert found.text == "after running"
    assert observed("8310-5", **amount(37, "Cel"), note=5).text == ""
