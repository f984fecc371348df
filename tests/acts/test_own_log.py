"""The patient's side of the log: who looked, the list to take along, and questions about an entry
that an administrator answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from medilink.acts.emergency import break_glass
from medilink.acts.log_proof import check_receipt, give_receipt
from medilink.acts.log_upkeep import archive_old_entries
from medilink.acts.look_back import (
    keeps_older_parts,
    read_log,
    who_looked_at_my_record,
    who_opened_lately,
)
from medilink.acts.notices import my_notices
from medilink.acts.question_access import (
    answer_question,
    my_questions,
    question_access,
    questions_to_answer,
)
from medilink.acts.read_record import open_record
from medilink.acts.register import Slip, give_new_slip, record_patient_is_here
from medilink.acts.scan import take_scanned
from medilink.acts.share import make_share_code
from medilink.acts.sign_in import log_sign_out
from medilink.acts.staff import add_staff, switch_account
from medilink.acts.take_list import take_list_along
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import (
    AboutYourself,
    AlreadyAsked,
    AskedOftenEnough,
    EditedMeanwhile,
    LogReceiptForged,
    NoRight,
    NotFound,
    NotYours,
    ReasonMissing,
    Refused,
    TooLong,
)
from medilink.family import Relation
from medilink.log_tree import BLOCK
from medilink.looking import Show, Wanted
from medilink.people import PatientDetails, Role, Sex
from medilink.questioning import MOST_ABOUT_ONE, MOST_OPEN, Finding, Why
from medilink.records import Section
from medilink.store import LogFilter
from tests.clinics import TestClinic, own_id


def seen_by(clinic: TestClinic) -> tuple[Desk, Desk]:
    """A patient at their phone, and the doctor who has opened their record."""
    doctor, me = clinic.provider(), clinic.patient()
    record_patient_is_here(doctor, own_id(me), "visit")
    open_record(doctor, own_id(me))
    return me, doctor


def opening(me: Desk) -> int:
    """The newest opening on a patient's list."""
    found = who_looked_at_my_record(me, wanted=Wanted(Show.OTHERS))
    return next(entry.seq for entry in found if entry.act == Act.OPEN_RECORD)


def with_child(clinic: TestClinic) -> tuple[Desk, Desk]:
    """A mother at her phone, and a child's own desk."""
    mother = clinic.register()
    born = PatientDetails("Otieno", "Achieng", Sex.MALE, "2020-02-01")
    child = clinic.register(details=born)
    clinic.link(child.patient.id, mother.patient.medilink_id, Relation.MOTHER)
    return clinic.patient(mother), clinic.patient(child)


# ---- who looked


def test_the_list_is_chosen_by_kind_person_and_time(clinic: TestClinic) -> None:
    me, doctor = seen_by(clinic)
    nurse, helper = clinic.provider("Baraka Juma"), clinic.provider("Chebet Kiprono")
    with pytest.raises(NoRight):
        open_record(nurse, own_id(me))
    clinic.clock.now += timedelta(days=10)
    break_glass(helper, own_id(me), "Unconscious after a fall")
    open_record(me, own_id(me))
    refused = who_looked_at_my_record(me, wanted=Wanted(Show.REFUSED))
    assert [(one.actor_name, one.why) for one in refused] == [("Baraka Juma (doctor)", "no-right")]
    emergency = who_looked_at_my_record(me, wanted=Wanted(Show.EMERGENCY))
    assert [one.act for one in emergency] == [Act.BREAK_GLASS]
    others = who_looked_at_my_record(me, wanted=Wanted(Show.OTHERS))
    assert me.who.id not in {one.account for one in others}
    by_doctor = who_looked_at_my_record(me, wanted=Wanted(who=str(doctor.who.id)))
    assert {one.account for one in by_doctor} == {doctor.who.id}
    lately = Wanted(Show.OTHERS, since=me.now - 86_400_000)
    assert [one.act for one in who_looked_at_my_record(me, wanted=lately)] == [Act.BREAK_GLASS]


