"""What a scope lets through, alone and beside others; the numbers it is kept as."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.absence import absence
from medilink.errors import NothingShared, NotValid, WritesUnwarned
from medilink.people import AccountId, Patient, PatientDetails, PatientId, Sex
from medilink.person_entries import Contact, Coverage, Profile
from medilink.records import (
    ALL_SECTIONS,
    PLACE_OF,
    Alert,
    Allergy,
    Condition,
    Document,
    Encounter,
    Entry,
    Immunization,
    Medication,
    Observation,
    Procedure,
    Record,
    Section,
    section_of,
)
from medilink.scopes import (
    ALL_SENSITIVE,
    EVERYTHING,
    Scope,
    scope_bits,
    scope_from_bits,
    sieve_for,
)
from medilink.sensitive import Sensitive, sensitive_parts
from medilink.sharing import GrantKind, check_scope, standing_grant

NOBODY = Patient(
    PatientId(1), b"p" * 16, "ML-7KQ2-94ZD", PatientDetails("Wanjiku", "Njeri", Sex.FEMALE), 1, 0
)
YEAR_MS = 365 * 86_400_000
times = st.integers(1, 60) | st.just(0)
scopes = st.builds(
    Scope,
    st.frozensets(st.sampled_from(list(Section))),
    st.frozensets(st.sampled_from(list(Sensitive))),
    st.none() | st.integers(0, 40),
    st.none() | st.integers(20, 60),
    st.booleans(),
)


def uid(number: int) -> bytes:
    return number.to_bytes(16, "big")


NAMES = st.sampled_from(["Malaria", "HIV infection", "Depression", "Normal pregnancy", "Asthma"])
STATUS = st.sampled_from(["active", "resolved", "amended"])
MAKERS = (
    lambda u, at, name, status: Alert(u, at, name, status),
    lambda u, at, name, status: Allergy(u, at, name, status=status),
    lambda u, at, name, status: Condition(u, at, name, status),
    lambda u, at, name, status: Medication(u, at, name, status=status),
    lambda u, at, name, status: Observation(u, at, Section.RESULTS, "x", name, status=status),
    lambda u, at, name, status: Observation(u, at, Section.VITALS, "y", name, status=status),
    lambda u, at, name, status: Encounter(u, at, "Consultation", name, status=status),
    lambda u, at, name, status: Immunization(u, at, name, status=status),
    lambda u, at, name, status: Procedure(u, at, name, status),
    lambda u, at, name, status: Document(u, at, name, status),
    lambda u, at, name, status: Contact(u, at, name, status=status),
    lambda u, at, name, status: Coverage(u, at, name, status=status),
    lambda u, at, name, status: Profile(u, at, pharmacy=name, status=status),
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    said = draw(st.lists(st.tuples(st.sampled_from(MAKERS), times, NAMES, STATUS), max_size=14))
    places: dict[str, list[Entry]] = {}
    for number, (make, at, name, status) in enumerate(said):
        entry = make(uid(number), at, name, status)
        place = "versions" if status == "amended" else PLACE_OF[type(entry)]
        places.setdefault(place, []).append(entry)
    return Record(NOBODY, ALL_SECTIONS, **{k: tuple(v) for k, v in places.items()})  # type: ignore[arg-type]


def held(record: Record) -> set[bytes]:
    return {entry.uid for entry in (*record.entries(), *record.versions)}


def test_everything_lets_everything_through() -> None:
    assert EVERYTHING.whole
    assert EVERYTHING == Scope(ALL_SECTIONS, ALL_SENSITIVE)


@given(records(), scopes)
def test_what_passes_is_in_the_sections_the_dates_and_the_categories(
    record: Record, scope: Scope
) -> None:
    passed = sieve_for([scope], record).through(record, ALL_SECTIONS)
    about = sensitive_parts(record)
    for entry in (*record.entries(), *record.versions):
        state = type(entry) in (Alert, Allergy, Condition, Medication, Contact, Coverage, Profile)
        dated = scope.since is not None or scope.until is not None
        in_dates = (
            not dated
            or (state and entry.status == "active")
            or (
                entry.at != 0
                and (scope.since or 0) <= entry.at
                and (scope.until is None or entry.at < scope.until)
            )
        )
        wanted = (
            section_of(entry) in scope.sections
            and in_dates
            and about.get(entry.uid, frozenset()) <= scope.sensitive
        )
        assert (entry.uid in held(passed)) == wanted, entry


@given(records(), st.lists(scopes, min_size=1, max_size=4))
def test_several_scopes_open_what_each_of_them_opens_and_nothing_more(
    record: Record, several: list[Scope]
) -> None:
    together = held(sieve_for(several, record).through(record, ALL_SECTIONS))
    alone = (held(sieve_for([one], record).through(record, ALL_SECTIONS)) for one in several)
    assert together == set().union(*alone)


@given(records(), scopes, st.frozensets(st.sampled_from(list(Section))))
def test_no_section_passes_that_was_not_wanted(
    record: Record, scope: Scope, wanted: frozenset[Section]
) -> None:
    passed = sieve_for([scope], record).through(record, wanted)
    assert passed.sections == wanted
    assert {section_of(entry) for entry in passed.entries()} <= wanted


# ---- as a number


@given(scopes)
def test_a_scope_comes_back_from_its_number_whole(scope: Scope) -> None:
    assert scope_from_bits(scope_bits(scope), scope.since, scope.until) == scope
    assert scope_bits(scope) < 1 << 31


def test_the_numbers_of_the_bits_are_those_they_always_were() -> None:
    numbers = {section: scope_bits(Scope(frozenset({section}))) for section in Section}
    assert list(numbers.values()) == [1 << bit for bit in range(13)]
    assert list(numbers) == [
        "alerts", "allergies", "conditions", "medications", "vitals", "results", "visits",
        "immunisations", "procedures", "documents", "person", "contacts", "insurance",
    ]  # fmt: skip
    none = frozenset[Section]()
    bits = [scope_bits(Scope(none, frozenset({one}))) for one in ("HIV", "MH", "SEX")]  # type: ignore[arg-type]
    assert bits == [1 << 20, 1 << 21, 1 << 22]
    assert scope_bits(Scope(none, write_back=True)) == 1 << 30


@given(st.integers(0, (1 << 63) - 1))
def test_bits_of_a_later_version_open_nothing(bits: int) -> None:
    known = scope_bits(Scope(ALL_SECTIONS, ALL_SENSITIVE, write_back=True))
    assert scope_from_bits(bits) == scope_from_bits(bits & known)


# ---- what may be chosen


def test_what_a_patient_may_not_choose_is_refused_in_words() -> None:
    allergies = frozenset({Section.ALLERGIES})
    assert check_scope(Scope(allergies, write_back=True))
    with pytest.raises(NothingShared):
        check_scope(Scope(frozenset()))
    with pytest.raises(NotValid):
        check_scope(Scope(allergies, since=5, until=5))
    with pytest.raises(WritesUnwarned):
        check_scope(Scope(ALL_SECTIONS - allergies, write_back=True))


@pytest.mark.parametrize("days", [0, 366])
def test_a_standing_permission_lasts_a_year_at_most(days: int) -> None:
    base = {"uid": uid(1), "patient": PatientId(1), "scope": EVERYTHING, "purpose": "", "now": 0}
    with pytest.raises(NotValid):
        standing_grant(days=days, to_account=None, **base)  # type: ignore[arg-type]
    year = standing_grant(days=365, to_account=AccountId(3), **base)  # type: ignore[arg-type]
    assert (year.kind, year.expires_at, year.to_account) == (GrantKind.STANDING, YEAR_MS, 3)
    everybody = standing_grant(days=1, to_account=None, **base)  # type: ignore[arg-type]
    assert everybody.kind is GrantKind.CLINIC
    assert everybody.share_id == uid(1)[-8:]


def test_that_there_is_nothing_is_not_said_where_something_is_held_back() -> None:
    """Two files can bring both into a record: in the part of it that leaves, it would be untrue."""
    told = {"uid": uid(1), "at": 1, "author": "A", "origin": ""}
    none = absence(Section.CONDITIONS, **told)
    ill = Condition(uid(2), 2, "HIV infection")
    well = Condition(uid(3), 3, "HIV infection", "resolved")
    some = Scope(frozenset({Section.CONDITIONS}))
    for other, left in ((ill, ()), (well, (none,))):
        record = Record(NOBODY, ALL_SECTIONS, conditions=(none, other))
        assert sieve_for([some], record).through(record, ALL_SECTIONS).conditions == left
        assert sieve_for([EVERYTHING], record).through(record, ALL_SECTIONS) == record
