"""What can be written about a visit, and what is stopped before it is saved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.acts.write_visit import visit_entries, with_bmi
from medilink.entering import Stamp
from medilink.errors import NotANumber, NothingWritten, NotValid, NumberImpossible, TooLong
from medilink.people import Sex
from medilink.records import Condition, Encounter, Medication, Observation
from medilink.reference import reference_range, unlikely_vitals
from medilink.units import System
from medilink.visits import NOTE_LIMIT, NewVisit, Prescribed, check_visit
from medilink.vitals import VITAL_BY_CODE, VITAL_SIGNS, VitalSign, read_vital

TEMPERATURE = VITAL_SIGNS[0]


@pytest.mark.parametrize("sign", VITAL_SIGNS, ids=lambda sign: sign.name)
def test_what_is_likely_is_possible(sign: VitalSign) -> None:
    assert sign.possible[0] <= sign.likely[0] < sign.likely[1] <= sign.possible[1]


@pytest.mark.parametrize(("typed", "kept"), [("37.10", "37.10"), ("37,1", "37.1"), (" 38 ", "38")])
def test_a_measurement_keeps_its_digits(typed: str, kept: str) -> None:
    assert read_vital(TEMPERATURE, typed) == kept


@pytest.mark.parametrize("typed", ["370", "3.7", "-37"])
def test_an_impossible_measurement_is_stopped_with_its_range(typed: str) -> None:
    with pytest.raises(NumberImpossible) as stopped:
        read_vital(TEMPERATURE, typed)
    assert "25" in stopped.value.sentence
    assert "45" in stopped.value.sentence


@given(st.text(max_size=30))
def test_anything_typed_as_a_number_is_read_or_refused_in_words(typed: str) -> None:
    try:
        low, high = TEMPERATURE.possible
        assert low <= float(read_vital(TEMPERATURE, typed)) <= high
    except (NotANumber, NumberImpossible) as refused:
        assert refused.sentence


@pytest.mark.parametrize("typed", ["1e999999999", "1e99999999999", "1e400", "1e-400", "9" * 60])
def test_a_number_that_would_fill_the_memory_is_just_no_number(typed: str) -> None:
    with pytest.raises(NotANumber):
        read_vital(TEMPERATURE, typed)


DAY, YEAR = 1.0, 365.25


@pytest.mark.parametrize(
    ("code", "value", "age", "asked"),
    [
        ("8310-5", "41.5", 30 * YEAR, True),
        ("8310-5", "37.0", 30 * YEAR, False),
        ("8867-4", "60", 3 * DAY, True),
        ("8867-4", "140", 3 * DAY, False),
        ("8867-4", "150", 40 * YEAR, True),
        ("9279-1", "45", 20 * DAY, False),
        ("9279-1", "45", 40 * YEAR, True),
        ("29463-7", "30", 60 * DAY, True),
        ("29463-7", "5", 60 * DAY, False),
        ("29463-7", "70", None, False),
        ("8302-2", "50", 10 * YEAR, True),
    ],
)
def test_a_rare_measurement_is_asked_about_by_age_not_refused(
    code: str, value: str, age: float | None, asked: bool
) -> None:
    assert bool(unlikely_vitals({code: value}, age, Sex.FEMALE)) is asked


@given(st.sampled_from(VITAL_SIGNS), st.floats(0, 40_000), st.sampled_from(list(Sex)))
def test_what_is_usual_is_never_asked_about(sign: VitalSign, age: float, sex: Sex) -> None:
    low, high = reference_range(sign.code, age, sex) or (None, None)
    for bound in (low, high):
        if bound is not None:
            assert not unlikely_vitals({sign.code: str(bound)}, age, sex)


@pytest.mark.parametrize(
    ("code", "typed", "kept"),
    [
        ("8310-5", "98.6", "37.0"),
        ("29463-7", "150", "68.04"),
        ("8302-2", "70", "177.8"),
        ("15074-8", "99", "5.5"),
        ("8867-4", "72", "72"),
    ],
)
def test_what_is_typed_in_other_units_is_kept_in_ours(code: str, typed: str, kept: str) -> None:
    assert read_vital(VITAL_BY_CODE[code], typed, System.IMPERIAL) == kept


def test_the_other_unit_has_its_own_impossible_values() -> None:
    with pytest.raises(NumberImpossible):
        read_vital(TEMPERATURE, "37", System.IMPERIAL)


def test_body_mass_index_comes_with_weight_and_height() -> None:
    assert with_bmi({"29463-7": "61", "8302-2": "160"})["39156-5"] == "23.8"
    assert "39156-5" not in with_bmi({"29463-7": "61"})


def test_an_empty_visit_is_not_saved() -> None:
    with pytest.raises(NothingWritten):
        check_visit(NewVisit(reason="  ", notes="\n"), 0)


def test_a_five_megabyte_note_is_refused_with_its_length() -> None:
    with pytest.raises(TooLong) as refused:
        check_visit(NewVisit(notes="x" * 5_000_000), 0)
    assert "5000000" in refused.value.sentence
    assert check_visit(NewVisit(notes="x" * NOTE_LIMIT), 0)


@given(
    st.lists(st.text(min_size=1, max_size=50), max_size=5),
    st.lists(st.tuples(st.text(min_size=1, max_size=50), st.text(max_size=50)), max_size=5),
    st.text(max_size=200),
)
def test_a_visit_becomes_one_encounter_and_everything_that_belongs_to_it(
    diagnoses: list[str], medicines: list[tuple[str, str]], notes: str
) -> None:
    visit = NewVisit(
        reason="fever",
        diagnoses=tuple(diagnoses),
        medications=tuple(Prescribed(*drug) for drug in medicines),
        notes=notes,
        vitals={"8310-5": "38.5"},
    )
    try:
        check_visit(visit, 0)
    except NotValid:
        return
    encounter, *rest = visit_entries(visit, Stamp(bytes(16), 1_000, "Dr A", "Clinic"))
    assert isinstance(encounter, Encounter)
    assert encounter.notes == notes.strip()
    linked = [e for e in rest if isinstance(e, Condition | Medication | Observation)]
    assert {entry.encounter for entry in linked} == {encounter.uid}
    assert [e.name for e in rest if isinstance(e, Condition)] == diagnoses
    assert [(e.name, e.dose) for e in rest if isinstance(e, Medication)] == medicines
    assert len({entry.uid for entry in (encounter, *rest)}) == 1 + len(rest)
