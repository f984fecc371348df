"""Emergencies and guardians: rights that end, are seen, and open nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from medilink.acts.emergency import (
    Verdict,
    break_glass,
    emergencies_to_review,
    review_emergency,
)
from medilink.acts.family import end_guardian, guardians_of, link_guardian, my_children
from medilink.acts.look_back import who_looked_at_my_record
from medilink.acts.notices import my_notices
from medilink.acts.read_record import may_open, open_record
from medilink.acts.receive import open_with_code
from medilink.acts.register import Slip, give_new_slip, record_patient_is_here
from medilink.acts.share import make_share_code, my_codes, revoke_code
from medilink.acts.staff import change_clinic, reset_password, switch_account
from medilink.acts.write_record import add_entry
from medilink.audit import Act, Method
from medilink.desk import Desk
from medilink.errors import (
    AlreadySaid,
    ChildIsGrown,
    EditedMeanwhile,
    IdUnreadable,
    Missing,
    NoRight,
    NotFound,
    NotValid,
    NotYours,
    ParentYounger,
    ReasonMissing,
    Refused,
)
from medilink.family import Relation, grown_up_at
from medilink.people import PatientDetails, Sex
from medilink.records import ALL_SECTIONS, Section
from tests.clinics import TestClinic, own_id

REASON = "Unconscious after a fall"


def test_an_emergency_opens_the_record_for_four_hours_to_read(clinic: TestClinic) -> None:
    doctor, slip = clinic.provider(), clinic.register()
    patient = slip.patient.id
    assert not may_open(doctor, patient)
    break_glass(doctor, patient, REASON)
    opened = open_record(doctor, patient)
    assert (opened.right.method, opened.record.sections) == (Method.EMERGENCY, ALL_SECTIONS)
    assert not opened.can_write
    with pytest.raises(NoRight):
        add_entry(doctor, patient, Section.ALERTS, {"text": "x"})
    assert not may_open(clinic.provider("Other"), patient)
    clinic.clock.forward(hours=4)
    with pytest.raises(NoRight):
        open_record(doctor, patient)


@pytest.mark.parametrize("reason", ["", "          ", "x", "123456789012", "short one"])
def test_an_emergency_needs_a_reason_in_words(clinic: TestClinic, reason: str) -> None:
    doctor, slip = clinic.provider(), clinic.register()
    with pytest.raises(ReasonMissing):
        break_glass(doctor, slip.patient.id, reason)
    assert not may_open(doctor, slip.patient.id)


def test_only_providers_break_the_glass(clinic: TestClinic) -> None:
    slip = clinic.register()
    for desk in (clinic.admin, clinic.patient()):
        with pytest.raises(Refused):
            break_glass(desk, slip.patient.id, REASON)


def test_the_patient_sees_it_and_an_administrator_reviews_it_once(clinic: TestClinic) -> None:
    doctor, slip = clinic.provider(), clinic.register()
    patient = clinic.patient(slip)
    break_glass(doctor, slip.patient.id, REASON)
    seen = who_looked_at_my_record(patient)
    assert any((e.act, e.why) == (Act.BREAK_GLASS, REASON) for e in seen)
    waiting = emergencies_to_review(clinic.admin)
    assert [(e.reason, e.reviewed_at) for e in waiting] == [(REASON, None)]
    with pytest.raises(Refused):
        emergencies_to_review(doctor)
    with pytest.raises(ReasonMissing):
        review_emergency(clinic.admin, waiting[0].id, Verdict.NOT_JUSTIFIED, "")
    review_emergency(clinic.admin, waiting[0].id, Verdict.JUSTIFIED, "")
    with pytest.raises(EditedMeanwhile):
        review_emergency(clinic.admin, waiting[0].id, Verdict.NOT_JUSTIFIED, "late")


# ---- guardians


def born(clinic: TestClinic, name: str, birth_date: str) -> Slip:
    return clinic.register(details=PatientDetails(name, "Achieng", Sex.FEMALE, birth_date))


@pytest.fixture
def family(clinic: TestClinic) -> tuple[Desk, Slip, Slip]:
    """The mother at her phone, her slip, her child's."""
    mother, child = born(clinic, "Mary", "1995-04-02"), born(clinic, "Faith", "2020-02-29")
    clinic.link(child.patient.id, mother.patient.medilink_id, Relation.MOTHER)
    return clinic.patient(mother), mother, child


