"""Registering, changing and writing: all or nothing, and two people at once are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medilink.acts.drafts import find_draft, keep_draft, throw_draft_away
from medilink.acts.look_back import read_log, who_looked_at_my_record
from medilink.acts.read_record import open_identity, open_record
from medilink.acts.register import (
    TypedDetails,
    change_details,
    find_patients,
    read_details,
    record_patient_is_here,
    suspected_duplicates,
)
from medilink.acts.write_record import add_entry, end_entry
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.errors import (
    EditedMeanwhile,
    Missing,
    NoRight,
    NothingWritten,
    NotValid,
    Refused,
    TooLong,
)
from medilink.people import Patient, PatientDetails, Sex, fold
from medilink.records import Section
from medilink.store import LogFilter
from medilink.visits import NewVisit
from tests.clinics import START, TestClinic

TODAY = START.date()


def test_registration_gives_ids_that_differ_and_a_password_that_works(clinic: TestClinic) -> None:
    slips = [clinic.register() for _ in range(5)]
    assert len({slip.patient.medilink_id for slip in slips}) == 5
    assert clinic.patient(slips[0]).who.must_change


@pytest.mark.parametrize(
    "typed",
    [
        TypedDetails(),
        TypedDetails(given="A", birth_date="2030-01-01"),
        TypedDetails(given="A", birth_date="32/13/1980"),
        TypedDetails(given="A", age="200"),
        TypedDetails(given="A", age="abc"),
        TypedDetails(given="A", phone="12"),
        TypedDetails(given="x" * 5_000_000),
    ],
)
def test_a_form_that_cannot_be_right_says_which_field(typed: TypedDetails) -> None:
    with pytest.raises(NotValid) as refused:
        read_details(typed, "KE", TODAY)
    assert len(refused.value.sentence) < 300


def test_an_estimated_age_becomes_a_birth_year_marked_as_a_guess() -> None:
    details = read_details(TypedDetails(given="Akinyi", age="40"), "KE", TODAY)
    assert (details.birth_date, details.birth_estimated) == ("1986", True)


def test_a_person_is_found_misspelt_by_phone_by_id_and_by_birth_date(clinic: TestClinic) -> None:
    slip = clinic.register(
        details=PatientDetails(
            "Wanjiku", "Ng'ang'a", Sex.FEMALE, "1984-05-23", False, "+254712345678", "Kibera"
        )  # fmt: skip
    )
    for other in ("Otieno", "Mwangi", "Kamau"):
        clinic.register(details=PatientDetails("Peter", other, Sex.MALE))
    for typed in ("wanjuku nganga", "Nganga Wanjiku", "wanj", "0712345", "+254 712 345 678",
                  slip.patient.medilink_id, "23/05/1984", "1984-05"):  # fmt: skip
        found = find_patients(clinic.admin, typed)
        assert found, typed
        assert found[0].patient.id == slip.patient.id, typed


@pytest.mark.parametrize(
    "typed", ['"; DROP TABLE patient', "a* OR b", "NEAR(", "''", "%%%", "x" * 5000]
)
def test_search_takes_any_text(clinic: TestClinic, typed: str) -> None:
    clinic.register()
    find_patients(clinic.admin, typed)


def test_paging_through_the_alphabet_shows_in_the_log(clinic: TestClinic) -> None:
    before = clinic.store.log.head().seq
    for letters in ("aa", "ab", "ba", "bb", "bba", "bbab"):
        find_patients(clinic.admin, letters)
    assert clinic.store.log.head().seq - before == 5
    rows = list(clinic.store.log.rows())
    assert all(b"bba" not in (row.detail or b"") for row in rows)


def test_every_number_that_is_tried_shows_in_the_log_under_a_digest_of_its_own(
    clinic: TestClinic,
) -> None:
    ids = [clinic.register().patient.medilink_id for _ in range(6)]
    for typed in [*ids, "+254712000001", "+254712000002"]:
        find_patients(clinic.admin, typed)
    entries = read_log(clinic.admin, LogFilter(acts=frozenset({Act.FIND_PATIENT})))
    assert len(entries) == len({entry.extra["typed"] for entry in entries}) == 8
    assert len({entry.extra["looked_for"] for entry in entries}) == 2  # "ML-" and "+25"
    digest = clinic.desk.keys.search_digest(fold(ids[0])).hex()
    assert digest.startswith(entries[-1].extra["typed"])


def test_a_name_typed_letter_by_letter_is_no_more_entries_than_its_beginnings(
    clinic: TestClinic,
) -> None:
    def entries_of(*texts: str) -> int:
        before = clinic.store.log.head().seq
        for text in texts:
            find_patients(clinic.admin, text)
        return clinic.store.log.head().seq - before

    name = "wanjiku nganga"
    growing = [name[:length] for length in range(2, len(name) + 1)]
    assert entries_of(*growing) == 2  # "wa" and "wan"
    assert entries_of(*reversed(growing), "Wanjiku  Ng'ang'a", "wanji nganga") == 0
    assert entries_of("wanjiru", "wanjiku", "wanjiru") == 1
    clinic.clock.forward(minutes=11)
    assert entries_of(name) == 1


def test_whoever_deletes_a_letter_and_types_another_is_logged_each_time(
    clinic: TestClinic,
) -> None:
    before = clinic.store.log.head().seq
    for letter in "ABCDEFGH":
        find_patients(clinic.admin, "ML-")
        find_patients(clinic.admin, f"ML-{letter}")
    assert clinic.store.log.head().seq - before == 8 + 1  # and "ml", before anything follows


def test_a_second_registration_of_the_same_person_is_suspected(clinic: TestClinic) -> None:
    clinic.register(details=PatientDetails("Amina", "Otieno", Sex.FEMALE, "1990-01-01"))
    alike = PatientDetails("Aminah", "Otiieno", Sex.FEMALE, "1990")
    assert suspected_duplicates(clinic.admin, alike)
    assert not suspected_duplicates(clinic.admin, replace(alike, given="Beatrice"))
    assert not suspected_duplicates(clinic.admin, replace(alike, birth_date="1950"))


def test_the_second_of_two_editors_is_shown_what_the_first_saved(clinic: TestClinic) -> None:
    slip = clinic.register()
    one, two = clinic.provider("One"), clinic.provider("Two")
    seen = open_identity(one, slip.patient.id)
    change_details(one, seen, replace(seen.details, village="Nakuru"))
    with pytest.raises(EditedMeanwhile) as conflict:
        change_details(two, seen, replace(seen.details, phone="+254700000000"))
    theirs = conflict.value.theirs
    assert isinstance(theirs, Patient)
    assert theirs.details.village == "Nakuru"
    assert open_identity(two, slip.patient.id).details.phone == seen.details.phone
    saved = change_details(two, theirs, replace(theirs.details, phone="+254700000000"))
    assert (saved.details.village, saved.details.phone) == ("Nakuru", "+254700000000")


def test_a_changed_name_is_found_by_the_new_one_only(clinic: TestClinic) -> None:
    slip = clinic.register(details=PatientDetails("Zawadi", "Chebet", Sex.FEMALE))
    change_details(clinic.admin, slip.patient, replace(slip.patient.details, family="Kiprotich"))
    assert find_patients(clinic.admin, "Kiprotich")
    assert not find_patients(clinic.admin, "Chebet")


def test_writing_needs_the_patient_in_care(clinic: TestClinic) -> None:
    slip, doctor = clinic.register(), clinic.provider()
    with pytest.raises(NoRight):
        write_visit(doctor, slip.patient.id, NewVisit(notes="x"))
    record_patient_is_here(doctor, slip.patient.id, "here for a visit")
    write_visit(doctor, slip.patient.id, NewVisit(notes="x"))
    clinic.clock.forward(hours=25)
    with pytest.raises(NoRight):
        write_visit(doctor, slip.patient.id, NewVisit(notes="x"))
    with pytest.raises(Refused):
        record_patient_is_here(clinic.admin, slip.patient.id, "x")


def test_a_visit_that_cannot_be_saved_saves_nothing_and_keeps_the_draft(
    clinic: TestClinic,
) -> None:
    doctor = clinic.provider()
    slip = clinic.register(by=doctor)
    typed = {"notes": "n" * 10}
    keep_draft(doctor, slip.patient.id, "visit", typed)
    with pytest.raises(NothingWritten):
        write_visit(doctor, slip.patient.id, NewVisit())
    with pytest.raises(TooLong):
        write_visit(doctor, slip.patient.id, NewVisit(notes="x" * 5_000_000))
    assert open_record(doctor, slip.patient.id).record.entries() == ()
    assert find_draft(doctor, slip.patient.id, "visit") == typed


def test_a_draft_survives_a_sign_out_and_belongs_to_one_person(clinic: TestClinic) -> None:
    doctor, other = clinic.provider(), clinic.provider("Other")
    slip = clinic.register(by=doctor)
    keep_draft(doctor, slip.patient.id, "visit", {"notes": "half a sentence"})
    again = clinic.at_desk(doctor.who)
    assert find_draft(again, slip.patient.id, "visit") == {"notes": "half a sentence"}
    assert find_draft(other, slip.patient.id, "visit") == {}
    write_visit(again, slip.patient.id, NewVisit(notes="whole"))
    assert find_draft(again, slip.patient.id, "visit") == {}
    throw_draft_away(again, slip.patient.id, "visit")


def test_ending_an_entry_twice_tells_the_second_person(clinic: TestClinic) -> None:
    doctor = clinic.provider()
    slip = clinic.register(by=doctor)
    entry = add_entry(doctor, slip.patient.id, Section.CONDITIONS, {"name": "Malaria"})
    end_entry(doctor, slip.patient.id, entry, "healed")
    with pytest.raises(EditedMeanwhile):
        end_entry(doctor, slip.patient.id, entry, "healed")
    kept = open_record(doctor, slip.patient.id).record.conditions[0]
    assert (kept.status, kept.ended_at) == ("resolved", doctor.now)
    with pytest.raises(Missing):
        add_entry(doctor, slip.patient.id, Section.ALLERGIES, {"substance": "  "})


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "=cmd()", "ሰላም", "مرحبا", "🤒", "a\u0300"]
)
def test_any_script_is_kept_letter_for_letter(clinic: TestClinic, text: str) -> None:
    doctor = clinic.provider()
    slip = clinic.register(by=doctor)
    write_visit(doctor, slip.patient.id, NewVisit(reason=text, notes=text, diagnoses=(text,)))
    record = open_record(doctor, slip.patient.id).record
    assert record.encounters[0].notes == text
    assert record.conditions[0].name == text


def test_the_patient_sees_who_wrote_and_registered(clinic: TestClinic) -> None:
    doctor = clinic.provider("Amina Otieno")
    slip = clinic.register(by=doctor)
    write_visit(doctor, slip.patient.id, NewVisit(notes="x"))
    entries = who_looked_at_my_record(clinic.patient(slip))
    acts = [entry.act for entry in entries if entry.actor_name == "Amina Otieno (doctor)"]
    assert acts == [
        "write record",
        "add account",
        "record patient is here",
        "register patient",
    ]
