"""A visit as it is typed, and when it can be saved. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from medilink.errors import DateInFuture, DoseMissing, NothingWritten, TooLong

LINE_LIMIT = 500  # characters in a one-line field
NOTE_LIMIT = 100_000  # characters in notes: a long discharge letter has about 20,000
MOST_AHEAD_MS = 26 * 3_600_000  # a day typed in the furthest time zone


KIND_WORDS = (
    "Consultation",
    "Follow-up",
    "Emergency",
    "Antenatal",
    "Child clinic",
    "Vaccination",
    "Measurements",
)


@dataclass(frozen=True, slots=True)
class Prescribed:
    """One medicine of a visit. `override`: why it is given although the patient reacts to it."""

    name: str
    dose: str = ""
    frequency: str = ""
    override: str = ""


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What a provider typed about one visit. `vitals` maps LOINC code → decimal text in the kept
    unit; `at` is when it was, milliseconds UTC, None for now."""

    kind: str = KIND_WORDS[0]
    reason: str = ""
    history: str = ""
    examination: str = ""
    diagnoses: tuple[str, ...] = ()
    medications: tuple[Prescribed, ...] = ()
    treatment: str = ""
    plan: str = ""
    follow_up: str = ""
    notes: str = ""
    vitals: dict[str, str] = field(default_factory=dict)
    at: int | None = None


# Every part of a visit that is read, in the order of the work.
PART_WORDS = {
    "reason": "Reason",
    "history": "History",
    "examination": "Examination",
    "diagnosis": "Diagnosis",
    "treatment": "Treatment",
    "plan": "Plan",
    "follow_up": "Come again",
    "notes": "Notes",
}
NOTE_WORDS = {
    "history": "History",
    "examination": "Examination",
    "treatment": "Treatment",
    "plan": "Plan",
    "notes": "Notes",
}


def check_visit(visit: NewVisit, now: int) -> NewVisit:
    """Raise where a visit cannot be saved: nothing written, a text beyond its limit, a medicine
    without a dose, a time that lies ahead."""
    lines = [("Reason", visit.reason), ("Kind of visit", visit.kind)]
    lines += [("Come again", visit.follow_up)]
    lines += [("Diagnosis", name) for name in visit.diagnoses]
    lines += [("Medicine", f"{drug.name} {drug.dose}") for drug in visit.medications]
    for what, text in lines:
        check_entry_text(what, text)
    notes = [check_note_text(label, getattr(visit, name)) for name, label in NOTE_WORDS.items()]
    if any(drug.name.strip() and not drug.dose.strip() for drug in visit.medications):
        raise DoseMissing
    if visit.at is not None and visit.at > now + MOST_AHEAD_MS:
        raise DateInFuture(field="Day of the visit")
    written = (visit.reason, visit.follow_up, *notes, *visit.diagnoses)
    if not (any(text.strip() for text in written) or visit.vitals or visit.medications):
        raise NothingWritten
    return visit


def check_entry_text(field: str, text: str) -> str:
    """One line of an entry, tidied at its ends. Raises TooLong."""
    return _no_longer_than(LINE_LIMIT, field, text)


def check_note_text(field: str, text: str) -> str:
    """A note of several lines, tidied at its ends. Raises TooLong."""
    return _no_longer_than(NOTE_LIMIT, field, text)


def _no_longer_than(limit: int, field: str, text: str) -> str:
    text = text.strip()
    if len(text) > limit:
        raise TooLong(field=field, found=len(text), limit=limit)
    return text
