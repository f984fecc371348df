"""How fast a record becomes paper, against drawing the same pages with ReportLab alone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

import exports.record_pdf
from exports.record_look import Look
from exports.record_pdf import draw_record
from exports.wording import English
from medilink.records import Record
from tests.bench.measuring import Measured, ratio, take_turns
from tests.bench.table import benchmark
from tests.bench.world import World
from tests.made_records import made_up_records, whole_record
from tests.rules.pdf_gallery import PROOF, document_of

ENCOUNTERS = 100
TODAY = date(2026, 5, 20)
FACES = Path(exports.record_pdf.__file__).parent / "faces"


def record_with(encounters: int) -> Record:
    """Somebody who has been ill for many: the entries of made-up people as those of one."""
    people = iter(made_up_records(5, encounters, TODAY))
    patient, entries = next(people).patient, list[Any]()
    seen = 0
    for record in people:
        if seen >= encounters:
            break
        seen += len(record.encounters)
        entries += [e for e in chain(record.entries()) if not hasattr(e, "blood")]
    return whole_record(patient, entries)


def _registered() -> None:
    for name in ("NotoSans-Regular", "NotoSans-Bold"):
        pdfmetrics.registerFont(TTFont(name, FACES / f"{name}.ttf"))


# ---- the same pages, drawn bare

Step = Callable[[Canvas], object]


def steps_of(pdf: bytes) -> list[list[Step]]:
    """What stands on each page, as calls of ReportLab's canvas: every string at its place in its
    font and size, every line, surface and colour."""
    reader = PdfReader(io.BytesIO(pdf))
    return [list(_steps(reader, page)) for page in reader.pages]


def _steps(reader: PdfReader, page: Any) -> Iterator[Step]:
    read = _Reading(page)
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        yield from read.steps(operator.decode("latin-1"), operands)


class _Reading:
    """A page in the course of being read."""

    def __init__(self, page: Any) -> None:
        fonts = page["/Resources"]["/Font"]
        self.fonts = {name: _decoder(font.get_object()) for name, font in fonts.items()}
        self.font, self.size, self.at = "", 0.0, (0.0, 0.0)
        self.path: list[tuple[str, list[float]]] = []

    def steps(self, operator: str, operands: Any) -> Iterator[Step]:
        numbers = [float(one) for one in operands if isinstance(one, int | float)]
        if operator == "Tf":
            self.font, self.size = str(operands[0]), numbers[0]
        elif operator == "Tm":
            self.at = (numbers[4], numbers[5])
        elif operator == "TJ":
            yield from self._text(operands[0])
        elif operator in ("m", "l", "re"):
            self.path.append((operator, numbers))
        elif operator in ("f", "S", "B"):
            path, self.path = self.path, []
            yield lambda c: _draw(c, path, operator != "S", operator != "f")
        elif operator in _PENS:
            yield lambda c: _PENS[operator](c, numbers)

    def _text(self, shown: Any) -> Iterator[Step]:
        (name, says), size, at = self.fonts[self.font], self.size, self.at
        codes = b"".join(s.original_bytes for s in shown if not isinstance(s, int | float))
        text = "".join(says.get(codes[n : n + 2], "") for n in range(0, len(codes), 2))
        yield lambda c: c.setFont(name, size)
        yield lambda c: c.drawString(*at, text)


_PENS: dict[str, Callable[[Canvas, list[float]], object]] = {
    "rg": lambda canvas, numbers: canvas.setFillColorRGB(*numbers),
    "g": lambda canvas, numbers: canvas.setFillGray(*numbers),
    "G": lambda canvas, numbers: canvas.setStrokeGray(*numbers),
    "w": lambda canvas, numbers: canvas.setLineWidth(*numbers),
}


def _draw(canvas: Canvas, path: list[tuple[str, list[float]]], fill: bool, stroke: bool) -> None:
    drawn = canvas.beginPath()
    for operator, numbers in path:
        {"m": drawn.moveTo, "l": drawn.lineTo, "re": drawn.rect}[operator](*numbers)
    canvas.drawPath(drawn, stroke=stroke, fill=fill)


def _decoder(font: Any) -> tuple[str, dict[bytes, str]]:
    """The name of a font's file, and what each of its codes says."""
    says = {}
    for line in font["/ToUnicode"].get_object().get_data().decode().splitlines():
        if line.startswith("<") and len(line.split()) == 2:
            code, text = (bytes.fromhex(part.strip("<>")) for part in line.split())
            says[code] = text.decode("utf-16-be")
    name = str(font["/BaseFont"]).partition("+")[2]
    return name if name in ("NotoSans-Regular", "NotoSans-Bold") else "NotoSans-Regular", says


def draw_bare(pages: list[list[Step]]) -> bytes:
    """The pages, with plain calls."""
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=1, invariant=True)
    for steps in pages:
        for step in steps:
            step(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@benchmark("export_pdf", "x, a PDF of 100 encounters against ReportLab alone", at_most=3)
def export_pdf(world: World) -> Measured:
    """A whole record with tags, charts and embedded fonts, against its strings and lines."""
    _registered()
    document, words, look = document_of(record_with(ENCOUNTERS)), English(), Look("Kisumu Clinic")

    def ours() -> bytes:
        return draw_record(document, PROOF, words, look)

    pages = steps_of(ours())
    taken = take_turns(world.times(12), 1, ours, lambda: draw_bare(pages))
    found = ratio(*taken)
    return Measured(found.value, found.floor, f"{len(pages)} pages; {found.note}")
