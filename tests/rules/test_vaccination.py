"""A vaccine is asked for when it is due, never twice, and a dose given too early does not count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medilink.errors import FileUnreadable
from medilink.people import Sex
from medilink.records import Immunization
from medilink.vaccination import (
    GIVE_NOW,
    STATE_WORDS,
    WHY_WORDS,
    Due,
    Person,
    State,
    Why,
    next_day,
    series_of,
    what_is_due,
)
from medilink.vaccine_schedules import Span, kenya, read_schedule

BORN = date(2024, 1, 1)
EVERYTHING = Person(
    sex=Sex.FEMALE,
    pregnant=True,
    also=frozenset({"malaria", "yellow-fever", "ipv 2", "rotavirus 3", "hpv 2"}),
)


def dose(vaccine: str, day: date, number: int = 0, **more: str) -> Immunization:
    at = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp() * 1000)
    return Immunization(number.to_bytes(16), at, vaccine, **more)  # type: ignore[arg-type]


def on(age_days: int) -> date:
    return BORN + timedelta(age_days)


def states(
    given: list[Immunization], today: date, person: Person = EVERYTHING, birth: str = "2024-01-01"
) -> dict[str, Due]:
    found = what_is_due(birth, given, today, kenya(), person)
    return {f"{due.vaccine} {due.dose}": due for due in found}


# ---- when a dose is due


def test_a_newborn_is_due_bcg_and_the_first_polio_drops() -> None:
    due = {name for name, each in states([], BORN, Person()).items() if each.state in GIVE_NOW}
    assert due == {"bcg 1", "opv 0"}


def test_at_six_weeks_four_vaccines_are_due_and_the_birth_dose_is_over() -> None:
    seen = states([dose("BCG", BORN)], on(42), Person())
    assert {name for name, each in seen.items() if each.state is State.DUE} == {
        "opv 1",
        "penta 1",
        "pcv 1",
        "rotavirus 1",
    }
    assert seen["opv 0"].state is State.NO_LONGER
    assert seen["bcg 1"].state is State.GIVEN


@pytest.mark.parametrize(
    ("name", "age_days", "state"),
    [
        ("penta 1", 41, State.NOT_YET),
        ("penta 1", 42, State.DUE),
        ("penta 1", 42 + 28, State.DUE),
        ("penta 1", 42 + 29, State.OVERDUE),
        ("opv 0", 13, State.DUE),
        ("opv 0", 14, State.NO_LONGER),
        ("penta 2", 200, State.NOT_YET),  # the first comes first
        ("measles-rubella 1", 273, State.NOT_YET),  # 1 October is 9 months
        ("measles-rubella 1", 274, State.DUE),
        ("rotavirus 1", 730, State.OVERDUE),
        ("rotavirus 1", 731, State.NO_LONGER),  # 24 months
        ("bcg 1", 5 * 365 + 2, State.NO_LONGER),
    ],
)
def test_a_dose_changes_its_state_on_the_day(name: str, age_days: int, state: State) -> None:
    assert states([], on(age_days))[name].state is state


def test_the_next_dose_is_promised_for_the_day_it_can_be_given() -> None:
    seen = states([dose("Penta 1", on(60))], on(61))
    assert seen["penta 2"].due_on == on(88)
    assert seen["penta 3"].due_on == on(88 + 28)
    late = states([], on(400))
    assert late["penta 1"].due_on == on(42)
    assert late["penta 2"].due_on == on(400 + 28)
    assert next_day(what_is_due("2024-01-01", [], on(20), kenya())) == BORN  # BCG


def test_an_interrupted_series_goes_on_where_it_stopped() -> None:
    seen = states([dose("Penta 1", on(42)), dose("Penta 2", on(70))], on(700))
    assert [seen[f"penta {n}"].state for n in (1, 2, 3)] == [
        State.GIVEN,
        State.GIVEN,
        State.OVERDUE,
    ]


# ---- doses that do not count


@pytest.mark.parametrize(
    ("ages", "why"),
    [
        ([41], [Why.TOO_YOUNG]),
        ([42, 69], [Why.TOO_SOON]),
        ([42, 42], [Why.TOO_SOON]),
        ([-1], [Why.BEFORE_BIRTH]),
        ([42, 2000], [Why.IN_FUTURE]),
        ([42, 70, 98], []),
    ],
)
def test_a_dose_too_early_does_not_count_and_says_why(ages: list[int], why: list[Why]) -> None:
    given = [dose("Penta", on(age), n) for n, age in enumerate(ages)]
    seen = states(given, on(1000))
    assert [no.why for due in seen.values() for no in due.not_counted] == why
    counted = sum(
        due.state is State.GIVEN for name, due in seen.items() if name.startswith("penta")
    )
    assert counted == len(ages) - len(why)


def test_a_repetition_waits_the_interval_from_the_dose_that_did_not_count() -> None:
    given = [dose("Penta 1", on(42)), dose("Penta 2", on(60), 1)]
    assert states(given, on(75))["penta 2"].state is State.TOO_EARLY
    assert states(given, on(75))["penta 2"].due_on == on(88)
    assert states(given, on(88))["penta 2"].state is State.DUE


def test_a_second_measles_dose_before_fifteen_months_does_not_count() -> None:
    early = [dose("MR", on(274)), dose("MR", date(2025, 3, 31), 1)]
    fine = [dose("MR", on(274)), dose("MR", date(2025, 4, 1), 1)]
    assert states(early, on(900))["measles-rubella 2"].state is State.OVERDUE
    assert states(fine, on(900))["measles-rubella 2"].state is State.GIVEN


def test_what_was_refused_or_corrected_is_no_dose() -> None:
    for status in ("not-done", "amended", "entered-in-error"):
        seen = states([dose("BCG", BORN, status=status)], on(1))
        assert seen["bcg 1"].state is State.DUE


# ---- whom it concerns


def test_optional_vaccines_are_asked_for_where_the_clinic_gives_them() -> None:
    plain = states([], on(400), Person())
    assert not {"malaria 1", "yellow-fever 1", "ipv 2", "rotavirus 3"} & set(plain)
    assert {"malaria 1", "yellow-fever 1", "ipv 2", "rotavirus 3"} <= set(states([], on(400)))
    begun = states([dose("R21/Matrix-M", on(200))], on(240), Person())
    assert begun["malaria 2"].state is State.DUE


def test_hpv_is_for_girls_and_tetanus_for_pregnancy() -> None:
    girl = states([], date(2034, 6, 1), Person(sex=Sex.FEMALE))
    assert girl["hpv 1"].state is State.OVERDUE
    assert "td 1" not in girl
    assert "hpv 1" not in states([], date(2034, 6, 1), Person(sex=Sex.MALE))
    mother = states([], date(2050, 6, 1), Person(sex=Sex.FEMALE, pregnant=True))
    assert mother["td 1"].state is State.DUE
    first = dose("TT", date(2050, 6, 1))
    later = states([first], date(2050, 6, 29), Person(sex=Sex.FEMALE, pregnant=True))
    assert [later[f"td {n}"].state for n in (1, 2, 3)] == [
        State.GIVEN,
        State.DUE,
        State.NOT_YET,
    ]


# ---- ages that are not known exactly


def test_a_birth_year_alone_is_said_not_to_be_exact_where_it_matters() -> None:
    seen = states([], date(2024, 12, 1), Person(), birth="2024")
    assert seen["measles-rubella 1"].state is State.UNSURE
    assert seen["bcg 1"].state is State.DUE  # whatever the day
    assert seen["bcg 1"].due_on is None
    older = states([], date(2026, 12, 1), Person(), birth="2024")
    assert older["measles-rubella 1"].state is State.OVERDUE
    assert states([], date(2024, 6, 1), Person(), birth="2024-01")["penta 1"].state in GIVE_NOW


@pytest.mark.parametrize("birth", ["", "2031-01-01", "2024-02-31", "soon"])
def test_without_a_birth_date_nothing_is_promised(birth: str) -> None:
    seen = states([dose("BCG", BORN)], on(100), Person(), birth=birth)
    assert {due.state for due in seen.values()} == {State.GIVEN, State.UNSURE}


# ---- what is written is understood


@pytest.mark.parametrize(
    ("written", "vaccines"),
    [
        ("OPV0", {"opv"}),
        ("bOPV 1", {"opv"}),
        ("IPV", {"ipv"}),
        ("PENTA-2", {"penta"}),
        ("DPT-HepB-Hib 3", {"penta"}),
        ("Hexavalent", {"penta", "ipv"}),
        ("PCV10", {"pcv"}),
        ("Rotavac 2", {"rotavirus"}),
        ("Measles-Rubella (MR) 1", {"measles-rubella"}),
        ("MMR", {"measles-rubella"}),
        ("Yellow fever", {"yellow-fever"}),
        ("Td", {"td"}),
        ("Influenza", set()),
        ("Hepatitis B", set()),
        ("", set()),
    ],
)
def test_a_vaccine_is_known_by_what_people_write(written: str, vaccines: set[str]) -> None:
    assert series_of(dose(written, BORN), kenya()) == vaccines


def test_a_cvx_code_counts_more_than_a_name() -> None:
    # codes as CDC lists them, 2025-09-03
    coded = {
        "19": "bcg",
        "178": "opv",
        "10": "ipv",
        "198": "penta",
        "177": "pcv",
        "133": "pcv",
        "119": "rotavirus",
        "04": "measles-rubella",
        "37": "yellow-fever",
        "62": "hpv",
        "113": "td",
    }
    for code, vaccine in coded.items():
        entry = dose("chanjo", BORN, code=code, system="http://hl7.org/fhir/sid/cvx")
        assert series_of(entry, kenya()) == {vaccine}
    other = dose("BCG", BORN, code="19", system="http://example.org/own")
    assert series_of(other, kenya()) == {"bcg"}  # by its name


# ---- properties

_NAMES = ["BCG", "OPV", "IPV", "Penta", "PCV", "Rota", "Malaria", "MR", "YF", "HPV", "Td"]
_GIVEN = st.lists(
    st.tuples(st.sampled_from(_NAMES), st.integers(-5, 4500) | st.integers(0, 420)), max_size=14
)
_TODAY = st.integers(0, 4500) | st.integers(0, 600)
_BIRTHS = st.sampled_from(["2024-01-01", "2024-01", "2024", ""])


def made(pairs: list[tuple[str, int]]) -> list[Immunization]:
    return [dose(name, on(age), n) for n, (name, age) in enumerate(pairs)]


@given(_GIVEN, _TODAY, _BIRTHS, st.randoms(use_true_random=False))
def test_the_order_of_writing_does_not_matter(pairs, age, birth, chance) -> None:  # type: ignore[no-untyped-def]
    doses = made(pairs)
    mixed = list(doses)
    chance.shuffle(mixed)
    assert states(doses, on(age), birth=birth) == states(mixed, on(age), birth=birth)


@given(_GIVEN, st.tuples(st.sampled_from(_NAMES), st.integers(-5, 4500)), _TODAY, _BIRTHS)
@settings(max_examples=300)
def test_one_more_dose_given_never_makes_more_due(pairs, more, age, birth) -> None:  # type: ignore[no-untyped-def]
    def due_now(doses: list[Immunization]) -> int:
        return sum(due.state in GIVE_NOW for due in states(doses, on(age), birth=birth).values())

    assert due_now(made([*pairs, more])) <= due_now(made(pairs))


@given(_GIVEN, _TODAY)
def test_one_dose_is_counted_once_and_only_where_it_belongs(pairs, age) -> None:  # type: ignore[no-untyped-def]
    seen = states(made(pairs), on(age))
    counted = [due.given for due in seen.values() if due.given]
    assert len({entry.uid for entry in counted}) == len(counted)
    for due in seen.values():
        assert (due.state is State.GIVEN) == (due.given is not None)
        if due.given:
            assert due.vaccine in series_of(due.given, kenya())
        if due.state in (State.NOT_YET, State.TOO_EARLY):
            assert due.due_on
            assert due.due_on > on(age) or due.state is State.NOT_YET
        if due.state in GIVE_NOW:
            assert due.due_on
            assert due.due_on <= on(age)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 400))
def test_months_follow_the_calendar(day: date, months: int) -> None:
    later = Span(months, "months").after(day)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_every_state_and_reason_has_words() -> None:
    assert set(STATE_WORDS) == set(State)
    assert set(WHY_WORDS) == set(Why)


# ---- a schedule of one's own


def test_a_clinic_may_bring_its_own_schedule() -> None:
    own = read_schedule(
        'name = "Ours"\nsource = "us"\n[[series]]\nvaccine = "x"\nname = "X"\nuntil = "2 years"\n'
        'called = ["x"]\ndoses = [{number = "1", due = "3 months", from = "2 months"}]\n'
    )
    found = what_is_due("2024-01-01", [], date(2024, 4, 1), own)
    assert [(due.name, due.state) for due in found] == [("X", State.DUE)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 1 2", "line 1"),
        ('name = "a"', "source is missing"),
        ('name = "a"\nsource = "b"', "at least one of series"),
        (
            'name="a"\nsource="b"\n[[series]]\nvaccine="x"\nname="X"\nuntil="soon"',
            "x: until must be a time like 6 weeks",
        ),
        (
            'name="a"\nsource="b"\n[[series]]\nvaccine="x"\nname="X"\nuntil="2 years"\n'
            'doses=[{number="1",due="3 months"},{number="2",due="2 months"}]',
            "dose 2 is due before dose 1",
        ),
        (
            'name="a"\nsource="b"\n[[series]]\nvaccine="x"\nname="X"\nuntil="2 years"\n'
            'doses=[{number="1",due="3 months",from="4 months"}]',
            "due before it may be given",
        ),
    ],
)
def test_a_schedule_that_cannot_be_right_says_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        read_schedule(text)
    assert told in refused.value.sentence
