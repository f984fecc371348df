"""The recovery sheet: one A4 page with the clinic's recovery key as words and as QR."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfgen.canvas import Canvas

from exports.fonts import use_fonts
from exports.qr import qr_png

MARGIN = 20 * mm
COLUMNS = 3


def draw_recovery_sheet(
    clinic: str, words: tuple[str, ...], made_on: date, say: Callable[[str], str]
) -> bytes:
    """The sheet as PDF. `say` translates; the words themselves are always English (BIP 39)."""
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4)
    page.setTitle(say("MediLink recovery sheet"))
    regular, bold = use_fonts()
    width, height = A4
    top = height - MARGIN
    page.setFont(bold, 20)
    page.drawString(MARGIN, top - 8 * mm, say("MediLink recovery sheet"))
    page.setFont(regular, 13)
    page.drawString(MARGIN, top - 17 * mm, f"{clinic[:70]}   ·   {made_on.isoformat()}")
    y = top - 28 * mm
    for text in (
        say(
            "With these words the records of this clinic can be opened when every passphrase "
            "is lost, or on a new laptop together with a backup."
        ),
        say(
            "Whoever holds this sheet and the records can read them. Keep it locked away, far"
            " from the laptop. Do not photograph it."
        ),
    ):
        for line in simpleSplit(text, regular, 11, width - 2 * MARGIN):
            page.setFont(regular, 11)
            page.drawString(MARGIN, y, line)
            y -= 5.5 * mm
        y -= 2 * mm
    _draw_words(page, words, y - 4 * mm, bold, regular)
    code = ImageReader(io.BytesIO(qr_png(" ".join(words))))
    page.drawImage(code, MARGIN, 32 * mm, 62 * mm, 62 * mm)
    page.setFont(regular, 10)
    page.drawString(MARGIN + 68 * mm, 62 * mm, say("The same words as a QR code."))
    page.drawString(MARGIN, 22 * mm, say("Checked and stored by (name, place):"))
    page.line(MARGIN + 70 * mm, 21 * mm, width - MARGIN, 21 * mm)
    page.showPage()
    page.save()
    return out.getvalue()


def _draw_words(page: Canvas, words: tuple[str, ...], top: float, bold: str, regular: str) -> None:
    rows = -(-len(words) // COLUMNS)
    step = (A4[0] - 2 * MARGIN) / COLUMNS
    for index, word in enumerate(words):
        x = MARGIN + (index // rows) * step
        y = top - (index % rows) * 9.5 * mm
        page.setFont(regular, 11)
        page.drawRightString(x + 8 * mm, y, f"{index + 1}")
        page.setFont(bold, 14)
        page.drawString(x + 11 * mm, y, word)
