"""Permissions without a code: for my doctor, for everybody here, until withdrawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medilink.acts.look_back import my_patients, who_looked_at_my_record
from medilink.acts.read_record import may_open, open_record
from medilink.acts.receive import open_with_code
from medilink.acts.share import make_share_code, my_codes, revoke_code, who_is_named
from medilink.acts.staff import switch_account
from medilink.acts.standing import share_with, share_with_clinic
from medilink.acts.write_visit import write_visit
from medilink.audit import Act, Method
from medilink.desk import Desk
from medilink.errors import (
    AlreadyShared,
    CodeWrong,
    NoRight,
    NotFound,
    NothingShared,
    NotValid,
    NotYours,
    Refused,
    WritesUnwarned,
)
from medilink.family import Relation
from medilink.people import AccountId, PatientDetails, Sex
from medilink.records import ALL_SECTIONS, Section
from medilink.scopes import EVERYTHING, Scope
from medilink.sharing import TRIES_PER_GRANT, GrantKind, GrantState, new_grant
from medilink.visits import NewVisit
from tests.clinics import TestClinic, own_id

VITALS = Scope(frozenset({Section.VITALS, Section.ALLERGIES}))


@pytest.fixture
def patient(clinic: TestClinic) -> Desk:
    return clinic.patient()


def test_my_doctor_opens_what_i_chose_without_a_code_and_nobody_else_does(
    clinic: TestClinic, patient: Desk
) -> None:
    mine, other = clinic.provider("My Doctor"), clinic.provider("Other")
    grant = share_with(patient, mine.who.id, VITALS)
    opened = open_record(mine, own_id(patient))
    assert opened.right.method is Method.STANDING
    assert opened.record.sections == VITALS.sections
    assert not opened.can_add
    assert [person.id for person, _ in my_patients(mine)] == [own_id(patient)]
    with pytest.raises(NoRight):
        open_record(other, own_id(patient))
    assert my_patients(other) == []
    assert (grant.kind, grant.to_account) == (GrantKind.STANDING, mine.who.id)
    assert who_is_named(patient, [grant]) == {mine.who.id: mine.who.title}


def test_everybody_here_opens_it_also_who_comes_later_but_no_admin_and_no_patient(
    clinic: TestClinic, patient: Desk
) -> None:
    before = clinic.provider()
    grant = share_with_clinic(patient, VITALS)
    for doctor in (before, clinic.provider("Came later")):
        assert open_record(doctor, own_id(patient)).right.method is Method.STANDING
        assert my_patients(doctor) == [], "a list of everybody is nobody's list"
    for nobody in (clinic.admin, clinic.patient()):
        assert not may_open(nobody, own_id(patient))
    assert (grant.kind, grant.to_account) == (GrantKind.CLINIC, None)


@pytest.mark.parametrize("everybody", [False, True])
def test_withdrawn_it_opens_nothing_from_then_on(
    clinic: TestClinic, patient: Desk, everybody: bool
) -> None:
    doctor = clinic.provider()
    give = (lambda: share_with_clinic(patient, VITALS)) if everybody else (
        lambda: share_with(patient, doctor.who.id, VITALS)
    )  # fmt: skip
    grant = give()
    open_record(doctor, own_id(patient))
    with pytest.raises(AlreadyShared):
        give()
    assert revoke_code(patient, grant.id)
    with pytest.raises(NoRight):
        open_record(doctor, own_id(patient))
    assert my_patients(doctor) == []
    assert my_codes(patient) == []
    assert give().id != grant.id, "it can be given anew"


def test_it_ends_with_its_time_and_at_the_latest_after_a_year(
    clinic: TestClinic, patient: Desk
) -> None:
    doctor = clinic.provider()
    share_with(patient, doctor.who.id, VITALS, days=30)
    clinic.clock.forward(days=29, hours=23)
    assert may_open(doctor, own_id(patient))
    clinic.clock.forward(hours=1)
    assert not may_open(doctor, own_id(patient))
    with pytest.raises(NotValid):
        share_with(patient, doctor.who.id, VITALS, days=366)


def test_it_is_told_in_the_log_with_who_gave_it_and_by_which_right_it_was_used(
    clinic: TestClinic, patient: Desk
) -> None:
    doctor = clinic.provider()
    grant = share_with(patient, doctor.who.id, EVERYTHING)
    open_record(doctor, own_id(patient))
    revoke_code(patient, grant.id)
    revoked, opened, shared = who_looked_at_my_record(patient)[:3]
    assert (shared.act, shared.extra["kind"]) == (Act.SHARE, "standing")
    assert shared.extra["account"] == str(doctor.who.id)
    assert "HIV" not in repr(shared), "how many private matters, not which"
    assert (opened.act, opened.method) == (Act.OPEN_RECORD, "standing permission")
    assert (revoked.act, revoked.extra["kind"]) == (Act.REVOKE, "standing")


def test_wrong_codes_do_not_end_what_has_no_code(clinic: TestClinic, patient: Desk) -> None:
    mine = clinic.provider()
    standing = share_with(patient, mine.who.id, VITALS)
    made = make_share_code(patient, ALL_SECTIONS)
    medilink_id = open_record(patient, own_id(patient)).record.patient.medilink_id
    wrong = "000000" if made.code != "000000" else "000001"
    for number in range(TRIES_PER_GRANT + 1):
        with pytest.raises(CodeWrong):
            open_with_code(clinic.provider(f"Guesser {number}"), wrong, medilink_id)
    states = {grant.id: grant.state for grant in my_codes(patient)}
    assert states == {standing.id: GrantState.ACTIVE}
    assert may_open(mine, own_id(patient))


def test_it_may_let_them_write_visits_back(clinic: TestClinic, patient: Desk) -> None:
    doctor = clinic.provider()
    with pytest.raises(WritesUnwarned):
        share_with(patient, doctor.who.id, Scope(frozenset({Section.VITALS}), write_back=True))
    share_with(patient, doctor.who.id, Scope(ALL_SECTIONS, write_back=True))
    write_visit(doctor, own_id(patient), NewVisit(reason="cough"))
    assert open_record(patient, own_id(patient)).record.encounters[0].reason == "cough"


def test_only_to_who_treats_patients_here_and_only_ones_own(
    clinic: TestClinic, patient: Desk
) -> None:
    gone = clinic.provider()
    switch_account(clinic.admin, gone.who.id, disabled=True)
    for account in (clinic.admin.who.id, gone.who.id, patient.who.id):
        with pytest.raises(Refused):
            share_with(patient, account, VITALS)
    with pytest.raises(NotFound):
        share_with(patient, AccountId(999), VITALS)
    with pytest.raises(NotYours):
        share_with_clinic(clinic.patient(), VITALS, patient=own_id(patient))
    with pytest.raises(Refused):
        share_with_clinic(clinic.provider(), VITALS)
    with pytest.raises(NothingShared):
        share_with_clinic(patient, Scope(frozenset()))
    assert my_codes(patient) == []


def test_a_guardian_gives_none_that_outlasts_their_own_right(clinic: TestClinic) -> None:
    child = clinic.register(details=PatientDetails("Kofi", "Njeri", Sex.MALE, "2008-06-01"))
    slip = clinic.register()
    clinic.link(child.patient.id, slip.patient.medilink_id, Relation.MOTHER)
    doctor = clinic.provider()
    grant = share_with(clinic.patient(slip), doctor.who.id, VITALS, patient=child.patient.id)
    assert grant.expires_at - grant.made_at < 100 * 86_400_000, "grown up on 1 June"


# ---- how it is stored


@pytest.mark.parametrize("kind", [GrantKind.OFFER, GrantKind.CARD, GrantKind.ANSWER])
def test_kinds_for_other_clinics_are_kept_found_by_share_id_and_open_nothing_by_themselves(
    clinic: TestClinic, patient: Desk, kind: GrantKind
) -> None:
    scope = Scope(ALL_SECTIONS, since=5, until=9, write_back=True)
    made = new_grant(
        uid=bytes(range(16)), patient=own_id(patient), scope=scope, hours=24, single_use=False,
        purpose="", now=patient.now,
    )  # fmt: skip
    event = patient.event(Act.SHARE, own_id(patient))
    kept = clinic.store.grants.add(replace(made, kind=kind), None, audit=event)
    assert kept is not None
    assert kept.scope == scope
    assert clinic.store.grants.by_share_id(made.share_id) == kept
    assert clinic.store.grants.by_share_id(bytes(8)) is None
    assert [grant.kind for grant in my_codes(patient)] == [kind]
    assert not may_open(clinic.provider(), own_id(patient))
    assert revoke_code(patient, kept.id)
