"""A code to take along, with words around it: as a picture for the phone and on paper.

Neither the six digits nor the patient's name are on it: whoever finds it learns only which clinic
made it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image
from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.fitting import LINE, Box, fit
from exports.lettering import writable
from exports.qr import make_qr
from exports.surfaces import PdfSurface, PictureSurface, Surface

Say = Callable[..., str]

WIDTH_MM, HEIGHT_MM = 90.0, 146.0
PIXELS_PER_MM = 12  # nine pixels a module of the finest code
_MARGIN, _CODE_TOP = 5.0, 34.0
_CODE = WIDTH_MM - 2 * _MARGIN  # the margin is more than the four modules of white a code needs


@dataclass(frozen=True, slots=True)
class OfferPaper:
    """What stands on it: the code's text, the clinic that made it, and until when it opens, as
    people write it."""

    text: str
    clinic: str
    until: str


def draw_offer_picture(paper: OfferPaper, say: Say) -> bytes:
    """As PNG, 1080 pixels wide. Raises ValueError for a text that does not fit one code."""
    size = (round(WIDTH_MM * PIXELS_PER_MM), round(HEIGHT_MM * PIXELS_PER_MM))
    picture = Image.new("L", size, 255)
    _draw(PictureSurface(picture, PIXELS_PER_MM), paper, say)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_offer_paper(paper: OfferPaper, say: Say) -> bytes:
    """As an A5 page of PDF. Raises ValueError as the picture does."""
    out = io.BytesIO()
    page = Canvas(out, pagesize=A5, invariant=True)
    page.setTitle(say("MediLink code for another clinic"))
    left, top = (A5[0] - WIDTH_MM * mm) / 2, A5[1] - (A5[1] - HEIGHT_MM * mm) / 2
    _draw(PdfSurface(page, left, top), paper, say)
    page.showPage()
    page.save()
    return out.getvalue()


def _draw(on: Surface, paper: OfferPaper, say: Say) -> None:
    on.box(_MARGIN, 5, _CODE, 9, filled=True)
    on.text(_MARGIN + 2.4, 11.4, "MediLink", 5, bold=True, white=True)
    clinic = writable(paper.clinic)
    _lines(on, 15.5, Box(_CODE, 8, 5, 3), say("Code for another clinic"), bold=True)
    _lines(on, 23, Box(_CODE, 5.4, 4.2, 2.6), say("from {clinic}", clinic=clinic))
    on.code(_MARGIN, _CODE_TOP, _CODE, make_qr(paper.text))
    below = _CODE_TOP + _CODE + 4
    below = _lines(
        on, below, Box(_CODE, 6, 4.6, 3), say("until {moment}", moment=paper.until), bold=True
    )
    _lines(
        on,
        below + 1,
        Box(_CODE, HEIGHT_MM - below - 4, 4, 2.4),
        say(
            "Clinic: scan this code in MediLink, and ask the patient for the six digits that"
            " belong to it."
        ),
    )


def _lines(on: Surface, top: float, box: Box, text: str, *, bold: bool = False) -> float:
    """Draw a text below `top`, as large as its box allows; where the next one begins."""
    shown = fit(text, box, lambda part, size: on.width(part, size, bold=bold))
    for line in shown.lines:
        on.text(_MARGIN, top + shown.size, line, shown.size, bold=bold)
        top += shown.size * LINE
    return top
