"""From the patient's code to the provider's page: what opens, what does not, what is logged."""

from __future__ import annotations

import threading

import pytest

from medilink.acts.look_back import who_looked_at_my_record
from medilink.acts.read_record import may_open, open_record
from medilink.acts.receive import open_share, open_with_code
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import make_share_code, my_codes, revoke_code
from medilink.acts.write_record import add_entry
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import (
    CodeBurnt,
    CodeExpired,
    CodeRevoked,
    CodeUsed,
    CodeWrong,
    IdNeeded,
    NoRight,
    NotYours,
    QrNotOurs,
    QrOtherClinic,
    Refused,
    ShareRefused,
    TooManyTries,
)
from medilink.people import Patient
from medilink.records import ALL_SECTIONS, Section
from medilink.sharing import TRIES_PER_GRANT
from medilink.visits import NewVisit, Prescribed
from security.codes import new_code
from tests.clinics import TestClinic, own_id

SHARED = frozenset({Section.ALLERGIES, Section.VITALS})


@pytest.fixture
def patient(clinic: TestClinic) -> Desk:
    """A patient with something in every section, written by a nurse who has gone home."""
    slip = clinic.register()
    nurse = clinic.provider("Night Nurse")
    record_patient_is_here(nurse, slip.patient.id, "here for a visit")
    visit = NewVisit(
        reason="fever",
        diagnoses=("Malaria",),
        medications=(Prescribed("Artemether", "20 mg"),),
        vitals={"8310-5": "38.5"},
    )
    write_visit(nurse, slip.patient.id, visit)
    add_entry(
        nurse, slip.patient.id, Section.ALLERGIES, {"substance": "Penicillin", "reaction": "rash"}
    )
    return clinic.patient(slip)


def identity(clinic: TestClinic, desk: Desk) -> Patient:
    event = clinic.admin.event(Act.OPEN_IDENTITY, own_id(desk))
    return clinic.store.patients.identity(own_id(desk), audit=event)[0]


def wrong_code(right: str) -> str:
    return "000000" if right != "000000" else "000001"


@pytest.mark.parametrize("face", ["code", "qr"])
def test_a_code_opens_exactly_what_was_shared(clinic: TestClinic, patient: Desk, face: str) -> None:
    made = make_share_code(patient, SHARED)
    doctor = clinic.provider()
    opened = open_record(doctor, open_share(doctor, getattr(made, face)))
    assert opened.record.sections == SHARED
    assert [a.substance for a in opened.record.allergies] == ["Penicillin"]
    assert opened.record.observations
    assert not opened.record.encounters
    assert not opened.record.conditions
    assert not opened.record.medications
    assert not opened.can_write


def test_without_a_code_nobody_opens_it_and_the_try_is_on_record(
    clinic: TestClinic, patient: Desk
) -> None:
    doctor = clinic.provider()
    assert not may_open(doctor, own_id(patient))
    with pytest.raises(NoRight):
        open_record(doctor, own_id(patient))
    newest = who_looked_at_my_record(patient)[0]
    assert (newest.outcome, newest.why, newest.account) == ("refused", "no-right", doctor.who.id)


def test_an_administrator_may_not_read_records(clinic: TestClinic, patient: Desk) -> None:
    with pytest.raises(NoRight):
        open_record(clinic.admin, own_id(patient))


def test_one_patient_never_sees_another(clinic: TestClinic, patient: Desk) -> None:
    other = clinic.patient()
    with pytest.raises(NoRight):
        open_record(other, own_id(patient))
    made = make_share_code(patient, SHARED)
    with pytest.raises(NotYours):
        revoke_code(other, made.grant.id)


def test_a_single_use_code_opens_for_the_first_provider_and_stays_open_for_them(
    clinic: TestClinic, patient: Desk
) -> None:
    made = make_share_code(patient, SHARED, single_use=True)
    first, second = clinic.provider("First"), clinic.provider("Second")
    open_share(first, made.code)
    with pytest.raises(CodeUsed):
        open_share(second, made.qr)
    open_record(first, own_id(patient))
    open_share(first, made.qr)
    with pytest.raises(NoRight):
        open_record(second, own_id(patient))


