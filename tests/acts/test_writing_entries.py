"""Entries added, corrected, ended and struck: nothing is lost, and nobody overwrites another."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medilink.absence import Knowledge, allergy_knowledge, listed, stated_absence
from medilink.acts.corrections import (
    answer_correction,
    ask_correction,
    list_corrections,
    patients_waiting,
)
from medilink.acts.documents import add_document, open_document, open_photo, set_photo
from medilink.acts.emergency import break_glass
from medilink.acts.look_back import who_looked_at_my_record
from medilink.acts.prescribe import taken_in_spite
from medilink.acts.profile import change_own_reach, change_profile, see_changes
from medilink.acts.read_record import open_identity, open_record
from medilink.acts.receive import open_with_code
from medilink.acts.register import find_patients, record_patient_is_here
from medilink.acts.share import make_share_code
from medilink.acts.write_record import (
    add_entry,
    correct_entry,
    end_entry,
    state_absence,
    strike_entry,
)
from medilink.acts.write_visit import amend_visit, write_visit
from medilink.audit import Method
from medilink.correcting import CorrectionState
from medilink.desk import Desk
from medilink.errors import (
    AllergyBothNoneAndListed,
    AlreadySaid,
    CodeUnknown,
    DateInFuture,
    DoseMissing,
    EditedMeanwhile,
    FileNotAPicture,
    Missing,
    NoRight,
    NotFound,
    NotVerified,
    NotYours,
    PatientReacts,
    PhoneUnreadable,
    ReasonMissing,
    Refused,
    TooManyWishes,
)
from medilink.people import PatientDetails, PatientId, Sex
from medilink.records import Allergy, Medication, Record, Section, recorded_at
from medilink.visits import NewVisit, Prescribed
from tests.clinics import TestClinic, own_id
from tests.rules.test_attachments import pdf, picture


@pytest.fixture
def at_the_desk(clinic: TestClinic) -> tuple[Desk, Desk, PatientId]:
    """A doctor with a patient who is here, the patient, and the patient's number."""
    doctor, patient = clinic.provider(), clinic.patient()
    record_patient_is_here(doctor, own_id(patient), "cough")
    return doctor, patient, own_id(patient)


def record_of(desk: Desk, patient: PatientId) -> Record:
    return open_record(desk, patient).record


Here = tuple[Desk, Desk, PatientId]


def test_no_known_allergies_is_something_else_than_not_asked(at_the_desk: Here) -> None:
    doctor, _, patient = at_the_desk
    assert allergy_knowledge(record_of(doctor, patient)) is Knowledge.NOT_ASKED
    state_absence(doctor, patient, Section.ALLERGIES)
    assert allergy_knowledge(record_of(doctor, patient)) is Knowledge.NONE_KNOWN
    with pytest.raises(AlreadySaid):
        state_absence(doctor, patient, Section.ALLERGIES)


def test_allergies_are_never_both_none_and_listed(at_the_desk: Here) -> None:
    doctor, _, patient = at_the_desk
    state_absence(doctor, patient, Section.ALLERGIES)
    add_entry(doctor, patient, Section.ALLERGIES, {"substance": "Latex", "reaction": "rash"})
    record = record_of(doctor, patient)
    assert allergy_knowledge(record) is Knowledge.LISTED
    assert sorted(a.status for a in record.allergies) == ["active", "superseded"]
    with pytest.raises(AllergyBothNoneAndListed):
        state_absence(doctor, patient, Section.ALLERGIES)
    with pytest.raises(AlreadySaid):
        add_entry(doctor, patient, Section.ALLERGIES, {"substance": "LATEX", "reaction": "Rash"})


@pytest.mark.parametrize(
    ("section", "typed", "error"),
    [
        (Section.MEDICATIONS, {"name": "Metformin"}, DoseMissing),
        (Section.MEDICATIONS, {"dose": "500 mg"}, Missing),
        (Section.ALLERGIES, {"substance": " "}, Missing),
        (Section.ALLERGIES, {"substance": "Egg", "severity": "terrible"}, CodeUnknown),
        (Section.CONDITIONS, {"name": "Asthma", "since": "2031"}, DateInFuture),
        (Section.CONTACTS, {"name": "Amina", "phone": "12"}, PhoneUnreadable),
        (Section.IMMUNISATIONS, {"dose": "1"}, Missing),
    ],
)
def test_what_cannot_be_right_is_refused_whole(
    at_the_desk: Here, section: Section, typed: dict[str, str], error: type[Exception]
) -> None:
    doctor, _, patient = at_the_desk
    before = record_of(doctor, patient).entries()
    with pytest.raises(error):
        add_entry(doctor, patient, section, typed)
    assert record_of(doctor, patient).entries() == before


