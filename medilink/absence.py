"""What is known not to be there: "no known allergies" is something else than "not asked".

An absence is an entry of its own, coded as the International Patient Summary does (HL7 IPS 2.0,
CodeSystem absent-unknown-uv-ips). It ends when something is written down after all. Pure.
"""

from __future__ import annotations

from enum import StrEnum

from medilink.records import Allergy, Condition, Entry, Medication, Record, Section

ABSENT_SYSTEM = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
NO_KNOWN_ALLERGIES = "no-known-allergies"
NO_KNOWN_CONDITIONS = "no-known-problems"
NO_KNOWN_MEDICATIONS = "no-known-medications"

# section → the code of its absence and how the entry reads
ABSENCE_WORDS: dict[Section, tuple[str, str]] = {
    Section.ALLERGIES: (NO_KNOWN_ALLERGIES, "No known allergies"),
    Section.CONDITIONS: (NO_KNOWN_CONDITIONS, "No known conditions"),
    Section.MEDICATIONS: (NO_KNOWN_MEDICATIONS, "Takes no medicines"),
}
SUPERSEDED = "superseded"


class Knowledge(StrEnum):
    """What is known of allergies, conditions or medicines as a whole."""

    LISTED = "listed"
    NONE_KNOWN = "none known"
    NOT_ASKED = "not asked"


def says_none(entry: Entry) -> bool:
    """Whether an entry says that there is nothing to list."""
    return isinstance(entry, Allergy | Condition | Medication) and entry.system == ABSENT_SYSTEM


def absence(section: Section, *, uid: bytes, at: int, author: str, origin: str) -> Entry:
    """The entry that says there is nothing to list in a section. KeyError for other sections."""
    code, words = ABSENCE_WORDS[section]
    told = {"uid": uid, "at": at, "author": author, "origin": origin}
    if section is Section.ALLERGIES:
        return Allergy(substance=words, code=code, system=ABSENT_SYSTEM, **told)  # type: ignore[arg-type]
    if section is Section.CONDITIONS:
        return Condition(name=words, code=code, system=ABSENT_SYSTEM, **told)  # type: ignore[arg-type]
    return Medication(name=words, code=code, system=ABSENT_SYSTEM, **told)  # type: ignore[arg-type]


def listed(record: Record, section: Section) -> list[Entry]:
    """The active entries of a section that name something."""
    return [e for e in _of(record, section) if e.status == "active" and not says_none(e)]


def stated_absence(record: Record, section: Section) -> Entry | None:
    """The active entry that says there is nothing, if somebody said so."""
    return next((e for e in _of(record, section) if e.status == "active" and says_none(e)), None)


def knowledge_of(record: Record, section: Section) -> Knowledge:
    """What is known of one of the three sections. Something listed outweighs a stated absence."""
    if listed(record, section):
        return Knowledge.LISTED
    return Knowledge.NONE_KNOWN if stated_absence(record, section) else Knowledge.NOT_ASKED


def allergy_knowledge(record: Record) -> Knowledge:
    """Whether allergies are listed, known to be none, or were never asked about."""
    return knowledge_of(record, Section.ALLERGIES)


def _of(record: Record, section: Section) -> tuple[Entry, ...]:
    places: dict[Section, tuple[Entry, ...]] = {
        Section.ALLERGIES: record.allergies,
        Section.CONDITIONS: record.conditions,
        Section.MEDICATIONS: record.medications,
    }
    return places[section]
