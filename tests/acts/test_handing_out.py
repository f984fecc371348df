"""A record leaves for whoever may see it, no more of it than they may see, and the log says so."""

from __future__ import annotations

import dataclasses
import io
import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from exports.fhir import write_bundle
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.documents import add_document, set_photo
from medilink.acts.emergency import break_glass
from medilink.acts.hand_out import hand_out_record
from medilink.acts.profile import change_profile
from medilink.acts.read_record import open_identity, open_record
from medilink.acts.receive import open_share
from medilink.acts.register import change_details, record_patient_is_here
from medilink.acts.share import make_share_code
from medilink.acts.write_record import (
    add_entry,
    correct_entry,
    end_entry,
    state_absence,
    strike_entry,
)
from medilink.acts.write_results import add_result
from medilink.acts.write_visit import write_visit
from medilink.audit import Act, AuditEntry
from medilink.desk import Desk
from medilink.errors import NoRight, NotSignedIn
from medilink.family import Relation
from medilink.handing_out import Asked
from medilink.laboratory import check_result
from medilink.laboratory_tests import TEST_BY_CODE
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS, Entry, Record, Section
from medilink.store import LogFilter
from medilink.visits import NewVisit, Prescribed
from tests.clinics import TestClinic, new_clinic
from tests.rules.fhir_bundles import PATIENT, bundle, coded, of_p1, read


def exports_logged(clinic: TestClinic) -> list[AuditEntry]:
    event = clinic.admin.event(Act.READ_LOG)
    wanted = LogFilter(acts=frozenset({Act.EXPORT}))
    found, _ = clinic.store.log.list_entries(wanted, limit=100, audit=event)
    return found


def resources(data: bytes) -> list[dict[str, Any]]:
    whole = json.loads(data)
    assert (whole["resourceType"], whole["type"]) == ("Bundle", "collection")
    return [entry["resource"] for entry in whole["entry"]]


def exported(
    desk: Desk, patient: PatientId, sections: frozenset[Section] = ALL_SECTIONS
) -> list[dict[str, Any]]:
    return resources(write_bundle(hand_out_record(desk, patient, Asked(sections=sections))))


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(made, "JPEG")
    return made.getvalue()


def in_care(clinic: TestClinic, patient: PatientId) -> Desk:
    doctor = clinic.provider()
    record_patient_is_here(doctor, patient, "here for a visit")
    return doctor


def write_everything(doctor: Desk, patient: PatientId) -> None:
    """One entry of every kind, and more where a kind has faces."""
    visit = NewVisit(
        reason="fever",
        history="three days\nof fever & chills",
        diagnoses=("Malaria", "Anaemia"),
        medications=(Prescribed("Artemether", "20 mg", "BD"),),
        treatment="fluids",
        follow_up="in a week",
        vitals={"8310-5": "38.50", "8480-6": "120", "8462-4": "80", "8302-2": "150"},
    )
    write_visit(doctor, patient, visit)
    typed: dict[Section, dict[str, str]] = {
        Section.ALERTS: {"text": "Deaf", "level": "high"},
        Section.ALLERGIES: {"substance": "Eggs", "severity": "mild", "since": "2019"},
        Section.CONDITIONS: {"name": "Asthma", "course": "chronic", "certainty": "unconfirmed"},
        Section.MEDICATIONS: {"name": "Salbutamol", "dose": "2 puffs", "prescriber": "Dr Nduta"},
        Section.IMMUNISATIONS: {"vaccine": "Measles", "dose": "1", "lot": "A7", "site": "left arm"},
        Section.PROCEDURES: {"name": "Suture", "outcome": "Healed\nin a week"},
        Section.CONTACTS: {"name": "Njeri", "relation": "sister", "phone": "0722000111",
                           "primary": "1"},
        Section.INSURANCE: {"insurer": "SHA", "number": "M-1", "plan": "Gold", "until": "2030"},
    }  # fmt: skip
    for section, fields in typed.items():
        add_entry(doctor, patient, section, fields)
    for code, said in (("718-7", "11.20 g/dL"), ("882-1", "O+")):
        test = TEST_BY_CODE[code]
        add_result(doctor, patient, test, check_result(test, said), day="2026-02-27")
    add_document(doctor, patient, title="Referral", kind="Letter", body=picture())
    told = {"blood": "A+", "donor": "yes", "language": "sw", "email": "a@example.org"}
    profile = change_profile(doctor, patient, None, told | {"reach": "phone", "pharmacy": "Mwangi"})
    set_photo(doctor, patient, profile, picture())