def test_who_opened_lately_counts_people_who_saw_it_and_nobody_twice(clinic: TestClinic) -> None:
    me, doctor = seen_by(clinic)
    with pytest.raises(NoRight):
        open_record(clinic.provider("Baraka Juma"), own_id(me))
    clinic.clock.forward(minutes=11)
    open_record(doctor, own_id(me))
    open_record(me, own_id(me))
    assert list(who_opened_lately(me).values()) == ["Amina Otieno (doctor)"]
    clinic.clock.forward(hours=24 * 31)
    assert who_opened_lately(me) == {}


def test_what_is_wanted_is_found_behind_any_number_of_other_entries(clinic: TestClinic) -> None:
    me, _ = seen_by(clinic)
    for _ in range(600):
        clinic.store.log.write(me.event(Act.OPEN_RECORD, own_id(me)))
    found = who_looked_at_my_record(me, wanted=Wanted(Show.OTHERS), limit=5)
    assert Act.OPEN_RECORD in {one.act for one in found}


def test_years_ago_is_found_by_looking_further_back(clinic: TestClinic) -> None:
    me, _ = seen_by(clinic)
    assert not keeps_older_parts(me)
    for _ in range(BLOCK):
        log_sign_out(clinic.admin)
    clinic.years_pass()
    log_sign_out(clinic.admin)
    archive_old_entries(clinic.admin, part_of=BLOCK)
    assert keeps_older_parts(me)
    wanted = Wanted(Show.OTHERS)
    assert Act.OPEN_RECORD not in {one.act for one in who_looked_at_my_record(me, wanted=wanted)}
    back = replace(wanted, archive=True)
    assert Act.OPEN_RECORD in {one.act for one in who_looked_at_my_record(me, wanted=back)}


def test_others_who_look_at_the_list_itself_are_on_it_and_oneself_is_not(
    clinic: TestClinic,
) -> None:
    me, stranger = clinic.patient(), clinic.patient()
    with pytest.raises(NotYours):
        who_looked_at_my_record(stranger, patient=own_id(me))
    read_log(clinic.admin, LogFilter(patient=own_id(me)))
    mine = [(one.act, one.outcome) for one in who_looked_at_my_record(me)]
    assert mine[:2] == [(Act.READ_LOG, "done"), (Act.READ_LOG, "refused")]
    assert who_looked_at_my_record(me)[0].account == clinic.admin.who.id


def test_a_guardian_reads_the_childs_list_and_the_child_sees_that(clinic: TestClinic) -> None:
    mother, child = with_child(clinic)
    assert who_looked_at_my_record(mother, patient=own_id(child))
    seen = who_looked_at_my_record(child, wanted=Wanted(Show.OTHERS))
    assert (seen[0].act, seen[0].account) == (Act.READ_LOG, mother.who.id)
    with pytest.raises(NotYours):
        who_looked_at_my_record(child, patient=own_id(mother))


# ---- the list to take along


def test_the_list_is_taken_along_by_whose_it_is_and_that_is_on_record(clinic: TestClinic) -> None:
    me, _ = seen_by(clinic)
    taken = take_list_along(me, Wanted(Show.OTHERS))
    assert Act.OPEN_RECORD in {one.act for one in taken.entries}
    assert check_receipt(me, taken.receipt.text).verdict.sound
    exported = read_log(clinic.admin, LogFilter(acts=frozenset({Act.EXPORT})))
    assert [(one.patient, one.extra["what"]) for one in exported] == [(own_id(me), "who looked")]
    assert taken.receipt.says.size > exported[0].seq, "the receipt covers the export"
    mother, child = with_child(clinic)
    assert take_list_along(mother, Wanted(), own_id(child)).entries
    for desk, patient in ((clinic.patient(), own_id(me)), (child, own_id(mother))):
        with pytest.raises(NotYours):
            take_list_along(desk, Wanted(), patient)
    for staff in (clinic.admin, clinic.provider()):
        with pytest.raises(Refused):
            take_list_along(staff, Wanted(), own_id(me))
    tried = read_log(clinic.admin, LogFilter(acts=frozenset({Act.EXPORT}), outcome="refused"))
    assert len(tried) == 4