def test_a_mother_sees_and_shares_her_childs_record(
    clinic: TestClinic, family: tuple[Desk, Slip, Slip]
) -> None:
    mother, _, child = family
    assert [patient.id for _, patient in my_children(mother)] == [child.patient.id]
    opened = open_record(mother, child.patient.id)
    assert opened.right.method is Method.GUARDIAN
    made = make_share_code(mother, frozenset({Section.ALLERGIES}), patient=child.patient.id)
    doctor = clinic.provider()
    assert open_with_code(doctor, made.code) == child.patient.id
    assert [grant.id for grant in my_codes(mother, child.patient.id)] == [made.grant.id]
    assert revoke_code(mother, made.grant.id)
    with pytest.raises(NoRight):
        open_record(doctor, child.patient.id)
    theirs = who_looked_at_my_record(clinic.patient(child))
    assert any(e.method == Method.GUARDIAN for e in theirs)
    add_entry(mother, child.patient.id, Section.CONTACTS, {"name": "Me", "phone": "0712345678"})


def test_the_right_ends_on_the_birthday_the_clinic_set(
    clinic: TestClinic, family: tuple[Desk, Slip, Slip]
) -> None:
    mother, _, child = family
    clinic.clock.now = datetime(2038, 2, 28, 23, 59, tzinfo=UTC)
    assert may_open(mother, child.patient.id)
    clinic.clock.now = datetime(2038, 3, 1, tzinfo=UTC)  # born on 29 February
    with pytest.raises(NoRight):
        open_record(mother, child.patient.id)
    with pytest.raises(NotYours):
        make_share_code(mother, ALL_SECTIONS, patient=child.patient.id)
    assert my_children(mother) == []


def test_an_ended_link_opens_nothing(clinic: TestClinic, family: tuple[Desk, Slip, Slip]) -> None:
    mother, _, child = family
    link, _ = guardians_of(clinic.provider(), child.patient.id)[0]
    end_guardian(mother, link)
    assert not may_open(mother, child.patient.id)
    with pytest.raises(NotFound):
        end_guardian(mother, link)


def test_a_guardian_of_one_child_is_nobody_to_another(
    clinic: TestClinic, family: tuple[Desk, Slip, Slip]
) -> None:
    mother, _, _ = family
    other = born(clinic, "Grace", "2021")
    with pytest.raises(NoRight):
        open_record(mother, other.patient.id)
    with pytest.raises(Refused):
        link_guardian(mother, other.patient.id, mother.who.user_name, Relation.MOTHER)


def test_who_cannot_be_a_guardian(clinic: TestClinic) -> None:
    child, mother = born(clinic, "Faith", "2020"), born(clinic, "Mary", "1995")
    young, grown = born(clinic, "Joy", "2015-01-01"), born(clinic, "Ann", "2000")
    nobody_knows = born(clinic, "Zawadi", "")
    for whose, guardian, error in (
        (child, young, ParentYounger),
        (grown, mother, ChildIsGrown),
        (nobody_knows, mother, Missing),
        (child, child, NotValid),
    ):
        with pytest.raises(error):
            clinic.link(whose.patient.id, guardian.patient.medilink_id, Relation.MOTHER)
    with pytest.raises(IdUnreadable):
        clinic.link(child.patient.id, "ML-0000-0000", Relation.MOTHER)
    clinic.link(child.patient.id, mother.patient.medilink_id, Relation.MOTHER)
    with pytest.raises(AlreadySaid):
        clinic.link(child.patient.id, mother.patient.medilink_id, Relation.MOTHER)


def test_a_birth_year_alone_ends_the_right_as_early_as_it_can_be() -> None:
    start = datetime(2038, 1, 1, tzinfo=UTC).timestamp() * 1000
    assert grown_up_at("2020", 18) == start
    assert grown_up_at("", 18) is None


def test_care_is_named_before_an_emergency(clinic: TestClinic) -> None:
    doctor, slip = clinic.provider(), clinic.register()
    break_glass(doctor, slip.patient.id, REASON)
    record_patient_is_here(doctor, slip.patient.id, "cough")
    assert open_record(doctor, slip.patient.id).right.method is Method.CARE