def test_a_code_for_several_opens_for_several(clinic: TestClinic, patient: Desk) -> None:
    made = make_share_code(patient, SHARED, single_use=False)
    for name in ("First", "Second", "Third"):
        doctor = clinic.provider(name)
        open_share(doctor, made.code)
        open_record(doctor, own_id(patient))


def test_withdrawing_closes_the_record_at_once(clinic: TestClinic, patient: Desk) -> None:
    made = make_share_code(patient, SHARED)
    doctor = clinic.provider()
    open_share(doctor, made.code)
    open_record(doctor, own_id(patient))
    assert revoke_code(patient, made.grant.id)
    with pytest.raises(NoRight):
        open_record(doctor, own_id(patient))
    for face in (made.code, made.qr):
        with pytest.raises(CodeRevoked):
            open_share(doctor, face)
    assert my_codes(patient) == []
    assert not revoke_code(patient, made.grant.id)


def test_a_code_ends_when_its_time_is_over(clinic: TestClinic, patient: Desk) -> None:
    made = make_share_code(patient, SHARED, hours=1)
    doctor = clinic.provider()
    open_share(doctor, made.code)
    clinic.clock.forward(minutes=59)
    open_record(doctor, own_id(patient))
    clinic.clock.forward(minutes=1)
    with pytest.raises(NoRight):
        open_record(doctor, own_id(patient))
    with pytest.raises(CodeExpired):
        open_share(doctor, made.qr)
    assert my_codes(patient) == []


def test_a_clock_set_back_does_not_bring_a_withdrawn_code_back(
    clinic: TestClinic, patient: Desk
) -> None:
    made = make_share_code(patient, SHARED)
    revoke_code(patient, made.grant.id)
    clinic.clock.forward(days=-3)
    with pytest.raises(CodeRevoked):
        open_share(clinic.provider(), made.qr)


def test_five_wrong_tries_end_a_code_for_ever(clinic: TestClinic, patient: Desk) -> None:
    made = make_share_code(patient, SHARED)
    medilink_id = identity(clinic, patient).medilink_id
    for number in range(TRIES_PER_GRANT):
        doctor = clinic.provider(f"Guesser {number}")
        with pytest.raises(CodeWrong):
            open_with_code(doctor, wrong_code(made.code), medilink_id)
    with pytest.raises(CodeBurnt):
        open_with_code(clinic.provider(), made.code, medilink_id)
    with pytest.raises(CodeBurnt):
        open_share(clinic.provider(), made.qr)


def test_after_three_wrong_codes_the_medilink_id_is_demanded(
    clinic: TestClinic, patient: Desk
) -> None:
    made = make_share_code(patient, SHARED)
    medilink_id = identity(clinic, patient).medilink_id
    doctor = clinic.provider()
    for _ in range(3):
        with pytest.raises(CodeWrong):
            open_share(doctor, wrong_code(made.code))
    with pytest.raises(IdNeeded):
        open_share(doctor, made.code)
    assert open_with_code(doctor, made.code, medilink_id) == own_id(patient)
    tried = clinic.store.grants.of_tries(doctor.who.id).account_wrong
    assert tried == 4, "the right one is taken back, the wrong ones are not"
    clinic.clock.forward(hours=13)
    with pytest.raises(CodeWrong):
        open_share(doctor, wrong_code(made.code))
    assert clinic.store.grants.of_tries(doctor.who.id).account_wrong == 1, "counted anew"


def test_an_own_qr_between_guesses_gives_no_more_guesses(clinic: TestClinic, patient: Desk) -> None:
    own = make_share_code(patient, SHARED, single_use=False)
    doctor, compared = clinic.provider(), 0
    for _ in range(20):
        open_share(doctor, own.qr)
        try:
            open_share(doctor, wrong_code(own.code))
        except CodeWrong:
            compared += 1
        except (IdNeeded, TooManyTries):
            clinic.clock.forward(seconds=1)
    assert compared == 3


def test_using_a_code_again_costs_nothing_and_burns_no_other(
    clinic: TestClinic, patient: Desk
) -> None:
    one, other = (make_share_code(patient, SHARED, single_use=False) for _ in range(2))
    medilink_id = identity(clinic, patient).medilink_id
    doctor = clinic.provider()
    for _ in range(8):
        open_with_code(doctor, one.code, medilink_id)
    open_share(clinic.provider(), other.code)