# ---- who may take it


def test_a_record_leaves_only_for_whoever_may_open_it(clinic: TestClinic) -> None:
    slip = clinic.register()
    own, stranger = clinic.patient(slip), clinic.provider()
    write_everything(in_care(clinic, slip.patient.id), slip.patient.id)
    for desk in (stranger, clinic.patient(), clinic.admin):
        with pytest.raises(NoRight):
            hand_out_record(desk, slip.patient.id)
    with pytest.raises(NotSignedIn):
        hand_out_record(clinic.desk, slip.patient.id)
    assert hand_out_record(own, slip.patient.id).record.sections == ALL_SECTIONS
    outcomes = [(entry.outcome, entry.method) for entry in exports_logged(clinic)]
    assert outcomes == [("done", "own record"), *[("refused", "")] * 4]


def test_every_export_is_an_entry_of_the_log_with_its_sections_and_form(clinic: TestClinic) -> None:
    patient = clinic.register().patient.id
    doctor = in_care(clinic, patient)
    wanted = frozenset({Section.ALLERGIES, Section.VITALS})
    for _ in range(2):
        hand_out_record(doctor, patient, Asked(sections=wanted))
    first, second = exports_logged(clinic)
    assert first.seq != second.seq
    assert (set(first.sections), first.method) == ({"allergies", "vitals"}, "care")
    assert first.extra["form"] == "FHIR R4"


def test_guardians_and_who_opens_in_an_emergency_may_take_it_and_are_named(
    clinic: TestClinic,
) -> None:
    parent = clinic.register()
    born = dataclasses.replace(parent.patient.details, given="Akinyi", birth_date="2020-01-01")
    child = clinic.register(details=born)
    clinic.link(child.patient.id, parent.patient.medilink_id, Relation.MOTHER)
    hand_out_record(clinic.patient(parent), child.patient.id)
    casualty = clinic.provider()
    break_glass(casualty, child.patient.id, "unconscious, nobody with her")
    hand_out_record(casualty, child.patient.id)
    assert [entry.method for entry in exports_logged(clinic)] == ["emergency", "guardian"]


SECRETS = ("Eggs", "Asthma", "Salbutamol", "Measles", "Suture", "Njeri", "SHA", "11.20", "Referral",
           "fever", "a@example.org", "A+", "Deaf")  # fmt: skip


def test_a_code_for_some_sections_lets_nothing_else_leave(clinic: TestClinic) -> None:
    slip = clinic.register()
    own = clinic.patient(slip)
    write_everything(in_care(clinic, slip.patient.id), slip.patient.id)
    shared = make_share_code(own, frozenset({Section.ALLERGIES}))
    stranger = clinic.provider()
    open_share(stranger, shared.qr)
    # The head of the log is a signature: by chance it has "A+" in it as well.
    handed = replace(hand_out_record(stranger, slip.patient.id), log_head=b"")
    data = write_bundle(handed)
    assert [found["resourceType"] for found in resources(data)] == ["Patient", "AllergyIntolerance"]
    assert [word for word in SECRETS if word in data.decode()] == ["Eggs"]


# ---- of what came from elsewhere, some sections

