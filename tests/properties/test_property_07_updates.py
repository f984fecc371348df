"""Property 7: people can update what is theirs.

Valid changes are stored and read back; invalid ones are refused whole with a reason; nobody updates
what is not theirs: for all updates and roles, against the real store.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medilink.acts.profile import change_profile, see_changes
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_record import add_entry
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import AlreadySaid, MediLinkError, NotValid, Refused
from medilink.people import PatientId, Role
from medilink.person_entries import Profile
from medilink.profile import PROFILE_FIELDS, changed_profile, may_change
from medilink.records import Section
from tests.clinics import HandClock, TestClinic, new_clinic, own_id
from tests.properties.people import entries, profiles

OWN = frozenset({Section.CONTACTS, Section.INSURANCE})
wrong = st.sampled_from(
    [{"blood": "Z+"}, {"donor": "maybe"}, {"reach": "pigeon"}, {"email": "nobody"}, {}, {}, {}]
)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Desk]]:
    clinic: TestClinic = new_clinic(tmp_path_factory.mktemp("updates") / "clinic")
    patient, other = clinic.patient(), clinic.patient()
    doctor, stranger = clinic.provider(), clinic.provider("Otieno")
    record_patient_is_here(doctor, own_id(patient), "cough")
    yield {
        "patient": patient,
        "doctor": doctor,
        "other": other,
        "stranger": stranger,
        "admin": clinic.admin,
    }
    clinic.store.close()


ROLES = ("patient", "doctor", "other", "stranger", "admin")
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def profile_now(people: dict[str, Desk]) -> Profile | None:
    return open_record(people["patient"], number(people)).record.profile


def number(people: dict[str, Desk]) -> PatientId:
    return own_id(people["patient"])


@many
@given(who=st.sampled_from(ROLES), wanted=profiles, mistake=wrong)
def test_property_07_a_profile_is_changed_whole_or_not_at_all(
    people: dict[str, Desk], who: str, wanted: dict[str, str], mistake: dict[str, str]
) -> None:
    desk, before = people[who], profile_now(people)
    clock = people["patient"].clock
    assert isinstance(clock, HandClock)
    clock.forward(milliseconds=1)
    typed = wanted | mistake
    lines = len(see_changes(people["patient"], number(people)))
    try:
        change_profile(desk, number(people), before, typed)
    except MediLinkError as refused:
        assert profile_now(people) == before
        assert len(see_changes(people["patient"], number(people))) == lines
        expected = NotValid if mistake and who in ("patient", "doctor") else Refused
        assert isinstance(refused, expected | Refused)
        assert refused.sentence
        return
    assert who in ("patient", "doctor")
    assert not mistake or all(getattr(before, f) == v for f, v in mistake.items())
    after = profile_now(people) or Profile(uid=b"", at=0)
    assert {field: getattr(after, field) for field in PROFILE_FIELDS} == typed
    base = before or Profile(uid=b"", at=0)
    changed = {field for field in PROFILE_FIELDS if getattr(base, field) != typed[field]}
    told = see_changes(people["patient"], number(people))[: len(changed)]
    assert {(line.field, line.new, line.author) for line in told} == {
        (field, typed[field], desk.who.title) for field in changed
    }


@many
@given(who=st.sampled_from(ROLES), said=entries)
def test_property_07_nobody_writes_what_is_not_theirs(
    people: dict[str, Desk], who: str, said: tuple[Section, dict[str, str]]
) -> None:
    section, typed = said
    before = open_record(people["patient"], number(people)).record.entries()
    entries_before = people["admin"].store.log.head().seq
    may = who == "doctor" or (who == "patient" and section in OWN)
    try:
        add_entry(people[who], number(people), section, typed, override="it must be")
    except AlreadySaid:
        assert may
    except Refused:
        assert not may
        assert open_record(people["patient"], number(people)).record.entries() == before
        rows = [r for r in people["admin"].store.log.rows() if r.seq > entries_before]
        assert any((r.act, r.outcome) == (Act.WRITE_RECORD, "refused") for r in rows)
    else:
        assert may
        after = open_record(people["patient"], number(people)).record.entries()
        assert len(after) == len(before) + 1


@many
@given(
    role=st.sampled_from(list(Role)), field=st.sampled_from(sorted(PROFILE_FIELDS)), wanted=profiles
)
def test_property_07_each_field_has_its_owner(
    role: Role, field: str, wanted: dict[str, str]
) -> None:
    before = Profile(uid=b"", at=0)
    typed = {field: wanted[field]}
    if may_change(role, field) or not wanted[field]:
        assert changed_profile(before, typed, role) == {f: v for f, v in typed.items() if v}
    else:
        with pytest.raises(Refused):
            changed_profile(before, typed, role)
