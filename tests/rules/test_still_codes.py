"""A few codes that stand still: in any order, from screens, photos and paper."""

from __future__ import annotations

import io
from itertools import permutations
from random import Random

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ContentStream

from exports.codes_paper import CODE_MM, draw_codes
from exports.optics import (
    LEAST_PIXELS,
    PHONE_TO_FULL_HD,
    QUIET_MODULES,
    View,
    modules_of,
    pixels_per_module,
)
from exports.qr import frame_png
from medilink.carrying.frames import MOST_STILL, SYMBOL_BY_VERSION, Catcher
from ui.parts.moving_qr import moving_frames
from ui.parts.still_codes import STILL_VERSION, can_stand_still
from ui.reading import read_codes, read_every_code

SYMBOL = SYMBOL_BY_VERSION[STILL_VERSION]
DOTS_PER_MM = 8


def pictures(content: bytes, pieces: int) -> list[Image.Image]:
    frames = moving_frames(content, STILL_VERSION)[:pieces]
    return [Image.open(io.BytesIO(frame_png(frame))) for frame in frames]


def png_of(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("pieces", [1, 2, 3, 4])
def test_the_first_codes_are_the_whole_in_any_order(pieces: int) -> None:
    content = Random(pieces).randbytes(SYMBOL * pieces - 5)
    texts = [read_codes(png_of(one)) for one in pictures(content, pieces)]
    for order in permutations(texts):
        catcher = Catcher()
        for at, [text] in enumerate(order, start=1):
            progress = catcher.take(text)
            assert progress.got == at
        assert catcher.content == content
        assert progress.missing == ()


def test_what_is_missing_is_said_by_number() -> None:
    content = Random(3).randbytes(SYMBOL * 3)
    texts = [read_codes(png_of(one))[0] for one in pictures(content, 3)]
    catcher = Catcher()
    assert catcher.take(texts[1]).missing == (1, 3)
    assert catcher.take(texts[1]).missing == (1, 3)
    assert catcher.take(texts[2]).missing == (1,)


def test_one_photo_may_hold_them_all() -> None:
    content = Random(4).randbytes(SYMBOL * 4 - 100)
    codes = pictures(content, 4)
    side = codes[0].width + 40
    table = Image.new("L", (2 * side, 2 * side), 150)
    for number, code in enumerate(codes):
        table.paste(code, (20 + side * (number % 2), 20 + side * (number // 2)))
    turned = table.convert("L").rotate(3, expand=True, fillcolor=150)
    photo = io.BytesIO()
    turned.save(photo, "JPEG", quality=80)
    catcher = Catcher()
    for text in read_every_code(photo.getvalue()):
        catcher.take(text)
    assert catcher.content == content


def test_only_few_codes_stand_still() -> None:
    assert can_stand_still(MOST_STILL)
    assert not can_stand_still(MOST_STILL + 1)
    many = Catcher()
    for frame in moving_frames(bytes(range(256)) * 30, 15)[:1]:
        [text] = read_codes(frame_png(frame))
        assert many.take(text).missing == ()


def test_a_webcam_reads_them_from_paper_and_from_a_phone() -> None:
    whole = modules_of(STILL_VERSION) + 2 * QUIET_MODULES
    paper = View(CODE_MM * whole / modules_of(STILL_VERSION), 1280)
    assert pixels_per_module(STILL_VERSION, paper) >= LEAST_PIXELS
    assert pixels_per_module(STILL_VERSION, PHONE_TO_FULL_HD) >= LEAST_PIXELS


def printed(pdf: bytes) -> list[Image.Image]:
    """The pages, as far as they are dark rectangles: what a code is drawn with."""
    reader, found = PdfReader(io.BytesIO(pdf)), []
    for page in reader.pages:
        size = [round(float(x) / 72 * 25.4 * DOTS_PER_MM) for x in page.mediabox[2:]]
        dots = np.full((size[1], size[0]), 255, np.uint8)
        for numbers, operator in ContentStream(page.get_contents(), reader).operations:
            if operator == b"re":
                x, y, wide, high = (float(n) / 72 * 25.4 * DOTS_PER_MM for n in numbers)
                bottom = size[1] - y
                rows = slice(round(bottom - high), round(bottom))
                dots[rows, round(x) : round(x + wide)] = 0
        found.append(Image.fromarray(dots))
    return found


@pytest.mark.parametrize(("pieces", "pages"), [(1, 1), (3, 1), (4, 1), (5, 2), (8, 2)])
def test_paper_carries_the_whole_and_every_page_says_what_it_is(pieces: int, pages: int) -> None:
    content = Random(pieces).randbytes(SYMBOL * pieces - 11)
    codes = moving_frames(content, STILL_VERSION)[:pieces]
    numbers = [f"{at} of {pieces}" for at in range(1, pieces + 1)]
    lines = ["Only Kisumu Clinic can open this.", "Show it at the desk. " * 6]
    pdf = draw_codes("Visit to be taken home", lines, codes, numbers)
    said = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(said) == pages
    for text in said:
        assert "Visit to be taken home" in text
        assert "Only Kisumu Clinic can open this." in text
    assert all(any(number in text for text in said) for number in numbers)
    catcher = Catcher()
    for page in printed(pdf):
        for text in read_every_code(png_of(page)):
            catcher.take(text)
    assert catcher.content == content
