"""Break-glass: a record opened without a right, with a reason, for a short time, and looked at
afterwards by an administrator; the patient sees it."""

from __future__ import annotations

from enum import StrEnum

from medilink.acts.once import read_once
from medilink.acts.refusing import check_task
from medilink.audit import Act, Method
from medilink.desk import Desk
from medilink.errors import NotValid, ReasonMissing
from medilink.people import PatientId, tidy
from medilink.permissions import EMERGENCY_HOURS, EmergencyAccess, Task
from medilink.sharing import HOUR_MS
from medilink.visits import check_entry_text

SHORTEST_REASON = 10  # letters: "unconscious", not "x"
REVIEWED_SHOWN = 100


class Verdict(StrEnum):
    """What a review finds."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not justified"


def break_glass(desk: Desk, patient: PatientId, reason: str) -> EmergencyAccess:
    """Open a whole record for four hours, to read, because it cannot wait.

    Raises ReasonMissing for a reason of fewer than ten letters, TooLong, Refused for all but
    providers.
    """
    check_task(desk, Task.BREAK_GLASS, Act.BREAK_GLASS, patient)
    reason = check_entry_text("Reason", tidy(reason))
    if sum(letter.isalpha() for letter in reason) < SHORTEST_REASON:
        raise ReasonMissing
    now = desk.now
    access = EmergencyAccess(
        0, patient, desk.who.id, now, now + EMERGENCY_HOURS * HOUR_MS, reason[:200]
    )
    event = desk.event(Act.BREAK_GLASS, patient, method=Method.EMERGENCY, why=access.reason)
    desk.store.rights.open_in_emergency(access, audit=event)
    return access


def emergencies_to_review(desk: Desk) -> list[EmergencyAccess]:
    """Emergency openings, those nobody has looked at first. For administrators."""
    check_task(desk, Task.REVIEW, Act.REVIEW_EMERGENCY)
    event = desk.event(Act.READ_LOG, why="emergency openings")
    return read_once(
        desk,
        event,
        lambda audit: desk.store.rights.list_to_review(limit=REVIEWED_SHOWN, audit=audit),
    )


def review_emergency(desk: Desk, number: int, verdict: Verdict, note: str) -> None:
    """Say whether an emergency opening was justified. Raises ReasonMissing where it was not and
    nothing is written, NotValid for one's own, EditedMeanwhile, NotFound."""
    access = desk.store.rights.by_number(number)
    check_task(desk, Task.REVIEW, Act.REVIEW_EMERGENCY, access.patient)
    if access.account == desk.who.id:
        raise NotValid
    note = check_entry_text("Note", note)
    if verdict is Verdict.NOT_JUSTIFIED and not note:
        raise ReasonMissing
    event = desk.event(
        Act.REVIEW_EMERGENCY, access.patient, verdict=verdict.value, account=access.account
    )
    desk.store.rights.review(number, verdict.value, note, desk.who.id, audit=event)
