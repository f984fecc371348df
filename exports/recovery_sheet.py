"""The recovery sheet: one A4 page with the clinic's recovery key, or with one share of three, as
words and as QR."""

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
    clinic: str,
    words: tuple[str, ...],
    made_on: date,
    say: Callable[..., str],
    number: int = 0,
) -> bytes:
    """The sheet as PDF. `say` translates; the words themselves are always English. `number`: which
    of three sheets it is; 0 for the only one."""
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4)
    title = say("MediLink recovery sheet")
    if number:
        title = say("MediLink recovery sheet {number} of 3", number=number)
    page.setTitle(title)
    regular, bold = use_fonts()
    width, height = A4
    top = height - MARGIN
    page.setFont(bold, 20)
    page.drawString(MARGIN, top - 8 * mm, title)
    page.setFont(regular, 13)
    page.drawString(MARGIN, top - 17 * mm, f"{clinic[:70]}   ·   {made_on.isoformat()}")
    y = _draw_told(page, _told_of_three(say) if number else _told_of_one(say), top - 28 * mm)
    _draw_words(page, words, y - 4 * mm, bold, regular)
    code = ImageReader(io.BytesIO(qr_png(" ".join(words))))
    page.drawImage(code, MARGIN, 32 * mm, 62 * mm, 62 * mm)
    page.setFont(regular, 10)
    page.drawString(MARGIN + 68 * mm, 89 * mm, say("The same words as a QR code."))
    _draw_where(page, say, MARGIN + 68 * mm)
    page.drawString(MARGIN, 22 * mm, say("Checked and stored by (name, place):"))
    page.line(MARGIN + 70 * mm, 21 * mm, width - MARGIN, 21 * mm)
    page.showPage()
    page.save()
    return out.getvalue()


def _draw_where(page: Canvas, say: Callable[..., str], left: float) -> None:
    """To be written by hand: on a new laptop nobody knows where the backups went. What opens that
    place does not belong beside the words, which open what lies there."""
    asked = (
        (say("Where backups lie, besides the laptop (address, user name, folder):"), 2),
        (say("Who keeps what opens that place. Do not write its password here:"), 1),
    )
    regular, _ = use_fonts()
    width, y = A4[0] - MARGIN - left, 80 * mm
    for text, lines in asked:
        for line in simpleSplit(text, regular, 10, width):
            page.drawString(left, y, line)
            y -= 4.5 * mm
        for _ in range(lines):
            y -= 4.5 * mm
            page.line(left, y, left + width, y)
            y -= 3 * mm
        y -= 3 * mm


def _draw_told(page: Canvas, told: tuple[str, ...], top: float) -> float:
    """How far down the page the texts go."""
    regular, _ = use_fonts()
    page.setFont(regular, 11)
    for text in told:
        for line in simpleSplit(text, regular, 11, A4[0] - 2 * MARGIN):
            page.drawString(MARGIN, top, line)
            top -= 5.5 * mm
        top -= 2 * mm
    return top


def _told_of_one(say: Callable[..., str]) -> tuple[str, str]:
    return (
        say(
            "With these words the records of this clinic can be opened when every passphrase "
            "is lost, or on a new laptop together with a backup."
        ),
        say(
            "Whoever holds this sheet and the records can read them. Keep it locked away, far"
            " from the laptop. Do not photograph it."
        ),
    )


def _told_of_three(say: Callable[..., str]) -> tuple[str, str]:
    return (
        say(
            "With the words of two of the three sheets the records of this clinic can be opened"
            " when every passphrase is lost, or on a new laptop together with a backup. One sheet"
            " alone opens nothing, and one may get lost."
        ),
        say(
            "Keep the three sheets with different people, in different places, far from the"
            " laptop. Do not photograph them."
        ),
    )


def _draw_words(page: Canvas, words: tuple[str, ...], top: float, bold: str, regular: str) -> None:
    rows = -(-len(words) // COLUMNS)
    step = (A4[0] - 2 * MARGIN) / COLUMNS
    for index, word in enumerate(words):
        x = MARGIN + (index // rows) * step
        y = top - (index % rows) * min(9.5 * mm, 84 * mm / rows)
        page.setFont(regular, 11)
        page.drawRightString(x + 8 * mm, y, f"{index + 1}")
        page.setFont(bold, 14)
        page.drawString(x + 11 * mm, y, word)
