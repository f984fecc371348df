"""A receipt on paper: every line is there, and its code can be read back."""

from __future__ import annotations

import io

import zxingcpp
from pypdf import PdfReader

from exports.qr import qr_png
from exports.receipt_paper import draw_receipt
from medilink.bundles import Tag, as_text
from ui.reading import open_picture

TEXT = as_text(Tag.RECEIPT, bytes(range(256)) * 2)


def test_every_line_stands_on_the_paper_however_long() -> None:
    lines = ["Allowed to: Amina Otieno (doctor), Siaya Clinic", "What: " + "everything and " * 40]
    pdf = draw_receipt("Consent receipt", lines, TEXT, "Any clinic can check this code.")
    said = " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    for line in lines:
        assert " ".join(line.split()) in said
    assert "Any clinic can check this code." in said


def test_the_code_is_the_receipt() -> None:
    picture = open_picture(qr_png(TEXT))
    assert picture is not None
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [TEXT]


def test_a_receipt_too_long_for_a_code_is_still_a_paper() -> None:
    long = as_text(Tag.RECEIPT, bytes(5000))
    pdf = draw_receipt("Consent receipt", ["One"], long, "Code")
    assert "Code" not in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
