"""A record as CSV: complete, harmless, the same each time, and nothing left where it fails."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from exports.columns import COLUMNS, As
from exports.csv_text import safe_cell
from exports.document import ClinicalDocument, LetterPart
from exports.record_csv import (
    EVERYTHING,
    HOW,
    LETTER,
    PERSON,
    RECORD,
    write_csv_zip,
    write_flat_csv,
)
from exports.rows import when_text
from exports.wording import English
from medilink.absence import absence
from medilink.handing_out import Asked
from medilink.records import (
    ALL_SECTIONS,
    Encounter,
    Entry,
    Observation,
    Record,
    Section,
    recorded_at,
    section_of,
)
from tests.record_strategies import records
from tests.rules.exported_documents import (
    HOSTILE,
    NOT_A_PICTURE,
    PAPER,
    PROOF,
    VISIT_AT,
    document_of,
    of_record,
    one_of_each,
    uid,
    whom,
)
from tests.rules.fhir_bundles import each_file, needs_corpora
from tests.rules.fhir_survival import brought_in, handed_out

Rows = list[dict[str, str]]
csv.field_size_limit(10_000_000)  # a text of everything about a visit has no limit


def quiet(done: int, of: int) -> None:
    assert 0 <= done <= of


def zipped(document: ClinicalDocument) -> dict[str, bytes]:
    out = io.BytesIO()
    write_csv_zip(document, PROOF, English(), out, quiet)
    with zipfile.ZipFile(out) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def rows_of(data: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def flat(document: ClinicalDocument) -> Rows:
    out = io.BytesIO()
    write_flat_csv(document, English(), out, quiet)
    return rows_of(out.getvalue())


def kept_texts(entry: Entry) -> set[str]:
    """What of an entry must stand in its row as it is kept."""
    columns = (one for one in COLUMNS[section_of(entry)] if one.kind in (As.TEXT, As.NUMBER))
    return {safe_cell(str(getattr(entry, one.of))) for one in columns}


def check_complete(document: ClinicalDocument) -> None:
    """Every entry in force or corrected is in its section's file and in that of everything, with
    its own texts, its number, and when it was."""
    files, everything = zipped(document), flat(document)
    assert [row["Entry"] for row in rows_of(files[EVERYTHING])] == [
        row["Entry"] for row in everything
    ]
    every = (*document.record.entries(), *document.record.versions)
    asked = [one for one in every if section_of(one) in document.record.sections]
    assert len(everything) == len(asked)
    assert sorted(one.uid.hex() for one in asked) == sorted(row["Entry"] for row in everything)
    found: dict[Section, Rows] = {
        section: rows_of(files[f"{section}.csv"]) for section in document.record.sections
    }
    assert sum(map(len, found.values())) == len(asked)
    for section, rows in found.items():
        for entry, row in zip(
            (one for one in asked if section_of(one) is section), rows, strict=True
        ):
            assert row["Entry"] == entry.uid.hex()
            assert kept_texts(entry) <= set(row.values())
            assert when_text(entry.at) in row.values()
            assert row["Written down (UTC)"] == when_text(recorded_at(entry))


def test_every_kind_is_there_whole() -> None:
    check_complete(document_of(one_of_each()))


def test_what_is_in_the_zip() -> None:
    files = zipped(document_of(one_of_each(), letter=(LetterPart("Why", "Please see her."),)))
    sections = {f"{section}.csv" for section in ALL_SECTIONS}
    papers = {name for name in files if name.startswith("documents/")}
    assert files.keys() - papers == sections | {EVERYTHING, PERSON, RECORD, HOW, LETTER}
    assert papers == {
        "documents/001 Letter evil fdp exe.pdf", "documents/002 Scan.jpg", "documents/photo 1.jpg",
    }  # fmt: skip
    assert files["documents/001 Letter evil fdp exe.pdf"] == PAPER
    assert files["documents/002 Scan.jpg"] == NOT_A_PICTURE
    assert {row["File"] for row in rows_of(files["documents.csv"])} == papers - {
        "documents/photo 1.jpg"
    }
    assert rows_of(files["person.csv"])[0]["Photo"] == "documents/photo 1.jpg"
    assert files[RECORD] == PROOF.record
    how = files[HOW].decode()
    for told in ("64S3-6D1N", PROOF.document_words, PROOF.key_words, EVERYTHING, "documents.csv"):
        assert told in how
    assert rows_of(files[PERSON])[0]["Phone"] == "'+254712345678"


def test_numbers_keep_their_digits_and_choices_are_said() -> None:
    files = zipped(document_of(one_of_each()))
    warm, cold = rows_of(files["vitals.csv"])
    assert (warm["Value"], cold["Value"]) == ("37.10", "-5")
    assert {"12.00", "<20 copies/mL"} <= {
        v for row in rows_of(files["results.csv"]) for v in row.values()
    }
    [allergy] = rows_of(files["allergies.csv"])
    assert (allergy["How sure"], allergy["Reaction"], allergy["Since (UTC)"]) == (
        "suspected",
        "Rash",
        "",
    )
    [medicine] = rows_of(files["medications.csv"])
    assert medicine["How often"] == "twice a day"


def test_no_known_allergies_is_said_in_words() -> None:
    none = absence(Section.ALLERGIES, uid=uid(1), at=VISIT_AT, author="A", origin="K")
    [row] = rows_of(zipped(document_of([none]))["allergies.csv"])
    assert row["Substance"] == "No known allergies"


def test_a_section_that_is_allowed_and_empty_has_its_heads() -> None:
    asked = Asked(sections=frozenset({Section.ALLERGIES, Section.VITALS}))
    files = zipped(document_of([], asked))
    assert {name for name in files if name.endswith(".csv")} == {
        "allergies.csv", "vitals.csv", EVERYTHING, PERSON,
    }  # fmt: skip
    assert rows_of(files["allergies.csv"]) == []
    assert b"Substance" in files["allergies.csv"]
    assert "Entries: 0" in files[HOW].decode()


def test_only_what_was_asked_for_leaves() -> None:
    asked = Asked(sections=frozenset({Section.VISITS}), since=VISIT_AT, until=VISIT_AT + 1)
    old = Encounter(uid(20), VISIT_AT - 1, "Consultation", "years ago")
    document = document_of([*one_of_each(), old], asked)
    check_complete(document)
    whole = b"".join(zipped(document).values())
    assert b"fever" in whole
    for other in (b"years ago", b"Salbutamol", b"SHA", PAPER):
        assert other not in whole


def test_a_corrected_entry_leaves_with_what_it_said_before() -> None:
    new = Encounter(uid(2), VISIT_AT, "Consultation", "cough", replaces=uid(1), why="misheard")
    old = Encounter(uid(1), VISIT_AT, "Consultation", "fever", status="amended")
    now, then = rows_of(zipped(document_of([new], versions=(old,)))["visits.csv"])
    assert (now["Reason"], now["Replaces entry"]) == ("cough", uid(1).hex())
    assert now["Reason of the change"] == "misheard"
    assert (then["Reason"], then["State"]) == ("fever", "corrected")


@needs_corpora
@each_file
def test_every_patient_of_the_corpora(path: Path, tmp_path: Path) -> None:
    clinic = brought_in(tmp_path, path.name, path.read_bytes())
    handed = handed_out(clinic)
    check_complete(replace(of_record(handed.record), handed=handed))
    clinic.store.close()


@given(records)
@settings(max_examples=40)
def test_any_record_there_could_be(record: Record) -> None:
    for data in zipped(of_record(record)).values():
        assert data is not None


@pytest.mark.parametrize(
    "note", [HOSTILE, "", " ", "á" * 100_000, "\N{WOMAN}" * 100_000, '"",\r\n"' * 999]
)
def test_whatever_a_note_says_it_is_all_there_and_runs_nowhere(note: str) -> None:
    entries = [Encounter(uid(1), VISIT_AT, note, note, note, note, note, author=note, origin=note)]
    files = zipped(document_of(entries))
    [row] = rows_of(files["visits.csv"])
    expected = safe_cell(note).encode("utf-8", "replace").decode()
    assert row["Notes"] == row["Treatment"] == row["Written by"] == expected
    [of_all] = rows_of(files[EVERYTHING])
    assert of_all["What"] == of_all["Clinic or system"] == expected


def test_the_same_document_gives_the_same_bytes() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    for out in (first, second):
        write_csv_zip(document_of(one_of_each()), PROOF, English(), out, quiet)
    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as packed:
        assert {info.date_time for info in packed.infolist()} == {(2026, 3, 2, 8, 0, 0)}


class FullDisk(io.RawIOBase):
    """Takes so many bytes and no more."""

    def __init__(self, room: int) -> None:
        self.room = room

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        size = len(bytes(data))  # type: ignore[call-overload]
        self.room -= size
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return int(size)


def many() -> list[Entry]:
    return [
        Observation(
            uid(n), VISIT_AT + n * 7_919_000, Section.VITALS, "8867-4", "Pulse", str(n % 90)
        )
        for n in range(1, 4000)
    ]


@pytest.mark.parametrize("room", [0, 10, 5_000, 60_000])
def test_a_full_disk_is_told_and_nothing_stays(
    room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    document = document_of(many())
    with pytest.raises(OSError, match="No space left"):
        write_csv_zip(document, PROOF, English(), FullDisk(room), quiet)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="No space left"):
        write_flat_csv(document, English(), FullDisk(room), quiet)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_it_tells_how_far_it_is_and_stops_when_asked() -> None:
    told: list[tuple[int, int]] = []

    class EnoughError(Exception): ...

    def progress(done: int, of: int) -> None:
        told.append((done, of))
        if done > of // 2:
            raise EnoughError

    with pytest.raises(EnoughError):
        write_csv_zip(document_of(many()), PROOF, English(), io.BytesIO(), progress)
    assert told == sorted(told)
    assert {of for _, of in told} == {2 * 3999}


def test_it_is_about_one_person() -> None:
    assert {row["Patient"] for row in flat(document_of(one_of_each()))} == {whom().medilink_id}


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, ""),
        (1, "1970-01-01T00:00:00.001Z"),
        (1_558_612_800_000, "2019-05-23"),
        (1_556_712_000_001, "2019-05"),
        (1_546_344_000_002, "2019"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (None, ""),
    ],
)
def test_times_are_as_exact_as_they_are_known(at: int | None, text: str) -> None:
    assert when_text(at) == text
