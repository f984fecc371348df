"""One entry as it is typed: which fields each kind has, and when it can be kept.

Pure. `FORMS` is the one table behind the forms on the page and the checks here: what a form shows
is what is checked. Labels are in plain English and translated where they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from medilink.choices import HOW_OFTEN, INJECTION_SITES, REACTIONS, RELATIONS
from medilink.days import day_as_time
from medilink.errors import CodeUnknown, DoseMissing, Missing
from medilink.people import parse_birth_date, read_phone, tidy
from medilink.person_entries import Contact, Coverage
from medilink.records import (
    Alert,
    Allergy,
    Condition,
    Entry,
    Immunization,
    Medication,
    Procedure,
    Section,
)
from medilink.visits import check_entry_text, check_note_text


class Kind(StrEnum):
    """What a field takes."""

    LINE = "line"
    NOTE = "note"
    DAY = "day"  # a past day as FHIR date text: 2019, 2019-05 or 2019-05-23
    COMING_DAY = "coming day"  # any day
    CHOICE = "choice"
    PHONE = "phone"
    TICK = "tick"


class Field(NamedTuple):
    """One field of a form. `choices`: value → plain words, the empty value is "not known"; where
    the kind is not CHOICE they are offered and anything else may be typed."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    required: bool = False
    choices: Mapping[str, str] = {}


NOT_KNOWN = {"": "not known"}
SEVERITY = {**NOT_KNOWN, "mild": "mild", "moderate": "moderate", "severe": "severe"}
CERTAINTY = {**NOT_KNOWN, "confirmed": "sure", "unconfirmed": "suspected"}
COURSE = {"": "for a time", "chronic": "lasting (chronic)"}
LEVEL = {"": "Note", "high": "High risk"}

# Kept as it was typed or chosen; what is from these lists is shown in the language in use.
OFFERED: dict[str, str] = {**RELATIONS, **REACTIONS, **HOW_OFTEN, **INJECTION_SITES}

FORMS: dict[Section, tuple[Field, ...]] = {
    Section.ALERTS: (
        Field("text", "Alert", required=True),
        Field("level", "How serious", Kind.CHOICE, choices=LEVEL),
    ),
    Section.ALLERGIES: (
        Field("substance", "Substance", required=True),
        Field("reaction", "Reaction", choices=REACTIONS),
        Field("severity", "Severity", Kind.CHOICE, choices=SEVERITY),
        Field("certainty", "How sure", Kind.CHOICE, choices=CERTAINTY),
        Field("since", "Since when", Kind.DAY),
    ),
    Section.CONDITIONS: (
        Field("name", "Condition", required=True),
        Field("course", "Lasting or for a time", Kind.CHOICE, choices=COURSE),
        Field("certainty", "How sure", Kind.CHOICE, choices=CERTAINTY),
        Field("since", "Since when", Kind.DAY),
    ),
    Section.MEDICATIONS: (
        Field("name", "Medicine", required=True),
        Field("dose", "Dose", required=True),
        Field("frequency", "How often", choices=HOW_OFTEN),
        Field("reason", "What for"),
        Field("prescriber", "Prescribed by"),
        Field("since", "Since when", Kind.DAY),
    ),
    Section.IMMUNISATIONS: (
        Field("vaccine", "Vaccine", required=True),
        Field("dose", "Dose number"),
        Field("since", "Given on", Kind.DAY),
        Field("lot", "Batch number"),
        Field("site", "Where on the body", choices=INJECTION_SITES),
    ),
    Section.PROCEDURES: (
        Field("name", "What was done", required=True),
        Field("since", "Done on", Kind.DAY),
        Field("outcome", "How it went", Kind.NOTE),
    ),
    Section.CONTACTS: (
        Field("name", "Name", required=True),
        Field("relation", "Relation", choices=RELATIONS),
        Field("phone", "Phone", Kind.PHONE, required=True),
        Field("primary", "Call this person first", Kind.TICK),
    ),
    Section.INSURANCE: (
        Field("insurer", "Insurance", required=True),
        Field("number", "Member number"),
        Field("plan", "Plan"),
        Field("until", "Valid until", Kind.COMING_DAY),
    ),
}

_KINDS: dict[Section, Any] = {
    Section.ALERTS: Alert,
    Section.ALLERGIES: Allergy,
    Section.CONDITIONS: Condition,
    Section.MEDICATIONS: Medication,
    Section.IMMUNISATIONS: Immunization,
    Section.PROCEDURES: Procedure,
    Section.CONTACTS: Contact,
    Section.INSURANCE: Coverage,
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """How an entry comes to be: its uid, when, by whom, where, and whether the clock is doubted."""

    uid: bytes
    at: int
    author: str
    origin: str
    doubted: int = 0


def make_entry(
    section: Section, typed: Mapping[str, str], stamp: Stamp, *, country: str, today: date
) -> Entry:
    """A typed form as an entry. Raises Missing, DoseMissing, TooLong, CodeUnknown, DateImpossible,
    DateInFuture, PhoneUnreadable."""
    read = {field.name: _read(field, typed.get(field.name, ""), country, today)
            for field in FORMS[section]}  # fmt: skip
    for field in FORMS[section]:
        if field.required and not read[field.name]:
            raise DoseMissing if field.name == "dose" else Missing(field=field.label)
    since = read.pop("since", "")
    at = day_as_time(since) if since else stamp.at
    entry: Entry = _KINDS[section](
        uid=stamp.uid,
        at=at,
        author=stamp.author,
        origin=stamp.origin,
        doubted=stamp.doubted,
        **read,
    )
    return entry


def typed_of(entry: Entry, section: Section) -> dict[str, str]:
    """An entry as it would be typed: what a form starts with when it is corrected."""
    typed = {
        field.name: str(getattr(entry, field.name) or "")
        for field in FORMS[section]
        if field.name != "since"
    }
    return typed


def _read(field: Field, typed: str, country: str, today: date) -> Any:
    if field.kind is Kind.NOTE:
        return check_note_text(field.label, typed)
    line = check_entry_text(field.label, tidy(typed))
    if field.kind is Kind.TICK:
        return int(bool(line) and line not in ("0", "False"))
    if field.kind is Kind.CHOICE and line not in field.choices:
        raise CodeUnknown(field=field.label)
    if field.kind is Kind.PHONE:
        return read_phone(line, country)
    if line and field.kind is Kind.DAY:
        return parse_birth_date(line, today, field=field.label)
    if line and field.kind is Kind.COMING_DAY:
        latest = date(today.year + 60, 12, 31)
        return parse_birth_date(line, today, field=field.label, latest=latest)
    return line
