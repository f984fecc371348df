"""A record as an Excel workbook: who and what it is about, a sheet for each section, charts of what
was measured more than once, and the signed record inside.

Whatever was typed stays text: no cell is a formula or a link. The workbook is made in memory, which
for a very long record takes a few hundred megabytes for a moment: the library's way with less
writes the record unlocked into a temporary file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exports.columns import As, Column
from exports.document import ClinicalDocument, Proof
from exports.qr import fits_one_code, qr_png
from exports.rows import Table, person_facts, tables
from exports.told import checking_lines, facts_of
from exports.wording import Wording
from exports.xlsx_cells import number_cell, pieces, sheet_name, visible, when_cell
from exports.xlsx_charts import draw_trends, trends
from exports.xlsx_record import with_record

Progress = Callable[[int, int], None]
TOLD_EVERY = 200  # rows
_IN_MEMORY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_WIDTHS = {As.WHEN: 20, As.NUMBER: 12, As.COUNT: 12, As.UID: 14, As.CHOICE: 20}  # characters
_WIDE = 34  # what was typed
_QR_COLUMN, _QR_SCALE = 3, 0.5
_LOOKS: dict[str, dict[str, object]] = {
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1},
    "title": {"bold": True, "font_size": 16},
    "text": {"text_wrap": True, "valign": "top"},
    "day": {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"},
    "time": {"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top", "align": "left"},
}


def draw_workbook(
    document: ClinicalDocument, proof: Proof, words: Wording, progress: Progress
) -> bytes:
    """The workbook, as .xlsx. The same document gives the same bytes. What `progress` raises
    passes through."""
    out, made = io.BytesIO(), tables(document.record, words)
    made_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=document.handed.made_at)
    book = Workbook(out, _IN_MEMORY)
    book.set_properties(
        {
            "title": words.say("Medical record {number}", number=document.called),
            "author": visible(document.handed.clinic),
            "created": made_at.replace(tzinfo=None),
        }
    )
    writing = _Writing(book, words)
    writing.about(document, proof, made)
    done, of = 0, sum(len(table.entries) for table in made)
    for table in made:
        for _ in writing.section(table):
            done += 1
            if done % TOLD_EVERY == 0 or done == of:
                progress(done, of)
    if lines := trends(document.record.observations, words):
        sheet = writing.sheet(words.say("Charts"))
        draw_trends(book, sheet, lines, writing.look("time"))
    writing.write_long_texts()
    book.close()
    return with_record(out.getvalue(), proof.record)


@dataclass(slots=True)
class _Writing:
    """The workbook while it is written. `long_texts`: sheet, entry, column and the whole text of
    what no cell can hold."""

    book: Workbook
    words: Wording
    long_texts: list[tuple[str, str, str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    looks: dict[str, Format] = field(default_factory=dict)

    def sheet(self, title: str) -> Worksheet:
        return self.book.add_worksheet(sheet_name(title, self.names))

    def look(self, name: str) -> Format:
        """A look by its name, or a number format."""
        if name not in self.looks:
            kept = _LOOKS.get(name, {"num_format": name, "valign": "top"})
            self.looks[name] = self.book.add_format(kept)
        return self.looks[name]

    def heads(self, sheet: Worksheet, headings: Sequence[str], rows: int) -> None:
        """Heads that stay in sight, and by which the rows are filtered."""
        for number, heading in enumerate(headings):
            sheet.write_string(0, number, visible(heading), self.look("head"))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(rows, 1), len(headings) - 1)

    # ---- what it is

    def about(self, document: ClinicalDocument, proof: Proof, made: Sequence[Table]) -> None:
        """The first sheet: whom it is about, what it holds, how it is checked."""
        say, sheet = self.words.say, self.sheet(self.words.say("About"))
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 60)
        sheet.write_string(0, 0, say("Medical record"), self.look("title"))
        parts = [
            *facts_of(document, self.words),
            ("", ""),
            *person_facts(document.patient, self.words),
            ("", ""),
            *((table.title, say("Entries: {count}", count=len(table.entries))) for table in made),
            ("", ""),
            *(("", line) for line in checking_lines(document, proof, self.words)),
            ("", say("The signed record is inside this file, where programs find it.")),
            ("", say("Pictures and papers are not in this file.")),
            *((part.heading, part.text) for part in document.letter),
        ]
        row = 2
        for heading, told in parts:
            sheet.write_string(row, 0, visible(heading), self.look("head" if heading else "text"))
            for piece in pieces(visible(told)):
                sheet.write_string(row, 1, piece, self.look("text"))
                row += 1
        if fits_one_code(proof.text):
            picture = {
                "image_data": io.BytesIO(qr_png(proof.text)),
                "description": say("QR code to check this document"),
                "x_scale": _QR_SCALE,
                "y_scale": _QR_SCALE,
            }
            sheet.insert_image(2, _QR_COLUMN, "qr.png", picture)

    # ---- the record

    def section(self, table: Table) -> Iterator[int]:
        """A section on a sheet of its own; each row as it is written."""
        sheet = self.sheet(table.title)
        wide = list(_with_as_kept(table, self.words))
        self.heads(sheet, [heading for heading, _, _ in wide], len(table.entries))
        for number, (_, _, column) in enumerate(wide):
            sheet.set_column(number, number, _WIDTHS.get(column.kind, _WIDE))
        uid = table.place("uid")
        for row, cells in enumerate(table.rows(when_cell), start=1):
            for number, (heading, of, column) in enumerate(wide):
                if cells[of] != "":
                    self.cell((sheet, row, number), cells[of], column, (cells[uid], heading))
            yield row

    def cell(
        self,
        place: tuple[Worksheet, int, int],
        value: date | str,
        column: Column,
        called: tuple[str, str],
    ) -> None:
        """One cell as Excel knows it. `called`: uid of the entry and heading of the column."""
        sheet, row, number = place
        if isinstance(value, datetime):
            sheet.write_datetime(row, number, value, self.look("time"))
        elif isinstance(value, date):
            sheet.write_datetime(row, number, value, self.look("day"))
        elif column.kind in (As.NUMBER, As.COUNT) and (known := number_cell(value)):
            sheet.write_number(row, number, known[0], self.look(known[1]))
        elif column.kind is not As.NUMBER:
            uid, heading = called
            text = visible(value)
            first, *more = pieces(text)
            if more:
                self.long_texts.append((sheet.get_name(), uid, heading, text))
                first = self.words.say("Too long for a cell: see the sheet Long texts.")
            sheet.write_string(row, number, first, self.look("text"))

    def write_long_texts(self) -> None:
        """What no cell can hold, in parts below each other."""
        if not self.long_texts:
            return
        say, sheet = self.words.say, self.sheet(self.words.say("Long texts"))
        parts = [
            (name, uid, heading, number, part)
            for name, uid, heading, text in self.long_texts
            for number, part in enumerate(pieces(text), start=1)
        ]
        headings = (say("Sheet"), say("Entry"), say("Column"), say("Part"), say("Text"))
        self.heads(sheet, headings, len(parts))
        sheet.set_column(0, 2, 20)
        sheet.set_column(4, 4, 100)
        for row, (name, uid, heading, number, part) in enumerate(parts, start=1):
            for place, text in ((0, name), (1, uid), (2, heading), (4, part)):
                sheet.write_string(row, place, text, self.look("text"))
            sheet.write_number(row, 3, number)


def _with_as_kept(table: Table, words: Wording) -> Iterator[tuple[str, int, Column]]:
    """(heading, place, column) of every column of the sheet: after a number, the same as the text
    it is kept as."""
    for place, column in enumerate(table.columns):
        heading = table.headings[place]
        yield heading, place, column
        if column.kind is As.NUMBER:
            yield (
                words.say("{heading}, as kept", heading=heading),
                place,
                Column(heading, column.of),
            )
