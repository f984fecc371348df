"""Several roles of one person, handing over care, a language of one's own."""

from __future__ import annotations

import pytest

from medilink.acts.credentials import see_cards
from medilink.acts.hand_over import hand_over, list_colleagues
from medilink.acts.look_back import my_patients, who_looked_at_my_record
from medilink.acts.my_account import choose_language, work_as
from medilink.acts.read_record import open_record
from medilink.acts.receive import open_with_code
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import make_share_code
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import change_roles, list_staff, switch_account
from medilink.errors import CodeUnknown, NoRight, NotFound, NotValid, Refused
from medilink.people import AccountId, Role
from medilink.records import ALL_SECTIONS
from tests.clinics import TestClinic, own_id


def test_handed_over_the_colleague_opens_and_the_giver_no_longer(clinic: TestClinic) -> None:
    patient, giver, taker = clinic.patient(), clinic.provider(), clinic.provider("Joseph")
    record_patient_is_here(giver, own_id(patient), "cough")
    assert hand_over(giver, giver.who.id, taker.who.id) == 1
    with pytest.raises(NoRight):
        open_record(giver, own_id(patient))
    right = open_record(taker, own_id(patient)).right
    assert right.until == clinic.desk.now + 24 * 3_600_000, "not longer than it was"
    assert [p.id for p, _ in my_patients(taker)] == [own_id(patient)]
    assert my_patients(giver) == []
    assert "hand over patients" in [e.act for e in who_looked_at_my_record(patient)]


def test_what_a_patient_shared_is_not_handed_over(clinic: TestClinic) -> None:
    patient, giver, taker = clinic.patient(), clinic.provider(), clinic.provider("Joseph")
    open_with_code(giver, make_share_code(patient, ALL_SECTIONS, hours=1, single_use=True).code)
    assert hand_over(giver, giver.who.id, taker.who.id) == 0
    with pytest.raises(NoRight):
        open_record(taker, own_id(patient))
    open_record(giver, own_id(patient))


def test_only_ones_own_patients_or_as_administrator_to_who_treats(clinic: TestClinic) -> None:
    patient, giver, taker = clinic.patient(), clinic.provider(), clinic.provider("Joseph")
    record_patient_is_here(giver, own_id(patient), "cough")
    with pytest.raises(Refused):
        hand_over(taker, giver.who.id, taker.who.id)
    with pytest.raises(Refused):
        hand_over(giver, giver.who.id, clinic.admin.who.id)
    with pytest.raises(NotFound):
        hand_over(giver, giver.who.id, AccountId(9_999))
    with pytest.raises(Refused):
        hand_over(patient, giver.who.id, taker.who.id)
    switch_account(clinic.admin, giver.who.id, disabled=True)
    assert hand_over(clinic.admin, giver.who.id, taker.who.id) == 1
    assert giver.who.id not in [one.id for one in list_colleagues(taker)]


def test_a_second_role_is_worked_in_only_after_going_over(clinic: TestClinic) -> None:
    doctor = clinic.provider()
    change_roles(clinic.admin, doctor.who.id, (Role.PROVIDER, Role.ADMIN))
    account = clinic.store.accounts.by_id(doctor.who.id)
    assert account is not None
    assert account.must_change, "the new password unlocks the store"
    assert account.roles == (Role.PROVIDER, Role.ADMIN)
    both = clinic.at_desk(account)
    with pytest.raises(Refused):
        list_staff(both)
    boss = clinic.at_desk(work_as(both, Role.ADMIN))
    assert list_staff(boss)
    with pytest.raises(Refused):
        record_patient_is_here(boss, own_id(clinic.patient()), "cough")
    assert work_as(boss, Role.PROVIDER).roles == account.roles
    assert doctor.who.id in [card.account for card in see_cards(boss)]


def test_roles_nobody_gives_themselves(clinic: TestClinic) -> None:
    doctor, patient = clinic.provider(), clinic.patient()
    with pytest.raises(Refused):
        work_as(doctor, Role.ADMIN)
    with pytest.raises(Refused):
        change_roles(doctor, doctor.who.id, (Role.ADMIN,))
    with pytest.raises(Refused):
        change_roles(clinic.admin, clinic.admin.who.id, (Role.ADMIN, Role.PROVIDER), "doctor")
    with pytest.raises(Refused):
        change_roles(clinic.admin, patient.who.id, (Role.ADMIN,))
    with pytest.raises(NotValid):
        change_roles(clinic.admin, doctor.who.id, ())
    with pytest.raises(NotValid):
        change_roles(clinic.admin, doctor.who.id, (Role.SYSTEM,))


def test_a_language_stays_with_the_person(clinic: TestClinic) -> None:
    slip = clinic.register()
    patient = clinic.patient(slip)
    assert choose_language(patient, "sw").language == "sw"
    assert sign_in(clinic.desk, slip.patient.medilink_id, slip.password).language == "sw"
    with pytest.raises(CodeUnknown):
        choose_language(patient, "<script>")
