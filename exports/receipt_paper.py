"""A consent receipt on paper: what was allowed, in the patient's language, and the signed code."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.fitting import LINE, wrap
from exports.qr import fits_one_code, make_qr
from exports.surfaces import PdfSurface

MARGIN_MM, CODE_MM = 14.0, 60.0
TITLE_MM, TEXT_MM, SMALL_MM = 5.2, 3.8, 3.0  # heights of letters
WIDTH_MM = A5[0] / mm - 2 * MARGIN_MM


def draw_receipt(title: str, lines: Sequence[str], text: str, caption: str) -> bytes:
    """An A5 page as PDF. The code is left out where `text` is too long for one."""
    out = io.BytesIO()
    page = Canvas(out, pagesize=A5, invariant=True)
    page.setTitle(title)
    paper = PdfSurface(page, MARGIN_MM * mm, A5[1] - MARGIN_MM * mm)
    paper.text(0, TITLE_MM, title, TITLE_MM, bold=True)
    below = 2.4 * TITLE_MM
    for line in lines:
        below = _paragraph(paper, below, line, TEXT_MM)
    if fits_one_code(text):
        paper.code(0, below + 4, CODE_MM, make_qr(text))
        below = _paragraph(paper, below + CODE_MM + 9, caption, SMALL_MM)
    page.showPage()
    page.save()
    return out.getvalue()


def _paragraph(paper: PdfSurface, top: float, text: str, size: float) -> float:
    """Draw a text over as many lines as it needs; where the next one begins."""
    for line in wrap(text, WIDTH_MM, lambda part: paper.width(part, size)):
        paper.text(0, top + size, line, size)
        top += size * LINE
    return top + size * 0.4
