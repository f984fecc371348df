"""What may be said of a section of a record that came from another clinic. Pure.

That nothing stands in it means something else each time: a summary carries some sections never, and
others only as far as they fit one code; the patient allows some and not others; and also a whole
record is whole only as far as it was allowed. None of these is "there is none".
"""

from __future__ import annotations

from enum import StrEnum

from medilink.carrying.summary import CUT_FIRST, NEVER_CARRIED
from medilink.records import Record, Section, section_of


class Came(StrEnum):
    """What came of a section."""

    SOMETHING = "something"
    NOTHING = "nothing of what was shared"
    NOTHING_IN_SUMMARY = "nothing of what a summary has"
    CUT = "left out to fit, or nothing"
    NEVER_CARRIED = "no summary carries it"
    NOT_ALLOWED = "not allowed by the patient"


CAME_WORDS = {
    Came.NOTHING: "None in the record as the patient shared it.",
    Came.NOTHING_IN_SUMMARY: "None in this summary. That does not mean that there is none.",
    Came.CUT: "Left out to fit one code, or there is none; ask for the whole record.",
    Came.NEVER_CARRIED: "Not carried in this summary; ask for the whole record.",
    Came.NOT_ALLOWED: "The patient did not share this. Ask them.",
}


def what_came(record: Record, section: Section, *, summary: bool, shortened: bool) -> Came:
    """What came of one section. `summary`: no whole record was shared; `shortened`: the summary did
    not fit whole."""
    if section not in record.sections:
        return Came.NOT_ALLOWED
    if any(section_of(entry) is section for entry in record.entries()):
        return Came.SOMETHING
    if not summary:
        return Came.NOTHING
    if section in NEVER_CARRIED:
        return Came.NEVER_CARRIED
    return Came.CUT if shortened and section in CUT_FIRST else Came.NOTHING_IN_SUMMARY