# ---- questions


def test_a_question_is_asked_told_answered_told_and_read(clinic: TestClinic) -> None:
    me, doctor = seen_by(clinic)
    seq = opening(me)
    question_access(me, seq, Why.UNKNOWN, "I was at home", None)
    assert "A patient asks who looked" in [one.title for one in my_notices(clinic.admin)]
    assert "A patient asks who looked" not in [one.title for one in my_notices(doctor)]
    waiting = questions_to_answer(clinic.admin)[0]
    assert waiting.entry
    assert (waiting.entry.seq, waiting.entry.actor_name) == (seq, "Amina Otieno (doctor)")
    assert (waiting.medilink_id[:3], waiting.question.words) == ("ML-", "I was at home")
    answer_question(clinic.admin, waiting.question.id, Finding.IN_ORDER, "She treated you.")
    assert "Your question was answered" in [one.title for one in my_notices(me)]
    assert questions_to_answer(clinic.admin)[0].entry is None, "nothing is read without need"
    answered = my_questions(me)[seq][0]
    assert (answered.finding, answered.answer) == (Finding.IN_ORDER, "She treated you.")
    told = [one.act for one in who_looked_at_my_record(me) if one.act != Act.SEE_FAMILY]
    assert told[:3] == [Act.ANSWER_QUESTION, Act.READ_LOG, Act.QUESTION_ACCESS]
    with pytest.raises(EditedMeanwhile):
        answer_question(clinic.admin, waiting.question.id, Finding.UNCLEAR, "again")


def test_what_is_asked_stays_out_of_the_log(clinic: TestClinic) -> None:
    me, _ = seen_by(clinic)
    question_access(me, opening(me), Why.OTHER, "my neighbour knows of the malaria")
    entry = who_looked_at_my_record(me)[0]
    assert entry.act == Act.QUESTION_ACCESS
    assert "malaria" not in str(entry)


def test_only_entries_of_ones_own_list_are_asked_about(clinic: TestClinic) -> None:
    me, doctor = seen_by(clinic)
    stranger, seq = clinic.patient(), opening(me)
    with pytest.raises(NotFound):
        question_access(stranger, seq, Why.UNKNOWN, "")
    with pytest.raises(NotYours):
        question_access(stranger, seq, Why.UNKNOWN, "", own_id(me))
    with pytest.raises(NotFound):
        question_access(me, 10_000, Why.UNKNOWN, "")
    for staff in (doctor, clinic.admin):
        with pytest.raises(Refused):
            question_access(staff, seq, Why.UNKNOWN, "", own_id(me))
        with pytest.raises(Refused):
            my_questions(staff, own_id(me))
    with pytest.raises(NotYours):
        my_questions(stranger, own_id(me))
    for desk in (me, doctor):
        with pytest.raises(Refused):
            questions_to_answer(desk)
        with pytest.raises(Refused):
            answer_question(desk, 1, Finding.IN_ORDER, "It was me")
    assert my_questions(me) == {}


def test_a_guardian_asks_for_the_child(clinic: TestClinic) -> None:
    mother, child = with_child(clinic)
    doctor = clinic.provider()
    record_patient_is_here(doctor, own_id(child), "visit")
    open_record(doctor, own_id(child))
    seq = opening(child)
    question_access(mother, seq, Why.NOT_THERE, "", own_id(child))
    assert list(my_questions(child)) == [seq]
    assert my_questions(mother) == {}


def test_one_open_question_an_entry_and_no_flood(clinic: TestClinic) -> None:
    me, doctor = seen_by(clinic)
    seq = opening(me)
    for round_ in range(MOST_ABOUT_ONE):
        question_access(me, seq, Why.UNKNOWN, str(round_))
        with pytest.raises(AlreadyAsked):
            question_access(me, seq, Why.UNKNOWN, "once more")
        open_one = questions_to_answer(clinic.admin)[0].question.id
        answer_question(clinic.admin, open_one, Finding.IN_ORDER, "Yes")
    with pytest.raises(AskedOftenEnough):
        question_access(me, seq, Why.UNKNOWN, "and again")
    for _ in range(MOST_OPEN + 1):
        clinic.clock.forward(minutes=11)
        open_record(doctor, own_id(me))
    opened = who_looked_at_my_record(me, wanted=Wanted(Show.OTHERS))
    openings = [one.seq for one in opened if one.act == Act.OPEN_RECORD and one.seq != seq]
    for one in openings[:MOST_OPEN]:
        question_access(me, one, Why.UNKNOWN, "")
    with pytest.raises(AskedOftenEnough):
        question_access(me, openings[MOST_OPEN], Why.UNKNOWN, "")


