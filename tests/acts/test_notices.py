"""Notices tell people what is their business, and only that; they are the log."""

from __future__ import annotations

from database.schema_log import TOLD_TO_STAFF
from medilink.acts.emergency import break_glass
from medilink.acts.notices import (
    count_unread,
    mark_all_read,
    mark_read,
    my_notices,
    switch_off,
)
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_record import add_entry
from medilink.audit import Act
from medilink.notices import KIND_WORDS, RULES, TO_STAFF, Kind, due_messages
from medilink.records import Section
from tests.clinics import TestClinic, own_id


def test_a_patient_hears_who_opened_and_wrote_and_nothing_of_others(clinic: TestClinic) -> None:
    patient, other, doctor = clinic.patient(), clinic.patient(), clinic.provider()
    mark_all_read(patient, my_notices(patient))
    record_patient_is_here(doctor, own_id(patient), "cough")
    open_record(doctor, own_id(patient))
    add_entry(doctor, own_id(patient), Section.ALLERGIES, {"substance": "Latex"})
    open_record(patient, own_id(patient))
    unread = [n.title for n in my_notices(patient) if not n.read]
    assert unread == ["Something was written in your record", "Your record was opened"]
    assert all("Latex" not in n.title for n in my_notices(patient))
    assert my_notices(other) == []


def test_reading_one_and_all(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    record_patient_is_here(doctor, own_id(patient), "cough")
    open_record(doctor, own_id(patient))
    add_entry(doctor, own_id(patient), Section.ALLERGIES, {"substance": "Latex"})
    assert count_unread(patient) == 2
    mark_read(patient, [my_notices(patient)[0]])
    assert [n.read for n in my_notices(patient)] == [True, False]
    assert count_unread(patient) == 1
    mark_all_read(patient, my_notices(patient))
    assert count_unread(patient) == 0
    assert len(my_notices(patient)) == 2


def test_an_emergency_is_told_to_patient_and_administrators_even_when_switched_off(
    clinic: TestClinic,
) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    switch_off(patient, list(Kind))
    switch_off(clinic.admin, list(Kind))
    break_glass(doctor, own_id(patient), "Unconscious after a fall")
    open_record(doctor, own_id(patient))
    assert [n.title for n in my_notices(patient)] == ["Your record was opened in an emergency"]
    assert [n.kind for n in my_notices(clinic.admin)] == [Kind.EMERGENCY]
    assert my_notices(doctor) == []


def test_what_is_switched_off_is_not_counted(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    switch_off(patient, [Kind.OPENED])
    record_patient_is_here(doctor, own_id(patient), "cough")
    open_record(doctor, own_id(patient))
    assert count_unread(patient) == 0


def test_a_channel_sends_what_is_new_once(clinic: TestClinic) -> None:
    patient, doctor = clinic.patient(), clinic.provider()
    record_patient_is_here(doctor, own_id(patient), "cough")
    open_record(doctor, own_id(patient))
    found = my_notices(patient)
    assert due_messages(found, 0) == ["Your record was opened"]
    assert due_messages(found, found[0].entry.seq) == []


def test_the_index_of_the_store_names_the_acts_staff_are_told_of() -> None:
    assert all(f"'{act.value}'" in TOLD_TO_STAFF for act in TO_STAFF)
    assert TOLD_TO_STAFF.count("'") == 2 * len(TO_STAFF)


def test_every_kind_has_words_and_a_rule() -> None:
    assert set(KIND_WORDS) == set(Kind) == {rule.kind for rule in RULES}


def test_counting_reads_an_index_not_the_log(clinic: TestClinic) -> None:
    patient = clinic.patient()
    for who, column in ((patient.who, "patient"), (clinic.admin.who, "told")):
        del who
        with clinic.store.file.reading() as connection:
            where = TOLD_TO_STAFF if column == "told" else "patient = 5 AND act IN ('open record')"
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT seq FROM audit_log WHERE {where} AND seq > 10"
                " ORDER BY seq DESC LIMIT 100"
            ).all()
        assert f"ix_audit_log_{column}" in str(plan)
    assert Act.READ_NOTICES