def test_a_correction_keeps_both_versions_and_says_why(at_the_desk: Here) -> None:
    doctor, _, patient = at_the_desk
    old = add_entry(doctor, patient, Section.ALLERGIES, {"substance": "Peanut"})
    with pytest.raises(ReasonMissing):
        correct_entry(doctor, patient, old, {"substance": "Penicillin"}, " ")
    new = correct_entry(doctor, patient, old, {"substance": "Penicillin"}, "misheard")
    record = record_of(doctor, patient)
    assert [a.substance for a in record.allergies] == ["Penicillin"]
    assert [v.substance for v in record.earlier_versions(new)] == ["Peanut"]  # type: ignore[union-attr]
    assert record.allergies[0].why == "misheard"
    with pytest.raises(EditedMeanwhile):
        correct_entry(doctor, patient, old, {"substance": "Pollen"}, "me too")


def test_of_two_who_end_and_correct_at_once_one_is_told(
    clinic: TestClinic, at_the_desk: Here
) -> None:
    doctor, _, patient = at_the_desk
    nurse = clinic.provider("Joseph Ouma")
    record_patient_is_here(nurse, patient, "wound")
    entry = add_entry(doctor, patient, Section.MEDICATIONS, {"name": "Metformin", "dose": "500 mg"})
    end_entry(nurse, patient, entry, "no longer needed")
    with pytest.raises(EditedMeanwhile):
        correct_entry(doctor, patient, entry, {"name": "Metformin", "dose": "850 mg"}, "more")
    stopped = record_of(doctor, patient).medications[0]
    assert (stopped.status, stopped.why) == ("stopped", "no longer needed")
    assert stopped.ended_at == doctor.now


def test_an_entry_of_the_wrong_patient_is_struck_and_stays_readable(at_the_desk: Here) -> None:
    doctor, _, patient = at_the_desk
    entry = add_entry(doctor, patient, Section.CONDITIONS, {"name": "Epilepsy"})
    strike_entry(doctor, patient, entry, "wrong patient")
    record = record_of(doctor, patient)
    assert not record.conditions
    assert [(v.status, v.why) for v in record.versions] == [("entered-in-error", "wrong patient")]


def test_a_signed_visit_is_amended_never_overwritten(at_the_desk: Here) -> None:
    doctor, _, patient = at_the_desk
    visit = NewVisit(reason="fever", history="two days", examination="throat red", plan="rest",
                     follow_up="in a week", vitals={"8310-5": "38.2"})  # fmt: skip
    old = write_visit(doctor, patient, visit)
    new = amend_visit(doctor, patient, old, NewVisit(reason="fever and rash"), "rash was missed")
    record = record_of(doctor, patient)
    assert [e.reason for e in record.encounters] == ["fever and rash"]
    kept = record.earlier_versions(new)[0]
    assert kept == old._replace(status="amended")
    with pytest.raises(EditedMeanwhile):
        amend_visit(doctor, patient, old, NewVisit(reason="something else"), "late")


def test_a_visit_may_lie_in_the_past_and_says_when_it_was_written(at_the_desk: Here) -> None:
    doctor, _, patient = at_the_desk
    then = doctor.now - 3 * 86_400_000
    saved = write_visit(doctor, patient, NewVisit(reason="home visit", at=then))
    assert (saved.at, recorded_at(saved)) == (then, doctor.now)
    with pytest.raises(DateInFuture):
        write_visit(doctor, patient, NewVisit(reason="x", at=doctor.now + 3 * 86_400_000))


