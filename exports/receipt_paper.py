"""Receipts on paper, in the patient's language, with the signed code: of a consent, of the log."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A5, A6
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.fitting import LINE, wrap
from exports.qr import fits_one_code, make_qr
from exports.surfaces import PdfSurface

TITLE_MM, TEXT_MM, SMALL_MM = 5.2, 3.8, 3.0  # heights of letters


@dataclass(frozen=True, slots=True)
class Paper:
    """What a receipt is printed on. `size` in points."""

    size: tuple[float, float]
    margin_mm: float
    code_mm: float

    @property
    def width_mm(self) -> float:
        return self.size[0] / mm - 2 * self.margin_mm


CONSENT = Paper(A5, 14.0, 60.0)
POCKET = Paper(A6, 9.0, 48.0)


def draw_receipt(
    title: str, lines: Sequence[str], text: str, caption: str, on: Paper = CONSENT
) -> bytes:
    """One page as PDF. The code is left out where `text` is too long for one."""
    out = io.BytesIO()
    page = Canvas(out, pagesize=on.size, invariant=True)
    page.setTitle(title)
    paper = PdfSurface(page, on.margin_mm * mm, on.size[1] - on.margin_mm * mm)
    below = _paragraph(paper, on, 0, title, TITLE_MM) + 0.6 * TITLE_MM
    for line in lines:
        below = _paragraph(paper, on, below, line, TEXT_MM)
    if fits_one_code(text):
        paper.code(0, below + 4, on.code_mm, make_qr(text))
        below = _paragraph(paper, on, below + on.code_mm + 9, caption, SMALL_MM)
    page.showPage()
    page.save()
    return out.getvalue()


def _paragraph(paper: PdfSurface, on: Paper, top: float, text: str, size: float) -> float:
    """Draw a text over as many lines as it needs; where the next one begins."""
    bold = size == TITLE_MM
    for line in wrap(text, on.width_mm, lambda part: paper.width(part, size, bold=bold)):
        paper.text(0, top + size, line, size, bold=bold)
        top += size * LINE
    return top + size * 0.4
