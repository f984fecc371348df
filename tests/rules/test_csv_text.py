"""Tables as CSV: every cell comes back, and no spreadsheet finds a formula in any."""

from __future__ import annotations

import csv
import io
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.csv_text import FORMULA_BEGINS, csv_lines, safe_cell

# Texts as somebody would make them who wants a spreadsheet to run something.
HOSTILE = st.lists(
    st.sampled_from(
        [
            *sorted(FORMULA_BEGINS),
            *";,\"' \n\r\t\0\x1e\x1f\u200b\ufeff\u00a0",
            "1",
            "cmd|' /C x'!A0",
            "é",
        ]
    ),
    max_size=8,
).map("".join)
TEXTS = HOSTILE | st.text(st.characters(codec="utf-8"), max_size=20)
TABLES = st.lists(st.lists(TEXTS, min_size=2, max_size=4), min_size=1, max_size=6)
UNSEEN = re.compile(r"[\s\x00-\x20\x7f-\xa0\xad\"\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]*")
LEFT_OUT = str.maketrans("", "", "\0\x1f")


def read(data: bytes, separator: str = ",") -> list[list[str]]:
    text = data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def is_formula(cell: str) -> bool:
    if re.fullmatch(r"-\d+(\.\d+)?", cell):
        return False
    return UNSEEN.sub("", cell, count=1)[:1] in FORMULA_BEGINS


@given(TABLES)
def test_no_cell_is_a_formula(rows: list[list[str]]) -> None:
    assert not [cell for row in read(b"".join(csv_lines(rows))) for cell in row if is_formula(cell)]


@given(TABLES, st.sampled_from(";\t"))
def test_nor_where_the_spreadsheet_parts_cells_by_other_signs(
    rows: list[list[str]], separator: str
) -> None:
    written = b"".join(csv_lines([["ML-7KQ2-94ZD", *row] for row in rows]))
    assert not [cell for row in read(written, separator) for cell in row if is_formula(cell)]


@given(TABLES)
def test_every_cell_comes_back(rows: list[list[str]]) -> None:
    assert read(b"".join(csv_lines(rows))) == [[safe_cell(cell) for cell in row] for row in rows]


@given(TEXTS)
def test_nothing_is_added_but_apostrophes(text: str) -> None:
    bare = text.translate(LEFT_OUT)
    assert safe_cell(text).replace("'", "") == bare.replace("'", "")
    assert safe_cell(text).count("'") >= bare.count("'")


@pytest.mark.parametrize(
    "evil",
    ["=1+1", "-2+3", "- x", "@SUM(A1)", " =cmd|' /C calc'!A0", "＝1", "\u200b=1", "'=1"],
)
def test_formulas_lose_their_teeth(evil: str) -> None:
    assert safe_cell(evil) == f"'{evil}"


def test_a_second_cell_hidden_in_a_note_loses_its_teeth() -> None:
    assert safe_cell('fever;=HYPERLINK("x")') == 'fever;\'=HYPERLINK("x")'
    assert safe_cell("fever\n=1") == "fever\n'=1"


@pytest.mark.parametrize("number", ["-5", "-0.50", "37.10", "2026-03-02T08:00:00Z"])
def test_numbers_and_times_stay_what_they_are(number: str) -> None:
    assert safe_cell(number) == number


def test_a_phone_number_keeps_its_plus_and_every_digit() -> None:
    assert safe_cell("+254712345678") == "'+254712345678"


def test_half_a_letter_does_not_lose_the_row() -> None:
    assert read(b"".join(csv_lines([["a\ud800b", "c"]]))) == [["a?b", "c"]]


@pytest.mark.parametrize(
    "hard", [";" * 100_000, " " * 100_000 + "x", "\n \n " * 30_000, '"' * 100_000]
)
def test_no_text_takes_long(hard: str) -> None:
    began = time.process_time()
    safe_cell(hard)
    assert time.process_time() - began < 2
