"""A record as CSV: one file for each section and one of everything, with the papers and the signed
record, in a zip; or the one of everything alone.

It is written as it is read: a record of ten thousand visits takes no more memory than a small one.
The same document gives the same bytes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import BinaryIO

from exports.columns import FLAT_HEADING_WORDS
from exports.csv_text import csv_bytes, csv_lines, harmless, safe_cell
from exports.document import ClinicalDocument, Proof
from exports.file_names import papers
from exports.rows import Batch, Table, flat_batches, person_facts, tables, when_text
from exports.told import checking_lines, facts_of
from exports.wording import Wording
from medilink.people import Patient

Progress = Callable[[int, int], None]
Count = Callable[[int], None]
EVERYTHING, PERSON, RECORD, HOW = "everything.csv", "patient.csv", "record.json", "how-to-check.txt"
LETTER = "letter.txt"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZIP_BEGINS = datetime(1980, 1, 1, tzinfo=UTC)  # APPNOTE 4.4.6: a zip knows no year before it
_OWNER_ONLY = 0o600 << 16


def write_csv_zip(
    document: ClinicalDocument,
    proof: Proof,
    words: Wording,
    sink: BinaryIO,
    progress: Progress,
) -> None:
    """Write the zip into `sink`. What the sink raises (a full disk) or `progress` (somebody has
    changed their mind) passes through; nothing is written anywhere else."""
    files = papers(document.handed)
    made = [one.changed(harmless) for one in tables(document.record, words, files)]
    count = _counting(progress, 2 * sum(len(table.entries) for table in made))
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        inside = _Inside(packed, _zip_time(document.handed.made_at))
        inside.text(HOW, _how_to_check(document, proof, words, made))
        inside.whole(RECORD, proof.record)
        if document.letter:
            parts = [f"{part.heading}\n\n{part.text}\n" for part in document.letter]
            inside.text(LETTER, "\n".join(parts))
        inside.stream(PERSON, csv_lines(zip(*person_facts(document.patient, words), strict=True)))
        for table in made:
            inside.stream(file_of(table), _of_section(table, count))
        inside.stream(EVERYTHING, _everything(made, document.patient, words, count))
        for uid, name in files.items():
            inside.whole(name, document.handed.bodies[uid])


def write_flat_csv(
    document: ClinicalDocument, words: Wording, sink: BinaryIO, progress: Progress
) -> None:
    """Write everything as one table into `sink`, a row for each entry. As `write_csv_zip`."""
    made = [one.changed(harmless) for one in tables(document.record, words)]
    count = _counting(progress, sum(len(table.entries) for table in made))
    for some in _everything(made, document.patient, words, count):
        sink.write(some)


def file_of(table: Table) -> str:
    """How the file of a section is called: the same in every language."""
    return f"{table.section}.csv"


# ---- rows


def _of_section(table: Table, count: Count) -> Iterator[bytes]:
    yield from csv_lines([table.headings])
    yield from _lines(table.batches(_when), count)


def _everything(
    made: Iterable[Table], patient: Patient, words: Wording, count: Count
) -> Iterator[bytes]:
    yield from csv_lines([[words.say(heading) for heading in FLAT_HEADING_WORDS]])
    for table in made:
        yield from _lines(flat_batches(table, patient, _when), count)


@lru_cache(maxsize=32_768)
def _when(at: int | None) -> str:
    """A time that no calendar holds may be a number below zero."""
    return safe_cell(when_text(at))


def _lines(batches: Iterable[Batch], count: Count) -> Iterator[bytes]:
    for batch in batches:
        count(len(batch[0]))
        yield csv_bytes(zip(*batch, strict=True))


def _counting(progress: Progress, of: int) -> Count:
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done, of)

    return count


# ---- the zip


class _Named(zipfile.ZipInfo):
    """A file of the zip, packed quickly: the best packing takes twice the time for a tenth less."""

    def __init__(self, name: str, at: tuple[int, int, int, int, int, int]) -> None:
        super().__init__(name, at)
        self.compress_type, self.external_attr = zipfile.ZIP_DEFLATED, _OWNER_ONLY
        self.create_system = 3  # the same bytes on every system
        self._compresslevel = 1  # the only way to say it before Python 3.13


class _Inside:
    """The files of a zip, all with one time and readable by their owner alone."""

    def __init__(self, packed: zipfile.ZipFile, at: tuple[int, int, int, int, int, int]) -> None:
        self._packed, self._at = packed, at

    def stream(self, name: str, parts: Iterable[bytes]) -> None:
        """A file as it comes."""
        with self._packed.open(self._named(name), "w", force_zip64=True) as member:
            for part in parts:
                member.write(part)

    def whole(self, name: str, content: bytes) -> None:
        self.stream(name, [content])

    def text(self, name: str, content: str) -> None:
        """Lines as every editor shows them."""
        self.whole(name, content.replace("\n", "\r\n").encode("utf-8", "replace"))

    def _named(self, name: str) -> zipfile.ZipInfo:
        return _Named(name, self._at)


def _zip_time(at: int) -> tuple[int, int, int, int, int, int]:
    made = max(_EPOCH + timedelta(milliseconds=at), _ZIP_BEGINS)
    return made.year, made.month, made.day, made.hour, made.minute, made.second


def _how_to_check(
    document: ClinicalDocument,
    proof: Proof,
    words: Wording,
    made: Sequence[Table],
) -> str:
    say = words.say
    inside: Mapping[str, str] = {
        RECORD: say("The signed record. Only this file is proof; the tables are made from it."),
        PERSON: say("Who the record is about."),
        EVERYTHING: say("Every entry, one a row."),
        **{
            file_of(table): say(
                "{part}. Entries: {count}", part=table.title, count=len(table.entries)
            )
            for table in made
        },
        **(
            {"documents/": say("Pictures and papers of the record.")}
            if document.handed.bodies
            else {}
        ),
        **({LETTER: say("The letter.")} if document.letter else {}),
    }
    lines = [
        *(f"{heading}: {told}" for heading, told in facts_of(document, words)),
        "",
        *checking_lines(document, proof, words),
        "",
        *(f"{name}: {told}" for name, told in inside.items()),
        "",
        say(
            "In the tables an apostrophe (') stands before what a spreadsheet could take for a"
            " formula. It is not part of the entry."
        ),
    ]
    return "\n".join(lines) + "\n"
