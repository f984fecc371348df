"""A letter begun: the record as its author may see it, summed up. Making and filing it are other
acts (`exports.making`, `medilink.acts.documents`)."""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.read_record import Opened, open_asked
from medilink.acts.refusing import check_task
from medilink.audit import Act
from medilink.desk import Desk
from medilink.handing_out import Asked
from medilink.people import PatientId
from medilink.permissions import Right, Task
from medilink.scopes import scope_bits
from medilink.summing_up.summary import Summary, sum_up

LETTER_DRAFT = "letter"


@dataclass(frozen=True, slots=True)
class Begun:
    """What a letter is drafted from. `opened`: all its author may see; `summary`: what is asked
    for of it."""

    opened: Opened
    summary: Summary

    @property
    def seen_by(self) -> str:
        """By what its author sees, as a text: a draft made when that was another one may say what
        is not to be seen any more."""
        return seen_by(self.opened.right)


def begin_letter(desk: Desk, patient: PatientId, asked: Asked) -> Begun:
    """What there is to say in a letter, for those who treat patients. Raises Refused, NoRight,
    NotVerified, NotSignedIn."""
    check_task(desk, Task.WRITE, Act.OPEN_RECORD, patient)
    opened, record = open_asked(desk, patient, asked)
    whole = not opened.right.narrowed and not asked.narrowed
    summary = sum_up(
        record,
        asked.purpose,
        desk.now,
        left_out=opened.record.sections - asked.sections,
        vaccines=whole and not desk.doubted,
    )
    return Begun(opened, summary)


def seen_by(right: Right) -> str:
    """A right as far as it decides what is seen."""
    if not right.narrowed:
        return "everything"
    scopes = [(scope_bits(one), one.since or 0, one.until or 0) for one in right.scopes]
    return repr(sorted(scopes))
