"""What is attached is a picture or a plain PDF, whatever its name says."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from medilink.attachments import (
    JPEG,
    LONGEST_SIDE,
    MEGABYTE,
    PDF,
    PHOTO_SIDE,
    check_attachment,
    check_photo,
)
from medilink.errors import FileHoldsAProgram, FileNotAPicture, FileTooBig


def picture(side: int = 40, kind: str = "PNG", **options: object) -> bytes:
    made = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(made, kind, **options)
    return made.getvalue()


def pdf(change: object = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if callable(change):
        change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_of_any_usual_kind_is_kept_as_jpeg(kind: str) -> None:
    kept = check_attachment(picture(kind=kind))
    assert kept.media == JPEG
    assert Image.open(io.BytesIO(kept.body)).size == (40, 40)


def test_where_a_photo_was_taken_does_not_stay_in_it() -> None:
    told = Image.Exif()
    told[0x010E] = "at home in Kibera"
    told[0x0112] = 6  # turned by 90 degrees
    made = io.BytesIO()
    Image.new("RGB", (60, 30), "red").save(made, "JPEG", exif=told)
    kept = check_attachment(made.getvalue())
    assert b"Kibera" not in kept.body
    assert Image.open(io.BytesIO(kept.body)).size == (30, 60)


def test_a_big_photo_is_made_smaller_and_a_face_smaller_still() -> None:
    big = picture(2600, "JPEG")
    assert max(Image.open(io.BytesIO(check_attachment(big).body)).size) == LONGEST_SIDE
    assert max(Image.open(io.BytesIO(check_photo(big).body)).size) == PHOTO_SIDE


def test_forty_megabytes_are_refused_before_they_are_read() -> None:
    with pytest.raises(FileTooBig, match="40"):
        check_attachment(b"\xff\xd8" + bytes(40 * MEGABYTE))


def test_a_small_file_that_unfolds_to_a_giant_picture_is_refused() -> None:
    made = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(made, "PNG")
    with pytest.raises(FileTooBig):
        check_attachment(made.getvalue())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"MZ\x90\x00 this program cannot be run in DOS mode",
        b"\x7fELF",
        b"<svg onload='alert(1)'></svg>",
        b"%PDF-1.7 but nothing else",
        b"#!/bin/sh\nrm -rf /",
        b"PK\x03\x04 a zip",
        picture()[:60],
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(body: bytes) -> None:
    with pytest.raises(FileNotAPicture):
        check_attachment(body)


def test_a_plain_pdf_is_kept_byte_for_byte() -> None:
    plain = pdf()
    assert check_attachment(plain) == (PDF, plain)


def with_script(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert('hello')"),
        }
    )


def with_file_inside(writer: PdfWriter) -> None:
    writer.add_attachment("virus.exe", b"MZ")


def with_launch(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("calc.exe")}
    )


@pytest.mark.parametrize("change", [with_script, with_file_inside, with_launch])
def test_a_pdf_that_is_a_program_is_refused(change: object) -> None:
    with pytest.raises(FileHoldsAProgram):
        check_attachment(pdf(change))


def test_a_locked_pdf_is_refused() -> None:
    with pytest.raises(FileNotAPicture):
        check_attachment(pdf(lambda writer: writer.encrypt("secret", algorithm="RC4-128")))
