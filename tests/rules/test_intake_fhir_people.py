"""Who is in a FHIR file, and whose each of its resources is."""

import json

import pytest

from medilink.people import Sex
from medilink.person_entries import Contact, Profile
from medilink.records import Alert
from tests.rules.fhir_bundles import PATIENT, bundle, coded, of_p1, read


def test_a_patient_is_read():
    [patient], unread = read(bundle(PATIENT))
    told = patient.details
    assert patient.source_id == "urn:clinic|17"
    assert (told.given, told.family, told.sex) == ("Wanjiku Grace", "Ng'ang'a", Sex.FEMALE)
    assert (told.birth_date, told.phone, told.village) == ("1984-05", "+254712345678", "Murang'a")
    assert unread == []


def test_a_single_patient_is_a_file_too():
    [patient], unread = read(PATIENT)
    assert [entry.kind for entry in patient.entries] == ["Patient"]
    assert json.loads(patient.entries[0].body) == PATIENT
    assert unread == []


def test_without_an_official_identifier_the_file_and_the_id_tell_the_person():
    [patient], _ = read(bundle(PATIENT | {"identifier": []}))
    assert patient.source_id == "file.json|p1"


@pytest.mark.parametrize(
    ("field", "broken"),
    [("birthDate", "1984-02-30"), ("birthDate", 1984), ("gender", "F"), ("telecom", "0712"),
     ("address", [{"city": ["x"]}]), ("address", [{"city": "x" * 201}]), ("identifier", 5),
     ("deceasedDateTime", "soon")],
)  # fmt: skip
def test_a_field_of_a_patient_that_cannot_be_read_is_left_empty_and_listed(field, broken):
    [patient], [left] = read(bundle(PATIENT | {field: broken}, of_p1("Flag", "f", code=coded("x"))))
    assert len(patient.entries) == 2
    assert left.where.startswith("entry 1 (Patient/p1), ")


def test_a_patient_without_a_name_is_listed_with_all_that_is_theirs():
    patients, unread = read(bundle(PATIENT | {"name": []}, of_p1("Flag", "f", code=coded("x"))))
    assert patients == []
    assert [left.why for left in unread] == [
        "This patient has no name.",
        "The patient it is about could not be read.",
    ]


def test_a_name_beyond_its_limit_is_not_cut():
    patients, [left] = read(bundle(PATIENT | {"name": [{"family": "x" * 201}]}))
    assert patients == []
    assert "too long" in left.why


def test_death_stands_where_everyone_looks_first():
    [patient], _ = read(bundle(PATIENT | {"deceasedDateTime": "2024-05-01"}))
    [alert] = patient.entries[0].understood
    assert isinstance(alert, Alert)
    assert "2024-05-01" in alert.text
    [alive], _ = read(bundle(PATIENT | {"deceasedBoolean": False}))
    assert alive.entries[0].understood == ()


def test_the_same_person_under_two_ids_is_one_folder():
    [patient], unread = read(
        bundle(PATIENT, PATIENT | {"id": "p2"}, of_p1("Flag", "f", code=coded("x")))
    )
    assert [entry.source_id for entry in patient.entries] == ["p1", "p2", "f"]
    assert unread == []


# ---- what a Patient says beside who it is


def beside(**fields):
    [patient], unread = read(bundle(PATIENT | fields))
    assert unread == []
    return patient.entries[0].understood


def test_the_language_and_mail_of_a_patient_are_read():
    languages = [{"language": coded("English", "en")},
                 {"language": coded("Kiswahili", "sw"), "preferred": True}]  # fmt: skip
    mail = {"system": "email", "value": "wanjiku@example.org"}
    [profile] = beside(communication=languages, telecom=[*PATIENT["telecom"], mail])
    assert isinstance(profile, Profile)
    assert (profile.language, profile.email) == ("sw", "wanjiku@example.org")


