"""The emergency card: a wallet card to print, and the same as a picture for the phone.

Wallet card: front (what a helper must know at once) and back (the codes) beside each other on A4,
to cut out and fold. Black on white, so that any printer will do.
"""

from __future__ import annotations

import io

import segno
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.card_face import (
    CARD_HEIGHT_MM,
    CARD_WIDTH_MM,
    CardFace,
    Say,
    centred,
    draw_back,
    draw_front,
)
from exports.card_qr import make_card_qr
from exports.qr import make_qr
from exports.surfaces import PdfSurface, PictureSurface, Surface

PHONE_PIXELS = (1080, 1920)
PHONE_PIXELS_PER_MM = 12


def draw_wallet_card(face: CardFace, say: Say) -> bytes:
    """An A4 page as PDF. Raises ValueError for a code that does not fit."""
    health, pointer = make_card_qr(face.health_card), _pointer(face.pointer)
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4, invariant=True)
    page.setTitle(say("Emergency card"))
    left = (A4[0] - 2 * CARD_WIDTH_MM * mm) / 2
    top = A4[1] - 62 * mm
    _page_words(PdfSurface(page, left, A4[1]), say)
    _marks(page, left, top)
    draw_front(PdfSurface(page, left, top), face, say, CARD_WIDTH_MM)
    draw_back(PdfSurface(page, left + CARD_WIDTH_MM * mm, top), face, say, health, pointer)
    page.showPage()
    page.save()
    return out.getvalue()


def _pointer(text: str) -> segno.QRCode | None:
    """The second code; its modules are 0.34 mm at the largest version `make_qr` allows."""
    return make_qr(text) if text else None


def _page_words(page: Surface, say: Say) -> None:
    page.text(0, 22, say("Emergency card"), 7, bold=True)
    for number, line in enumerate(
        (
            say("Print at 100 %, not fitted to the page: the line below must be 50 mm long."),
            say(
                "Cut along the marks, fold in the middle, glue or laminate. Keep it in your wallet."
            ),
            say("Whoever finds it can read it. Lost? Tell your clinic: it takes the card back."),
        )
    ):
        page.text(0, 31 + number * 6, line, 3.9)
    y = 62 + CARD_HEIGHT_MM + 14
    page.box(0, y, 50, 0.25, filled=True)
    for end in (0, 50):
        page.box(end - 0.1, y - 1.5, 0.2, 3.2, filled=True)
    page.text(52, y + 1.1, "50 mm", 3.2)


def _marks(page: Canvas, left: float, top: float) -> None:
    """Cut marks at the corners, outside the card, and a dashed line to fold along."""
    right, low = left + 2 * CARD_WIDTH_MM * mm, top - CARD_HEIGHT_MM * mm
    page.setLineWidth(0.2 * mm)
    page.setStrokeGray(0)
    for x, away in ((left, -1), (right, 1)):
        for y, beyond in ((top, 1), (low, -1)):
            page.line(x + away * 1.5 * mm, y, x + away * 6 * mm, y)
            page.line(x, y + beyond * 1.5 * mm, x, y + beyond * 6 * mm)
    page.setStrokeGray(0.6)
    page.rect(left, low, right - left, top - low)
    page.setDash(1.2 * mm, 1.2 * mm)
    middle = left + CARD_WIDTH_MM * mm
    page.line(middle, top + 6 * mm, middle, low - 6 * mm)
    page.setDash()


def draw_phone_card(face: CardFace, say: Say) -> bytes:
    """The same as PNG of 1080 × 1920 pixels. Raises ValueError for a code that does not fit."""
    health, pointer = make_card_qr(face.health_card), _pointer(face.pointer)
    picture = Image.new("L", PHONE_PIXELS, 255)
    card = PictureSurface(picture, PHONE_PIXELS_PER_MM)
    wide = PHONE_PIXELS[0] / PHONE_PIXELS_PER_MM
    draw_front(card, face, say, wide)
    side = 78.0 if pointer is None else 58.0
    centred(card, say("Any reader of SMART Health Cards"), 58.8, wide)
    card.code((wide - side) / 2, 62, side, health)
    if pointer is not None:
        centred(card, say("Clinics with MediLink"), 125.4, wide)
        card.code((wide - 30) / 2, 128, 30, pointer)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
