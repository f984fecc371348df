"""Three sheets, of which two open: whatever is typed wrong, it is said where."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shamir_mnemonic import generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from medilink.errors import (
    RecoveryWordsCount,
    RecoveryWordUnknown,
    SameSheetTwice,
    SecondSheetMissing,
    SheetsNotTogether,
    SheetWordsCount,
    SheetWordsWrong,
    SheetWordUnknown,
    SheetWordWrong,
    WrongRecoveryWords,
)
from security.shares import split_in_three
from security.slots import new_recovery_words, recovery_key

WORDS = " ".join(new_recovery_words())
KEY = recovery_key(WORDS)
SHEETS = split_in_three(KEY)


def changed(sheet: str, number: int, word: str) -> str:
    words = sheet.split()
    words[number - 1] = word
    return " ".join(words)


@pytest.mark.parametrize(("one", "other"), list(permutations(range(3), 2)))
def test_any_two_sheets_in_any_order_are_the_words(one: int, other: int) -> None:
    assert recovery_key(f" {SHEETS[one].upper()}\n\n{SHEETS[other]}  ") == KEY


def test_all_three_are_as_good_as_two() -> None:
    assert recovery_key(" ".join(SHEETS)) == KEY


@given(st.binary(min_size=32, max_size=32))
def test_every_key_comes_back(key: bytes) -> None:
    first, _, third = split_in_three(key)
    assert recovery_key(f"{third} {first}") == key


@pytest.mark.parametrize("sheet", [1, 2, 3])
def test_one_sheet_opens_nothing_and_the_others_are_named(sheet: int) -> None:
    with pytest.raises(SecondSheetMissing) as told:
        recovery_key(SHEETS[sheet - 1])
    assert set(told.value.facts.values()) == {1, 2, 3}
    assert told.value.facts["sheet"] == sheet


def test_the_same_sheet_twice_is_one_sheet() -> None:
    with pytest.raises(SameSheetTwice):
        recovery_key(f"{SHEETS[1]} {SHEETS[1]}")


def test_sheets_of_two_sets_do_not_make_a_key() -> None:
    another = split_in_three(KEY)
    with pytest.raises(SheetsNotTogether):
        recovery_key(f"{SHEETS[0]} {another[1]}")


@given(st.integers(1, 33), st.sampled_from([0, 1]), st.sampled_from(WORDLIST))
def test_one_wrong_word_is_found(number: int, sheet: int, word: str) -> None:
    typed = [SHEETS[0], SHEETS[2]]
    if typed[sheet].split()[number - 1] == word:
        return
    typed[sheet] = changed(typed[sheet], number, word)
    with pytest.raises(SheetWordWrong) as told:
        recovery_key(" ".join(typed))
    assert told.value.facts == {"sheet": sheet + 1, "number": number}


def test_a_misspelled_word_is_named_by_its_place() -> None:
    with pytest.raises(SheetWordUnknown) as told:
        recovery_key(f"{SHEETS[0]} {changed(SHEETS[1], 9, 'acadmic')}")
    assert told.value.facts == {"sheet": 2, "number": 9}
    assert "acadmic" not in told.value.sentence


def test_a_word_too_few_is_looked_for_on_its_own_sheet() -> None:
    short = " ".join(SHEETS[0].split()[:-1])
    with pytest.raises(SheetWordsCount) as told:
        recovery_key(f"{short} {SHEETS[1]}")
    assert told.value.facts == {"sheet": 1, "found": 32}


def test_two_wrong_words_are_said_to_be_more_than_one() -> None:
    wrong = changed(changed(SHEETS[0], 10, "academic"), 20, "academic")
    with pytest.raises(SheetWordsWrong):
        recovery_key(f"{wrong} {SHEETS[1]}")


def test_sheets_of_another_program_are_refused() -> None:
    [of_five] = generate_mnemonics(1, [(3, 5)], KEY)
    with pytest.raises(WrongRecoveryWords):
        recovery_key(" ".join(of_five[:3]))


def test_of_24_words_the_misspelled_one_is_named_and_a_missing_one_counted() -> None:
    with pytest.raises(RecoveryWordUnknown) as told:
        recovery_key(changed(WORDS, 7, "hospitl"))
    assert told.value.facts == {"number": 7}
    with pytest.raises(RecoveryWordsCount) as counted:
        recovery_key(" ".join(WORDS.split()[:-1]))
    assert counted.value.facts == {"found": 23}