def test_a_medicine_the_patient_reacts_to_needs_a_reason(at_the_desk: Here) -> None:
    doctor, _, patient = at_the_desk
    add_entry(doctor, patient, Section.ALLERGIES, {"substance": "Penicillin", "reaction": "rash"})
    drug = Prescribed("Penicillin V", "250 mg")
    with pytest.raises(PatientReacts):
        write_visit(doctor, patient, NewVisit(medications=(drug,)))
    with pytest.raises(PatientReacts):
        add_entry(doctor, patient, Section.MEDICATIONS, {"name": drug.name, "dose": drug.dose})
    assert not record_of(doctor, patient).medications
    sure = Prescribed("Penicillin V", "250 mg", override="skin test was negative")
    write_visit(doctor, patient, NewVisit(medications=(sure,)))
    assert record_of(doctor, patient).medications[0].override == "skin test was negative"
    last = list(doctor.store.log.rows())[-2:]
    assert any(b"allergy_overridden" in (row.detail or b"") for row in last)


# ---- what belongs to the person


def test_a_patient_keeps_contacts_and_wishes_but_not_the_blood_type(at_the_desk: Here) -> None:
    doctor, patient, number = at_the_desk
    add_entry(patient, number, Section.CONTACTS,
              {"name": "Mama Akinyi", "phone": "0712 345 678", "primary": "1"})  # fmt: skip
    profile = change_profile(patient, number, None, {"donor": "yes", "language": "sw"})
    with pytest.raises(NotYours):
        change_profile(patient, number, profile, {"blood": "O+"})
    with pytest.raises(EditedMeanwhile):
        change_profile(doctor, number, None, {"blood": "O+"})
    change_profile(doctor, number, profile, {"blood": "O+"})
    record = record_of(patient, number)
    assert record.contacts[0].phone == "+254712345678"
    assert record.profile is not None
    assert (record.profile.donor, record.profile.blood) == ("yes", "O+")
    with pytest.raises(Refused):
        add_entry(patient, number, Section.ALLERGIES, {"substance": "Egg"})
    with pytest.raises(EditedMeanwhile):
        change_profile(patient, number, profile, {"donor": "no"})


def test_each_change_is_kept_field_by_field_and_bound_to_the_log(at_the_desk: Here) -> None:
    doctor, patient, number = at_the_desk
    person = open_identity(patient, number)
    change_own_reach(patient, person, phone="0799 000 111", village="Kisumu")
    change_profile(doctor, number, None, {"pharmacy": "Tumaini Chemist"})
    told = [(c.what, c.field, c.old, c.new, c.author) for c in see_changes(patient, number)]
    assert sorted(told) == [
        ("details", "phone", "+254712345678", "+254799000111", patient.who.title),
        ("details", "village", "Kibera", "Kisumu", patient.who.title),
        ("profile", "pharmacy", "", "Tumaini Chemist", doctor.who.title),
    ]
    seen = who_looked_at_my_record(patient)
    assert all("Tumaini" not in str(entry.extra) for entry in seen)


def test_nobody_changes_what_is_another_persons(clinic: TestClinic, at_the_desk: Here) -> None:
    _, _, number = at_the_desk
    other, stranger = clinic.patient(), clinic.provider("Otieno")
    for desk in (other, stranger):
        with pytest.raises(Refused):
            change_profile(desk, number, None, {"donor": "no"})
        with pytest.raises(Refused):
            add_entry(desk, number, Section.CONTACTS, {"name": "X", "phone": "0712345678"})
        with pytest.raises(Refused):
            see_changes(desk, number)


# ---- documents


def test_a_document_is_read_back_byte_for_byte_by_whoever_may(
    clinic: TestClinic, at_the_desk: Here
) -> None:
    doctor, patient, number = at_the_desk
    body = pdf()
    kept = add_document(doctor, number, title="Discharge letter", kind="Letter", body=body)
    assert open_document(patient, number, kept.uid) == body
    with pytest.raises(FileNotAPicture):
        add_document(doctor, number, title="x", kind="Letter", body=b"MZ program")
    with pytest.raises(NotFound):
        open_document(patient, number, bytes(16))
    with pytest.raises(NoRight):
        open_document(clinic.provider("Otieno"), number, kept.uid)


def test_a_code_without_documents_opens_no_document(clinic: TestClinic, at_the_desk: Here) -> None:
    doctor, patient, number = at_the_desk
    kept = add_document(doctor, number, title="Letter", kind="Letter", body=picture())
    guest = clinic.provider("Visitor")
    made = make_share_code(patient, frozenset({Section.ALLERGIES}))
    open_with_code(guest, made.code)
    with pytest.raises(NoRight):
        open_document(guest, number, kept.uid)


