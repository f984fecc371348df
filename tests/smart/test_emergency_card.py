"""The drawn card: its codes are read back from the page and the picture, its words stay inside."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from pypdf import PdfReader
from pypdf.generic import ContentStream

from exports.card_face import (
    CARD_HEIGHT_MM,
    CARD_WIDTH_MM,
    HEALTH_CODE_MM,
    CardFace,
    card_face,
)
from exports.card_qr import make_card_qr
from exports.emergency_card import PHONE_PIXELS, draw_phone_card, draw_wallet_card
from exports.fitting import LINE, Box, fit, fit_list, wrap
from exports.lettering import font_file, is_plain, writable
from medilink.smart.card_text import PREFIX, card_text
from medilink.smart.judging import Verdict, judge_card
from tests.smart.cards import ISS, NOW, content, new_issuer

ISSUER = new_issuer()
CARD = ISSUER.card(content())
POINTER = "ML1:" + "A7B9C" * 60
MM = 72 / 25.4
needs_poppler = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="no pdftoppm here")


def say(text: str, **facts: Any) -> str:
    return text.format(**facts)


def face(**changes: Any) -> CardFace:
    made = card_face(
        content(),
        say,
        health_card=CARD.text,
        pointer=POINTER,
        clinic="Kibera South Health Centre",
        printed="2 March 2026",
        until="2 March 2027",
        shortened=CARD.shortened,
    )
    return replace(made, **changes)


FACES = {
    "usual": face(),
    "no pointer": face(pointer=""),
    "bare": face(allergies=(), alerts=(), conditions=(), blood="", call="", born="", clinic=""),
    "long": face(
        name="Maximiliana Wilhelmina Nyambura Atieno Wolde-Giorgis von Habsburg-Lothringen " * 2,
        allergies=tuple(f"Substance number {n} of a long list" for n in range(30)),
        alerts=tuple("Defibrillator; no magnetic resonance imaging whatsoever" for _ in range(9)),
        call="Somebody With A Very Long Name Indeed (great-grandmother) +254700000000" * 2,
        clinic="The Clinic With The Longest Name In The Whole Of The County And Beyond" * 2,
        shortened=True,
    ),
    "one endless word": face(name="N" * 200, allergies=("A" * 200,), alerts=("W" * 200,)),
    "other scripts": face(
        name="አበበ ከበደ", allergies=("ፔኒሲሊን",), alerts=("سكري",), call="محمد 0712 345678"
    ),
    "no font": face(name="\U0001f9ff\U000e0001", allergies=("\U00013000",), alerts=()),
}
each_face = pytest.mark.parametrize("name", list(FACES))


def codes_in(picture: Image.Image) -> set[str]:
    only_qr = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return {code.text for code in zxingcpp.read_barcodes(picture, formats=only_qr)}


def rectangles(pdf: bytes) -> list[tuple[float, float, float, float]]:
    """Every filled black rectangle of a page in mm from its top left, by another library."""
    reader = PdfReader(io.BytesIO(pdf))
    [page] = reader.pages
    stream = ContentStream(page.get_contents(), reader)
    found: list[tuple[float, float, float, float]] = []
    grey, waiting = 0.0, None
    for operands, operator in stream.operations:
        if operator == b"g":
            grey = float(operands[0])
        elif operator == b"re":
            x, y, width, height = (float(v) for v in operands)
            waiting = (x / MM, 297 - (y + height) / MM, width / MM, height / MM)
        elif operator in (b"f", b"f*") and waiting and grey == 0:
            found.append(waiting)
    return found


def painted(pdf: bytes, dots_per_mm: float) -> Image.Image:
    """The rectangles of a page as a picture: the codes, without any program that draws PDF."""
    picture = np.full((round(297 * dots_per_mm), round(210 * dots_per_mm)), 255, np.uint8)
    for x, y, width, height in rectangles(pdf):
        edges = [round(v * dots_per_mm) for v in (x, x + width, y, y + height)]
        picture[edges[2] : edges[3], edges[0] : edges[1]] = 0
    return Image.fromarray(picture)


# ---- the code of the card


def test_a_card_is_a_byte_segment_and_a_numeric_segment() -> None:
    code = make_card_qr(card_text("e" * 1195))
    assert (code.version, code.error) == (22, "L")  # as one byte segment it would be version 34
    small = make_card_qr(card_text("e" * 500))
    assert small.version < 22


@pytest.mark.parametrize("text", ["", "shc:/", "shc:/12a", "SHC:/12", "shc:/1/2/34", "https://x"])
def test_what_is_no_card_gets_no_code(text: str) -> None:
    with pytest.raises(ValueError, match="not the text"):
        make_card_qr(text)


def test_what_is_longer_than_one_code_gets_none() -> None:
    for digits in (2 * 1196 + 100, 9000):
        with pytest.raises(ValueError, match="too much"):
            make_card_qr(PREFIX + "5" * digits)


# ---- the page


@each_face
def test_both_codes_are_read_back_from_the_page(name: str) -> None:
    wanted = {FACES[name].health_card, FACES[name].pointer} - {""}
    pdf = draw_wallet_card(FACES[name], say)
    assert codes_in(painted(pdf, 300 / 25.4)) == wanted
    assert judge_card(CARD.text, ISSUER.known(), NOW).verdict is Verdict.GENUINE


@pytest.mark.slow
@needs_poppler
@each_face
def test_the_page_as_a_printer_draws_it_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "card.pdf").write_bytes(draw_wallet_card(FACES[name], say))
    command = ["pdftoppm", "-r", "300", "-gray", "-singlefile", "-png", "card.pdf", "card"]
    subprocess.run(command, cwd=tmp_path, check=True)
    picture = Image.open(tmp_path / "card.png")
    wanted = {FACES[name].health_card, FACES[name].pointer} - {""}
    assert codes_in(picture) == wanted
    worn = picture.rotate(7, expand=True, fillcolor=255).filter(ImageFilter.GaussianBlur(1))
    assert FACES[name].health_card in codes_in(worn)


def test_the_health_code_is_40_mm_and_the_card_is_an_identity_card() -> None:
    pdf = draw_wallet_card(face(pointer=""), say)
    modules = len(make_card_qr(CARD.text).matrix)
    size = HEALTH_CODE_MM / modules
    found = [r for r in rectangles(pdf) if abs(r[3] - size) < 1e-3]
    left, top = min(r[0] for r in found), min(r[1] for r in found)
    right, low = max(r[0] + r[2] for r in found), max(r[1] + r[3] for r in found)
    assert right - left == pytest.approx(40, abs=0.01)
    assert low - top == pytest.approx(40, abs=0.01)
    assert (CARD_WIDTH_MM, CARD_HEIGHT_MM) == (85.6, 54.0)


def test_the_quiet_zones_stay_white() -> None:
    dots = 10
    picture = np.asarray(painted(draw_wallet_card(face(), say), dots))
    module = HEALTH_CODE_MM / len(make_card_qr(CARD.text).matrix)
    size = [r for r in rectangles(draw_wallet_card(face(), say)) if abs(r[3] - module) < 1e-3]
    left, top = (min(r[axis] for r in size) for axis in (0, 1))
    zone = round(4 * module * dots) - 1
    x, y, side = round(left * dots), round(top * dots), round(HEALTH_CODE_MM * dots)
    around = picture[y - zone : y + side + zone, x - zone : x + side + zone].copy()
    around[zone : zone + side + 1, zone : zone + side + 1] = 255
    assert around.min() == 255


def words_of(pdf: bytes) -> str:
    [page] = PdfReader(io.BytesIO(pdf)).pages
    return page.extract_text()


def test_what_helpers_must_know_is_written_out() -> None:
    told = words_of(draw_wallet_card(face(), say))
    for words in ("Wanjiku Grace Ng'ang'a", "born 1984-05-23", "AB-",
                  "Penicillin (severe) · Latex",
                  "Takes warfarin", "CONDITIONS: Asthma",
                  "valid until 2 March 2027",
                  "Kamau Ng'ang'a (brother)", "+254722000111", "2 March 2026",
                  "Kibera South Health Centre", "SHORTENED", "Found this card?"):  # fmt: skip
        assert words in told


def test_no_mark_where_nothing_was_left_out_and_no_silence_about_allergies() -> None:
    assert "SHORTENED" not in words_of(draw_wallet_card(face(shortened=False), say))
    assert "not on this card" in words_of(draw_wallet_card(face(allergies=()), say))


def test_a_list_that_is_too_long_says_how_much_is_missing() -> None:
    told = words_of(draw_wallet_card(FACES["long"], say))
    assert "more: scan the code" in " ".join(told.split())


@pytest.mark.slow
@needs_poppler
@each_face
def test_no_word_leaves_the_card(name: str, tmp_path: Path) -> None:
    """Where a card lies, and between it and the words of the page, there is only white."""
    (tmp_path / "card.pdf").write_bytes(draw_wallet_card(FACES[name], say))
    command = ["pdftoppm", "-r", "254", "-gray", "-singlefile", "-png", "card.pdf", "card"]
    subprocess.run(command, cwd=tmp_path, check=True)
    page = np.asarray(Image.open(tmp_path / "card.png").convert("L"))  # 10 dots a mm
    left, top = round((210 - 2 * CARD_WIDTH_MM) / 2 * 10), 620
    right, low = left + round(2 * CARD_WIDTH_MM * 10), top + round(CARD_HEIGHT_MM * 10)
    middle = (left + right) // 2
    inner = 12  # inside the outline, clear of the fold
    for x in (left + 5, middle - inner, middle + inner, right - 5):
        assert page[top + 5 : low - 5, x - 2 : x + 3].min() > 200, x
    for y in (top + 10, low - 8):
        assert page[y - 3 : y + 3, left + 5 : middle - 5].min() > 200
        assert page[y - 3 : y + 3, middle + 5 : right - 5].min() > 200


def test_a_pointer_that_does_not_fit_is_refused() -> None:
    for draw in (draw_wallet_card, draw_phone_card):
        with pytest.raises(ValueError, match="too much"):
            draw(face(pointer="A" * 1200), say)


def test_the_largest_pointer_still_prints_with_four_dots_a_module() -> None:
    pdf = draw_wallet_card(face(pointer="A" * 930), say)
    assert "A" * 930 in codes_in(painted(pdf, 300 / 25.4))


def test_the_same_card_gives_the_same_page() -> None:
    assert draw_wallet_card(face(), say) == draw_wallet_card(face(), say)


# ---- the picture


@each_face
def test_both_codes_are_read_back_from_the_picture(name: str) -> None:
    picture = Image.open(io.BytesIO(draw_phone_card(FACES[name], say)))
    assert picture.size == PHONE_PIXELS
    assert codes_in(picture) == {FACES[name].health_card, FACES[name].pointer} - {""}
    edge = np.asarray(picture)
    assert min(edge[:, :20].min(), edge[:, -20:].min(), edge[:20].min(), edge[-20:].min()) == 255


# ---- fitting and lettering


def measure(text: str, size: float) -> float:
    return len(text) * size * 0.5


@given(st.text(max_size=300), st.floats(2, 100), st.floats(1, 60))
def test_text_never_leaves_its_box(text: str, width: float, height: float) -> None:
    shown = fit(text, Box(width, height, 6, 0.5), measure)
    assert all(measure(line, shown.size) <= width or len(line) <= 1 for line in shown.lines)
    assert len(shown.lines) * shown.size * LINE <= height + 1e-3
    if shown.whole:
        assert "".join(shown.lines).replace(" ", "") == "".join(text.split())


@given(st.lists(st.text("ab c", min_size=1, max_size=30), min_size=1, max_size=30))
def test_a_list_is_whole_or_says_how_many_are_missing(items: list[str]) -> None:
    shown = fit_list(items, Box(30, 6, 4, 1), measure, lambda count: f"+{count} more")
    everything = " · ".join(items).replace(" ", "") in "".join(shown.lines).replace(" ", "")
    assert everything or "more" in " ".join(shown.lines) or not shown.whole


def test_a_word_wider_than_a_line_is_broken() -> None:
    assert wrap("abcdefgh ij", 3, len) == ["abc", "def", "gh", "ij"]


def test_letters_nobody_has_are_left_out_and_plain_ones_need_no_search() -> None:
    assert is_plain("Ng'ang'a Ångström")
    assert writable("Grace \U00013000") == "Grace"
    assert writable("\U00013000") in ("", "\U00013000")
    assert font_file("Grace") is None or not is_plain("አበበ")


def test_the_issuer_of_the_card_is_the_clinic() -> None:
    assert judge_card(CARD.text, ISSUER.known(), NOW).iss == ISS