MARTHA = PATIENT | {
    "identifier": [{"system": "urn:nation", "value": "SECRET-ID", "use": "official"}],
    "contact": [{"name": {"text": "SECRET sister"}}],
    "communication": [{"language": coded("x", "sw")}],
}
FOREIGN = bundle(
    MARTHA,
    {"resourceType": "Medication", "id": "m", "code": coded("Amlodipine")},
    {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Dr Elsewhere"}]},
    of_p1("MedicationStatement", "s", status="active", note=[{"text": "as it came"}],
          medicationReference={"reference": "Medication/m"}),
    of_p1("MedicationStatement", "t", status="active", contained=[
              {"resourceType": "Condition", "id": "c", "code": {"text": "SECRET illness"}}],
          medicationCodeableConcept=coded("Zidovudine")),
    of_p1("Condition", "c", code=coded("SECRET illness"), severity={"text": "SECRET severity"},
          clinicalStatus={"coding": [{"code": "active"}]},
          onsetDateTime="2001-02-03T04:05:06+03:00"),
    of_p1("Observation", "o", status="final", code=coded("SECRET sign", "8310-5"),
          valueQuantity={"value": 37.10, "unit": "Cel"}),
    of_p1("Observation", "b", status="final", code=coded("BP", "85354-9"), component=[
        {"code": coded("Upper", "8480-6"), "valueQuantity": {"value": 120, "unit": "mmHg"}},
        {"code": coded("Lower", "8462-4"), "valueQuantity": {"value": 80, "unit": "mmHg"}}]),
    of_p1("CarePlan", "p", title="SECRET plan"),
)  # fmt: skip


@pytest.fixture
def martha(clinic: TestClinic) -> Desk:
    """A doctor at whose desk a patient is whose record came from elsewhere."""
    data = json.dumps(FOREIGN).replace("37.1,", "37.10,").encode()
    people, unread = read_file(clinic.admin, "there.json", data)
    assert unread == []
    bring_in(clinic.admin, people, ImportReport())
    return in_care(clinic, PatientId(1))


def test_originals_leave_only_with_the_sections_they_are_of(martha: Desk) -> None:
    data = write_bundle(
        hand_out_record(martha, PatientId(1), Asked(sections=frozenset({Section.MEDICATIONS})))
    )
    assert b"SECRET" not in data
    assert b"as it came" in data
    assert b"Zidovudine" in data
    found = resources(data)
    kinds = sorted(one["resourceType"] for one in found)
    assert kinds == ["Medication", "MedicationStatement", "MedicationStatement", "Patient"]
    entries = {entry["fullUrl"] for entry in json.loads(data)["entry"]}
    named = {one["subject"]["reference"] for one in found if "subject" in one}
    assert named <= entries | {"Patient/p1"}


def test_what_is_not_read_leaves_with_the_whole_record_only(martha: Desk) -> None:
    nearly = write_bundle(
        hand_out_record(martha, PatientId(1), Asked(sections=ALL_SECTIONS - {Section.ALERTS}))
    )
    whole = write_bundle(hand_out_record(martha, PatientId(1)))
    assert b"SECRET plan" not in nearly
    assert b"SECRET-ID" not in nearly
    assert b"SECRET plan" in whole
    assert b"SECRET-ID" in whole


# ---- what was changed here


def of_kind(found: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    [one] = [one for one in found if one["resourceType"] == kind]
    return one


def condition_of(desk: Desk) -> Entry:
    return open_record(desk, PatientId(1)).record.conditions[0]


def test_a_foreign_entry_that_ended_here_leaves_with_that_one_change(martha: Desk) -> None:
    before = of_kind(exported(martha, PatientId(1)), "Condition")
    end_entry(martha, PatientId(1), condition_of(martha))
    after = of_kind(exported(martha, PatientId(1)), "Condition")
    assert after["clinicalStatus"]["coding"][0]["code"] == "resolved"
    assert after["abatementDateTime"] == "2026-03-02T08:00:00Z"
    different = {key for key in after if after.get(key) != before.get(key)}
    assert different == {"clinicalStatus", "abatementDateTime"}


def test_a_foreign_entry_that_was_corrected_here_leaves_as_it_is_now(martha: Desk) -> None:
    typed = {"name": "Migraine", "course": "chronic"}
    correct_entry(martha, PatientId(1), condition_of(martha), typed, "the letter says so")
    after = of_kind(exported(martha, PatientId(1)), "Condition")
    assert (after["id"], after["code"]["text"]) == ("c", "Migraine")
    assert after["severity"] == {"text": "SECRET severity"}
    assert after["onsetDateTime"] == "2001-02-03T04:05:06+03:00"


def test_what_was_struck_does_not_leave(martha: Desk) -> None:
    strike_entry(martha, PatientId(1), condition_of(martha), "another patient's")
    assert "Condition" not in {one["resourceType"] for one in exported(martha, PatientId(1))}


def test_half_of_a_measurement_that_was_struck_leaves_the_other_half(martha: Desk) -> None:
    record = open_record(martha, PatientId(1)).record
    upper = next(seen for seen in record.observations if seen.code == "8480-6")
    strike_entry(martha, PatientId(1), upper, "a typing error")
    found = exported(martha, PatientId(1))
    codes = {one["code"]["coding"][0]["code"] for one in found
             if one["resourceType"] == "Observation"}  # fmt: skip
    assert codes == {"8310-5", "8462-4"}


def test_a_person_whose_phone_changed_leaves_with_the_new_one(clinic: TestClinic) -> None:
    fax = {"system": "fax", "value": "020 1"}
    line = {"system": "phone", "value": "0712345678"}
    content = json.dumps(bundle(MARTHA | {"telecom": [line, fax]})).encode()
    bring_in(clinic.admin, read_file(clinic.admin, "a.json", content)[0], ImportReport())
    doctor = in_care(clinic, PatientId(1))
    before = hand_out_record(doctor, PatientId(1)).record.patient
    changed = dataclasses.replace(before.details, phone="+254733000000")
    change_details(clinic.admin, before, changed)
    after = of_kind(exported(doctor, PatientId(1)), "Patient")
    assert after["telecom"] == [{"system": "phone", "value": "+254733000000"}, fax]
    assert after["identifier"] == MARTHA["identifier"]
    assert after["contact"] == MARTHA["contact"]


def test_a_contact_of_the_patient_that_ended_leaves_the_patient(martha: Desk) -> None:
    contact = open_record(martha, PatientId(1)).record.contacts[0]
    end_entry(martha, PatientId(1), contact)
    found = exported(martha, PatientId(1))
    assert "contact" not in of_kind(found, "Patient")
    related = of_kind(found, "RelatedPerson")
    assert (related["active"], related["name"]) == (False, [{"text": "SECRET sister"}])


# ---- what was written here


@pytest.fixture
def written(clinic: TestClinic) -> Desk:
    """A doctor at whose desk a patient is of whom everything was written here."""
    patient = clinic.register().patient.id
    doctor = in_care(clinic, patient)
    write_everything(doctor, patient)
    return doctor


def test_our_own_resources_are_built_as_r4_builds_them(written: Desk) -> None:
    models = pytest.importorskip("fhir.resources.R4B")
    found = exported(written, PatientId(1))
    for one in found:
        models.get_fhir_model_class(one["resourceType"]).model_validate(one)
    assert len({one["resourceType"] for one in found}) == 12


def test_codes_and_units_are_those_of_the_standards(written: Desk) -> None:
    found = exported(written, PatientId(1))
    seen = {one["code"]["coding"][0]["code"]: one for one in found
            if one["resourceType"] == "Observation"}  # fmt: skip
    assert {one["code"]["coding"][0]["system"] for one in seen.values()} == {"http://loinc.org"}
    assert seen["8480-6"]["valueQuantity"] == {
        "value": 120, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]",
    }  # fmt: skip
    allergy = of_kind(found, "AllergyIntolerance")
    assert allergy["clinicalStatus"]["coding"][0]["code"] == "active"
    addresses = {entry["fullUrl"] for entry in json.loads(json.dumps(bundle_of(written)))["entry"]}
    for reference in references(found):
        assert reference in addresses
        assert reference.startswith("urn:uuid:")


def bundle_of(desk: Desk) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(write_bundle(hand_out_record(desk, PatientId(1))))
    return whole


def references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["reference"]] if isinstance(node.get("reference"), str) else []
    return own + references(list(node.values()))


