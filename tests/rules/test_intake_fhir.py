"""FHIR files: every entry is a patient's, byte for byte, or is listed with the reason."""

import json
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medilink.errors import FileUnreadable
from medilink.intake.fhir import read_bundle
from medilink.intake.fhir_kinds import NO_RECORD, R4_KINDS, READ_AS
from medilink.records import Encounter, Observation
from tests.rules.fhir_bundles import (
    FILES,
    PATIENT,
    REPO,
    bundle,
    coded,
    each_file,
    needs_corpora,
    of_p1,
    read,
)

DOC = REPO / "docs" / "formats" / "import-fhir.md"

# ---- the corpora


@needs_corpora
@each_file
def test_every_entry_of_a_real_file_is_kept_as_it_came(path):
    data = path.read_bytes()
    whole = json.loads(data.decode("utf-8-sig"))
    [patient], unread = read_bundle(data, path.name)
    assert unread == []
    assert Counter(entry.kind for entry in patient.entries) == Counter(
        entry["resource"]["resourceType"] for entry in whole["entry"]
    )
    for received, entry in zip(patient.entries, whole["entry"], strict=True):
        assert received.body in data
        assert json.loads(received.body) == entry["resource"]


def expected_entries(resource: dict[str, Any]) -> int:
    """How many entries a resource of the corpora should give, counted on the JSON alone."""
    kind = resource["resourceType"]
    if kind == "Patient":
        asked = "communication" in resource or '"email"' in json.dumps(resource["telecom"])
        return len(resource.get("contact", [])) + asked + ("deceasedDateTime" in resource)
    if kind == "Observation":
        parts = [resource, *resource.get("component", [])]
        return sum(any(key.startswith("value") for key in part) for part in parts)
    if kind == "AllergyIntolerance":
        return int("No known food" not in json.dumps(resource["code"]))
    if kind == "DocumentReference":
        return sum("data" in held["attachment"] for held in resource["content"])
    if kind == "DiagnosticReport":
        return int("conclusion" in resource) + len(resource.get("presentedForm", []))
    return int(kind in READ_AS)


@needs_corpora
@each_file
def test_as_much_is_understood_of_a_real_file_as_an_independent_count_says(path):
    whole = json.loads(path.read_text("utf-8-sig"))
    [patient], _ = read_bundle(path.read_bytes(), path.name)
    assert [len(received.understood) for received in patient.entries] == [
        expected_entries(entry["resource"]) for entry in whole["entry"]
    ]


@needs_corpora
@each_file
def test_reading_twice_gives_the_same_uids_and_no_two_alike(path):
    data = path.read_bytes()
    uids = [e.uid for r in read_bundle(data, path.name)[0][0].entries for e in r.understood]
    again = [e.uid for r in read_bundle(data, "other name")[0][0].entries for e in r.understood]
    assert uids == again
    assert len(set(uids)) == len(uids)


@needs_corpora
def test_numbers_of_a_real_file_keep_every_digit():
    path = FILES[-1]
    as_written = json.loads(path.read_text("utf-8-sig"), parse_float=str, parse_int=str)
    written = {
        entry["resource"]["valueQuantity"]["value"]
        for entry in as_written["entry"]
        if "valueQuantity" in entry["resource"]
    }
    [patient], _ = read_bundle(path.read_bytes(), path.name)
    read_values = {
        e.value for r in patient.entries for e in r.understood if isinstance(e, Observation)
    }
    assert written <= read_values


@needs_corpora
def test_visits_of_real_files_hold_their_entries_together():
    for path in FILES:
        [patient], _ = read_bundle(path.read_bytes(), path.name)
        understood = [e for received in patient.entries for e in received.understood]
        visits = {e.uid: e for e in understood if isinstance(e, Encounter)}
        linked = [e for e in understood if getattr(e, "encounter", None)]
        assert all(e.encounter in visits for e in linked)
        assert not visits or len(linked) > len(visits)


# ---- the document


