"""A test is found as people call it; a result is kept in one unit, and a slip is asked about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.errors import CodeUnknown, NotANumber, NotValid, NumberImpossible
from medilink.laboratory import (
    QUESTION_WORDS,
    Question,
    Result,
    check_result,
    find_tests,
    shown_result,
    units_of,
)
from medilink.laboratory_tests import PANELS, TEST_BY_CODE, TESTS, Kind, LabTest
from medilink.people import fold
from medilink.vitals import VITAL_BY_CODE
from ui.corpora import corpus_files

HB, CREATININE, HBA1C = TEST_BY_CODE["718-7"], TEST_BY_CODE["14682-9"], TEST_BY_CODE["4548-4"]
VIRAL_LOAD, MALARIA = TEST_BY_CODE["20447-9"], TEST_BY_CODE["70569-9"]
NUMBERS = [test for test in TESTS if test.kind is Kind.NUMBER]


# ---- the catalogue


@pytest.mark.parametrize("code", sorted({*TEST_BY_CODE, *VITAL_BY_CODE}))
def test_every_loinc_code_has_its_check_digit(code: str) -> None:
    """LOINC Users' Guide, appendix on the check digit: modulo 10, as Luhn."""
    digits, check = code.split("-")
    odd = str(int(digits[::-1][::2][::-1]) * 2)
    total = sum(map(int, odd)) + sum(map(int, digits[::-1][1::2]))
    assert (10 - total % 10) % 10 == int(check)


def codes_in_corpora() -> Iterator[tuple[str, str, str]]:
    """(code, display, UCUM unit) of observations nobody here wrote."""
    for path in corpus_files():
        for entry in json.loads(path.read_bytes())["entry"]:
            found = entry["resource"]
            if found["resourceType"] != "Observation" or "coding" not in found["code"]:
                continue
            unit = found.get("valueQuantity", {}).get("code", "")
            for coding in found["code"]["coding"]:
                if coding.get("system") == "http://loinc.org":
                    yield coding["code"], coding.get("display", ""), unit


@pytest.mark.skipif(not corpus_files(), reason="the sample records are not on this computer")
def test_codes_mean_and_measure_what_sample_records_say() -> None:
    seen = set()
    for code, display, unit in codes_in_corpora():
        test = TEST_BY_CODE.get(code)
        if test is None:
            continue
        seen.add(code)
        ours = {word for name in (test.name, *test.called) for word in fold(name).split()}
        assert ours & set(fold(display).split()), (test.name, display)
        assert unit in ("", test.unit), (test.name, unit)
    assert len(seen) >= 14


def test_the_catalogue_is_whole() -> None:
    assert len(TESTS) == len(TEST_BY_CODE) >= 60
    assert len({test.name for test in TESTS}) == len(TESTS)
    for test in TESTS:
        assert bool(test.choices) == (test.kind is Kind.CHOICE)
        low, high = test.possible
        assert low <= test.likely[0] <= test.likely[1] <= high
        assert (test.kind is Kind.NUMBER) == (low < high)
    assert {code for _, codes in PANELS.values() for code in codes} <= set(TEST_BY_CODE)
    sugar, sign = TEST_BY_CODE["15074-8"], VITAL_BY_CODE["15074-8"]
    assert (sugar.unit, sugar.possible, sugar.likely) == (sign.unit, sign.possible, sign.likely)
    assert set(QUESTION_WORDS) == set(Question) - {Question.NONE}


# ---- finding


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("hb", "718-7"),
        ("Hemoglobin", "718-7"),
        ("RDT", "70569-9"),
        ("creatinin", "14682-9"),
        ("creatinien", "14682-9"),
        ("sukari", "15074-8"),
        ("A1C", "4548-4"),
        ("groupe sanguin", "882-1"),
        ("Goutte épaisse", "32700-7"),
        ("viral", "20447-9"),
        ("mimba", "2106-3"),
        ("k", "2823-3"),
    ],
)
def test_a_test_is_found_as_people_call_it(typed: str, first: str) -> None:
    assert find_tests(typed)[0].code == first


def test_a_panel_brings_its_tests_together() -> None:
    assert [test.code for test in find_tests("FBC")] == list(PANELS["Full blood count"][1])
    assert len(find_tests("dipstick")) >= 8


@pytest.mark.parametrize("typed", ["", "   ", "qqqq", "🙂"])
def test_what_no_test_is_called_finds_none(typed: str) -> None:
    assert find_tests(typed) == []


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_every_test_is_found_by_its_own_name(test: LabTest) -> None:
    assert find_tests(test.name)[0] is test


# ---- results