def test_digits_leave_as_they_were_typed(written: Desk) -> None:
    data = write_bundle(hand_out_record(written, PatientId(1)))
    assert b'"value":38.50' in data
    assert b'"value":11.20' in data


def test_the_notes_of_a_visit_can_be_read_by_any_program(written: Desk) -> None:
    visit = of_kind(exported(written, PatientId(1)), "Encounter")
    assert "three days<br/>of fever &amp; chills" in visit["text"]["div"]


@pytest.mark.parametrize(
    ("section", "kind", "code"),
    [
        (Section.ALLERGIES, "AllergyIntolerance", "no-known-allergies"),
        (Section.CONDITIONS, "Condition", "no-known-problems"),
        (Section.MEDICATIONS, "MedicationStatement", "no-known-medications"),
    ],
)
def test_that_nothing_is_known_leaves_as_the_code_of_the_patient_summary(
    clinic: TestClinic, section: Section, kind: str, code: str
) -> None:
    patient = clinic.register().patient.id
    doctor = in_care(clinic, patient)
    state_absence(doctor, patient, section)
    one = of_kind(exported(doctor, patient), kind)
    said = one.get("code") or one["medicationCodeableConcept"]
    assert said["coding"][0]["code"] == code


def test_the_same_record_gives_the_same_bytes(written: Desk) -> None:
    """But for the head of the log, which each hand-out moves on."""
    first, second = (
        replace(hand_out_record(written, PatientId(1)), log_head=b"") for _ in range(2)
    )
    assert write_bundle(first) == write_bundle(second)


