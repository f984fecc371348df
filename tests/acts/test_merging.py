"""Two registrations of one person become one, and a merge can be taken back byte for byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medilink.acts.emergency import break_glass
from medilink.acts.look_back import who_looked_at_my_record
from medilink.acts.merge import (
    compare_side_by_side,
    dismiss_pair,
    list_merges,
    list_suspected,
    merge_patients,
    scan_for_duplicates,
    suspect,
    undo_merge,
)
from medilink.acts.notices import my_notices
from medilink.acts.prescribe import reactions
from medilink.acts.read_record import open_identity, open_record
from medilink.acts.receive import open_with_code
from medilink.acts.register import (
    Slip,
    change_details,
    find_patients,
    give_new_slip,
    record_patient_is_here,
)
from medilink.acts.share import make_share_code
from medilink.acts.sign_in import sign_in
from medilink.acts.write_record import add_entry, correct_entry
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.errors import (
    AccountDisabled,
    EditedMeanwhile,
    MergedAway,
    NoRight,
    NotSuspected,
    Refused,
    ShareRefused,
)
from medilink.family import Relation
from medilink.people import PatientDetails, Sex
from medilink.records import ALL_SECTIONS, Section
from medilink.visits import NewVisit
from tests.clinics import TestClinic, new_clinic

JANE = PatientDetails("Jane", "Wanjiru", Sex.FEMALE, "1990-04-12", False, "+254712345678", "Thika")


def dump(clinic: TestClinic) -> dict[str, list[Any]]:
    """Every row of every table but the log (only added to) and the record of the merge itself."""
    skipped = {"audit_log", "merge", "alembic_version"}
    with clinic.store.file.reading() as connection:
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'patient_name%'"
            " AND name NOT LIKE 'patient_token%'"
        ).scalars()
        return {
            name: sorted(map(repr, connection.exec_driver_sql(f"SELECT * FROM {name}").all()))
            for name in list(names)
            if name not in skipped
        }


def two_of_one(clinic: TestClinic) -> tuple[Slip, Slip]:
    """Jane, registered twice, with things written on both sides."""
    doctor = clinic.provider()
    kept = clinic.register(details=JANE)
    other = clinic.register(details=replace(JANE, given="Jayne", phone="", village="Thika town"))
    for slip, substance in ((kept, "Latex"), (other, "Penicillin")):
        record_patient_is_here(doctor, slip.patient.id, "cough")
        add_entry(doctor, slip.patient.id, Section.ALLERGIES, {"substance": substance})
        write_visit(doctor, slip.patient.id, NewVisit(reason="cough", vitals={"8310-5": "37.2"}))
    child = clinic.register(details=replace(JANE, given="Baraka", birth_date="2020-01-01"))
    clinic.link(child.patient.id, other.patient.medilink_id, Relation.MOTHER)
    return kept, other


def test_everything_goes_to_the_one_that_is_kept(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    patient = clinic.patient(other)
    code = make_share_code(patient, ALL_SECTIONS).code
    clinic.merge(kept.patient, other.patient, {"village": True})
    doctor = clinic.provider()
    record_patient_is_here(doctor, kept.patient.id, "cough")
    record = open_record(doctor, kept.patient.id).record
    assert {a.substance for a in record.allergies} == {"Latex", "Penicillin"}
    assert len(record.encounters) == 2
    assert record.patient.details == replace(JANE, village="Thika town")
    for typed in (other.patient.medilink_id, "Jayne Wanjiru", kept.patient.medilink_id):
        found = [hit.patient.id for hit in find_patients(doctor, typed)]
        assert kept.patient.id in found
        assert other.patient.id not in found
    with pytest.raises(ShareRefused):
        open_with_code(doctor, code)
    with pytest.raises(AccountDisabled):
        sign_in(clinic.desk, other.patient.medilink_id, other.password)
    with pytest.raises(AccountDisabled):
        sign_in(clinic.desk, kept.patient.medilink_id, kept.password)
    again = Slip(kept.patient, give_new_slip(doctor, kept.patient))
    seen = who_looked_at_my_record(clinic.patient(again))
    assert {entry.patient for entry in seen} == {kept.patient.id, other.patient.id}


def test_a_merge_is_taken_back_byte_for_byte(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    make_share_code(clinic.patient(other), ALL_SECTIONS)
    clinic.suspect(kept.patient, other.patient)
    before = dump(clinic)
    names = [hit.patient.id for hit in find_patients(clinic.admin, "Jayne Wanjiru")]
    number = clinic.merge(kept.patient, other.patient, {"given": True})
    assert dump(clinic) != before
    undo_merge(clinic.admin, number)
    assert dump(clinic) == before
    assert [hit.patient.id for hit in find_patients(clinic.admin, "Jayne Wanjiru")] == names
    with pytest.raises(EditedMeanwhile):
        undo_merge(clinic.admin, number)


def test_what_was_written_since_stays_with_the_kept_one(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    number = clinic.merge(kept.patient, other.patient, {})
    doctor = clinic.provider()
    record_patient_is_here(doctor, kept.patient.id, "wound")
    add_entry(doctor, kept.patient.id, Section.ALLERGIES, {"substance": "Egg"})
    now = open_identity(clinic.admin, kept.patient.id)
    change_details(clinic.admin, now, replace(now.details, village="Juja"))
    undo_merge(clinic.admin, number)
    record_patient_is_here(doctor, other.patient.id, "wound")
    mine = open_record(doctor, kept.patient.id).record
    assert {a.substance for a in mine.allergies} == {"Latex", "Egg"}
    assert mine.patient.details.village == "Juja"
    theirs = open_record(doctor, other.patient.id).record
    assert {a.substance for a in theirs.allergies} == {"Penicillin"}


def test_a_merge_into_something_that_was_merged_on_is_not_taken_back_first(
    clinic: TestClinic,
) -> None:
    kept, other = two_of_one(clinic)
    third = clinic.register(details=replace(JANE, given="Janet"))
    first = clinic.merge(kept.patient, other.patient, {})
    merged = open_identity(clinic.admin, kept.patient.id)
    second = clinic.merge(third.patient, merged, {})
    assert find_patients(clinic.admin, other.patient.medilink_id)[0].patient.id == third.patient.id
    with pytest.raises(EditedMeanwhile):
        undo_merge(clinic.admin, first)
    undo_merge(clinic.admin, second)
    undo_merge(clinic.admin, first)
    assert all(done.undone_at for done in list_merges(clinic.admin))


def test_of_two_who_merge_or_edit_at_once_one_is_told(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    change_details(clinic.admin, other.patient, replace(other.patient.details, village="Juja"))
    with pytest.raises(EditedMeanwhile):
        clinic.merge(kept.patient, other.patient, {})


def test_suspicions_are_listed_compared_and_dismissed_once(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    assert scan_for_duplicates(clinic.admin) == 1
    assert scan_for_duplicates(clinic.admin) == 0
    pair = list_suspected(clinic.admin)[0]
    assert (pair.low, pair.high) == (kept.patient.id, other.patient.id)
    both = compare_side_by_side(clinic.admin, pair.low, pair.high)
    assert both.entries[kept.patient.id, "allergies"] == 1
    dismiss_pair(clinic.admin, pair, "sisters")
    with pytest.raises(EditedMeanwhile):
        dismiss_pair(clinic.admin, pair, "again")
    assert scan_for_duplicates(clinic.admin) == 0
    for desk in (clinic.patient(kept), clinic.desk):
        with pytest.raises(Refused):
            scan_for_duplicates(desk)


def test_registering_in_spite_of_a_warning_is_told_to_administrators(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    suspect(clinic.provider(), other.patient, [kept.patient])
    assert [n.title for n in my_notices(clinic.admin)] == ["Somebody may be registered twice"]
    assert len(list_suspected(clinic.admin)) == 1


@settings(max_examples=15, deadline=None)
@given(
    taken=st.sets(st.sampled_from(["given", "family", "sex", "birth_date", "phone", "village"])),
    mine=st.lists(st.text(min_size=1, max_size=20), max_size=4),
    theirs=st.lists(st.text(min_size=1, max_size=20), max_size=4),
)
def test_any_merge_is_taken_back_byte_for_byte(
    taken: set[str], mine: list[str], theirs: list[str]
) -> None:
    with TemporaryDirectory() as folder:
        clinic = new_clinic(Path(folder) / "clinic")
        doctor, slips = clinic.provider(), [clinic.register(details=JANE), clinic.register()]
        for slip, notes in zip(slips, (mine, theirs), strict=True):
            record_patient_is_here(doctor, slip.patient.id, "cough")
            for note in notes:
                if note.strip():
                    write_visit(doctor, slip.patient.id, NewVisit(notes=note))
        one, other = (slip.patient for slip in slips)
        clinic.suspect(one, other)
        before = dump(clinic)
        number = clinic.merge(one, other, dict.fromkeys(taken, True))
        undo_merge(clinic.admin, number)
        assert dump(clinic) == before
        clinic.store.close()


def test_only_what_is_suspected_is_merged(clinic: TestClinic) -> None:
    kept, other = clinic.register(details=JANE), clinic.register()
    with pytest.raises(NotSuspected):
        merge_patients(clinic.admin, kept.patient, other.patient, {})


def test_nothing_is_hung_on_a_registration_that_was_merged_away(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    patient, doctor = clinic.patient(other), clinic.provider()
    record_patient_is_here(doctor, other.patient.id, "cough")
    clinic.merge(kept.patient, other.patient, {})
    for write in (
        lambda: add_entry(doctor, other.patient.id, Section.ALLERGIES, {"substance": "Egg"}),
        lambda: write_visit(doctor, other.patient.id, NewVisit(reason="cough")),
        lambda: record_patient_is_here(doctor, other.patient.id, "cough"),
        lambda: break_glass(doctor, other.patient.id, "unconscious on the road"),
        lambda: make_share_code(patient, ALL_SECTIONS),
        lambda: give_new_slip(doctor, other.patient),
    ):
        with pytest.raises(MergedAway):
            write()


def test_what_was_corrected_since_goes_back_with_its_first_version(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    number = clinic.merge(kept.patient, other.patient, {})
    doctor = clinic.provider()
    record_patient_is_here(doctor, kept.patient.id, "cough")
    for severity in ("moderate", "severe"):
        record = open_record(doctor, kept.patient.id).record
        penicillin = next(
            a for a in record.allergies if a.substance == "Penicillin" and a.status == "active"
        )
        typed = {"substance": "Penicillin", "severity": severity}
        correct_entry(doctor, kept.patient.id, penicillin, typed, "asked again")
    undo_merge(clinic.admin, number)
    record_patient_is_here(doctor, other.patient.id, "cough")
    record = open_record(doctor, other.patient.id).record
    active = [(a.substance, a.severity) for a in record.allergies if a.status == "active"]
    assert active == [("Penicillin", "severe")]
    assert reactions(doctor, other.patient.id, ["Amoxicillin"])


def test_care_of_one_is_not_care_of_the_other(clinic: TestClinic) -> None:
    kept, other = clinic.register(details=JANE), clinic.register(details=JANE)
    doctor = clinic.provider()
    record_patient_is_here(doctor, other.patient.id, "cough")
    number = clinic.merge(kept.patient, other.patient, {})
    with pytest.raises(NoRight):
        open_record(doctor, kept.patient.id)
    undo_merge(clinic.admin, number)
    with pytest.raises(NoRight):
        open_record(doctor, kept.patient.id)
    open_record(doctor, other.patient.id)


def test_who_read_while_two_were_one_is_told_to_both(clinic: TestClinic) -> None:
    kept, other = two_of_one(clinic)
    number = clinic.merge(kept.patient, other.patient, {})
    reader = clinic.provider("Baraka Juma")
    record_patient_is_here(reader, kept.patient.id, "cough")
    open_record(reader, kept.patient.id)
    clinic.clock.forward(minutes=1)
    undo_merge(clinic.admin, number)
    seen = who_looked_at_my_record(clinic.patient(other))
    assert any(e.act == Act.OPEN_RECORD and "Baraka" in e.actor_name for e in seen)
    titles = [n.title for n in my_notices(clinic.patient(other))]
    assert "Two registrations of yours were made one" in titles
