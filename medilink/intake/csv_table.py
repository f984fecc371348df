"""A table of patients (CSV), read row by row. `docs/formats/import-csv.md` describes it.

Every row is a person with what was written about them, or is listed with the reason. A cell that
begins like a formula is text, as everything is. Columns MediLink has no use for are kept in the
row as received.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from medilink.errors import DateImpossible, NotValid
from medilink.intake.csv_head import Head, read_head
from medilink.intake.csv_text import UNCLOSED, decoded, rows, without_sep_line
from medilink.intake.fhir_absences import says_there_is_none
from medilink.intake.fhir_people import phone_or_as_written
from medilink.intake.fhir_values import Concept, Wrong
from medilink.people import (
    PatientDetails,
    Sex,
    birth_year_from_age,
    check_details,
    fold,
    parse_birth_date,
    read_phone,
    tidy,
)
from medilink.receiving import ReceivedEntry, ReceivedPatient, Unread
from medilink.records import Allergy, Condition, Medication
from medilink.visits import check_entry_text
from security.codes import uid_from_name

SEXES: dict[Sex, tuple[str, ...]] = {
    Sex.FEMALE: ("female", "f", "woman", "girl", "femme", "mwanamke", "ke"),
    Sex.MALE: ("male", "m", "man", "boy", "homme", "mwanamume", "me"),
    Sex.OTHER: ("other", "o"),
    Sex.UNKNOWN: ("unknown", "u", "", "-", "?"),
}
# A row with none of these is a title, a total or a remark, not a person.
_TELLING = ("sex", "birth_date", "age", "phone", "village", "external_id")
_TWICE = (
    "This is the same person as in row {row}, which was taken. If they are two, give each an "
    "external_id."
)
_SEX_BY_WORD = {word: sex for sex, words in SEXES.items() for word in words}


def read_patients_csv(
    data: bytes, name: str, today: date, country: str
) -> tuple[list[ReceivedPatient], list[Unread]]:
    """Read a table. `name` is what the file is called, `country` where its phones are dialled.

    Raises FileUnreadable, with a sentence to act on, where the table as a whole cannot be read.
    """
    text, named = without_sep_line(decoded(data))
    head = read_head(text, named)
    table = _Table(head, tidy(name), today, country)
    received: list[ReceivedPatient] = []
    unread = _columns_kept_only(head)
    row_of: dict[str, int] = {}
    for number, cells in rows(text, head.separator):
        if number <= head.row or (cells is not None and not any(map(str.strip, cells))):
            continue
        try:
            patient, left = table.patient(number, cells)
            first = row_of.setdefault(patient.source_id, number)
            if first != number:
                raise Wrong(_TWICE.format(row=first))
        except (Wrong, NotValid) as wrong:
            unread.append(Unread(f"row {number}", str(wrong)))
            continue
        received.append(patient)
        unread += left
    return received, unread


def _columns_kept_only(head: Head) -> list[Unread]:
    if not head.unused:
        return []
    why = f"Kept with each patient as received, but not shown: {', '.join(map(tidy, head.unused))}."
    return [Unread("columns", why)]


@dataclass(frozen=True, slots=True)
class _Table:
    """What a row is read beside."""

    head: Head
    name: str
    today: date
    country: str

    def patient(self, number: int, cells: list[str] | None) -> tuple[ReceivedPatient, list[Unread]]:
        """The person in a row, and what of it was left as it came. Raises Wrong, NotValid."""
        cells = self._as_wide_as_head(cells)
        row = {field: self.head.cell(field, cells) for field in self.head.place}
        if not any(row.get(field) for field in _TELLING):
            raise Wrong("Besides a name this row says nothing to know somebody by.")
        birth_date, estimated = _born(row, self.today)
        phone, doubt = _phone(row.get("phone", ""), self.country)
        details = check_details(
            PatientDetails(
                *_names(row), _sex(row), birth_date, estimated, phone, row.get("village", "")
            )
        )
        source_id = row.get("external_id") or _fingerprint(details, row)
        kept = ReceivedEntry("table row", "row", self._as_received(cells))
        entries = [kept, *self._entries(row, source_id)]
        left = [Unread(f"row {number}, phone", doubt)] if doubt else []
        return ReceivedPatient(source_id, details, entries), left

    def _as_wide_as_head(self, cells: list[str] | None) -> list[str]:
        if cells is None:
            raise Wrong(UNCLOSED)
        width = len(self.head.titles)
        if any(cell.strip() for cell in cells[width:]):
            raise Wrong("This row has more cells than the first row: a separator is not quoted.")
        return cells[:width] + [""] * (width - len(cells))

    def _as_received(self, cells: list[str]) -> bytes:
        """The row under its titles, nothing changed."""
        kept: dict[str, str] = {}
        for at, (title, cell) in enumerate(zip(self.head.titles, cells, strict=True), start=1):
            kept[title if title and title not in kept else f"{title} ({at})".strip()] = cell
        return json.dumps(kept, ensure_ascii=False).encode()

    def _entries(self, row: dict[str, str], source_id: str) -> Iterator[ReceivedEntry]:
        """One received entry for each item, so that a later table adds only what is new."""
        at = int(datetime.combine(self.today, time.min, UTC).timestamp()) * 1000
        for field, kind in _KINDS.items():
            for key, item in _items(row.get(field, "")).items():
                uid = uid_from_name(f"{source_id}|{kind.__name__}|{key}|")
                entry = kind(uid, at, check_entry_text(field, item), origin=self.name)
                yield ReceivedEntry(f"table {field}", key, item.encode(), (entry,))


_KINDS: dict[str, type[Allergy] | type[Condition] | type[Medication]] = {
    "allergies": Allergy,
    "conditions": Condition,
    "medications": Medication,
}


def _items(cell: str) -> dict[str, str]:
    """What a cell lists, each once by its folded name. "None" and "NKDA" list nothing."""
    found: dict[str, str] = {}
    for part in cell.split(";"):
        item = tidy(part)
        if item and not says_there_is_none(Concept(item)):
            found.setdefault(fold(item) or item, item)
    return found


# ---- cells


def _names(row: dict[str, str]) -> tuple[str, str]:
    """Given and family name. A single name stays whole: it is not ours to cut."""
    given, family = row.get("given", ""), row.get("family", "")
    return (given, family) if given or family else (row.get("name", ""), "")


def _sex(row: dict[str, str]) -> Sex:
    sex = _SEX_BY_WORD.get(row.get("sex", "").casefold().rstrip("."))
    if sex is None:
        raise Wrong("Sex: write female, male, other or unknown.")
    return sex


_AGE = re.compile(r"(\d{1,3})(?:[.,]\d+)?\s*([a-z]*)\.?", re.ASCII | re.IGNORECASE)
_YEARS, _MONTHS = ("", "y", "yr", "yrs", "year", "years"), ("m", "mo", "mos", "month", "months")
_DAYS_IN = {"d": 1, "day": 1, "days": 1, "w": 7, "wk": 7, "wks": 7, "week": 7, "weeks": 7}
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?$")  # what programs add to a date without a time


def _born(row: dict[str, str], today: date) -> tuple[str, bool]:
    """Birth date and whether it is estimated. A birth date goes before an age."""
    written = _MIDNIGHT.sub("", row.get("birth_date", ""))
    if written:
        return parse_birth_date(written, today), False
    age = row.get("age", "")
    return (_born_by_age(age, today), True) if age else ("", False)


def _born_by_age(written: str, today: date) -> str:
    """34 → a year; 6 months → a month; 3 weeks, 10 days → a day. Counted back from today."""
    found = _AGE.fullmatch(written)
    unit = found[2].casefold() if found else "?"
    count = int(found[1]) if found else 0
    if unit in _YEARS:
        return birth_year_from_age(count, today)
    if unit in _MONTHS:
        years, month = divmod(today.year * 12 + today.month - 1 - count, 12)
        return f"{years:04d}-{month + 1:02d}"
    if unit in _DAYS_IN:
        return (today - timedelta(days=count * _DAYS_IN[unit])).isoformat()
    raise DateImpossible(field="Age")


def _phone(written: str, country: str) -> tuple[str, str]:
    """The number, and a sentence where it could not be read and stays as it was written."""
    try:
        return read_phone(written, country), ""
    except NotValid as doubt:
        return phone_or_as_written(written, country), f"{doubt} It was kept as it was written."


def _fingerprint(details: PatientDetails, row: dict[str, str]) -> str:
    """The same person in any file: name, sex, birth and phone. An age counts as it was written,
    because the year it gives changes with the day of the import."""
    born = f"age {row.get('age')}" if details.birth_estimated else details.birth_date
    name = fold(details.full_name) or details.full_name
    told = (name, details.sex, born, details.phone)
    return "table:" + hashlib.sha256("\x1f".join(told).encode()).hexdigest()