def test_words_are_needed_where_nothing_else_says_it(clinic: TestClinic) -> None:
    me, _ = seen_by(clinic)
    with pytest.raises(ReasonMissing):
        question_access(me, opening(me), Why.OTHER, "  ")
    with pytest.raises(TooLong):
        question_access(me, opening(me), Why.UNKNOWN, "x" * 100_000)
    question_access(me, opening(me), Why.UNKNOWN, "")
    with pytest.raises(ReasonMissing):
        answer_question(clinic.admin, 1, Finding.IN_ORDER, " ")
    with pytest.raises(NotFound):
        answer_question(clinic.admin, 99, Finding.IN_ORDER, "Yes")


def test_nobody_judges_their_own_access_while_another_administrator_can(
    clinic: TestClinic,
) -> None:
    me = clinic.patient()
    read_log(clinic.admin, LogFilter(patient=own_id(me)))
    seq = who_looked_at_my_record(me)[0].seq
    question_access(me, seq, Why.UNKNOWN, "")
    account, _ = add_staff(clinic.admin, user_name="wekesa", display_name="Wekesa", role=Role.ADMIN)
    other = clinic.at_desk(account)
    assert [one.mine for one in questions_to_answer(clinic.admin)] == [True]
    with pytest.raises(AboutYourself):
        answer_question(clinic.admin, 1, Finding.IN_ORDER, "It was in order")
    refused = who_looked_at_my_record(me, wanted=Wanted(Show.REFUSED))
    assert [(one.act, one.why) for one in refused] == [(Act.ANSWER_QUESTION, "about-yourself")]
    assert [one.mine for one in questions_to_answer(other)] == [False]
    switch_account(clinic.admin, other.who.id, disabled=True)
    answer_question(clinic.admin, 1, Finding.IN_ORDER, "I am the only one here.")
    assert my_questions(me)[seq][0].answered_by == clinic.admin.who.id


def test_questions_go_along_when_registrations_are_merged(clinic: TestClinic) -> None:
    slip, again = clinic.register(), clinic.register()
    me, doctor = clinic.patient(slip), clinic.provider()
    record_patient_is_here(doctor, own_id(me), "visit")
    open_record(doctor, own_id(me))
    question_access(me, opening(me), Why.UNKNOWN, "before")
    clinic.merge(again.patient, slip.patient, {})
    assert questions_to_answer(clinic.admin)[0].entry
    record_patient_is_here(doctor, again.patient.id, "visit")
    slip_now = Slip(again.patient, give_new_slip(doctor, again.patient))
    assert len(my_questions(clinic.patient(slip_now))) == 1


# ---- the scan door


def test_anybody_signed_in_has_a_receipt_checked_at_the_scan_door(clinic: TestClinic) -> None:
    me, doctor = seen_by(clinic)
    receipt = give_receipt(doctor, own_id(me))
    for desk in (me, doctor, clinic.admin, clinic.patient()):
        for shown in (f" {receipt.text}\n", receipt.line):
            found = take_scanned(desk, shown).log_receipt
            assert found
            assert found.verdict.sound
    with pytest.raises(LogReceiptForged):
        take_scanned(clinic.admin, receipt.text[:-4] + "0000")
    code = make_share_code(me, frozenset({Section.VISITS}), single_use=False)
    assert take_scanned(doctor, code.qr).patient == own_id(me), "codes still open records"
    with pytest.raises(Refused):
        take_scanned(clinic.admin, code.qr)