@pytest.mark.parametrize(
    ("test", "typed", "unit", "kept"),
    [
        (HB, "12.50", "", "12.50"),
        (HB, "12,5", "", "12.5"),
        (HB, "125", "g/L", "12.5"),
        (HB, "125 g/l", "", "12.5"),
        (HB, "12.5 G/DL", "g/L", "12.5"),  # what is typed after the number counts
        (CREATININE, "1.0", "mg/dL", "88"),
        (CREATININE, "88 umol/l", "", "88"),
        (HBA1C, "48", "mmol/mol", "6.5"),  # the threshold of diabetes in both units (WHO 2011)
        (HBA1C, "53", "mmol/mol", "7.0"),
        (TEST_BY_CODE["14647-2"], "200", "mg/dL", "5.17"),
        (TEST_BY_CODE["14927-8"], "150", "mg/dL", "1.69"),
        (TEST_BY_CODE["15074-8"], "126", "mg/dL", "7.0"),
        (TEST_BY_CODE["14631-6"], "1", "mg/dL", "17.1"),
        (TEST_BY_CODE["777-3"], "150000", "/µL", "150.00"),
        (VIRAL_LOAD, "1,200", "", "1200"),
        (VIRAL_LOAD, "1 200 000", "", "1200000"),
    ],
)
def test_a_number_is_kept_in_one_unit(test: LabTest, typed: str, unit: str, kept: str) -> None:
    assert check_result(test, typed, unit) == Result(kept, test.unit, "")


@pytest.mark.parametrize(
    ("test", "typed", "text"),
    [
        (VIRAL_LOAD, "<20", "<20 copies/mL"),
        (VIRAL_LOAD, "< 20 copies/ml", "<20 copies/mL"),
        (VIRAL_LOAD, "LDL", "not detected"),
        (HB, ">= 20", ">=20 g/dL"),
        (MALARIA, "pos", "positive"),
        (MALARIA, "Positive: P. falciparum", "positive P. falciparum"),
        (TEST_BY_CODE["20454-5"], "++", "2+"),
        (TEST_BY_CODE["20454-5"], "Trace", "trace"),
        (TEST_BY_CODE["80387-4"], "non-reactive", "negative"),
        (TEST_BY_CODE["882-1"], "o+", "O+"),
        (TEST_BY_CODE["882-1"], "AB-", "AB-"),
        (TEST_BY_CODE["10704-5"], " No ova  seen ", "No ova seen"),
    ],
)
def test_what_is_no_number_is_kept_as_a_text(test: LabTest, typed: str, text: str) -> None:
    assert check_result(test, typed) == Result("", "", text)


@pytest.mark.parametrize(
    ("test", "typed", "unit", "asked"),
    [
        (HB, "4.1", "", Question.VERY_LOW),
        (HB, "21", "", Question.VERY_HIGH),
        (CREATININE, "7", "", Question.VERY_LOW),  # mg/dL typed as µmol/L
        (CREATININE, "7", "mg/dL", Question.VERY_HIGH),
        (TEST_BY_CODE["2823-3"], "7.1", "", Question.VERY_HIGH),
    ],
)
def test_an_unlikely_result_is_asked_about(
    test: LabTest, typed: str, unit: str, asked: Question
) -> None:
    assert check_result(test, typed, unit).question is asked


@pytest.mark.parametrize(
    ("test", "typed", "unit", "error"),
    [
        (HB, "125", "", NumberImpossible),
        (HB, "", "", NotANumber),
        (HB, "high", "", NotANumber),
        (HB, "1e999999999", "", NotValid),
        (HB, "12", "mmol/L", CodeUnknown),
        (HB, "-3", "", NumberImpossible),
        (MALARIA, "maybe", "", CodeUnknown),
        (MALARIA, "", "", CodeUnknown),
        (TEST_BY_CODE["39469-2"], "LDL", "", NotANumber),
    ],
)
def test_what_cannot_be_a_result_is_stopped(
    test: LabTest, typed: str, unit: str, error: type[NotValid]
) -> None:
    with pytest.raises(error):
        check_result(test, typed, unit)


@given(st.sampled_from(TESTS), st.text(max_size=40), st.sampled_from(["", "mg/dL", "x", "%"]))
def test_anything_typed_is_kept_or_told(test: LabTest, typed: str, unit: str) -> None:
    try:
        kept = check_result(test, typed, unit)
    except NotValid:
        return
    if kept.value:
        low, high = test.possible
        assert low <= float(Decimal(kept.value)) <= high
        assert kept.unit == test.unit
        assert check_result(test, kept.value) == kept  # what was kept can be typed again


@pytest.mark.parametrize("test", [t for t in TESTS if t.choices], ids=lambda test: test.name)
def test_every_choice_is_taken_and_shown_in_words(test: LabTest) -> None:
    for value, words in (test.choices or {}).items():
        assert check_result(test, value).text == value
        assert check_result(test, words).text == value
        assert shown_result(test, value) == words


@pytest.mark.parametrize("test", NUMBERS, ids=lambda test: test.name)
def test_every_unit_of_a_test_is_taken(test: LabTest) -> None:
    middle = (test.likely[0] + test.likely[1]) / 2
    for unit, shown in zip((None, *test.others), units_of(test) or [""], strict=True):
        typed = middle / float(unit.factor) + float(unit.offset) if unit else middle
        kept = check_result(test, f"{typed:.5f}", shown)
        assert float(kept.value) == pytest.approx(middle, rel=0.05, abs=0.6)
        assert kept.question is Question.NONE
