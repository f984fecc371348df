"""Two surfaces a card is drawn on alike: a PDF page and a picture. Millimetres from the top left;
text stands on its baseline; sizes are of the em."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from exports.fonts import use_fonts
from exports.lettering import is_plain, picture_font, picture_of

_PRINT_DOTS_PER_MM = 600 / 25.4
_MEASURED_AT = 200  # pixels an em: precise enough for any size


class Code(Protocol):
    """A QR code: rows of modules, odd for dark, without quiet zone."""

    @property
    def matrix(self) -> Sequence[Sequence[int]] | NDArray[np.uint8]: ...


class Surface(Protocol):
    """What a card needs of the thing it is drawn on."""

    def width(self, text: str, size: float, *, bold: bool = False) -> float: ...

    def text(  # noqa: PLR0913 where, what and how
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        white: bool = False,
    ) -> None: ...

    def box(
        self, x: float, y: float, width: float, height: float, *, filled: bool = False
    ) -> None: ...

    def code(self, x: float, y: float, side: float, code: Code) -> None:
        """A QR code without its quiet zone; whoever places it leaves four modules white."""


def _width_in_picture(text: str, size: float, *, bold: bool) -> float:
    font = picture_font(text, _MEASURED_AT, bold=bold)
    return float(font.getlength(text)) * size / _MEASURED_AT


@dataclass(frozen=True, slots=True)
class PdfSurface:
    """A part of a PDF page; (`left`, `top`) is its corner in points."""

    page: Canvas
    left: float
    top: float

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        if not is_plain(text):
            return _width_in_picture(text, size, bold=bold)
        return float(stringWidth(text, use_fonts()[bold], size))

    def text(  # noqa: PLR0913 where, what and how
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        white: bool = False,
    ) -> None:
        if not is_plain(text):
            self._picture(x, y, text, size)
            return
        self.page.setFillGray(1 if white else 0)
        self.page.setFont(use_fonts()[bold], size * mm)
        self.page.drawString(self.left + x * mm, self.top - y * mm, text)

    def _picture(self, x: float, y: float, text: str, size: float) -> None:
        picture = picture_of(text, max(8, round(size * _PRINT_DOTS_PER_MM)))
        per_mm = _PRINT_DOTS_PER_MM
        wide, high = picture.width / per_mm, picture.height / per_mm
        left, bottom = self.left + x * mm, self.top - (y - size + high) * mm
        self.page.drawImage(ImageReader(picture), left, bottom, wide * mm, high * mm)

    def box(self, x: float, y: float, width: float, height: float, *, filled: bool = False) -> None:
        self.page.setFillGray(0)
        self.page.setStrokeGray(0)
        self.page.setLineWidth(0.3 * mm)
        low = self.top - (y + height) * mm
        where = (self.left + x * mm, low, width * mm, height * mm)
        self.page.rect(*where, stroke=0 if filled else 1, fill=1 if filled else 0)

    def code(self, x: float, y: float, side: float, code: Code) -> None:
        def dark(column: int, row: int, length: int, module: float) -> None:
            left, low = x + column * module, y + (row + 1) * module
            self.page.rect(
                self.left + left * mm,
                self.top - low * mm,
                length * module * mm,
                module * mm,
                stroke=0,
                fill=1,
            )

        self.page.setFillGray(0)
        _each_run(code, side, dark)


@dataclass(frozen=True, slots=True)
class PictureSurface:
    """A picture of `per_mm` pixels a millimetre."""

    picture: Image.Image
    per_mm: float

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        return _width_in_picture(text, size, bold=bold)

    def text(  # noqa: PLR0913 where, what and how
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        white: bool = False,
    ) -> None:
        font = picture_font(text, round(size * self.per_mm), bold=bold)
        at = (x * self.per_mm, y * self.per_mm)
        self._pen().text(at, text, font=font, fill=255 if white else 0, anchor="ls")

    def box(self, x: float, y: float, width: float, height: float, *, filled: bool = False) -> None:
        corners = [(v * self.per_mm) for v in (x, y, x + width, y + height)]
        self._pen().rectangle(corners, fill=0 if filled else None, outline=0, width=3)

    def code(self, x: float, y: float, side: float, code: Code) -> None:
        """Modules of whole pixels, the code in the middle of its place."""
        modules = len(code.matrix)
        module = int(side * self.per_mm) // modules
        left = round(x * self.per_mm) + (int(side * self.per_mm) - module * modules) // 2
        top = round(y * self.per_mm)
        pen = self._pen()

        def dark(column: int, row: int, length: int, _: float) -> None:
            here = (left + column * module, top + row * module)
            pen.rectangle((*here, here[0] + length * module - 1, here[1] + module - 1), fill=0)

        _each_run(code, side, dark)

    def _pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.picture)


def _each_run(code: Code, side: float, draw: Callable[[int, int, int, float], None]) -> None:
    """`draw(column, row, length, module)` for every run of dark modules: one shape for a run
    leaves no hairlines between its modules."""
    matrix = code.matrix
    module = side / len(matrix)
    for number, row in enumerate(matrix):
        begin: int | None = None
        for column, bit in enumerate([*row, 0]):
            if bit & 1 and begin is None:
                begin = column
            elif not bit & 1 and begin is not None:
                draw(begin, number, column - begin, module)
                begin = None
