"""Made-up patients: believable, coherent, and the same for the same seed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from medilink.intake.made_up import made_up_names, made_up_patients
from medilink.people import PatientDetails, age_at, check_details, read_phone
from medilink.receiving import ReceivedPatient
from medilink.records import Alert, Allergy, Condition, Encounter, Medication, Observation
from medilink.visits import check_entry_text
from medilink.vitals import VITAL_BY_CODE

TODAY = date(2025, 3, 1)
PEOPLE = list(made_up_patients(seed=1, count=600, today=TODAY))


def understood(patient: ReceivedPatient) -> Iterator[Any]:
    for received in patient.entries:
        yield from received.understood


def series(patient: ReceivedPatient, code: str) -> list[float]:
    seen = [e for e in understood(patient) if isinstance(e, Observation) and e.code == code]
    return [e.number for e in sorted(seen, key=lambda e: e.at) if e.number is not None]


def test_the_same_seed_gives_the_same_people_however_many_are_asked_for():
    assert PEOPLE[:40] == list(made_up_patients(1, 40, TODAY))
    assert PEOPLE[:40] != list(made_up_patients(2, 40, TODAY))


def test_people_are_of_all_ages_some_of_them_estimated():
    ages = [age_at(p.details.birth_date, p.details.birth_estimated, TODAY) for p in PEOPLE]
    years = [age.years for age in ages if age is not None]
    assert len(years) == len(PEOPLE)
    assert min(years) == 0
    assert 80 <= max(years) <= 95
    assert 0.15 < sum(y < 5 for y in years) / len(years) < 0.4
    assert any(p.details.birth_estimated for p in PEOPLE)


def test_details_are_as_a_registration_leaves_them():
    for patient in PEOPLE:
        assert check_details(patient.details) == patient.details
        assert read_phone(patient.details.phone, "KE") == patient.details.phone
        assert patient.details.village


def test_everyone_has_two_to_eight_visits_between_birth_and_yesterday():
    now = datetime(2025, 3, 1, tzinfo=UTC).timestamp() * 1000
    for patient in PEOPLE:
        visits = [e for e in understood(patient) if isinstance(e, Encounter)]
        assert 2 <= len(visits) <= 8
        assert all(v.at < now for v in visits)
        born = patient.details.birth_date.ljust(10, "-")
        if born.count("-") == 2 and not patient.details.birth_estimated:
            birth = datetime.fromisoformat(patient.details.birth_date).replace(tzinfo=UTC)
            assert all(v.at >= birth.timestamp() * 1000 for v in visits)


def test_entries_are_named_once_and_belong_to_a_visit():
    uids = Counter(e.uid for patient in PEOPLE for e in understood(patient))
    assert set(uids.values()) == {1}
    for patient in PEOPLE:
        kinds = {(received.kind, received.source_id) for received in patient.entries}
        assert len(kinds) == len(patient.entries)
        visits = {e.uid for e in understood(patient) if isinstance(e, Encounter)}
        linked = {e.encounter for e in understood(patient) if getattr(e, "encounter", None)}
        assert linked == visits


def test_vital_signs_are_possible_and_mostly_likely():
    likely = Counter[bool]()
    for patient in PEOPLE:
        for entry in understood(patient):
            sign = VITAL_BY_CODE.get(getattr(entry, "code", ""))
            if sign and isinstance(entry, Observation) and entry.number is not None:
                assert sign.possible[0] <= entry.number <= sign.possible[1]
                assert entry.unit == sign.unit
                likely[sign.likely[0] <= entry.number <= sign.likely[1]] += 1
    assert likely[False] < 0.01 * likely[True]


def test_nobody_shrinks_and_small_children_grow():
    for patient in PEOPLE:
        heights = series(patient, "8302-2")
        assert heights == sorted(heights)
        if patient.details.birth_date > "2022":
            weights = series(patient, "29463-7")
            assert weights[-1] >= weights[0] * 0.98


def test_pressure_is_high_where_hypertension_is_found_and_falls_with_treatment():
    before, after = [], []
    for patient in PEOPLE:
        found = [e for e in understood(patient) if isinstance(e, Condition)]
        at = [e.at for e in found if e.name == "Hypertension" and e.encounter]
        for e in understood(patient):
            if at and isinstance(e, Observation) and e.code == "8480-6" and e.number:
                (before if e.at <= at[0] else after).append(e.number)
    assert len(before) > 30
    assert sum(before) / len(before) > 145
    assert sum(after) / len(after) < sum(before) / len(before) - 10


def test_nobody_is_given_what_they_are_allergic_to():
    forbidden = {
        "Penicillin": {"Amoxicillin"},
        "Sulfa medicines": {"Co-trimoxazole"},
        "Aspirin": {"Ibuprofen"},
    }
    allergic = 0
    for patient in PEOPLE:
        substances = {e.substance for e in understood(patient) if isinstance(e, Allergy)}
        given = {e.name for e in understood(patient) if isinstance(e, Medication)}
        allergic += bool(substances)
        for substance in substances:
            assert not given & forbidden.get(substance, set())
    assert allergic > 40


def test_there_is_something_of_everything():
    seen = defaultdict(set)
    for patient in PEOPLE:
        for entry in understood(patient):
            for field in ("name", "substance", "text"):
                if value := getattr(entry, field, ""):
                    assert check_entry_text(field, value) == value
                    seen[type(entry)].add(value)
    assert {"Hypertension", "Asthma", "Sickle cell disease", "Epilepsy"} <= seen[Condition]
    assert {"Type 2 diabetes mellitus", "Pneumonia", "Malaria, uncomplicated"} <= seen[Condition]
    assert {"Penicillin", "Sulfa medicines", "Peanuts"} <= seen[Allergy]
    assert {"Haemoglobin", "Glucose", "Creatinine", "Positive, P. falciparum"} <= seen[Observation]
    assert len(seen[Alert]) > 3


@pytest.fixture(scope="module")
def crowd() -> list[PatientDetails]:
    return list(made_up_names(seed=1, count=100_000))


def test_a_hundred_thousand_names_have_a_long_tail(crowd):
    words = Counter(word for person in crowd for word in person.full_name.split())
    ranked = [count for _, count in words.most_common()]
    assert len(words) >= 8_000
    assert ranked[0] > 1_000
    assert sum(count <= 3 for count in ranked) > len(ranked) / 3


def test_names_have_apostrophes_accents_and_other_scripts(crowd):
    written = "".join(person.full_name for person in crowd)
    assert "Ng'ang'a" in written
    assert "é" in written
    assert any("\u1200" <= c <= "\u137f" for c in written)
    assert any("\u0600" <= c <= "\u06ff" for c in written)


def test_names_are_the_same_for_the_same_seed(crowd):
    assert crowd[:500] == list(made_up_names(1, 500))
    assert crowd[:500] != list(made_up_names(2, 500))