def test_whom_to_call_is_read():
    mother = {
        "name": {"given": ["Njeri"], "family": "Ng'ang'a"},
        "relationship": [
            coded("Emergency contact", "C", "http://terminology.hl7.org/CodeSystem/v2-0131"),
            coded("", "MTH", "http://terminology.hl7.org/CodeSystem/v3-RoleCode"),
        ],
        "telecom": [{"system": "phone", "value": "0722 000 111"}],
    }
    lapsed = {"name": {"text": "A friend"}, "period": {"end": "2020"}}
    first, second = beside(contact=[mother, {"gender": "male"}, lapsed])
    assert isinstance(first, Contact)
    assert (first.name, first.relation, first.phone) == (
        "Njeri Ng'ang'a",
        "mother",
        "+254722000111",
    )
    assert (first.primary, first.status) == (1, "active")
    assert (second.name, second.status) == ("A friend", "ended")


@pytest.mark.parametrize("field", ["communication", "contact"])
def test_what_cannot_be_read_beside_the_patient_is_named_and_costs_nothing(field):
    [patient], [left] = read(bundle(PATIENT | {field: "x"}))
    assert [entry.kind for entry in patient.entries] == ["Patient"]
    assert left.where.startswith("entry 1 (Patient/p1), ")


# ---- whose it is


@pytest.mark.parametrize(
    "reference",
    ["Patient/p1", "https://there/fhir/Patient/p1", "https://elsewhere/Patient/p1",
     "Patient/p1/_history/3", "urn:uuid:p1", "Patient?identifier=urn:clinic|17"],
)  # fmt: skip
def test_a_reference_finds_its_patient(reference):
    flag = of_p1("Flag", "f", code=coded("x")) | {"subject": {"reference": reference}}
    [patient], unread = read(bundle(PATIENT, flag))
    assert [entry.kind for entry in patient.entries] == ["Patient", "Flag"]
    assert unread == []


@pytest.mark.parametrize(
    "subject",
    [None, {}, {"display": "Wanjiku"}, {"reference": "Patient/p9"}, {"reference": "#p1"}, "p1",
     {"reference": "Group/g"}, {"reference": 5}, [], {"reference": "Patient?name=Wanjiku"},
     {"reference": "Organization/o"}],
)  # fmt: skip
def test_what_does_not_say_whose_it_is_is_nobodys(subject):
    organization = {"resourceType": "Organization", "id": "o", "name": "There"}
    flag = of_p1("Flag", "f", code=coded("x")) | {"subject": subject}
    [patient], [left] = read(bundle(PATIENT, organization, flag))
    assert [entry.kind for entry in patient.entries] == ["Patient", "Organization"]
    assert left.where == "entry 3 (Flag/f)"


def test_an_identifier_that_fits_two_fits_none():
    twin = PATIENT | {"id": "p2", "identifier": [{"system": "urn:clinic", "value": "18"}]}
    same = {"system": "urn:family", "value": "4"}
    two = [p | {"identifier": [*p["identifier"], same]} for p in (PATIENT, twin)]
    flag = of_p1("Flag", "f", code=coded("x"))
    flag["subject"] = {"type": "Patient", "identifier": same}
    patients, [left] = read(bundle(*two, flag))
    assert [len(p.entries) for p in patients] == [1, 1]
    assert "not in this file" in left.why


def test_shared_resources_are_kept_with_those_who_point_to_them_and_nobody_else():
    other = PATIENT | {"id": "p2", "identifier": [{"system": "urn:clinic", "value": "18"}]}
    doctor = {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Dr Nduta"}]}
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"reference": "Practitioner/d"},
    }
    stray = {"resourceType": "Location", "id": "l", "name": "Ward"}
    flag = of_p1("Flag", "f", code=coded("x"), author={"reference": "PractitionerRole/r"})
    [first, second], [left] = read(bundle(PATIENT, other, doctor, role, stray, flag))
    assert [e.source_id for e in first.entries] == ["p1", "d", "r", "f"]
    assert first.entries[-1].understood[0].author == "Dr Nduta"
    assert [e.source_id for e in second.entries] == ["p2"]
    assert left.where == "entry 5 (Location/l)"


def test_what_only_speaks_of_a_patients_entries_is_theirs():
    other = PATIENT | {"id": "p2", "identifier": [{"system": "urn:clinic", "value": "18"}]}
    told = {"resourceType": "Provenance", "id": "v", "target": [{"reference": "Flag/f"}]}
    [first, second], _ = read(bundle(PATIENT, other, of_p1("Flag", "f", code=coded("x")), told))
    assert [e.kind for e in first.entries] == ["Patient", "Flag", "Provenance"]
    assert len(second.entries) == 1
