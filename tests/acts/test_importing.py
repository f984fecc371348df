"""Records from elsewhere: whole people or none, nothing twice, every unread entry named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.errors import FileUnreadable, Refused
from medilink.people import PatientId
from tests.clinics import TestClinic
from ui.corpora import corpus_files

BUNDLE = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {
            "fullUrl": "urn:uuid:p1",
            "resource": {
                "resourceType": "Patient",
                "id": "p1",
                "name": [{"family": "Otieno", "given": ["Amina"]}],
                "gender": "female",
                "birthDate": "1990-02-01",
            },
        },
        {
            "fullUrl": "urn:uuid:o1",
            "resource": {
                "resourceType": "Observation",
                "id": "o1",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
                "subject": {"reference": "urn:uuid:p1"},
                "effectiveDateTime": "2020-01-01T10:00:00Z",
                "valueQuantity": {"value": 37.10, "unit": "Cel", "code": "Cel"},
            },
        },
        {"fullUrl": "urn:uuid:x", "resource": {"resourceType": "Observation", "id": "lost"}},
    ],
}


def brought_in(clinic: TestClinic, content: bytes, name: str = "a.json") -> ImportReport:
    people, unread = read_file(clinic.admin, name, content)
    return bring_in(clinic.admin, people, ImportReport(unread=unread))


def test_a_bundle_comes_in_once_and_says_what_it_could_not_read(clinic: TestClinic) -> None:
    content = json.dumps(BUNDLE).encode()
    first = brought_in(clinic, content)
    assert (first.people, first.already_here) == (1, 0)
    assert len(first.unread) == 1
    again = brought_in(clinic, content)
    assert (again.people, again.entries) == (0, 0)
    assert again.already_here == first.entries
    doctor = clinic.provider()
    record_patient_is_here(doctor, PatientId(1), "here for a visit")
    record = open_record(doctor, PatientId(1)).record
    assert [seen.number for seen in record.observations] == [37.1]


def test_digits_are_kept_as_they_came(clinic: TestClinic) -> None:
    content = json.dumps(BUNDLE).replace("37.1", "37.10").encode()
    brought_in(clinic, content)
    doctor = clinic.provider()
    record_patient_is_here(doctor, PatientId(1), "here for a visit")
    assert open_record(doctor, PatientId(1)).record.observations[0].value == "37.10"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b""),
        ("a.json", b"{"),
        ("a.json", b"<Bundle/>"),
        ("a.json", b"\xff\xfe\x00\x01"),
        ("a.json", b"[" * 100_000),
        ("a.json", b'{"resourceType": "Bundle", "entry": 5}'),
        ("a.csv", b""),
        ("a.csv", b"one;two\n1;2\n"),
        ("a.csv", bytes(range(256))),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(
    clinic: TestClinic, name: str, content: bytes
) -> None:
    try:
        report = brought_in(clinic, content, name)
    except FileUnreadable as refused:
        assert len(refused.sentence) < 400
    else:
        assert report.people == 0


def test_a_csv_with_semicolons_and_another_encoding_comes_in(clinic: TestClinic) -> None:
    table = "name;sex;birth_date;phone\nJosé Niño;male;1990;0712345678\nÅsa Öst;f;1980-01-02;\n"
    report = brought_in(clinic, table.encode("cp1252"), "people.csv")
    assert report.people == 2
    assert brought_in(clinic, table.encode("cp1252"), "people.csv").people == 0


def test_only_who_may_import_imports(clinic: TestClinic) -> None:
    for desk in (clinic.provider(), clinic.patient()):
        with pytest.raises(Refused):
            bring_in(desk, [], ImportReport())


@pytest.mark.skipif(not corpus_files(), reason="the sample records are not on this computer")
@pytest.mark.slow
@pytest.mark.parametrize("path", corpus_files(), ids=lambda path: path.stem[:30])
def test_every_sample_bundle_comes_in_whole_and_only_once(clinic: TestClinic, path: Path) -> None:
    first = brought_in(clinic, path.read_bytes(), path.name)
    assert first.people == 1
    assert first.unread == []
    count = len(json.loads(path.read_text("utf-8"))["entry"])
    assert first.entries == count
    again = brought_in(clinic, path.read_bytes(), path.name)
    assert (again.people, again.entries, again.already_here) == (0, 0, count)
