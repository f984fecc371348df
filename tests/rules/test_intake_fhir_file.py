"""FHIR files as files: encodings, formats, versions."""

import json

import pytest

from medilink.errors import FileUnreadable
from tests.rules.fhir_bundles import PATIENT, bundle, coded, of_p1, read

FLAG = of_p1("Flag", "f", status="active", code=coded("Hört schlecht"))
WHOLE = bundle(PATIENT, FLAG)


def refusal(data: bytes | dict[str, object]) -> str:
    with pytest.raises(FileUnreadable) as refused:
        read(data)
    return str(refused.value)


@pytest.mark.parametrize("kind", ["transaction", "batch", "document", "searchset", "history"])
def test_every_type_of_bundle_is_taken(kind):
    [patient], unread = read(WHOLE | {"type": kind})
    assert (len(patient.entries), unread) == (2, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(encoding):
    text = json.dumps(WHOLE, ensure_ascii=False)
    [patient], _ = read(text.encode(encoding))
    assert patient.entries[1].body.decode() == json.dumps(FLAG, ensure_ascii=False)


def test_a_resource_keeps_its_bytes_whatever_their_layout():
    body = (
        b'{ "resourceType"\t:"Patient",\r\n"id":"p1","name":[{"family":"Ng\\u0027ang\\u0027a"}],'
        + (b'"extension":[{"url":"x","valueDecimal":1.50e+01}], "entry": [1] }')
    )
    data = (
        b'\n{"entry" : [{"resource": ' + body + b' ,"fullUrl":null}\n], "resourceType":"Bundle"} '
    )
    [patient], unread = read(data)
    assert [entry.body for entry in patient.entries] == [body]
    assert (patient.details.family, unread) == ("Ng'ang'a", [])
    [alone], _ = read(b"\n" + body + b"\n")
    assert alone.entries[0].body == body


def test_raw_control_characters_in_texts_are_let_through():
    data = json.dumps(WHOLE).replace("H\\u00f6rt", "H\x0b\trt").encode()
    [patient], _ = read(data)
    assert patient.entries[1].understood[0].text == "H rt schlecht"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', "XML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "XML"),
        (b"[]", "list"),
        (b"MSH|^~\\&|", "not a FHIR file"),
        (b"{}", "resourceType"),
        (b'{"a": 1}', "resourceType"),
        (b'{"resourceType": "Patient"}\n{"resourceType": "Patient"}', "one resource per line"),
        (b'{"resourceType": "Bundle", "entry": [{"resource": {"reso', "breaks off"),
        (b'{"resourceType": "Bundle",,}', "not JSON from line 1"),
        (b'{"resourceType": "Bundle"}', "without entries"),
        (b'{"resourceType": "Bundle", "entry": {}}', "without entries"),
        (b'{"resourceType": "Bundle", "entry": []}', "nothing in it"),
        (b'{"resourceType": "Bundle", "entry": [], "x": "\xff"}', "damaged"),
        (b'{"resourceType": "Bundle", "x": ' + b"[" * 100_000, "nested"),
        (b'{"resourceType": "Bundle", "x": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "nested"),
    ],
)
def test_what_is_no_fhir_file_is_refused_with_what_to_do(data, word):
    assert word in refusal(data)


def test_numbers_nobody_could_mean_cost_nothing_else():
    absurd = ["1e999999999999999999999", "9" * 5000, "1e-400", "NaN", "-Infinity"]
    data = json.dumps(WHOLE).replace('"Flag",', '"Flag", "x": [' + ",".join(absurd) + "],")
    [patient], unread = read(data.encode())
    assert (len(patient.entries), unread) == (2, [])


# ---- other versions of FHIR

STU3 = of_p1("Condition", "c1", clinicalStatus="active", code=coded("Asthma"))
DSTU2 = {"resourceType": "Condition", "id": "c2", "patient": {"reference": "Patient/p1"}}
R5 = of_p1("Encounter", "e1", **{"class": [{"coding": []}]})


