"""A scope is kept wherever a record is read: no way round leads to what was left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from exports.fhir import write_bundle
from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.corrections import ask_correction, list_corrections
from medilink.acts.documents import add_document, open_document, open_photo, set_photo
from medilink.acts.emergency import break_glass
from medilink.acts.hand_out import hand_out_record
from medilink.acts.profile import change_profile, see_changes
from medilink.acts.read_record import Opened, open_record
from medilink.acts.receive import open_share
from medilink.acts.register import Slip, give_new_slip, record_patient_is_here
from medilink.acts.share import make_share_code
from medilink.acts.write_record import add_entry, correct_entry, end_entry, strike_entry
from medilink.acts.write_visit import amend_visit, write_visit
from medilink.audit import Method
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.errors import NoRight, WritesUnwarned
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS, Document, Encounter, Section
from medilink.scopes import EVERYTHING, Scope
from medilink.sensitive import Sensitive
from medilink.visits import NewVisit, Prescribed
from tests.acts.test_handing_out import picture
from tests.clinics import START, TestClinic, own_id
from tests.rules.fhir_bundles import PATIENT, bundle, coded, of_p1

PLAIN = Scope(ALL_SECTIONS)
WITH_HIV = Scope(ALL_SECTIONS, frozenset({Sensitive.HIV}))
NOW = int(START.timestamp() * 1000)


@pytest.fixture
def patient(clinic: TestClinic) -> Desk:
    """Somebody with a cough, with HIV, and with something to be kept quiet in every corner."""
    slip = clinic.register()
    who, nurse = slip.patient.id, clinic.provider("Night Nurse")
    record_patient_is_here(nurse, who, "here for a visit")
    write_visit(nurse, who, NewVisit(reason="cough", vitals={"8310-5": "37.1"}))
    about_it = NewVisit(
        reason="review",
        diagnoses=("HIV infection",),
        medications=(Prescribed("Cotrimoxazole QUIET", "960 mg"),),
        notes="QUIET talk",
        vitals={"29463-7": "61.5"},
    )
    visit = write_visit(nurse, who, about_it)
    amend_visit(nurse, who, visit, NewVisit(reason="review", notes="all is well"), "too much said")
    add_entry(nurse, who, Section.MEDICATIONS, {"name": "Dolutegravir QUIET", "dose": "50 mg"})
    add_entry(nurse, who, Section.ALLERGIES, {"substance": "Nevirapine", "reaction": "QUIET rash"})
    add_entry(nurse, who, Section.ALLERGIES, {"substance": "Eggs", "reaction": "Hives"})
    add_entry(nurse, who, Section.ALERTS, {"text": "On ART QUIET", "level": "high"})
    add_entry(nurse, who, Section.CONDITIONS, {"name": "Asthma"})
    add_document(nurse, who, title="CD4 QUIET", kind="Test result", body=picture())
    add_document(nurse, who, title="Letter", kind="Letter", body=picture())
    first = change_profile(nurse, who, None, {"blood": "A+", "pharmacy": "ARV QUIET pharmacy"})
    set_photo(nurse, who, change_profile(nurse, who, first, {"pharmacy": "Mwangi"}), picture())
    desk = clinic.patient(slip)
    ask_correction(desk, who, None, "", "the viral load QUIET is missing")
    record = open_record(desk, who).record
    ask_correction(desk, who, record.conditions[0], "Asthma", "it began in 2019")
    [quiet] = [e for e in record.medications if e.name == "Dolutegravir QUIET"]
    ask_correction(desk, who, quiet, "QUIET pill", "it is two a day")
    clinic.clock.forward(minutes=30)
    return desk


def reader(clinic: TestClinic, patient: Desk, *scopes: Scope) -> Desk:
    """A provider who has opened a code for each of these scopes."""
    doctor = clinic.provider()
    for scope in scopes:
        open_share(doctor, make_share_code(patient, scope).code)
    return doctor


def all_that_can_be_read(desk: Desk, who: PatientId) -> str:
    """Through every act that reads, as one text."""
    handed = hand_out_record(desk, who)
    read = (open_record(desk, who).record, see_changes(desk, who), list_corrections(desk, who))
    return repr(read) + repr(handed.record) + write_bundle(handed).decode()


def test_what_is_sensitive_is_left_out_everywhere(clinic: TestClinic, patient: Desk) -> None:
    seen = all_that_can_be_read(reader(clinic, patient, PLAIN), own_id(patient))
    assert "QUIET" not in seen
    assert "HIV" not in seen
    assert "evirapine" not in seen
    assert "61.5" not in seen, "measured in the visit that was about it"
    for told in ("cough", "37.1", "Eggs", "Asthma", "Letter", "A+", "it began in 2019"):
        assert told in seen


@pytest.mark.parametrize("scope", [WITH_HIV, EVERYTHING])
def test_what_was_ticked_is_seen(clinic: TestClinic, patient: Desk, scope: Scope) -> None:
    doctor, who = reader(clinic, patient, scope), own_id(patient)
    seen = all_that_can_be_read(doctor, who)
    for told in ("QUIET talk", "QUIET rash", "Dolutegravir", "61.5", "CD4 QUIET", "QUIET pill"):
        assert told in seen
    assert len(open_record(doctor, who).record.documents) == 2


def test_the_patient_and_whoever_has_them_in_care_see_everything(
    clinic: TestClinic, patient: Desk
) -> None:
    nurse = clinic.provider()
    record_patient_is_here(nurse, own_id(patient), "here for a visit")
    for desk in (patient, nurse):
        assert "QUIET talk" in all_that_can_be_read(desk, own_id(patient))
        assert not open_record(desk, own_id(patient)).right.narrowed


def test_a_document_that_is_left_out_cannot_be_opened_by_its_name(
    clinic: TestClinic, patient: Desk
) -> None:
    who, doctor = own_id(patient), reader(clinic, patient, PLAIN)
    every = {document.title: document for document in open_record(patient, who).record.documents}
    assert open_document(doctor, who, every["Letter"].uid)
    with pytest.raises(NoRight):
        open_document(doctor, who, every["CD4 QUIET"].uid)
    profile = open_record(doctor, who).record.profile
    assert profile is not None
    assert open_photo(doctor, who, profile)
    with pytest.raises(NoRight):
        open_photo(doctor, who, profile._replace(photo=every["CD4 QUIET"].uid.hex()))


def test_the_bytes_of_what_is_left_out_do_not_leave(clinic: TestClinic, patient: Desk) -> None:
    who, doctor = own_id(patient), reader(clinic, patient, PLAIN)
    every = open_record(patient, who).record.documents
    [quiet] = [document.uid for document in every if "QUIET" in document.title]
    assert quiet in hand_out_record(patient, who).bodies
    assert quiet not in hand_out_record(doctor, who).bodies


def test_earlier_versions_are_judged_with_the_newest(clinic: TestClinic, patient: Desk) -> None:
    record = open_record(reader(clinic, patient, PLAIN), own_id(patient)).record
    assert [visit.reason for visit in record.encounters] == ["cough"]
    assert not [old for old in record.versions if isinstance(old, Encounter | Document)]


def test_nothing_says_that_something_was_left_out(clinic: TestClinic, patient: Desk) -> None:
    """A record with nothing sensitive in it, opened by the same scope, looks the same."""
    plain = clinic.patient()
    for one in (patient, plain):
        opened = open_record(reader(clinic, one, PLAIN), own_id(one))
        assert opened.right.narrowed
        assert opened.record.sections == ALL_SECTIONS


# ---- dates


def test_dates_cut_what_happened_and_not_what_is_so_today(clinic: TestClinic) -> None:
    desk = clinic.patient()
    who, nurse = own_id(desk), clinic.provider()
    record_patient_is_here(nurse, who, "here for a visit")
    for days in (400, 30):
        visit = NewVisit(reason=f"{days} days ago", at=NOW - days * DAY_MS)
        write_visit(nurse, who, visit)
    ended = add_entry(nurse, who, Section.CONDITIONS, {"name": "Measles", "since": "1999"})
    end_entry(nurse, who, ended)
    add_entry(nurse, who, Section.CONDITIONS, {"name": "Asthma", "since": "1999"})
    add_entry(nurse, who, Section.ALLERGIES, {"substance": "Eggs", "since": "1999"})
    last_year = Scope(ALL_SECTIONS, since=NOW - 365 * DAY_MS, until=NOW)
    record = open_record(reader(clinic, desk, last_year), who).record
    assert [visit.reason for visit in record.encounters] == ["30 days ago"]
    assert [entry.name for entry in record.conditions] == ["Asthma"]
    assert [entry.substance for entry in record.allergies] == ["Eggs"]
    year_before = Scope(ALL_SECTIONS, since=NOW - 450 * DAY_MS, until=NOW - 365 * DAY_MS)
    record = open_record(reader(clinic, desk, last_year, year_before), who).record
    assert len(record.encounters) == 2, "two permissions open what each of them opens"


# ---- what came from elsewhere

FOREIGN = bundle(
    PATIENT,
    {"resourceType": "Organization", "id": "o", "name": "QUIET HIV clinic"},
    of_p1("Condition", "a", code=coded("Asthma"), note=[{"text": "as it came"}]),
    of_p1("Condition", "b", code=coded("Eczema"), note=[{"text": "QUIET: a sign of HIV"}]),
    of_p1("Condition", "c", code={"text": "Low defence",
          "coding": [{"system": "urn:x", "code": "1", "display": "x"},
                     {"system": "http://hl7.org/fhir/sid/icd-10", "code": "B20"}]}),
    of_p1("Condition", "d", code=coded("QUIET depression"),
          clinicalStatus={"coding": [{"code": "active"}]}),
    of_p1("Observation", "o", status="final", code=coded("QUIET PHQ-9", "44261-6"),
          valueQuantity={"value": 17, "unit": "1"}),
    of_p1("Encounter", "e", status="finished", serviceProvider={"reference": "Organization/o"},
          period={"start": "2025-05-01T08:00:00Z"}, **{"class": {"code": "AMB"}}),
    of_p1("CarePlan", "p", title="QUIET plan"),
)  # fmt: skip


def test_an_original_leaves_only_if_it_says_nothing_that_is_left_out(clinic: TestClinic) -> None:
    people, unread = read_file(clinic.admin, "there.json", json.dumps(FOREIGN).encode())
    assert unread == []
    bring_in(clinic.admin, people, ImportReport())
    who = PatientId(1)
    patient, nurse = _at_their_phone(clinic, who), clinic.provider()
    record_patient_is_here(nurse, who, "here for a visit")
    doctor = reader(clinic, patient, PLAIN)
    seen = write_bundle(hand_out_record(doctor, who))
    assert b"as it came" in seen
    assert b"Eczema" in seen, "the entry is ours to give; what stood beside it is not"
    assert b"QUIET" not in seen
    assert b"B20" not in seen
    assert write_bundle(hand_out_record(nurse, who)).count(b"QUIET") >= 5


def _at_their_phone(clinic: TestClinic, who: PatientId) -> Desk:
    nurse = clinic.provider()
    record_patient_is_here(nurse, who, "here for a visit")
    person = open_record(nurse, who).record.patient
    return clinic.patient(Slip(person, give_new_slip(nurse, person)))


# ---- writing back


def test_writing_back_adds_visits_and_measurements_and_nothing_else(
    clinic: TestClinic, patient: Desk
) -> None:
    who = own_id(patient)
    doctor = reader(clinic, patient, Scope(ALL_SECTIONS, write_back=True))
    opened: Opened = open_record(doctor, who)
    assert (opened.can_add, opened.can_write) == (True, False)
    visit = write_visit(doctor, who, NewVisit(reason="seen far away", vitals={"8310-5": "39.0"}))
    record = open_record(patient, who).record
    assert record.encounters[0].author == doctor.who.title
    assert record.observations[0].value == "39.0"
    [asthma] = [entry for entry in record.conditions if entry.name == "Asthma"]
    refused: list[Callable[[], object]] = [
        lambda: add_entry(doctor, who, Section.ALERTS, {"text": "x"}),
        lambda: end_entry(doctor, who, asthma),
        lambda: strike_entry(doctor, who, asthma, "x"),
        lambda: strike_entry(doctor, who, record.observations[0], "x"),
        lambda: correct_entry(doctor, who, asthma, {"name": "x"}, "x"),
        lambda: amend_visit(doctor, who, visit, NewVisit(reason="x"), "x"),
        lambda: add_document(doctor, who, title="x", kind="Letter", body=picture()),
        lambda: give_new_slip(doctor, opened.record.patient),
    ]
    for act in refused:
        with pytest.raises(NoRight):
            act()
    assert open_record(patient, who).record == record


def test_without_that_tick_nothing_is_written(clinic: TestClinic, patient: Desk) -> None:
    doctor = reader(clinic, patient, EVERYTHING)
    assert not open_record(doctor, own_id(patient)).can_add
    with pytest.raises(NoRight):
        write_visit(doctor, own_id(patient), NewVisit(reason="x"))


def test_nobody_writes_who_does_not_see_the_allergies(patient: Desk) -> None:
    with pytest.raises(WritesUnwarned):
        make_share_code(patient, Scope(frozenset({Section.VITALS}), write_back=True))


# ---- when it cannot wait


def test_an_emergency_opens_what_a_narrow_code_leaves_out(
    clinic: TestClinic, patient: Desk
) -> None:
    doctor, who = reader(clinic, patient, PLAIN), own_id(patient)
    break_glass(doctor, who, "Unconscious after a fall")
    opened = open_record(doctor, who)
    assert (opened.right.method, opened.right.narrowed) == (Method.EMERGENCY, False)
    assert "QUIET talk" in repr(opened.record)
    clinic.clock.forward(hours=4)
    assert "QUIET" not in repr(open_record(doctor, who).record)


def test_the_clock_of_the_tests_is_that_of_the_dates() -> None:
    assert datetime.fromtimestamp(NOW / 1000, UTC) == START
