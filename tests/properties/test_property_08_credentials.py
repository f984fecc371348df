"""Property 8: credentials are kept and judged.

Licence, specialities, certifications, school, residency, years, affiliations, verification state
and its workflow, expiry: for all credentials and dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medilink.acts.credentials import (
    attach_evidence,
    decide_credentials,
    list_credentials,
    my_credentials,
    open_evidence,
    remind_of_credentials,
    save_credentials,
    see_cards,
    submit_credentials,
)
from medilink.acts.notices import my_notices
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.credentials import (
    FOLLOWS,
    REMIND_DAYS,
    Certification,
    Credentials,
    Held,
    Standing,
    State,
    judge,
    last_day,
    reminder_due,
)
from medilink.errors import (
    EditedMeanwhile,
    FileNotAPicture,
    LicenceExpired,
    MediLinkError,
    Missing,
    NotValid,
    NotVerified,
    ReasonMissing,
    Refused,
)
from medilink.people import tidy
from tests.clinics import START, TestClinic, new_clinic

TODAY = START.date()
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=60).map(tidy)
names = texts.filter(bool)
days = st.dates(date(1960, 1, 1), date(2080, 12, 31)).map(date.isoformat)
past = st.dates(date(1960, 1, 1), TODAY).map(date.isoformat)
coming = st.dates(TODAY, date(2080, 12, 31)).map(date.isoformat)
certifications = st.builds(Certification, names, texts, st.just("") | past, st.just("") | coming)
credentials = st.builds(
    Credentials,
    licence=texts,
    issuer=texts,
    expires=st.just("") | days,
    specialities=st.lists(names, max_size=4).map(tuple),
    certifications=st.lists(certifications, max_size=4).map(tuple),
    school=texts,
    residency=texts,
    years=st.none() | st.integers(0, 70),
    affiliations=st.lists(names, max_size=3).map(tuple),
    email=texts,
)
steps = st.lists(st.sampled_from(["save", "submit", "verify", "refuse"]), max_size=8)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClinic]:
    clinic = new_clinic(tmp_path_factory.mktemp("credentials") / "clinic")
    yield clinic
    clinic.store.close()


many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(said=credentials, walked=steps)
def test_property_08_credentials_are_kept_and_walk_their_way(
    shared: TestClinic, said: Credentials, walked: list[str]
) -> None:
    doctor = shared.provider()
    held = save_credentials(doctor, my_credentials(doctor), said)
    assert held.credentials == said
    state = State.DRAFT
    for step in walked:
        before = my_credentials(doctor)
        try:
            if step == "save":
                changed = replace(before.credentials, school=before.credentials.school + "x")
                save_credentials(doctor, before, changed)
                expected = State.DRAFT
            elif step == "submit":
                submit_credentials(doctor, before)
                expected = State.SUBMITTED
            else:
                decide_credentials(
                    shared.admin, doctor.who.id, before, verified=step == "verify", reason="seen"
                )
                expected = State.VERIFIED if step == "verify" else State.REFUSED
        except MediLinkError as refused:
            assert my_credentials(doctor) == before
            assert isinstance(refused, NotValid | EditedMeanwhile)
            continue
        assert expected in FOLLOWS[state]
        state = expected
        assert my_credentials(doctor).state is state
        assert my_credentials(doctor).credentials.licence == said.licence


@many
@given(expires=days, offset=st.integers(-500, 500), state=st.sampled_from(State))
def test_property_08_a_standing_is_judged_by_the_day(
    expires: str, offset: int, state: State
) -> None:
    held = Held(Credentials("1", "Board", expires), state)
    today = date.fromisoformat(expires) + timedelta(days=offset)
    found = judge(held, today)
    if state is not State.VERIFIED:
        assert found not in (Standing.VERIFIED, Standing.EXPIRING, Standing.EXPIRED)
    elif offset > 0:
        assert found is Standing.EXPIRED
    else:
        assert found is (Standing.EXPIRING if offset >= -90 else Standing.VERIFIED)


@many
@given(expires=days, seen=st.lists(st.integers(-200, 30), min_size=1, max_size=30))
def test_property_08_each_reminder_is_given_once(expires: str, seen: list[int]) -> None:
    held = Held(Credentials("1", "Board", expires), State.VERIFIED)
    reminded, given_days = None, []
    for offset in sorted(seen):
        today = date.fromisoformat(expires) + timedelta(days=offset)
        due = reminder_due(held, reminded, today)
        if due is not None:
            given_days.append(due)
            reminded = due
    assert given_days == sorted(set(given_days), reverse=True)
    assert set(given_days) <= set(REMIND_DAYS)
    assert bool(given_days) is (max(seen) >= -90)


def test_a_licence_is_valid_through_its_last_day() -> None:
    assert last_day("2027") == date(2027, 12, 31)
    assert last_day("2028-02") == date(2028, 2, 29)
    assert last_day("2027-12") == date(2027, 12, 31)


VALID = Credentials("KMPDC 123", "KMPDC", "2027-03-01", ("Paediatrics",))


def verified(clinic: TestClinic, said: Credentials = VALID):  # type: ignore[no-untyped-def]
    doctor = clinic.provider()
    held = submit_credentials(doctor, save_credentials(doctor, Held(), said))
    decide_credentials(clinic.admin, doctor.who.id, held, verified=True, reason="")
    return doctor


def test_only_an_administrator_decides_and_never_twice(clinic: TestClinic) -> None:
    doctor, other = clinic.provider(), clinic.provider("Other")
    with pytest.raises(Missing):
        submit_credentials(doctor, save_credentials(doctor, Held(), Credentials()))
    held = save_credentials(doctor, my_credentials(doctor), VALID)
    held = submit_credentials(doctor, held)
    for desk in (doctor, other, clinic.patient()):
        with pytest.raises(Refused):
            decide_credentials(desk, doctor.who.id, held, verified=True, reason="")
    with pytest.raises(ReasonMissing):
        decide_credentials(clinic.admin, doctor.who.id, held, verified=False, reason=" ")
    decide_credentials(clinic.admin, doctor.who.id, held, verified=False, reason="wrong number")
    with pytest.raises(EditedMeanwhile):
        decide_credentials(clinic.admin, doctor.who.id, held, verified=True, reason="")
    assert list_credentials(clinic.admin)[doctor.who.id].reason == "wrong number"
    assert [n.title for n in my_notices(doctor)] == ["Your licence was checked"]


def test_an_expired_licence_cannot_be_sent(clinic: TestClinic) -> None:
    doctor = clinic.provider()
    held = save_credentials(doctor, Held(), replace(VALID, expires="2020"))
    with pytest.raises(LicenceExpired):
        submit_credentials(doctor, held)


def test_the_evidence_is_a_picture_or_pdf(clinic: TestClinic) -> None:
    from tests.rules.test_attachments import pdf  # noqa: PLC0415

    doctor = verified(clinic)
    with pytest.raises(FileNotAPicture):
        attach_evidence(clinic.admin, doctor.who.id, b"MZ a program")
    body = pdf()
    attach_evidence(clinic.admin, doctor.who.id, body)
    assert open_evidence(clinic.admin, doctor.who.id) == ("application/pdf", body)
    with pytest.raises(Refused):
        open_evidence(doctor, doctor.who.id)


def test_a_clinic_may_let_only_verified_providers_open_records(clinic: TestClinic) -> None:
    strict = replace(clinic.desk.clinic, unverified_may_open=0)
    doctor, newcomer = verified(clinic), clinic.provider("New")
    slip = clinic.register()
    for desk in (doctor, newcomer):
        record_patient_is_here(desk, slip.patient.id, "cough")
        open_record(desk, slip.patient.id)
    open_record(replace(doctor, clinic=strict), slip.patient.id)
    with pytest.raises(NotVerified):
        open_record(replace(newcomer, clinic=strict), slip.patient.id)
    clinic.clock.now = datetime(2027, 3, 2, tzinfo=UTC)
    record_patient_is_here(doctor, slip.patient.id, "cough")
    with pytest.raises(NotVerified):
        open_record(replace(doctor, clinic=strict), slip.patient.id)


def test_a_patient_sees_the_card_and_the_phone_only_where_it_is_meant_to_be_seen(
    clinic: TestClinic,
) -> None:
    verified(clinic, replace(VALID, phone="0712 345 678"))
    verified(clinic, replace(VALID, phone="0712 345 679", public_phone=1))
    clinic.provider("New")
    cards = see_cards(clinic.patient())
    assert sorted((c.standing, c.phone) for c in cards) == [
        (Standing.UNVERIFIED, ""),
        (Standing.VERIFIED, ""),
        (Standing.VERIFIED, "+254712345679"),
    ]


def test_reminders_reach_the_provider_and_the_administrator_once(clinic: TestClinic) -> None:
    doctor = verified(clinic)
    assert remind_of_credentials(clinic.admin) == 0
    clinic.clock.now = datetime(2027, 1, 31, tzinfo=UTC)
    assert remind_of_credentials(clinic.desk) == 1
    assert remind_of_credentials(clinic.desk) == 0
    assert "Your licence is about to expire" in [n.title for n in my_notices(doctor)]
    assert "A licence is about to expire" in [n.title for n in my_notices(clinic.admin)]