def test_a_guardian_younger_than_a_parent_can_be_is_a_typing_error(clinic: TestClinic) -> None:
    doctor = clinic.provider()
    mother = clinic.register(
        details=PatientDetails("Achieng", "Odhiambo", Sex.FEMALE, "2020-05-01")
    )
    child = clinic.register(details=PatientDetails("Otieno", "Odhiambo", Sex.MALE, "2019-03-01"))
    record_patient_is_here(doctor, child.patient.id, "cough")
    with pytest.raises(ParentYounger) as told:
        link_guardian(doctor, child.patient.id, mother.patient.medilink_id, Relation.MOTHER)
    assert "Check both birth dates" in told.value.sentence


def test_only_the_guardian_named_or_who_has_the_child_in_care_ends_a_link(
    clinic: TestClinic, family: tuple[Desk, Slip, Slip]
) -> None:
    mother, _, child = family
    father, stranger = clinic.register(), clinic.patient()
    clinic.link(child.patient.id, father.patient.medilink_id, Relation.FATHER)
    links = {link.guardian: link for link, _ in guardians_of(clinic.provider(), child.patient.id)}
    hers = next(link for link in links.values() if link.guardian == mother.who.patient)
    for wrong in (clinic.patient(father), stranger, clinic.provider(), clinic.admin):
        with pytest.raises(Refused):
            end_guardian(wrong, hers)
    assert may_open(mother, child.patient.id)


def test_a_guardians_codes_end_with_the_right(
    clinic: TestClinic, family: tuple[Desk, Slip, Slip]
) -> None:
    mother, _, child = family
    doctor = clinic.provider()
    code = make_share_code(mother, ALL_SECTIONS, hours=168, patient=child.patient.id).code
    open_with_code(doctor, code)
    link, _ = guardians_of(doctor, child.patient.id)[0]
    end_guardian(mother, link)
    assert not may_open(doctor, child.patient.id)


def test_no_code_outlives_childhood(clinic: TestClinic) -> None:
    child, mother = clinic.register(details=_born("2008-03-05")), clinic.register()
    clinic.link(child.patient.id, mother.patient.medilink_id, Relation.GUARDIAN)
    made = make_share_code(
        clinic.patient(mother), ALL_SECTIONS, hours=168, patient=child.patient.id
    )
    assert made.grant.expires_at == grown_up_at("2008-03-05", 18)


def _born(birth_date: str) -> PatientDetails:
    return PatientDetails("Otieno", "Odhiambo", Sex.MALE, birth_date)


def test_a_later_age_of_adults_gives_no_parent_back_what_ended(clinic: TestClinic) -> None:
    child, mother = clinic.register(details=_born("2008-06-05")), clinic.register()
    clinic.link(child.patient.id, mother.patient.medilink_id, Relation.GUARDIAN)
    at_phone = clinic.patient(mother)
    clinic.clock.now = datetime(2026, 6, 6, tzinfo=UTC)
    assert not may_open(at_phone, child.patient.id)
    change_clinic(
        clinic.admin, clinic.desk.clinic, name="Kisumu Clinic", idle_minutes=15, adult_age=21
    )
    assert not may_open(at_phone, child.patient.id)


def test_what_was_made_while_the_clock_ran_ahead_opens_nothing_later(clinic: TestClinic) -> None:
    patient, doctor, other = clinic.patient(), clinic.provider(), clinic.provider()
    clinic.clock.forward(days=300)
    record_patient_is_here(doctor, own_id(patient), "cough")
    break_glass(other, own_id(patient), "unconscious on the road")
    code = make_share_code(patient, ALL_SECTIONS, hours=168, single_use=False).code
    clinic.clock.forward(days=-300)
    assert not may_open(doctor, own_id(patient))
    assert not may_open(other, own_id(patient))
    with pytest.raises(Refused):
        open_with_code(doctor, code)


def test_administrators_give_no_slips_and_link_no_guardians(clinic: TestClinic) -> None:
    slip, dummy = clinic.register(), clinic.register()
    patient = clinic.patient(slip)
    with pytest.raises(Refused):
        give_new_slip(clinic.admin, slip.patient)
    for act in (reset_password, lambda d, a: switch_account(d, a, disabled=True)):
        with pytest.raises(Refused):
            act(clinic.admin, patient.who.id)
    with pytest.raises(Refused):
        link_guardian(clinic.admin, slip.patient.id, dummy.patient.medilink_id, Relation.GUARDIAN)
    doctor = clinic.provider()
    with pytest.raises(NoRight):
        give_new_slip(doctor, slip.patient)
    record_patient_is_here(doctor, slip.patient.id, "cough")
    give_new_slip(doctor, slip.patient)
    assert "You were given a new password slip" in [n.title for n in my_notices(patient)]