@pytest.mark.parametrize(("odd", "version"), [(STU3, "older"), (DSTU2, "older"), (R5, "newer")])
def test_one_resource_of_another_version_is_listed(odd, version):
    [patient], [left] = read(bundle(PATIENT, odd, FLAG))
    assert len(patient.entries) == 2
    assert f"a{'n' * (version == 'older')} {version} FHIR" in left.why


@pytest.mark.parametrize(("odd", "version"), [(STU3, "older"), (DSTU2, "older"), (R5, "newer")])
def test_a_file_of_another_version_is_refused(odd, version):
    why = refusal(bundle(PATIENT, odd, odd | {"id": "second"}))
    assert version in why
    assert "R4" in why


def test_types_of_other_versions_tell_too():
    assert "older" in refusal(bundle(PATIENT, of_p1("MedicationOrder", "1"), of_p1("Order", "2")))
    assert "newer" in refusal(bundle(PATIENT, of_p1("DeviceUsage", "1"), of_p1("Transport", "2")))


@pytest.mark.parametrize(
    ("kind", "field", "built", "version"),
    [
        ("Immunization", "date", "2018-01-01", "older"),
        ("Procedure", "notDone", False, "older"),
        ("Observation", "comment", "x", "older"),
        ("Composition", "class", {"text": "x"}, "older"),
        ("AllergyIntolerance", "participant", [{}], "newer"),
        ("Condition", "participant", [{}], "newer"),
        ("Encounter", "admission", {}, "newer"),
        ("Immunization", "informationSource", {}, "newer"),
        ("MedicationRequest", "reason", [{}], "newer"),
        ("MedicationStatement", "medication", {"concept": {}}, "newer"),
        ("Procedure", "occurrenceDateTime", "2020-01-01", "newer"),
        ("Composition", "subject", [{}], "newer"),
    ],
)
def test_a_file_of_which_all_is_of_another_version_is_refused(kind, field, built, version):
    why = refusal(bundle(PATIENT, of_p1(kind, "1", **{field: built})))
    assert why.endswith("MediLink reads FHIR R4: ask for an export in R4.")
    assert version in why


@pytest.mark.parametrize(
    ("said", "version"), [("5.0", "newer"), ("3.0", "older"), ("1.0", "older")]
)
def test_a_version_that_is_said_counts(said, version):
    meta = {"profile": [f"http://hl7.org/fhir/{said}/StructureDefinition/Bundle"]}
    assert version in refusal(bundle(PATIENT, FLAG) | {"meta": meta})
    assert version in refusal(PATIENT | {"meta": meta})
    r4 = {"profile": ["http://hl7.org/fhir/4.0/StructureDefinition/Bundle"]}
    assert read(bundle(PATIENT | {"meta": r4}, FLAG) | {"meta": r4})[1] == []


# ---- entries that hold nothing to keep


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        (5, "not built"),
        ({}, "no resource"),
        ({"resource": None}, "no resource"),
        ({"response": {"status": "201"}}, "no resource"),
        ({"request": {"method": "DELETE", "url": "Patient/2"}}, "no resource"),
        ({"resource": {"id": "x"}}, "does not say what it is"),
        ({"resource": {"resourceType": "Horoscope", "id": "x"}}, "no resource of this type"),
        ({"resource": {"resourceType": "OperationOutcome"}}, "notice"),
        ({"resource": {"resourceType": "Bundle", "entry": []}}, "inside the bundle"),
        ({"resource": PATIENT}, "twice"),
    ],
)
def test_an_entry_without_a_resource_of_r4_is_listed(entry, word):
    whole = WHOLE | {"entry": [*WHOLE["entry"], entry]}
    [patient], [left] = read(whole)
    assert len(patient.entries) == 2
    assert left.where.startswith("entry 3")
    assert word in left.why