def test_guessing_on_makes_the_account_wait(clinic: TestClinic, patient: Desk) -> None:
    made = make_share_code(patient, SHARED)
    doctor = clinic.provider()
    with pytest.raises(TooManyTries):
        for _ in range(12):
            try:
                open_share(doctor, wrong_code(made.code))
            except ShareRefused:
                continue
    clinic.clock.forward(minutes=20)
    with pytest.raises(ShareRefused):
        open_share(doctor, wrong_code(made.code))


@pytest.mark.slow
def test_of_two_hundred_parallel_tries_exactly_one_wins(clinic: TestClinic, patient: Desk) -> None:
    made = make_share_code(patient, SHARED, single_use=True)
    doctors = [clinic.provider(f"Doctor {n}") for n in range(20)]
    won, lost, gate = [], [], threading.Barrier(20)

    def try_ten_times(doctor: Desk) -> None:
        gate.wait()
        for _ in range(10):
            try:
                open_share(doctor, made.qr)
                won.append(doctor.who.id)
            except CodeUsed:
                lost.append(doctor.who.id)

    threads = [threading.Thread(target=try_ten_times, args=(doctor,)) for doctor in doctors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) + len(lost) == 200
    assert len(set(won)) == 1
    grant = clinic.store.grants.by_uid(made.grant.uid)
    assert grant is not None
    assert len(grant.opened_by) == 1


@pytest.mark.slow
def test_parallel_guesses_gain_nothing_over_five(clinic: TestClinic, patient: Desk) -> None:
    made = make_share_code(patient, SHARED)
    medilink_id = identity(clinic, patient).medilink_id
    doctors = [clinic.provider(f"Guesser {n}") for n in range(20)]
    evaluated, gate = [], threading.Barrier(20)

    def guess(doctor: Desk) -> None:
        gate.wait()
        try:
            open_with_code(doctor, wrong_code(made.code), medilink_id)
        except CodeWrong:
            evaluated.append(doctor.who.id)
        except Refused:
            pass

    threads = [threading.Thread(target=guess, args=(doctor,)) for doctor in doctors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    grant = clinic.store.grants.by_uid(made.grant.uid)
    assert grant is not None
    assert grant.state.value == "burnt"


def test_a_qr_that_is_not_ours_or_was_changed_opens_nothing(
    clinic: TestClinic, patient: Desk
) -> None:
    made = make_share_code(patient, SHARED)
    doctor = clinic.provider()
    with pytest.raises(QrNotOurs):
        open_share(doctor, "https://example.org/pay")
    token = made.qr.removeprefix("ML0:")
    for place in range(0, len(token), 5):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(QrOtherClinic):
            open_share(doctor, "ML0:" + token[:place] + other + token[place + 1 :])


def test_the_qr_says_nothing_in_clear(patient: Desk) -> None:
    made = make_share_code(patient, SHARED)
    assert made.code not in made.qr
    assert "Wanjiku" not in made.qr
    assert made.grant.uid.hex().upper() not in made.qr


def test_codes_of_many_patients_never_clash(clinic: TestClinic) -> None:
    codes = set()
    for _ in range(3):
        patient = clinic.patient()
        codes |= {make_share_code(patient, ALL_SECTIONS).code for _ in range(15)}
    assert len(codes) == 45
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len({new_code() for _ in range(300)}) > 290


def test_every_step_is_on_record_for_the_patient(clinic: TestClinic, patient: Desk) -> None:
    made = make_share_code(patient, SHARED)
    doctor = clinic.provider()
    patient_id = open_share(doctor, made.code)
    open_record(doctor, patient_id)
    open_record(doctor, patient_id)
    revoke_code(patient, made.grant.id)
    with pytest.raises(NoRight):
        open_record(doctor, patient_id)
    acts = [(e.act, e.outcome) for e in who_looked_at_my_record(patient) if e.seq > 0][:5]
    assert acts == [
        ("open record", "refused"),
        ("revoke access code", "done"),
        ("open record", "done"),
        ("use access code", "done"),
        ("make access code", "done"),
    ]