def test_our_own_export_brings_nothing_new_to_the_clinic_it_is_of(
    clinic: TestClinic, written: Desk
) -> None:
    data = write_bundle(hand_out_record(written, PatientId(1)))
    people, unread = read_file(clinic.admin, "ours.json", data)
    report = bring_in(clinic.admin, people, ImportReport(unread=unread))
    assert (report.people, report.entries, report.unread) == (0, 0, [])
    assert report.already_here == len(resources(data))


# A picture is drawn anew where it comes in; a person's notes and photo are read from the Patient.
OTHER_ELSEWHERE = {"size", "digest", "photo", "uid", "recorded", "replaces"}
SAID_IN_FULL = {"final": "", "finished": "", "completed": ""}  # what no status means


def told_by(record: Record) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for entry in record.entries():
        said = {k: v for k, v in entry._asdict().items() if k not in OTHER_ELSEWHERE}
        said["status"] = SAID_IN_FULL.get(entry.status, entry.status)
        found.append((type(entry).__name__, said))
    return found


def test_everything_written_here_reads_the_same_in_another_clinic(
    written: Desk, tmp_path: Path
) -> None:
    here = hand_out_record(written, PatientId(1))
    other = new_clinic(tmp_path / "other")
    people, unread = read_file(other.admin, "ours.json", write_bundle(here))
    bring_in(other.admin, people, ImportReport())
    assert unread == []
    there = hand_out_record(in_care(other, PatientId(1)), PatientId(1))
    assert there.record.patient.details == here.record.patient.details
    blood_test = there.record.latest("882-1")
    assert blood_test is not None
    more = [one for one in told_by(there.record) if one not in told_by(here.record)]
    less = [one for one in told_by(here.record) if one not in told_by(there.record)]
    assert less == []
    assert [one["text"] for _, one in more] == ["A+"]
    assert there.record.documents[0].uid in there.bodies
    assert there.record.profile is not None
    assert bytes.fromhex(there.record.profile.photo) in there.bodies
    other.store.close()


