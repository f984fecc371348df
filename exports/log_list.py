"""The list of who looked at a record, as a PDF to keep: by day, with page numbers, and at its end a
receipt that shows later whether the log was rewritten."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from exports.fitting import LINE, wrap
from exports.qr import fits_one_code, make_qr
from exports.surfaces import PdfSurface

MARGIN_MM, CODE_MM, TIME_MM = 18.0, 55.0, 18.0  # of which the last is the column of times
TITLE_MM, DAY_MM, TEXT_MM, SMALL_MM = 6.0, 4.2, 3.7, 3.2  # heights of letters
WIDTH_MM, HEIGHT_MM = A4[0] / mm - 2 * MARGIN_MM, A4[1] / mm - 2 * MARGIN_MM
ROOM_MM = HEIGHT_MM - 8  # above the page's number
_PEN = PdfSurface(Canvas(io.BytesIO()), 0, 0)  # measures only


@dataclass(frozen=True, slots=True)
class PrintedList:
    """What stands on the paper, in the reader's language. `days`: each day's name, and its entries
    as time and sentence. `receipt` is the text of the code; `after` stands below it."""

    title: str
    lines: Sequence[str]
    days: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    receipt: str
    receipt_title: str
    receipt_lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of print, or the code. `keep`: millimetres that must follow on the same page."""

    high: float
    text: str = ""
    size: float = TEXT_MM
    left: float = 0.0
    bold: bool = False
    time: str = ""
    code: str = ""
    keep: float = 0.0


def draw_log_list(wanted: PrintedList, page_words: str) -> bytes:
    """A4 pages as PDF. `page_words` says which page, {number}, of how many, {count}, it is."""
    pages = _paged(list(_rows(wanted)))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    canvas.setTitle(wanted.title)
    for number, rows in enumerate(pages, start=1):
        paper = PdfSurface(canvas, MARGIN_MM * mm, A4[1] - MARGIN_MM * mm)
        below = 0.0
        for row in rows:
            _draw(paper, below, row)
            below += row.high
        paper.text(0, HEIGHT_MM, page_words.format(number=number, count=len(pages)), SMALL_MM)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _rows(wanted: PrintedList) -> Iterator[_Row]:
    yield from _text(wanted.title, TITLE_MM, bold=True)
    for line in wanted.lines:
        yield from _text(line, TEXT_MM)
    for day, entries in wanted.days:
        yield _Row(3)
        yield from _text(day, DAY_MM, bold=True, keep=12)
        for time, sentence in entries:
            yield from _entry(time, sentence)
    yield _Row(6, keep=CODE_MM + 50)
    yield from _text(wanted.receipt_title, DAY_MM, bold=True)
    if fits_one_code(wanted.receipt):
        yield _Row(CODE_MM + 5, code=wanted.receipt)
    for line in wanted.receipt_lines:
        yield from _text(line, TEXT_MM)


def _text(text: str, size: float, *, bold: bool = False, keep: float = 0) -> Iterator[_Row]:
    for line in wrap(text, WIDTH_MM, lambda part: _PEN.width(part, size, bold=bold)):
        yield _Row(size * LINE, line, size, bold=bold, keep=keep)
    yield _Row(size * 0.4)


def _entry(time: str, sentence: str) -> Iterator[_Row]:
    lines = wrap(sentence, WIDTH_MM - TIME_MM, lambda part: _PEN.width(part, TEXT_MM))
    for number, line in enumerate(lines):
        yield _Row(TEXT_MM * LINE, line, left=TIME_MM, time="" if number else time)
    yield _Row(TEXT_MM * 0.4)


def _paged(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Rows by page; nothing begins where what must follow it has no room."""
    pages: list[list[_Row]] = [[]]
    used = 0.0
    for row in rows:
        if pages[-1] and used + row.high + row.keep > ROOM_MM:
            pages.append([])
            used = 0.0
        pages[-1].append(row)
        used += row.high
    return pages


def _draw(paper: PdfSurface, below: float, row: _Row) -> None:
    if row.code:
        paper.code(0, below + 2, CODE_MM, make_qr(row.code))
    if row.time:
        paper.text(0, below + row.size, row.time, row.size, bold=True)
    if row.text:
        paper.text(row.left, below + row.size, row.text, row.size, bold=row.bold)
