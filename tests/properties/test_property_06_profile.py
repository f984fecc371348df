"""Property 6: a profile holds everything, and gives it back.

Allergies, conditions, medications, contacts, insurance, blood type, donor status, language, alerts:
for all profiles, in any script, through the real store.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medilink.acts.profile import change_profile
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_record import add_entry
from medilink.desk import Desk
from medilink.entering import typed_of
from medilink.errors import AlreadySaid
from medilink.records import Section, section_of
from tests.clinics import TestClinic, new_clinic
from tests.properties.people import entries, profiles


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClinic, Desk]]:
    clinic = new_clinic(tmp_path_factory.mktemp("profiles") / "clinic")
    yield clinic, clinic.provider()
    clinic.store.close()


def as_kept(section: Section, typed: dict[str, str]) -> dict[str, str]:
    """A form as it is given back: what a day, a tick or a phone number becomes."""
    kept = {name: text for name, text in typed.items() if name != "since"}
    if section is Section.CONTACTS:
        kept |= {"phone": "+254" + typed["phone"][1:], "primary": typed["primary"] or ""}
    return kept


def in_order(said: tuple[Section, dict[str, str]]) -> str:
    return repr((said[0], sorted(said[1].items())))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(entries, max_size=8), profile=profiles)
def test_property_06_a_profile_holds_everything_and_gives_it_back(
    at_work: tuple[TestClinic, Desk],
    said: list[tuple[Section, dict[str, str]]],
    profile: dict[str, str],
) -> None:
    clinic, doctor = at_work
    patient = clinic.register().patient.id
    record_patient_is_here(doctor, patient, "cough")
    told: list[tuple[Section, dict[str, str]]] = []
    for section, typed in said:
        try:
            add_entry(doctor, patient, section, typed, override="the patient insists")
        except AlreadySaid:
            continue
        if section is Section.CONTACTS and typed["primary"]:  # one person is called first
            told = [(s, one | {"primary": ""}) if s is section else (s, one) for s, one in told]
        told.append((section, as_kept(section, typed)))
    change_profile(doctor, patient, None, profile)
    record = open_record(doctor, patient).record
    found = [
        (section_of(entry), typed_of(entry, section_of(entry)))
        for entry in record.entries()
        if section_of(entry) is not Section.PERSON
    ]
    assert sorted(map(in_order, found)) == sorted(map(in_order, told))
    kept = record.profile
    if any(profile.values()):
        assert kept is not None
        assert {field: getattr(kept, field) for field in profile} == profile
    else:
        assert kept is None
