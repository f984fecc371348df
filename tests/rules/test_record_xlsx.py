"""A record as an Excel workbook: typed cells, nothing lost or run, the record inside."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from exports.document import ClinicalDocument, LetterPart
from exports.record_xlsx import draw_workbook
from exports.rows import tables, when_text
from exports.wording import English
from exports.xlsx_cells import (
    LONGEST_CELL,
    number_cell,
    pieces,
    sheet_name,
    visible,
    when_cell,
)
from exports.xlsx_record import read_record_from_xlsx
from medilink.errors import FileUnreadable
from medilink.handing_out import Asked
from medilink.records import Encounter, Entry, Observation, Record, Section
from tests.record_strategies import records
from tests.rules.exported_documents import (
    HOSTILE,
    PROOF,
    VISIT_AT,
    document_of,
    of_record,
    one_of_each,
    uid,
)
from tests.rules.fhir_bundles import each_file, needs_corpora
from tests.rules.fhir_survival import brought_in, handed_out


def quiet(done: int, of: int) -> None:
    assert 0 <= done <= of


def drawn(document: ClinicalDocument) -> bytes:
    return draw_workbook(document, PROOF, English(), quiet)


def opened(document: ClinicalDocument) -> Any:
    return load_workbook(io.BytesIO(drawn(document)))


def rows_of(book: Any, title: str) -> list[dict[str, Any]]:
    heads, *rows = book[title].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def about(book: Any) -> str:
    return "\n".join(str(c) for row in book["About"].iter_rows(values_only=True) for c in row if c)


def check_complete(document: ClinicalDocument) -> None:
    """Read back by another program, every cell is what the table says."""
    book = opened(document)
    for table in tables(document.record, English()):
        rows = rows_of(book, table.title)
        assert len(rows) == len(table.entries)
        for cells, row in zip(table.rows(), rows, strict=True):
            for column, heading, cell in zip(table.columns, table.headings, cells, strict=True):
                kept = row.get(f"{heading}, as kept", row[heading])
                if column.kind == "when" and cell:
                    assert as_text(row[heading]) == re.sub(r"(T00:00:00)?(\.\d+)?Z$", "", cell)
                elif len(cell) <= LONGEST_CELL and column.kind != "count":
                    assert (kept or "") == visible(cell)


def as_text(cell: object) -> str:
    if isinstance(cell, datetime):
        day_only = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if day_only else cell.replace(microsecond=0).isoformat()
    return str(cell)


def test_every_kind_is_there_whole() -> None:
    check_complete(document_of(one_of_each()))


def test_numbers_are_numbers_and_keep_the_text_they_came_with() -> None:
    book = opened(document_of(one_of_each()))
    warm, cold = rows_of(book, "Measurements")
    assert (warm["Value"], warm["Value, as kept"]) == (37.1, "37.10")
    assert (cold["Value"], cold["Value, as kept"]) == (-5, "-5")
    assert warm["When (UTC)"] == datetime(2026, 2, 13, 16, 26, 40)  # noqa: DTZ001 as Excel has it
    [cell] = [cell for cell in book["Measurements"]["C"] if cell.value == 37.1]
    assert cell.number_format == "0.00"
    blood, load = rows_of(book, "Test results")
    assert (blood["Normal from"], blood["Normal from, as kept"], blood["Normal to"]) == (
        12, "12.00", 16,
    )  # fmt: skip
    assert (load["Value"], load["Result in words"]) == (None, "<20 copies/mL")
    assert rows_of(book, "Whom to call")[0]["Phone"] == "0722000111"


def test_a_sheet_can_be_worked_with() -> None:
    sheet = opened(document_of(one_of_each()))["Measurements"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:T3"
    assert sheet.column_dimensions["A"].width > 15


def test_the_first_sheet_says_what_it_is_and_how_to_check_it() -> None:
    letter = (LetterPart("Why I send her", "Please look at her heart."),)
    book = opened(document_of(one_of_each(), letter=letter))
    assert book.sheetnames[0] == "About"
    for told in ("Wanjiku Ng'ang'a", "64S3-6D1N", PROOF.document_words, PROOF.key_words,
                 "Kisumu Clinic", "Please look at her heart.", "the whole record"):  # fmt: skip
        assert told in about(book)
    assert len(book["About"]._images) == 1


def test_only_what_was_asked_for_is_there() -> None:
    asked = Asked(sections=frozenset({Section.VISITS, Section.ALLERGIES}), since=VISIT_AT)
    book = opened(document_of(one_of_each(), asked))
    assert book.sheetnames == ["About", "Allergies", "Visits"]
    assert rows_of(opened(document_of([], asked)), "Visits") == []


def test_what_was_measured_twice_is_drawn() -> None:
    book = opened(document_of(one_of_each()))
    assert len(book["Charts"]._charts) == 1
    once = [one for one in one_of_each() if one.uid != uid(6)]
    assert "Charts" not in opened(document_of(once)).sheetnames


@needs_corpora
@each_file
def test_every_patient_of_the_corpora(path: Path, tmp_path: Path) -> None:
    clinic = brought_in(tmp_path, path.name, path.read_bytes())
    handed = handed_out(clinic)
    check_complete(replace(of_record(handed.record), handed=handed))
    clinic.store.close()


@given(records)
@settings(max_examples=25)
def test_any_record_there_could_be(record: Record) -> None:
    opened(of_record(record))


@pytest.mark.parametrize("note", [HOSTILE, "=1+1", "https://x.test/", "mailto:a@b.c", "{=1}", " "])
def test_a_hostile_note_stays_text(note: str) -> None:
    entries: list[Entry] = [
        Encounter(uid(1), VISIT_AT, note, note, note, note, note, author=note),
        Observation(uid(2), VISIT_AT, Section.RESULTS, note, note, "1", note, note),
        Observation(uid(3), VISIT_AT + 9, Section.RESULTS, note, note, "2", note, note),
    ]
    data = drawn(document_of(entries))
    [row] = rows_of(load_workbook(io.BytesIO(data)), "Visits")
    assert row["Notes"] == row["Written by"] == visible(note)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        sheets = [packed.read(n) for n in packed.namelist() if n.startswith("xl/worksheets/")]
        charts = [packed.read(n) for n in packed.namelist() if n.startswith("xl/charts/chart")]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    formulas = [f for chart in charts for f in re.findall(rb"<c:f>(.*?)</c:f>", chart)]
    assert formulas
    assert all(re.fullmatch(rb"Charts!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", f) for f in formulas)


@pytest.mark.parametrize("letter", ["a", "á", "\N{WOMAN}", "=", "\n"])
def test_a_text_too_long_for_a_cell_is_there_in_parts(letter: str) -> None:
    long = letter * 100_000
    book = opened(document_of([Encounter(uid(1), VISIT_AT, "Visit", "short", notes=long)]))
    [row] = rows_of(book, "Visits")
    assert "Long texts" in row["Notes"]
    parts = rows_of(book, "Long texts")
    assert [row["Part"] for row in parts] == list(range(1, len(parts) + 1))
    assert {(row["Sheet"], row["Entry"], row["Column"]) for row in parts} == {
        ("Visits", uid(1).hex(), "Notes")
    }
    assert "".join(row["Text"] for row in parts) == long


@given(st.text(max_size=40), st.integers(1, 4))
def test_pieces_fit_and_lose_nothing(text: str, times: int) -> None:
    whole = text * (times * 1000)
    found = pieces(whole)
    assert "".join(found) == whole
    assert all(len(one.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST_CELL for one in found)


@given(st.lists(st.text(), max_size=8))
def test_sheets_have_names_excel_takes(titles: list[str]) -> None:
    taken: set[str] = set()
    names = [sheet_name(title, taken) for title in titles]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")
        assert name.casefold() != "history"


def test_what_xml_does_not_know_is_shown_and_the_rest_stays() -> None:
    assert visible("a\x00b\x07c\ud800d\tе\r\nf") == "a\u2400b\u2407c\ufffdd\tе\nf"


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("37.10", (37.1, "0.00")),
        ("-5", (-5.0, "0")),
        ("1234567890123456", None),
        ("1e5", None),
        ("nan", None),
        ("<20", None),
        ("", None),
        ("٣", None),
    ],
)
def test_only_what_excel_keeps_exactly_is_a_number(
    kept: str, read: tuple[float, str] | None
) -> None:
    assert number_cell(kept) == read


@pytest.mark.parametrize(
    ("at", "cell"),
    [
        (0, ""),
        (1_558_612_800_000, date(2019, 5, 23)),
        (1_556_712_000_001, "2019-05"),
        (1_546_344_000_002, "2019"),
        (-5_000_000_000_000, "1811-07-23T15:06:40Z"),
        (1 << 62, when_text(1 << 62)),
    ],
)
def test_times_excel_does_not_know_stay_texts(at: int, cell: object) -> None:
    assert when_cell(at) == cell


def test_the_same_document_gives_the_same_bytes() -> None:
    assert drawn(document_of(one_of_each())) == drawn(document_of(one_of_each()))


# ---- the signed record


@pytest.mark.parametrize("record", [b"", b"{}", bytes(range(256)) * 400])
def test_the_signed_record_comes_back(record: bytes) -> None:
    proof = replace(PROOF, record=record)
    data = draw_workbook(document_of(one_of_each()), proof, English(), quiet)
    assert read_record_from_xlsx(data) == record
    sealed = io.BytesIO(data)
    with zipfile.ZipFile(sealed, "a") as packed:
        packed.comment = b"a seal"
    assert read_record_from_xlsx(sealed.getvalue()) == record


def test_it_hangs_in_the_workbook_as_the_standard_says() -> None:
    with zipfile.ZipFile(io.BytesIO(drawn(document_of([])))) as packed:
        links = packed.read("xl/_rels/workbook.xml.rels").decode()
        own = packed.read("customXml/_rels/item1.xml.rels").decode()
        types = packed.read("[Content_Types].xml").decode()
    assert 'relationships/customXml" Target="../customXml/item1.xml"' in links
    assert 'relationships/customXmlProps" Target="itemProps1.xml"' in own
    assert 'PartName="/customXml/itemProps1.xml"' in types


def other_zip(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 no",
        other_zip("xl/workbook.xml", b"<x/>"),
        other_zip("customXml/item1.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><record>&a;</record>"),
        other_zip("customXml/item1.xml", b'<record xmlns="urn:medilink:signed-record">a</record>'),
    ],
)
def test_what_holds_no_record_is_told(data: bytes) -> None:
    with pytest.raises(FileUnreadable):
        read_record_from_xlsx(data)


def test_a_damaged_workbook_is_told_or_still_holds_the_record() -> None:
    whole = drawn(document_of(one_of_each()))
    for place in range(0, len(whole), 2_503):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        with contextlib.suppress(FileUnreadable):
            assert read_record_from_xlsx(bytes(damaged)) == PROOF.record


def test_what_progress_raises_passes_through() -> None:
    def full(done: int, of: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        draw_workbook(document_of(one_of_each()), PROOF, English(), full)
