"""What is missing is named, the most useful first; an answer counts, also when it is "none"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.absence import absence
from medilink.choices import BLOOD_WORDS, LANGUAGES
from medilink.completeness import DETAILS, PARTS, Completeness, completeness
from medilink.people import Patient, PatientDetails, PatientId, Sex
from medilink.person_entries import Contact, Coverage, Profile
from medilink.profile import BLOOD_TYPES
from medilink.records import (
    ALL_SECTIONS,
    Allergy,
    Condition,
    Immunization,
    Medication,
    Record,
    Section,
)

TODAY = date(2026, 6, 1)
UID = bytes(16)
NOBODY = Patient(
    PatientId(1), UID, "ML-0000-0000", PatientDetails("A", "B", Sex.UNKNOWN), 1, registered_at=0
)


def said_none(section: Section) -> tuple[object, ...]:
    return (absence(section, uid=UID, at=0, author="", origin=""),)


FACTS: dict[str, dict[str, object]] = {
    "allergies": {"allergies": (Allergy(UID, 0, "Penicillin"),)},
    "no allergies": {"allergies": said_none(Section.ALLERGIES)},
    "medicines": {"medications": (Medication(UID, 0, "Metformin"),)},
    "no medicines": {"medications": said_none(Section.MEDICATIONS)},
    "conditions": {"conditions": (Condition(UID, 0, "Asthma"),)},
    "contact": {"contacts": (Contact(UID, 0, "C", "mother", "+254700000000"),)},
    "contact without phone": {"contacts": (Contact(UID, 0, "C"),)},
    "insurance": {"coverages": (Coverage(UID, 0, "SHA", until="2026"),)},
    "insurance over": {"coverages": (Coverage(UID, 0, "SHA", until="2026-05-31"),)},
    "vaccines": {"immunisations": (Immunization(UID, 0, "BCG"),)},
    "blood": {"profiles": (Profile(UID, 0, blood="O+"),)},
    "profile": {"profiles": (Profile(UID, 0, blood="O+", language="sw", photo="ff"),)},
}
DETAIL_FACTS: dict[str, dict[str, object]] = {
    "birth year": {"birth_date": "1984"},
    "birth of a child": {"birth_date": "2025-05-01"},
    "sex": {"sex": Sex.FEMALE},
    "phone": {"phone": "+254700000000"},
    "village": {"village": "Kisumu"},
}


def judged(facts: set[str], sections: frozenset[Section] = ALL_SECTIONS) -> Completeness:
    details, parts = NOBODY.details, {}
    for fact in sorted(facts):
        parts |= FACTS.get(fact, {})
        details = replace(details, **DETAIL_FACTS.get(fact, {}))  # type: ignore[arg-type]
    patient = replace(NOBODY, details=details)
    return completeness(Record(patient, sections, **parts), patient, TODAY)  # type: ignore[arg-type]


def test_an_empty_record_lacks_everything_and_asks_for_allergies_first() -> None:
    found = judged(set())
    assert found.percent == 0
    assert found.missing[0].what == "Allergies"
    assert {missing.what for missing in found.missing} == {part.what for part in PARTS}


def test_weights_sum_to_a_hundred() -> None:
    assert sum(part.weight for part in PARTS) == 100
    assert len({part.what for part in PARTS}) == len(PARTS)


def test_no_known_allergies_is_an_answer_and_not_asked_is_none() -> None:
    assert judged({"no allergies"}).percent == judged({"allergies"}).percent == 15
    assert "Allergies" not in {missing.what for missing in judged({"no allergies"}).missing}


def test_everything_there_is_a_hundred() -> None:
    everything = {*FACTS, *DETAIL_FACTS} - {"insurance over", "contact without phone", "blood"}
    assert judged(everything) == Completeness(100, ())


def test_vaccines_are_asked_of_small_children_only() -> None:
    def asks(facts: set[str]) -> bool:
        return "Vaccines" in {missing.what for missing in judged(facts).missing}

    assert asks({"birth of a child"})
    assert not asks({"birth year"})
    assert asks(set())  # the age may be a child's


@pytest.mark.parametrize(("fact", "what"), [("contact without phone", "Somebody to call"),
                                            ("insurance over", "Insurance")])  # fmt: skip
def test_what_does_not_help_does_not_count(fact: str, what: str) -> None:
    assert what in {missing.what for missing in judged({fact}).missing}


def test_what_may_not_be_seen_is_not_called_missing() -> None:
    found = judged({"allergies"}, frozenset({Section.ALLERGIES}))
    assert {missing.where for missing in found.missing} == {DETAILS}
    assert judged(set(), frozenset({Section.VITALS})).percent == 0


def test_missing_parts_come_most_useful_first() -> None:
    weights = {part.what: part.weight for part in PARTS}
    listed = [weights[missing.what] for missing in judged({"phone"}).missing]
    assert listed == sorted(listed, reverse=True)


ADDABLE = sorted({*FACTS, *DETAIL_FACTS})
# Two answers to one question: the second replaces the first, it adds nothing.
RIVALS = [
    {"allergies", "no allergies"},
    {"medicines", "no medicines"},
    {"contact", "contact without phone"},
    {"insurance", "insurance over"},
    {"blood", "profile"},
    {"birth year", "birth of a child"},
]


@given(
    st.sets(st.sampled_from(ADDABLE)), st.sampled_from(ADDABLE), st.sets(st.sampled_from(Section))
)
def test_a_fact_added_never_lowers_the_percentage(
    facts: set[str], more: str, sections: set[Section]
) -> None:
    rivals = {rival for pair in RIVALS if more in pair for rival in pair}
    facts -= rivals
    before, after = judged(facts, frozenset(sections)), judged(facts | {more}, frozenset(sections))
    assert 0 <= before.percent <= after.percent <= 100
    assert len(after.missing) <= len(before.missing)


def test_languages_are_known_tags_once_each() -> None:
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)
    assert all(2 <= len(tag) <= 3 and tag.islower() for tag in LANGUAGES if tag)


def test_every_blood_type_has_words() -> None:
    assert set(BLOOD_WORDS) == set(BLOOD_TYPES)