def test_what_another_clinic_sends_back_brings_nothing_new(
    clinic: TestClinic, written: Desk, tmp_path: Path
) -> None:
    data = write_bundle(hand_out_record(written, PatientId(1)))
    other = new_clinic(tmp_path / "other")
    bring_in(other.admin, read_file(other.admin, "a.json", data)[0], ImportReport())
    back = write_bundle(hand_out_record(in_care(other, PatientId(1)), PatientId(1)))
    assert sorted(map(repr, resources(back))) == sorted(map(repr, resources(data)))
    report = bring_in(clinic.admin, read_file(clinic.admin, "b.json", back)[0], ImportReport())
    assert (report.people, report.entries) == (0, 0)
    other.store.close()


def test_what_another_clinic_changed_leaves_with_that_change(
    clinic: TestClinic, written: Desk, tmp_path: Path
) -> None:
    data = write_bundle(hand_out_record(written, PatientId(1)))
    other = new_clinic(tmp_path / "other")
    bring_in(other.admin, read_file(other.admin, "a.json", data)[0], ImportReport())
    doctor = in_care(other, PatientId(1))
    end_entry(doctor, PatientId(1), open_record(doctor, PatientId(1)).record.alerts[0], "hears now")
    back = resources(write_bundle(hand_out_record(doctor, PatientId(1))))
    assert len(back) == len(resources(data))
    assert of_kind(back, "Flag")["status"] == "inactive"
    assert of_kind(back, "Flag")["id"] == of_kind(resources(data), "Flag")["id"]
    other.store.close()


def test_a_mark_of_ours_is_believed_once_in_a_file() -> None:
    mark = {"system": "urn:medilink:entry", "value": "019cad8f-ac00-7352-b0bc-30e15e9f098a"}
    flags = [of_p1("Flag", name, code=coded(name), identifier=[mark]) for name in ("a", "b")]
    [patient], [left] = read(bundle(PATIENT, *flags))
    assert [entry.source_id for entry in patient.entries] == ["p1", "a"]
    assert left.where == "entry 3 (Flag/b)"


def test_a_document_that_another_record_has_stays_there(clinic: TestClinic, written: Desk) -> None:
    handed = hand_out_record(written, PatientId(1))
    [document] = handed.record.documents
    data = write_bundle(handed).decode()
    stolen = data.replace(uuid.UUID(bytes=handed.record.patient.uid).hex[:8], "aaaaaaaa")
    people, _ = read_file(clinic.admin, "b.json", stolen.encode())
    report = bring_in(clinic.admin, people, ImportReport())
    assert report.people == 1
    assert (
        hand_out_record(written, PatientId(1)).bodies[document.uid] == handed.bodies[document.uid]
    )
    other = hand_out_record(in_care(clinic, PatientId(2)), PatientId(2))
    assert document.uid not in other.bodies


def test_merged_registrations_leave_with_both_their_patients(clinic: TestClinic) -> None:
    for number in (1, 2):
        person = MARTHA | {"identifier": [{"system": "urn:nation", "value": str(number)}]}
        flag = of_p1("Flag", "f", status="active", code=coded(f"flag {number}"))
        data = json.dumps(bundle(person, flag)).encode()
        bring_in(clinic.admin, read_file(clinic.admin, "a.json", data)[0], ImportReport())
    people = [open_identity(clinic.admin, PatientId(number)) for number in (1, 2)]
    clinic.merge(*people, {})
    whole = bundle_of(in_care(clinic, PatientId(1)))
    found = [entry["resource"] for entry in whole["entry"]]
    assert len({entry["fullUrl"] for entry in whole["entry"]}) == len(found) == 4
    values = {one["identifier"][0]["value"] for one in found if one["resourceType"] == "Patient"}
    assert values == {"1", "2"}
    assert {"flag 1", "flag 2"} <= {
        one["code"]["coding"][0]["display"] for one in found if one["resourceType"] == "Flag"
    }


def test_whose_licence_was_not_checked_leaves_named_as_such(written: Desk) -> None:
    found = exported(written, PatientId(1))
    named = [one["recorder"] for one in found if "recorder" in one]
    told = {who["display"]: who.get("extension", [{}])[0].get("valueString") for who in named}
    assert told[written.who.title] == "unverified"