def test_the_table_of_the_document_names_what_the_code_reads():
    rows = re.findall(r"^\| ([A-Z]\w+) \| ([\w ]+) \|", DOC.read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == READ_AS
    assert all(kind in DOC.read_text("utf-8") for kind in NO_RECORD if kind != "Bundle")


def test_what_is_read_is_a_type_of_r4():
    resources = pytest.importorskip("fhir.resources.R4B")
    for kind in READ_AS.keys() - {""}:
        assert resources.get_fhir_model_class(kind)
        assert kind in R4_KINDS


# ---- anything may be broken

SMALL = bundle(
    PATIENT,
    {"resourceType": "Organization", "id": "o", "name": "Health centre"},
    {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Nduta", "prefix": ["Dr"]}]},
    {"resourceType": "Medication", "id": "m", "code": coded("Amlodipine 5 mg")},
    of_p1(
        "Encounter", "e", status="finished", **{"class": {"code": "AMB"}},
        period={"start": "2024-05-01T08:00:00+03:00"}, reasonCode=[{"text": "Cough"}],
        participant=[{"individual": {"reference": "Practitioner/d"}}],
        serviceProvider={"reference": "Organization/o"},
    ),
    of_p1("AllergyIntolerance", "a", code=coded("Penicillin"), reaction=[
        {"manifestation": [{"text": "Rash"}], "severity": "mild"}
    ]),
    of_p1("Condition", "c", code=coded("Asthma"), encounter={"reference": "Encounter/e"}),
    of_p1("MedicationRequest", "r", status="active", intent="order", authoredOn="2024-05-01",
          medicationReference={"reference": "Medication/m"}, dosageInstruction=[{"text": "daily"}]),
    of_p1("Observation", "b", status="final", code=coded("Pressure", "85354-9"), component=[
        {"code": coded("Upper", "8480-6"), "valueQuantity": {"value": 120, "unit": "mmHg"}},
        {"code": coded("Lower", "8462-4"), "valueQuantity": {"value": 80, "unit": "mmHg"}},
    ]),
    of_p1("Observation", "t", status="final", code=coded("Film"), valueString="clear"),
    of_p1("Flag", "f", status="active", code=coded("Deaf")),
    of_p1("Immunization", "i", status="completed", vaccineCode=coded("BCG"), lotNumber="A1",
          protocolApplied=[{"doseNumberPositiveInt": 1}]),
    of_p1("Procedure", "s", status="completed", code=coded("Suture"), note=[{"text": "healed"}]),
    of_p1("DiagnosticReport", "n", status="final", code=coded("Film"), conclusion="No fracture",
          presentedForm=[{"contentType": "text/plain", "data": "eA=="}]),
    of_p1("DocumentReference", "l", status="current", content=[{"attachment": {"data": "eA=="}}]),
    of_p1("Coverage", "u", status="active", payor=[{"display": "NHIF"}], period={"end": "2030"}),
    of_p1("RelatedPerson", "k", name=[{"text": "Njeri"}], relationship=[{"text": "Sister"}]),
)  # fmt: skip
WRONG = [None, True, 5, -1.5, "x", "2023-02-30", "entered-in-error", [], {}, [[]], [5], {"x": 1},
         "x" * 600, "\ud800", "\u0000", 10**80, {"reference": "#"}]  # fmt: skip


def paths(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value in a piece of JSON."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    deeper = [
        below
        for key, value in items
        for below in (
            paths(value, (*path, key)) if isinstance(value, dict | list) else [(*path, key)]
        )
    ]
    return [path, *deeper] if path else deeper


def changed(path: tuple[str | int, ...], value: object, delete: bool) -> bytes:
    whole = json.loads(json.dumps(SMALL))  # apart: the entries of SMALL share one reference
    node: Any = whole
    for step in path[:-1]:
        node = node[step]
    if delete:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return json.dumps(whole).encode()


def kept(data: bytes) -> set[tuple[str, str, bytes]]:
    patients, _ = read(data)
    return {(e.kind, e.source_id, e.body) for p in patients for e in p.entries}


ALL_KEPT = kept(json.dumps(SMALL).encode())


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(paths(SMALL)), st.sampled_from(WRONG), st.booleans())
def test_one_broken_entry_never_costs_another(path, value, delete):
    try:
        found = kept(changed(path, value, delete))
    except FileUnreadable:
        assert len(path) < 3  # only what surrounds the entries can make a file unreadable
        return
    if path[0] != "entry" or len(path) < 2 or path[1] == 0:
        return  # not inside one entry, or inside the patient
    hurt = {SMALL["entry"][path[1]]["resource"]["id"]}
    hurt |= {"r"} if hurt == {"m"} else set()  # a prescription has its name from its medicine
    others = {one for one in ALL_KEPT if one[1] not in hurt}
    assert others <= found


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(paths(SMALL)), st.sampled_from(WRONG), st.booleans())
def test_every_entry_is_in_exactly_one_place(path, value, delete):
    data = changed(path, value, delete)
    try:
        patients, unread = read(data)
    except FileUnreadable:
        return
    if json.loads(data).get("resourceType") != "Bundle":
        return  # then it is one resource, and no entries are looked for
    listed = Counter(left.where.split(" (")[0] for left in unread if "), " not in left.where)
    held = {(e.kind, e.source_id) for p in patients for e in p.entries}
    assert set(listed.values()) <= {1}
    assert len(listed) + len(held) == len(json.loads(data)["entry"])


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(json.dumps(SMALL)) - 1))
def test_a_file_that_breaks_off_is_refused(length):
    with pytest.raises(FileUnreadable):
        read(json.dumps(SMALL).encode()[:length])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_bytes_are_read_or_refused(data):
    whole = bytearray(json.dumps(SMALL).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole))
    except FileUnreadable:
        pass
