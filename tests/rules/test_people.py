"""Telling people apart: ids, birth dates, phones, names."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.errors import DateImpossible, DateInFuture, IdUnreadable, NotValid, PhoneUnreadable
from medilink.people import (
    NUMBERS_PER_NODE,
    PatientDetails,
    Sex,
    age_at,
    check_details,
    fold,
    make_medilink_id,
    parse_birth_date,
    read_medilink_id,
    read_phone,
    tidy,
)

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NODES = st.text(LETTERS, min_size=3, max_size=3)
NUMBERS = st.integers(0, NUMBERS_PER_NODE - 1)
TODAY = date(2026, 3, 2)


@given(NODES, NUMBERS)
def test_a_medilink_id_is_read_back_however_it_was_written(node: str, number: int) -> None:
    whole = make_medilink_id(node, number)
    assert read_medilink_id(whole) == whole
    assert read_medilink_id(whole.lower().replace("-", " ")) == whole
    assert read_medilink_id(whole.replace("1", "l").replace("0", "o")) == whole


@given(NODES, NUMBERS, st.integers(0, 7), st.sampled_from(LETTERS))
def test_one_wrong_letter_in_an_id_is_always_noticed(
    node: str, number: int, place: int, letter: str
) -> None:
    letters = list(make_medilink_id(node, number).removeprefix("ML-").replace("-", ""))
    if letters[place] == letter:
        return
    letters[place] = letter
    with pytest.raises(IdUnreadable):
        read_medilink_id("".join(letters))


def test_two_neighbouring_letters_swapped_are_almost_always_noticed() -> None:
    missed = tried = 0
    for number in range(0, NUMBERS_PER_NODE, 997):
        letters = make_medilink_id("7KQ", number).removeprefix("ML-").replace("-", "")
        for place in range(7):
            a, b = letters[place], letters[place + 1]
            if a == b:
                continue
            tried += 1
            swapped = letters[:place] + b + a + letters[place + 2 :]
            try:
                read_medilink_id(swapped)
                missed += 1
            except IdUnreadable:
                pass
    assert missed / tried < 0.04


@given(st.text(max_size=60))
def test_any_other_text_is_refused_as_an_id_and_nothing_breaks(text: str) -> None:
    try:
        assert read_medilink_id(text).startswith("ML-")
    except IdUnreadable as refused:
        assert "ML-7KQ2-94ZD" in refused.sentence


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1984", "1984"),
        ("1984-5", "1984-05"),
        ("1984-05-23", "1984-05-23"),
        ("23/05/1984", "1984-05-23"),
        ("3.5.1984", "1984-05-03"),
        ("05/1984", "1984-05"),
    ],
)
def test_birth_dates_are_read_as_people_write_them(typed: str, kept: str) -> None:
    assert parse_birth_date(typed, TODAY) == kept


@pytest.mark.parametrize("typed", ["1984-02-30", "31/02/2001", "13/13/1990", "yesterday", "", "1"])
def test_impossible_birth_dates_get_a_sentence(typed: str) -> None:
    with pytest.raises(DateImpossible):
        parse_birth_date(typed, TODAY)


def test_a_birth_date_in_the_future_or_before_anyone_alive_is_refused() -> None:
    with pytest.raises(DateInFuture):
        parse_birth_date("2026-03-03", TODAY)
    with pytest.raises(DateImpossible):
        parse_birth_date("1850", TODAY)


@given(st.dates(date(1905, 1, 1), TODAY))
def test_age_counts_completed_years(born: date) -> None:
    age = age_at(born.isoformat(), estimated=False, today=TODAY)
    assert age is not None
    had_birthday = (TODAY.month, TODAY.day) >= (born.month, born.day)
    assert age.years == TODAY.year - born.year - (not had_birthday)


def test_a_wrong_clock_gives_no_age_rather_than_a_wrong_one() -> None:
    assert age_at("2030-01-01", estimated=False, today=TODAY) is None


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("0712 345 678", "KE", "+254712345678"),
        ("+254 (712) 345-678", "", "+254712345678"),
        ("0911 234567", "ET", "+251911234567"),
        ("", "KE", ""),
    ],
)
def test_phones_are_kept_in_one_form(typed: str, country: str, kept: str) -> None:
    assert read_phone(typed, country) == kept


@given(st.text(min_size=1, max_size=50))
def test_any_text_as_a_phone_is_read_or_refused_in_words(text: str) -> None:
    try:
        assert read_phone(text, "KE") == "" or read_phone(text, "KE").startswith("+")
    except (PhoneUnreadable, NotValid) as refused:
        assert refused.sentence


@given(st.text(max_size=100))
def test_tidying_a_name_twice_changes_nothing_more(name: str) -> None:
    assert tidy(tidy(name)) == tidy(name)
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ng'ang'a", "nganga"), ("José", "jose"), ("OTIENO  Amina", "otieno amina")],
)
def test_names_are_compared_without_case_accents_and_apostrophes(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("name", ["አበበ ቢቂላ", "محمد علي", "สมชาย", "Ọlátúnjí", "李小龍"])
def test_a_name_in_any_script_is_kept_as_it_was_written(name: str) -> None:
    details = check_details(PatientDetails(name, "", Sex.UNKNOWN))
    assert details.given == tidy(name)
    assert fold(name)
