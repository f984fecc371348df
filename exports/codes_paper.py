"""Codes on paper: what one code cannot hold, as several that stand still, two beside each other on
A4, each with its number. A clinic's camera reads them in any order.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.fitting import LINE, wrap
from exports.surfaces import Code, PdfSurface

MARGIN_MM, BETWEEN_MM = 14.0, 9.0
TITLE_MM, TEXT_MM, NUMBER_MM = 6.0, 4.2, 4.6  # heights of letters
WIDTH_MM = A4[0] / mm - 2 * MARGIN_MM
CODE_MM = (WIDTH_MM - BETWEEN_MM) / 2
CODES_ON_A_PAGE = 4
CODES_BEGIN_MM = 58.0


def draw_codes(
    title: str, lines: Sequence[str], codes: Sequence[Code], numbers: Sequence[str]
) -> bytes:
    """A PDF. Every page has the title and the lines, so that a page that was lost is missed;
    `numbers` stand under the codes."""
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4, invariant=True)
    page.setTitle(title)
    numbered = list(zip(codes, numbers, strict=True))
    for first in range(0, len(numbered), CODES_ON_A_PAGE):
        paper = PdfSurface(page, MARGIN_MM * mm, A4[1] - MARGIN_MM * mm)
        _words(paper, title, lines)
        for place, (code, number) in enumerate(numbered[first : first + CODES_ON_A_PAGE]):
            x = (CODE_MM + BETWEEN_MM) * (place % 2)
            y = CODES_BEGIN_MM + (CODE_MM + 2 * BETWEEN_MM) * (place // 2)
            paper.code(x, y, CODE_MM, code)
            paper.text(x, y + CODE_MM + 1.6 * NUMBER_MM, number, NUMBER_MM, bold=True)
        page.showPage()
    page.save()
    return out.getvalue()


def _words(paper: PdfSurface, title: str, lines: Sequence[str]) -> None:
    paper.text(0, TITLE_MM, title, TITLE_MM, bold=True)
    below = 2 * TITLE_MM
    for text in lines:
        for line in wrap(text, WIDTH_MM, lambda part: paper.width(part, TEXT_MM)):
            paper.text(0, below + TEXT_MM, line, TEXT_MM)
            below += TEXT_MM * LINE
        below += TEXT_MM * 0.3
