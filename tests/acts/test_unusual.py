"""Unusual access: flagged from the log, worked on by administrators, and itself on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medilink.acts.emergency import Verdict, break_glass, emergencies_to_review, review_emergency
from medilink.acts.look_back import read_log, who_looked_at_my_record
from medilink.acts.notices import my_notices
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.staff import add_staff
from medilink.acts.unusual import (
    AT_ONCE,
    LOOK_EVERY_MS,
    count_unusual,
    dismiss,
    entries_of,
    escalate,
    list_unusual,
    look_through_when_due,
    reopen,
)
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.errors import EditedMeanwhile, NotValid, NotYours, ReasonMissing, Refused
from medilink.people import Profession, Role
from medilink.store import LogFilter
from medilink.unusual.amounts import SOON_FLOOR
from medilink.unusual.flags import Flag, FlagState, Rule
from tests.clinics import TestClinic, new_clinic

CURIOUS = SOON_FLOOR + 4


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[TestClinic]:
    made = new_clinic(tmp_path / "clinic")
    yield made
    made.store.close()


def read_many(
    clinic: TestClinic, who: Desk, many: int = CURIOUS, registered_by: Desk | None = None
) -> None:
    """Somebody reads one record after the other."""
    for _ in range(many):
        patient = clinic.register(registered_by).patient.id
        record_patient_is_here(who, patient, "here")
        open_record(who, patient)
        clinic.clock.forward(seconds=20)


def look(clinic: TestClinic) -> int:
    clinic.clock.forward(hours=1)
    return look_through_when_due(clinic.desk)


def flagged(clinic: TestClinic) -> tuple[Desk, Flag]:
    who = clinic.provider()
    read_many(clinic, who)
    assert look(clinic) == 1
    [flag] = list_unusual(clinic.admin)
    return who, flag


def second_admin(clinic: TestClinic) -> Desk:
    account, _ = add_staff(
        clinic.admin, user_name="peter", display_name="Peter Ouma", role=Role.ADMIN
    )
    return clinic.at_desk(account)


def acts(clinic: TestClinic, act: Act) -> list[tuple[str, str]]:
    entries = read_log(clinic.admin, LogFilter(acts=frozenset({act})))
    return [(entry.outcome, entry.why) for entry in entries]


def test_a_burst_is_flagged_with_its_entries_and_told_to_administrators(clinic: TestClinic) -> None:
    who, flag = flagged(clinic)
    assert (flag.rule, flag.account, flag.state) == (Rule.MANY, who.who.id, FlagState.OPEN)
    assert flag.numbers["records"] == CURIOUS
    entries = entries_of(clinic.admin, flag)
    assert len(entries) == CURIOUS
    assert {entry.account for entry in entries} == {who.who.id}
    assert count_unusual(clinic.admin) == {who.who.id: 1}
    assert "Unusual access to records" in [n.title for n in my_notices(clinic.admin)]
    assert acts(clinic, Act.FLAG_UNUSUAL) == [("done", "")]


def test_a_flag_is_dismissed_with_a_reason_which_is_on_record(clinic: TestClinic) -> None:
    _, flag = flagged(clinic)
    with pytest.raises(ReasonMissing):
        dismiss(clinic.admin, flag.id, "  ")
    dismiss(clinic.admin, flag.id, "School visit, asked the nurse")
    assert list_unusual(clinic.admin) == []
    [decided] = list_unusual(clinic.admin, opened=False)
    assert (decided.state, decided.reason) == (
        FlagState.DISMISSED,
        "School visit, asked the nurse",
    )
    assert decided.decided_by == clinic.admin.who.id
    assert acts(clinic, Act.DISMISS_UNUSUAL) == [("done", "School visit, asked the nurse")]
    with pytest.raises(EditedMeanwhile):
        escalate(clinic.admin, flag.id, "too late")


def test_what_is_reported_is_told_to_the_other_administrators(clinic: TestClinic) -> None:
    other = second_admin(clinic)
    _, flag = flagged(clinic)
    with pytest.raises(ReasonMissing):
        escalate(clinic.admin, flag.id, "")
    escalate(clinic.admin, flag.id, "Nobody asked for these")
    told = "An unusual access was reported to you"
    assert told in [notice.title for notice in my_notices(other)]
    assert told not in [notice.title for notice in my_notices(clinic.admin)]
    [waits] = list_unusual(other)
    assert (waits.state, waits.reason) == (FlagState.ESCALATED, "Nobody asked for these")
    assert list_unusual(other, opened=False) == []
    assert count_unusual(other) == {flag.account: 1}
    dismiss(other, flag.id, "Spoke with her")
    assert (list_unusual(other), count_unusual(other)) == ([], {})
    reopen(clinic.admin, flag.id)
    [again] = list_unusual(other)
    assert again.state is FlagState.OPEN


def test_what_goes_on_after_it_was_reported_extends_its_flag(clinic: TestClinic) -> None:
    who, flag = flagged(clinic)
    escalate(clinic.admin, flag.id, "Nobody asked for these")
    read_many(clinic, who)
    assert look(clinic) == 0
    [grown] = list_unusual(clinic.admin)
    assert (grown.key, grown.state) == (flag.key, FlagState.ESCALATED)
    assert grown.last_seq > flag.last_seq


@pytest.mark.parametrize(
    ("decide", "act"),
    [(dismiss, Act.DISMISS_UNUSUAL), (escalate, Act.ESCALATE_UNUSUAL)],
)
def test_nobody_decides_a_flag_about_themselves_where_somebody_else_can(
    clinic: TestClinic, decide: Callable[[Desk, int, str], None], act: Act
) -> None:
    who, flag = flagged(clinic)
    both = clinic.at_desk(replace(who.who, role=Role.ADMIN, more_roles=(Role.PROVIDER,)))
    with pytest.raises(NotYours):
        decide(both, flag.id, "I was only looking")
    assert acts(clinic, act) == [("refused", NotYours.code)]
    assert list_unusual(clinic.admin) == [flag]


def test_the_only_administrator_may_decide_about_themselves_and_it_is_on_record(
    clinic: TestClinic,
) -> None:
    nurse = replace(
        clinic.admin.who, role=Role.PROVIDER, more_roles=(Role.ADMIN,), profession=Profession.NURSE
    )
    read_many(clinic, clinic.at_desk(nurse), registered_by=clinic.provider())
    assert look(clinic) == 1
    [flag] = list_unusual(clinic.admin)
    dismiss(clinic.admin, flag.id, "Moving the paper files over")
    assert acts(clinic, Act.DISMISS_UNUSUAL) == [("done", "Moving the paper files over")]


@pytest.mark.parametrize("work", [list_unusual, lambda d: dismiss(d, 1, "x"), count_unusual])
def test_only_administrators_work_on_it(clinic: TestClinic, work: object) -> None:
    who, _ = flagged(clinic)
    for desk in (who, clinic.patient()):
        with pytest.raises(Refused):
            work(desk)  # type: ignore[operator]


def test_a_second_look_adds_nothing_and_writes_nothing(clinic: TestClinic) -> None:
    flagged(clinic)
    clinic.clock.forward(hours=2)
    look_through_when_due(clinic.desk)
    head = clinic.store.log.head()
    clinic.clock.forward(milliseconds=LOOK_EVERY_MS)
    assert look_through_when_due(clinic.desk) == 0
    assert clinic.store.log.head() == head
    assert len(list_unusual(clinic.admin)) == 1


def test_the_first_look_at_an_old_log_raises_nothing_nobody_remembers(clinic: TestClinic) -> None:
    read_many(clinic, clinic.provider())
    clinic.clock.forward(days=100)
    assert look(clinic) == 0
    assert list_unusual(clinic.admin) == []


def test_a_first_look_in_rounds_raises_nothing_old_in_any_of_them(
    clinic: TestClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medilink.acts.unusual.AT_ONCE", 20)
    read_many(clinic, clinic.provider())
    clinic.clock.forward(days=100)
    for _ in range(10):
        assert look_through_when_due(clinic.desk) == 0
    assert list_unusual(clinic.admin) == []


def test_a_clock_set_ahead_erases_nothing_that_the_rules_find(clinic: TestClinic) -> None:
    look(clinic)
    read_many(clinic, clinic.provider())
    clinic.clock.forward(days=91)
    assert look(clinic) == 1
    assert [flag.rule for flag in list_unusual(clinic.admin)] == [Rule.MANY]


def test_within_the_hour_the_log_is_not_looked_through_again(clinic: TestClinic) -> None:
    look(clinic)
    read_many(clinic, clinic.provider())
    assert look_through_when_due(clinic.desk) == 0
    assert look(clinic) == 1


def test_a_burst_that_goes_on_extends_its_flag(clinic: TestClinic) -> None:
    who, flag = flagged(clinic)
    read_many(clinic, who)
    assert look(clinic) == 0
    [grown] = list_unusual(clinic.admin)
    assert grown.key == flag.key
    assert grown.first_seq == flag.first_seq
    assert grown.last_seq > flag.last_seq


def test_after_a_decision_only_what_comes_after_it_is_flagged(clinic: TestClinic) -> None:
    who, flag = flagged(clinic)
    dismiss(clinic.admin, flag.id, "asked")
    read_many(clinic, who, 3)
    assert look(clinic) == 0
    read_many(clinic, who)
    assert look(clinic) == 1
    [fresh] = list_unusual(clinic.admin)
    assert fresh.first_seq > flag.last_seq


def test_an_emergency_is_flagged_but_decided_by_its_own_review(clinic: TestClinic) -> None:
    who, patient = clinic.provider(), clinic.register().patient.id
    break_glass(who, patient, "unconscious after a fall")
    assert look(clinic) == 1
    [flag] = list_unusual(clinic.admin)
    assert (flag.rule, flag.patient) == (Rule.EMERGENCY, patient)
    for decide in (dismiss, escalate):
        with pytest.raises(NotValid):
            decide(clinic.admin, flag.id, "seen")
    assert acts(clinic, Act.FLAG_UNUSUAL) == []  # it was told as an emergency
    [access] = emergencies_to_review(clinic.admin)
    review_emergency(clinic.admin, access.id, Verdict.JUSTIFIED, "")
    look(clinic)
    [reviewed] = list_unusual(clinic.admin, opened=False)
    assert (reviewed.id, reviewed.state) == (flag.id, FlagState.DISMISSED)


def test_an_emergency_that_was_not_justified_waits_no_longer_after_its_review(
    clinic: TestClinic,
) -> None:
    break_glass(clinic.provider(), clinic.register().patient.id, "unconscious after a fall")
    look(clinic)
    [access] = emergencies_to_review(clinic.admin)
    review_emergency(clinic.admin, access.id, Verdict.NOT_JUSTIFIED, "He was awake")
    look(clinic)
    assert (list_unusual(clinic.admin), count_unusual(clinic.admin)) == ([], {})
    [reviewed] = list_unusual(clinic.admin, opened=False)
    assert reviewed.state is FlagState.ESCALATED


def test_the_patient_is_not_shown_that_an_access_to_their_record_was_flagged(
    clinic: TestClinic,
) -> None:
    slip = clinic.register()
    who = clinic.provider()
    for _ in range(7):
        event = who.event(Act.REDEEM, slip.patient.id, outcome=Outcome.REFUSED, why="code-wrong")
        clinic.store.log.write(event)
        clinic.clock.forward(minutes=5)
    assert look(clinic) == 1
    [flag] = list_unusual(clinic.admin)
    assert (flag.rule, flag.patient) == (Rule.CODES, slip.patient.id)
    assert len(entries_of(clinic.admin, flag)) == 7
    shown = {entry.act for entry in who_looked_at_my_record(clinic.patient(slip))}
    assert not shown & {Act.FLAG_UNUSUAL, Act.LOOK_UNUSUAL}


def test_somebody_with_the_doctors_rare_name_and_phone_is_found_in_the_register(
    clinic: TestClinic,
) -> None:
    names = [f"Family{number}" for number in range(210)]
    made = [
        clinic.register(details=replace(clinic.register().patient.details, family=name, phone=""))
        for name in names
    ]
    doctor = clinic.provider("Amina Family7")
    record_patient_is_here(doctor, made[7].patient.id, "here")
    open_record(doctor, made[7].patient.id)
    clinic.clock.forward(days=3)
    assert look(clinic) == 1
    [flag] = list_unusual(clinic.admin)
    assert (flag.rule, flag.patient) == (Rule.SAME_NAME, made[7].patient.id)


def test_a_long_log_is_caught_up_with_in_rounds(
    clinic: TestClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert AT_ONCE >= 1_000
    monkeypatch.setattr("medilink.acts.unusual.AT_ONCE", 20)
    read_many(clinic, clinic.provider())
    clinic.clock.forward(hours=1)
    rounds = 0
    while not list_unusual(clinic.admin) and rounds < 50:
        look_through_when_due(clinic.desk)
        rounds += 1
    assert 2 <= rounds < 50
    [flag] = list_unusual(clinic.admin)
    assert flag.rule is Rule.MANY
