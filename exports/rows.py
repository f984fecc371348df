"""A record as tables: the rows of each section, read for CSV and for Excel alike.

Choices are said in words of the document's language, whatever was typed stays as it is, numbers
keep their digits. Versions that were corrected since follow those in force; their state says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from exports.columns import COLUMNS, FLAT, FLAT_ALWAYS, As, Column
from exports.wording import Wording
from medilink.absence import ABSENCE_WORDS, says_none
from medilink.choices import SECTION_WORDS, SEX_WORDS
from medilink.days import DAY_MS, MIDDAY_MS, date_text
from medilink.intake.fhir_values import UNDATED
from medilink.people import Patient
from medilink.records import ALL_SECTIONS, Entry, Record, Section, recorded_at, section_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AS_DAY = frozenset(MIDDAY_MS + after for after in range(3))  # see `medilink.days`

Change = Callable[[Sequence[Any]], Sequence[Any]]  # of a column


@lru_cache(maxsize=32_768)  # what was measured at one visit has one time
def when_text(at: int | None) -> str:
    """Milliseconds as ISO 8601 in UTC, as exactly as anybody knows it: 2019, 2019-05, 2019-05-23,
    2019-05-23T08:30:00Z. Empty where nobody said when."""
    if at is None or at == UNDATED:
        return ""
    day, rest = divmod(at, DAY_MS)
    if rest in _AS_DAY and (known := date_text(at)):
        return known
    seconds, thousandths = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    exact = f".{thousandths:03d}" if thousandths else ""
    return f"{_day_text(day)}T{hour:02d}:{minute:02d}:{second:02d}{exact}Z"


@lru_cache(maxsize=4096)
def _day_text(day: int) -> str:
    try:
        return (_EPOCH + timedelta(days=day)).date().isoformat()
    except OverflowError:  # no calendar holds it: the number of the day, as it is kept
        return f"{day}"


Batch = list[Sequence[Any]]  # columns of a few rows
TOGETHER = 64  # rows in a batch: what a long note takes in memory is taken so often


@dataclass(frozen=True, slots=True)
class Table:
    """One section: its title, columns and headings in words, and its entries."""

    section: Section
    title: str
    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    entries: tuple[Entry, ...]
    _said: tuple[Sequence[Any], ...] = field(repr=False)  # whole columns; times as they are kept

    def batches(self, when: Callable[[int | None], Any] = when_text) -> Iterator[Batch]:
        """A few rows at a time, column by column, which takes a third of the time of row by row.
        Every cell is a text but the times, which are what `when` makes of them."""
        times = frozenset(n for n, one in enumerate(self.columns) if one.kind is As.WHEN)
        for first in range(0, len(self.entries), TOGETHER):
            some = slice(first, first + TOGETHER)
            yield [
                list(map(when, column[some])) if number in times else column[some]
                for number, column in enumerate(self._said)
            ]

    def changed(self, change: Callable[[Sequence[str]], Sequence[str]]) -> Table:
        """The same with other texts in it. They are changed once, whichever table they go into;
        times are left alone."""
        return replace(
            self,
            _said=tuple(
                said if one.kind is As.WHEN else change(said)
                for one, said in zip(self.columns, self._said, strict=False)
            ),
        )

    def rows(self, when: Callable[[int | None], Any] = when_text) -> Iterator[tuple[Any, ...]]:
        """Row after row."""
        for batch in self.batches(when):
            yield from zip(*batch, strict=True)

    def place(self, of: str) -> int:
        """Which column has a field of the entries."""
        kept = ((n, one) for n, one in enumerate(self.columns) if one.kind is not As.FILE)
        return next(number for number, one in kept if one.of == of)


def tables(record: Record, words: Wording, files: Mapping[bytes, str] | None = None) -> list[Table]:
    """A table for every section that is part of the record, also where nothing is in it. `files`:
    how documents are called, by uid; without them no column speaks of files."""
    parts: dict[Section, list[Entry]] = {one: [] for one in Section if one in record.sections}
    for entry in (*record.entries(), *record.versions):
        if (section := section_of(entry)) in parts:
            parts[section].append(entry)
    return [_table(section, entries, words, files) for section, entries in parts.items()]


def _table(
    section: Section,
    entries: Sequence[Entry],
    words: Wording,
    files: Mapping[bytes, str] | None,
) -> Table:
    columns = tuple(one for one in COLUMNS[section] if files is not None or one.kind is not As.FILE)
    return Table(
        section=section,
        title=words.say(SECTION_WORDS[section]),
        columns=columns,
        headings=tuple(words.say(one.heading) for one in columns),
        entries=tuple(entries),
        _said=tuple(_columns(section, columns, entries, words, files or {})),
    )


def _columns(
    section: Section,
    columns: Sequence[Column],
    entries: Sequence[Entry],
    words: Wording,
    files: Mapping[bytes, str],
) -> Iterator[Sequence[Any]]:
    """What each column says, from the top to the bottom."""
    if not entries:
        return
    kept = dict(zip(type(entries[0])._fields, zip(*entries, strict=True), strict=True))
    kept["recorded"] = tuple(map(recorded_at, entries))
    if section in ABSENCE_WORDS:  # that there is nothing to list; all else stays as typed
        of = FLAT[section][0]
        kept[of] = tuple(
            words.say_kept(name) if says_none(entry) else name
            for name, entry in zip(kept[of], entries, strict=True)
        )
    for column in columns:
        change = _change(column, words, files)
        yield change(kept[column.of]) if change else kept[column.of]


def _change(column: Column, words: Wording, files: Mapping[bytes, str]) -> Change | None:
    if column.kind is As.CHOICE:
        said = _Said(column, words)
        return lambda kept: [said[one] for one in kept]
    if column.kind is As.UID:
        return lambda kept: [uid.hex() if uid else "" for uid in kept]
    if column.kind is As.COUNT:
        return lambda kept: list(map(str, kept))
    if column.kind is As.FILE:
        named = {uid.hex(): name for uid, name in files.items()}
        return lambda kept: [
            named.get(uid.hex() if isinstance(uid, bytes) else uid, "") for uid in kept
        ]
    return None


class _Said(dict[object, str]):
    """Choices in words, each asked for once."""

    def __init__(self, column: Column, words: Wording) -> None:
        super().__init__({"": "", None: ""})
        self._choices, self._words = column.choices, words

    def __missing__(self, kept: object) -> str:
        text = str(kept)
        told = self._choices.get(text)
        said = self._words.say_kept(text) if told is None else told and self._words.say(told)
        self[kept] = said
        return said


# ---- everything in one table


def flat_batches(
    table: Table, patient: Patient, when_said: Callable[[int | None], str] = when_text
) -> Iterator[Batch]:
    """The same entries as rows of the one table of everything (`columns.FLAT_HEADING_WORDS`)."""
    own = [table.place(of) if of else None for of in FLAT[table.section]]
    when, always = table.place("at"), [table.place(of) for of in FLAT_ALWAYS]
    beside = [
        number
        for number, one in enumerate(table.columns)
        if number not in {*own, when, *always} and one.kind in _SAID_BESIDE
    ]
    for batch in table.batches(when_said):
        rows = len(batch[0])
        yield [
            [patient.medilink_id] * rows,
            [table.title] * rows,
            batch[when],
            *([""] * rows if number is None else batch[number] for number in own),
            _beside(batch, [(table.headings[number], number) for number in beside], rows),
            *(batch[number] for number in always),
        ]


_SAID_BESIDE = frozenset(As) - {As.UID, As.COUNT}


def _beside(batch: Batch, said: Sequence[tuple[str, int]], rows: int) -> list[str]:
    """What an entry says beside its columns, under headings."""
    filled = [
        [f"{heading}: {cell}" if cell else "" for cell in batch[number]]
        for heading, number in said
        if any(batch[number])
    ]
    return ["\n".join(filter(None, row)) for row in zip(*filled, strict=True)] or [""] * rows


def person_facts(patient: Patient, words: Wording) -> list[tuple[str, str]]:
    """Who a record is about, each fact under its heading."""
    details, say = patient.details, words.say
    facts = [
        (say("MediLink ID"), patient.medilink_id),
        (say("Given names"), details.given),
        (say("Family name"), details.family),
        (say("Sex"), say(SEX_WORDS[details.sex])),
        (say("Birth date"), details.birth_date),
        (say("Phone"), details.phone),
        (say("Village"), details.village),
    ]
    if details.birth_estimated:
        facts.insert(5, (say("Birth estimated"), say("Yes")))
    return facts


def sections_said(sections: frozenset[Section], words: Wording) -> str:
    """Sections in words, in their usual order."""
    if sections == ALL_SECTIONS:
        return words.say("the whole record")
    return ", ".join(words.say(said) for one, said in SECTION_WORDS.items() if one in sections)
