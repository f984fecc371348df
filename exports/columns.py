"""Which columns each section of a record has as a table, in CSV and in Excel alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from medilink.choices import BLOOD_WORDS, LANGUAGES
from medilink.entering import CERTAINTY, COURSE, OFFERED, SEVERITY
from medilink.profile import DONOR, REACH
from medilink.records import Section


class As(StrEnum):
    """How a column is read."""

    TEXT = "text"
    CHOICE = "choice"  # a word of a list, else as it was typed
    WHEN = "when"  # milliseconds UTC
    NUMBER = "number"  # a decimal text, where it is one
    COUNT = "count"
    UID = "uid"
    FILE = "file"  # the file a document leaves as


@dataclass(frozen=True, slots=True)
class Column:
    """`of`: the field of the entry. `choices`: what is kept → plain words."""

    heading: str
    of: str
    kind: As = As.TEXT
    choices: Mapping[str, str] = field(default_factory=dict)


def _some(choices: Mapping[str, str]) -> dict[str, str]:
    """Choices without what is said of an empty field: in a table it stays empty."""
    return {kept: said for kept, said in choices.items() if kept}


STATE_WORDS = {
    "active": "active",
    "inactive": "not active",
    "resolved": "resolved",
    "stopped": "stopped",
    "ended": "ended",
    "final": "final",
    "finished": "finished",
    "completed": "completed",
    "current": "current",
    "not-done": "not given",
    "superseded": "no longer so",
    "amended": "corrected",
    "entered-in-error": "written by mistake",
}
LEVEL_WORDS = {"high": "High risk"}
CRITICALITY_WORDS = {"low": "not life-threatening", "high": "life-threatening"}
YES_WORDS = {"0": "", "1": "Yes"}

_WHEN = Column("When (UTC)", "at", As.WHEN)
_SINCE = Column("Since (UTC)", "at", As.WHEN)
_STATE = Column("State", "status", As.CHOICE, STATE_WORDS)
_CODE = (Column("Code", "code"), Column("Code system", "system"))
_VISIT = Column("Visit", "encounter", As.UID)
_END = (
    Column("Written by", "author"),
    Column("Clinic or system", "origin"),
    Column("Written down (UTC)", "recorded", As.WHEN),
    Column("Clock in doubt", "doubted", As.CHOICE, YES_WORDS),
    Column("Reason of the change", "why"),
    Column("Replaces entry", "replaces", As.UID),
    Column("Entry", "uid", As.UID),
)
_MEASURED = (
    _WHEN,
    Column("What", "name", As.CHOICE),
    Column("Value", "value", As.NUMBER),
    Column("Unit", "unit"),
    Column("Result in words", "text", As.CHOICE),
    Column("Normal from", "low", As.NUMBER),
    Column("Normal to", "high", As.NUMBER),
    _STATE,
    Column("Code", "code"),
    _VISIT,
    *_END,
)

COLUMNS: dict[Section, tuple[Column, ...]] = {
    Section.ALERTS: (
        _WHEN,
        Column("Alert", "text"),
        Column("How serious", "level", As.CHOICE, LEVEL_WORDS),
        _STATE,
        *_END,
    ),
    Section.ALLERGIES: (
        _SINCE,
        Column("Substance", "substance"),
        Column("Reaction", "reaction", As.CHOICE, OFFERED),
        Column("Severity", "severity", As.CHOICE, _some(SEVERITY)),
        Column("Danger to life", "criticality", As.CHOICE, CRITICALITY_WORDS),
        Column("How sure", "certainty", As.CHOICE, _some(CERTAINTY)),
        _STATE,
        *_CODE,
        *_END,
    ),
    Section.CONDITIONS: (
        _SINCE,
        Column("Until (UTC)", "ended_at", As.WHEN),
        Column("Condition", "name"),
        Column("Lasting or for a time", "course", As.CHOICE, _some(COURSE)),
        Column("How sure", "certainty", As.CHOICE, _some(CERTAINTY)),
        _STATE,
        *_CODE,
        _VISIT,
        *_END,
    ),
    Section.MEDICATIONS: (
        _SINCE,
        Column("Until (UTC)", "ended_at", As.WHEN),
        Column("Medicine", "name"),
        Column("Dose", "dose"),
        Column("How often", "frequency", As.CHOICE, OFFERED),
        Column("What for", "reason"),
        Column("Prescribed by", "prescriber"),
        Column("Given in spite of an allergy because", "override"),
        _STATE,
        *_CODE,
        _VISIT,
        *_END,
    ),
    Section.VITALS: _MEASURED,
    Section.RESULTS: _MEASURED,
    Section.VISITS: (
        _WHEN,
        Column("Kind of visit", "kind", As.CHOICE),
        Column("Reason", "reason"),
        Column("History", "history"),
        Column("Examination", "examination"),
        Column("Diagnosis", "diagnosis"),
        Column("Treatment", "treatment"),
        Column("Plan", "plan"),
        Column("Come again", "follow_up"),
        Column("Notes", "notes"),
        _STATE,
        *_END,
    ),
    Section.IMMUNISATIONS: (
        Column("Given on (UTC)", "at", As.WHEN),
        Column("Vaccine", "vaccine"),
        Column("Dose number", "dose"),
        Column("Batch number", "lot"),
        Column("Where on the body", "site", As.CHOICE, OFFERED),
        _STATE,
        *_CODE,
        _VISIT,
        *_END,
    ),
    Section.PROCEDURES: (
        Column("Done on (UTC)", "at", As.WHEN),
        Column("What was done", "name"),
        Column("How it went", "outcome"),
        _STATE,
        *_CODE,
        _VISIT,
        *_END,
    ),
    Section.DOCUMENTS: (
        _WHEN,
        Column("Title", "title"),
        Column("Kind of document", "kind", As.CHOICE),
        Column("File", "uid", As.FILE),
        Column("File type", "media"),
        Column("Bytes", "size", As.COUNT),
        Column("SHA-256 of the file", "digest"),
        _STATE,
        _VISIT,
        *_END,
    ),
    Section.PERSON: (
        _WHEN,
        Column("Blood type", "blood", As.CHOICE, _some(BLOOD_WORDS)),
        Column("Organ donor", "donor", As.CHOICE, _some(DONOR)),
        Column("Preferred language", "language", As.CHOICE, _some(LANGUAGES)),
        Column("How to reach", "reach", As.CHOICE, _some(REACH)),
        Column("E-mail", "email"),
        Column("Preferred pharmacy", "pharmacy"),
        Column("Photo", "photo", As.FILE),
        _STATE,
        *_END,
    ),
    Section.CONTACTS: (
        _WHEN,
        Column("Name", "name"),
        Column("Relation", "relation", As.CHOICE, OFFERED),
        Column("Phone", "phone"),
        Column("Call this person first", "primary", As.CHOICE, YES_WORDS),
        _STATE,
        *_END,
    ),
    Section.INSURANCE: (
        _WHEN,
        Column("Insurance", "insurer"),
        Column("Member number", "number"),
        Column("Plan of the insurance", "plan"),
        Column("Valid until", "until"),
        _STATE,
        *_END,
    ),
}

# In one table of everything: what an entry is about, its value and its unit, by the field.
FLAT: dict[Section, tuple[str, str, str]] = {
    Section.ALERTS: ("text", "level", ""),
    Section.ALLERGIES: ("substance", "severity", ""),
    Section.CONDITIONS: ("name", "course", ""),
    Section.MEDICATIONS: ("name", "dose", ""),
    Section.VITALS: ("name", "value", "unit"),
    Section.RESULTS: ("name", "value", "unit"),
    Section.VISITS: ("kind", "diagnosis", ""),
    Section.IMMUNISATIONS: ("vaccine", "dose", ""),
    Section.PROCEDURES: ("name", "outcome", ""),
    Section.DOCUMENTS: ("title", "kind", ""),
    Section.PERSON: ("", "blood", ""),
    Section.CONTACTS: ("name", "phone", ""),
    Section.INSURANCE: ("insurer", "number", ""),
}
FLAT_HEADING_WORDS = (
    "Patient",
    "Part of the record",
    "When (UTC)",
    "What",
    "Value",
    "Unit",
    "Text",
    "State",
    "Written by",
    "Clinic or system",
    "Written down (UTC)",
    "Reason of the change",
    "Entry",
)
# Fields that have a column of their own there; the others of an entry are its text.
FLAT_ALWAYS = ("status", "author", "origin", "recorded", "why", "uid")
