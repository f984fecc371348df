"""A report as paper: A4, tables with their heads on every page, page x of y, black on white."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.fitting import LINE, wrap
from exports.surfaces import PdfSurface

MARGIN_MM = 18.0
TITLE_MM, HEAD_MM, TEXT_MM, SMALL_MM = 6.4, 4.6, 3.6, 3.0  # heights of letters
WIDTH_MM = A4[0] / mm - 2 * MARGIN_MM
BOTTOM_MM = A4[1] / mm - 2 * MARGIN_MM - 8  # the foot stands below
GAP_MM = 5.0  # between columns
BETWEEN_MM = 5.0  # between sections

Foot = Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: a table under a title, or only what `note` says."""

    title: str
    note: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def draw_report(title: str, facts: Sequence[str], sections: Sequence[Section], foot: Foot) -> bytes:
    """The report as PDF. `foot(page, pages)`: what stands at the bottom of a page."""
    pages = _draw(io.BytesIO(), title, facts, sections, lambda page: foot(page, page))
    out = io.BytesIO()
    _draw(out, title, facts, sections, lambda page: foot(page, pages))
    return out.getvalue()


def _draw(
    out: io.BytesIO,
    title: str,
    facts: Sequence[str],
    sections: Sequence[Section],
    foot: Callable[[int], str],
) -> int:
    """Draw it all; how many pages it took."""
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle(title)
    flow = _Flow(canvas, foot)
    flow.paragraph(title, TITLE_MM, bold=True)
    for fact in facts:
        flow.paragraph(fact, TEXT_MM)
    for section in sections:
        flow.section(section)
    flow.end_page()
    canvas.save()
    return flow.pages


@dataclass(slots=True)
class _Flow:
    """What is drawn goes downwards; where it does not fit, a new page begins."""

    canvas: Canvas
    foot: Callable[[int], str]
    below: float = 0.0
    pages: int = 1
    paper: PdfSurface = field(init=False)

    def __post_init__(self) -> None:
        self.paper = PdfSurface(self.canvas, MARGIN_MM * mm, A4[1] - MARGIN_MM * mm)

    def end_page(self) -> None:
        self.paper.text(0, BOTTOM_MM + 8, self.foot(self.pages), SMALL_MM)
        self.canvas.showPage()

    def room(self, height: float) -> bool:
        """Make room; whether that took a new page."""
        if self.below + height <= BOTTOM_MM:
            return False
        self.end_page()
        self.pages, self.below = self.pages + 1, 0.0
        return True

    def paragraph(self, text: str, size: float, *, bold: bool = False) -> None:
        for line in self.lines(text, WIDTH_MM, size, bold=bold):
            self.room(size * LINE)
            self.paper.text(0, self.below + size, line, size, bold=bold)
            self.below += size * LINE
        self.below += size * 0.4

    def lines(self, text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
        return wrap(text, width, lambda part: self.paper.width(part, size, bold=bold)) or [""]

    def section(self, section: Section) -> None:
        self.below += BETWEEN_MM
        self.room(HEAD_MM * LINE + 4 * TEXT_MM * LINE)  # a title is not left alone at the bottom
        self.paragraph(section.title, HEAD_MM, bold=True)
        if section.note:
            self.paragraph(section.note, TEXT_MM)
        if section.rows:
            widths = self.widths((section.head, *section.rows))
            self.row(section.head, widths, bold=True)
            for row in section.rows:
                self.row(row, widths, again=section.head)

    def widths(self, rows: Sequence[Sequence[str]]) -> list[float]:
        """Columns as wide as their longest text; where that is too much, the wide ones give way."""
        wanted = [
            max(self.paper.width(cell, TEXT_MM, bold=True) for cell in column) + GAP_MM
            for column in zip(*rows, strict=True)
        ]
        found, room = dict[int, float](), WIDTH_MM
        for place in sorted(range(len(wanted)), key=wanted.__getitem__):
            found[place] = min(wanted[place], room / (len(wanted) - len(found)))
            room -= found[place]
        return [found[place] for place in range(len(wanted))]

    def row(
        self,
        cells: Sequence[str],
        widths: Sequence[float],
        *,
        bold: bool = False,
        again: Sequence[str] = (),
    ) -> None:
        """One row; on a new page under the table's head `again`."""
        wrapped = [
            self.lines(cell, width - GAP_MM, TEXT_MM, bold=bold)
            for cell, width in zip(cells, widths, strict=True)
        ]
        height = max(map(len, wrapped)) * TEXT_MM * LINE + 1.6
        if self.room(height) and again:
            self.row(again, widths, bold=True)
        left = 0.0
        for lines, width in zip(wrapped, widths, strict=True):
            for number, line in enumerate(lines):
                down = self.below + TEXT_MM * (1 + number * LINE)
                self.paper.text(left, down, line, TEXT_MM, bold=bold)
            left += width
        self.below += height
        self.paper.box(0, self.below - 0.9, sum(widths), 0)
