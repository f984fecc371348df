"""A visit as it is typed, and when it can be saved. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from medilink.errors import NothingWritten, TooLong

LINE_LIMIT = 500  # characters in a one-line field
NOTE_LIMIT = 100_000  # characters in notes: a long discharge letter has about 20,000


@dataclass(frozen=True, slots=True)
class NewVisit:
    """What a provider typed about one visit. `vitals` maps LOINC code → decimal text."""

    kind: str = "Consultation"
    reason: str = ""
    diagnoses: tuple[str, ...] = ()
    medications: tuple[tuple[str, str], ...] = ()
    treatment: str = ""
    notes: str = ""
    vitals: dict[str, str] = field(default_factory=dict)


def check_visit(visit: NewVisit) -> NewVisit:
    """Raise where a visit cannot be saved: nothing written, or a text beyond its limit."""
    lines = [("Reason", visit.reason), ("Kind of visit", visit.kind)]
    lines += [("Diagnosis", name) for name in visit.diagnoses]
    lines += [("Medicine", f"{name} {dose}") for name, dose in visit.medications]
    for what, text in lines:
        if len(text) > LINE_LIMIT:
            raise TooLong(field=what, found=len(text), limit=LINE_LIMIT)
    for what, text in (("Notes", visit.notes), ("Treatment", visit.treatment)):
        if len(text) > NOTE_LIMIT:
            raise TooLong(field=what, found=len(text), limit=NOTE_LIMIT)
    written = (visit.reason, visit.treatment, visit.notes, *visit.diagnoses)
    if not (any(text.strip() for text in written) or visit.vitals or visit.medications):
        raise NothingWritten
    return visit


def check_entry_text(field: str, text: str) -> str:
    """One line of an entry, tidied at its ends. Raises TooLong."""
    text = text.strip()
    if len(text) > LINE_LIMIT:
        raise TooLong(field=field, found=len(text), limit=LINE_LIMIT)
    return text