def test_a_photo_is_kept_small_and_shown_with_the_profile(at_the_desk: Here) -> None:
    _, patient, number = at_the_desk
    profile = set_photo(patient, number, None, picture(1200, "JPEG"))
    assert len(open_photo(patient, number, profile)) < 200_000


# ---- wishes


def test_a_wish_is_answered_once_and_the_entry_stays_the_clinicians(at_the_desk: Here) -> None:
    doctor, patient, number = at_the_desk
    entry = add_entry(doctor, number, Section.CONDITIONS, {"name": "Asthma"})
    ask_correction(patient, number, entry, "Asthma", "It was bronchitis")
    assert list(patients_waiting(doctor)) == [number]
    wish = list_corrections(doctor, number)[0]
    with pytest.raises(Missing):
        answer_correction(doctor, wish.id, CorrectionState.REFUSED, "")
    with pytest.raises(Refused):
        answer_correction(patient, wish.id, CorrectionState.DONE, "yes")
    answer_correction(doctor, wish.id, CorrectionState.REFUSED, "The test showed asthma")
    with pytest.raises(EditedMeanwhile):
        answer_correction(patient, wish.id, CorrectionState.WITHDRAWN, "")
    assert list_corrections(patient, number)[0].answer == "The test showed asthma"
    assert not patients_waiting(doctor)


# ---- any text


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_what_is_typed_is_read_back_letter_for_letter(data: st.DataObject) -> None:
    """Any script, through every text field of a medicine and back as it would be typed."""
    from medilink.entering import Stamp, make_entry, typed_of  # noqa: PLC0415
    from tests.clinics import START  # noqa: PLC0415

    texts = st.text(
        st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=80
    )
    named = texts.map(str.strip).filter(bool).map(lambda text: " ".join(text.split()))
    typed = {"name": data.draw(named), "dose": data.draw(named), "frequency": data.draw(named)}
    made = make_entry(
        Section.MEDICATIONS, typed, Stamp(bytes(16), 1, "a", "o"), country="KE", today=START.date()
    )
    again = typed_of(made, Section.MEDICATIONS)
    remade = make_entry(
        Section.MEDICATIONS, again, Stamp(bytes(16), 1, "a", "o"), country="KE", today=START.date()
    )
    assert remade == made


