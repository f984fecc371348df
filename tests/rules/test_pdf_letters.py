"""Texts as glyphs: the fonts that ship, lines that fit, letters joined and in the right order."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import exports.pdf_faces
from exports.pdf_faces import shipped
from exports.pdf_letters import EMPTY, Letters
from exports.pdf_order import reads_from_right, runs_of
from exports.pdf_text import as_data

FOLDER = Path(exports.pdf_faces.__file__).parent / "faces"
texts = st.text(st.characters(codec="utf-8"), max_size=200)
latin = st.text(st.characters(codec="cp1252"), max_size=200)


def test_the_fonts_that_ship_are_those_that_were_published() -> None:
    told = dict(
        re.findall(r"\| (\S+\.ttf) \|.*\| ([0-9a-f]{64}) \|", (FOLDER / "README.md").read_text())
    )
    here = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in FOLDER.glob("*.ttf")}
    assert here == told
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text()


def test_the_fonts_that_ship_have_the_letters_of_the_languages_here() -> None:
    for bold in (False, True):
        for letter in "Aéñœŵ’“ሀጴአነም፡።ابتثجحخدءآۀ٠،؟0~≤≥≈→↑µ°½":
            assert any(face.glyph(letter) for face in shipped(bold=bold)), letter


@given(texts, st.floats(3_000, 60_000), st.booleans())
def test_no_line_is_wider_than_its_room(text: str, room: float, bold: bool) -> None:
    letters = Letters()
    for line in letters.wrap(text, room, bold=bold):
        # One letter or mark that is wider than the room cannot be broken; 3 em hold any.
        assert line.width <= room + 1 or line.rtl or _has_joined(text)


def _has_joined(text: str) -> bool:
    """Letters that grow when they are parted: joined scripts, and marks that lose their letter."""
    return any(letter > "\u0590" or unicodedata.combining(letter) for letter in text)


@given(latin)
def test_nothing_of_a_text_is_lost(text: str) -> None:
    letters = Letters()
    lines = letters.wrap(text, 5_000)
    said = {used.name: used.says for used in letters.used.values()}
    drawn = "".join(
        said[piece.face][int(code, 16)]
        for line in lines
        for piece in line.pieces
        for _, show in piece.show
        for run in re.findall(r"<([0-9A-F]+)>", show)
        for code in re.findall("....", run)
    )
    assert "".join(drawn.split()) == "".join(as_data(text).split())


def test_arabic_is_joined_and_lam_with_alef_is_one() -> None:
    letters = Letters()
    joined = letters.line("بلاك").width
    apart = sum(letters.line(letter).width for letter in "بلاك")
    assert joined < apart
    assert letters.line("لا").width < letters.line("ل").width + letters.line("ا").width


def test_both_directions_stand_in_one_line() -> None:
    assert reads_from_right("مريم 34")
    assert not reads_from_right("34 Maryam مريم")
    assert runs_of("عمرها 34 سنة", rtl=True) == [(" سنة", True), ("34", False), ("عمرها ", True)]
    assert runs_of("Name: علي, ok", rtl=False) == [
        ("Name: ", False),
        ("علي", True),
        (", ok", False),
    ]


def test_what_turns_directions_or_is_invisible_is_no_part_of_a_text() -> None:
    assert as_data("a\u202eb\u2066c\ufeff\x00d\x1b") == "abc d "
    assert as_data("one\r\ntwo\rthree") == "one\ntwo\nthree"
    assert as_data("e\u0301") == "é"


def test_a_line_that_is_too_long_ends_with_a_sign() -> None:
    letters = Letters()
    cut = letters.cut("word " * 100_000, 10_000)
    assert 8_000 < cut.width <= 10_000
    assert letters.cut("", 10_000) == EMPTY
    assert letters.cut("short", 10_000) == letters.line("short")
