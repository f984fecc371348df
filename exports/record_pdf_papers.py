"""Documents of a record: listed, and pictures printed small at the end."""

from __future__ import annotations

from collections.abc import Iterator

from exports.pdf_flow import LEFT, SMALL, STEP, Cell, Column, Part
from exports.record_look import printable
from exports.record_pdf_sheet import Sheet
from exports.record_words import beside
from medilink.records import Document, Section

PICTURE_SIDE = 1000  # dots: 90 mm at 280 an inch
PICTURE_ROOM = 250.0  # two beside each other on A4
PRINTED = frozenset({"image/jpeg", "image/png"})
_BETWEEN = 11.0


def draw_papers(sheet: Sheet) -> list[Document]:
    """The list; the pictures of it that are to be drawn at the end."""
    documents = sheet.record.documents
    if not sheet.begin(Section.DOCUMENTS, anything=bool(documents)):
        return []
    say = sheet.words.say
    pictures = [
        one
        for one in documents
        if one.media in PRINTED and sheet.document.handed.bodies.get(one.uid)
    ]
    numbers = {one.uid: place for place, one in enumerate(pictures, start=1)}
    columns = (
        Column(say("Document"), 40),
        Column(say("Date"), 15),
        Column(say("Kind"), 23),
        Column(say("Written by"), 22),
    )
    sheet.flow.table(columns, (_row(sheet, one, numbers) for one in documents))
    return pictures


def _row(sheet: Sheet, one: Document, numbers: dict[bytes, int]) -> Iterator[Cell]:
    say = sheet.words.say
    sheet.drawn()
    shown = (
        say("picture {number}, at the end", number=numbers[one.uid]) if one.uid in numbers else ""
    )
    missing = "" if one.uid in sheet.document.handed.bodies else say("its pages are not here")
    yield Cell(beside((one.title, shown, missing)), bold=True)
    yield Cell(sheet.said.day(one.at))
    yield Cell(beside((sheet.said.word(one.kind), one.media)))
    yield Cell(sheet.by(one), small=True)


def draw_pictures(sheet: Sheet, pictures: list[Document]) -> None:
    """Pictures with their titles, two in a row."""
    if not pictures:
        return
    flow = sheet.flow
    flow.section(sheet.words.say("Pictures"), keep=PICTURE_ROOM)
    for first in range(0, len(pictures), 2):
        row = pictures[first : first + 2]
        drawn = [printable(sheet.document.handed.bodies[one.uid], PICTURE_SIDE) for one in row]
        high = max((_size(each)[1] for each in drawn if each), default=0.0)
        flow.keep(high + 5 * SMALL * STEP)
        parts = []
        for place, (one, jpeg) in enumerate(zip(row, drawn, strict=True)):
            x = LEFT + place * (PICTURE_ROOM + _BETWEEN)
            if jpeg:
                _draw(sheet, one, jpeg, x)
            title = _title(sheet, first + place + 1, one, readable=jpeg is not None)
            lines = flow.wrap(title, PICTURE_ROOM, SMALL)
            parts.append(Part(x, PICTURE_ROOM, lines, flow.above.add("P")))
        flow.y -= high
        flow.put(parts, SMALL)
        flow.gap(8)


def _size(drawn: tuple[bytes, int, int]) -> tuple[float, float]:
    _, wide, high = drawn
    by = min(PICTURE_ROOM / wide, PICTURE_ROOM / high)
    return wide * by, high * by


def _draw(sheet: Sheet, one: Document, drawn: tuple[bytes, int, int], x: float) -> None:
    paper, flow = sheet.flow.paper, sheet.flow
    wide, high = _size(drawn)
    picture = paper.add_picture(*drawn)
    with paper.part(flow.above.add("Figure", one.title or sheet.words.say("Picture"))):
        paper.picture(picture, (x, flow.y - high, wide, high))


def _title(sheet: Sheet, number: int, one: Document, *, readable: bool) -> str:
    wrong = (
        "" if readable else sheet.words.say("This file is not a picture; it could not be drawn.")
    )
    named = sheet.words.say("Picture {number}", number=number)
    return beside((named, one.title, sheet.said.day(one.at), wrong))