def test_a_correction_to_a_medicine_the_patient_reacts_to_is_checked(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    who = own_id(patient)
    record_patient_is_here(doctor, who, "cough")
    add_entry(doctor, who, Section.ALLERGIES, {"substance": "Penicillin"})
    given = add_entry(doctor, who, Section.MEDICATIONS, {"name": "Paracetamol", "dose": "1 g"})
    typed = {"name": "Amoxicillin", "dose": "500 mg"}
    with pytest.raises(PatientReacts):
        correct_entry(doctor, who, given, typed, "wrong medicine")
    now = correct_entry(doctor, who, given, typed, "wrong medicine", override="no other here")
    assert isinstance(now, Medication)
    assert now.override == "no other here"
    dose = correct_entry(doctor, who, now, {"name": "Amoxicillin", "dose": "250 mg"}, "too much")
    assert isinstance(dose, Medication)
    assert dose.override == "no other here", "the reason stays while the medicine is the same"


def test_a_code_for_one_part_shows_no_changes_of_the_person(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    who = own_id(patient)
    ask_correction(patient, who, None, "", "My viral load of May is missing")
    parts = frozenset({Section.IMMUNISATIONS, Section.CONTACTS})
    open_with_code(doctor, make_share_code(patient, parts).code)
    with pytest.raises(NoRight):
        see_changes(doctor, who)
    assert list_corrections(doctor, who) == []


def test_where_only_checked_providers_may_open_nothing_else_opens_either(
    clinic: TestClinic,
) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    who = own_id(patient)
    record_patient_is_here(doctor, who, "cough")
    strict = replace(doctor.clinic, unverified_may_open=0)
    doctor = replace(doctor, clinic=strict)
    for act in (
        lambda: open_record(doctor, who),
        lambda: see_changes(doctor, who),
        lambda: list_corrections(doctor, who),
        lambda: write_visit(doctor, who, NewVisit(reason="cough")),
        lambda: add_entry(doctor, who, Section.ALLERGIES, {"substance": "Egg"}),
    ):
        with pytest.raises(NotVerified):
            act()


def test_only_so_many_wishes_wait(clinic: TestClinic) -> None:
    patient = clinic.patient()
    for number in range(20):
        ask_correction(patient, own_id(patient), None, "", f"wish {number}")
    with pytest.raises(TooManyWishes):
        ask_correction(patient, own_id(patient), None, "", "one more")


def test_none_ends_with_the_first_that_a_visit_brings(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    who = own_id(patient)
    record_patient_is_here(doctor, who, "cough")
    for section in (Section.CONDITIONS, Section.MEDICATIONS):
        state_absence(doctor, who, section)
    drug = Prescribed("Paracetamol", "1 g")
    for _ in range(2):
        write_visit(doctor, who, NewVisit(diagnoses=("Malaria",), medications=(drug,)))
    record = open_record(doctor, who).record
    assert [c.name for c in listed(record, Section.CONDITIONS)] == ["Malaria"]
    assert [m.name for m in listed(record, Section.MEDICATIONS)] == ["Paracetamol"]
    assert stated_absence(record, Section.CONDITIONS) is None
    assert stated_absence(record, Section.MEDICATIONS) is None


def test_a_diagnosis_amended_away_leaves_the_summary(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    who = own_id(patient)
    record_patient_is_here(doctor, who, "cough")
    visit = write_visit(doctor, who, NewVisit(diagnoses=("HIV infection", "Cough")))
    amend_visit(doctor, who, visit, NewVisit(diagnoses=("Influenza", "Cough")), "wrong patient")
    record = open_record(doctor, who).record
    active = sorted(c.name for c in record.conditions if c.status == "active")
    assert active == ["Cough", "Influenza"]


def test_a_visit_on_the_wrong_patient_takes_everything_along(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    who = own_id(patient)
    record_patient_is_here(doctor, who, "cough")
    drug = Prescribed("Paracetamol", "1 g")
    visit = write_visit(
        doctor, who, NewVisit(diagnoses=("Malaria",), medications=(drug,), vitals={"8867-4": "80"})
    )
    strike_entry(doctor, who, visit, "it was another patient")
    record = open_record(doctor, who).record
    assert record.latest("8867-4") is None
    assert not listed(record, Section.CONDITIONS)
    assert not listed(record, Section.MEDICATIONS)
    assert not record.encounters


def test_a_new_allergy_speaks_against_what_is_taken(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    who = own_id(patient)
    record_patient_is_here(doctor, who, "cough")
    add_entry(doctor, who, Section.MEDICATIONS, {"name": "Amoxicillin", "dose": "500 mg"})
    allergy = add_entry(doctor, who, Section.ALLERGIES, {"substance": "Penicillin"})
    assert isinstance(allergy, Allergy)
    assert [w.medicine for w in taken_in_spite(doctor, who, allergy)] == ["amoxicillin"]


def test_an_emergency_opens_in_a_strict_clinic_too(clinic: TestClinic) -> None:
    patient, nurse = clinic.patient(), clinic.provider()
    nurse = replace(nurse, clinic=replace(nurse.clinic, unverified_may_open=0))
    break_glass(nurse, own_id(patient), "unconscious on the road")
    assert open_record(nurse, own_id(patient)).right.method is Method.EMERGENCY


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("محمد", "الأمين"),
        ("ሰላም", "ተስፋዬ"),
        ("Ng'endo", "N\u0303a\u0301mbura"),  # combining marks are drawn together (NFC)
        ("नेहा", "शर्मा"),
    ],
)
def test_names_in_any_script_are_kept_found_and_written_about(
    clinic: TestClinic, given: str, family: str
) -> None:
    doctor = clinic.provider()
    slip = clinic.register(by=doctor, details=PatientDetails(given, family, Sex.UNKNOWN))
    assert slip.patient.details.given == unicodedata.normalize("NFC", given)
    assert slip.patient.id in [hit.patient.id for hit in find_patients(doctor, given)]
    add_entry(doctor, slip.patient.id, Section.ALLERGIES, {"substance": given})
    assert record_of(doctor, slip.patient.id).allergies[0].substance == given


def test_marks_that_turn_the_reading_direction_are_no_part_of_a_name(clinic: TestClinic) -> None:
    turned = clinic.register(details=PatientDetails("Asha\u202etxt.exe", "Juma", Sex.FEMALE))
    assert turned.patient.details.given == "Asha txt.exe"
