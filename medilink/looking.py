"""What a patient wants to see of who looked at their record, and who those people are. Pure.

An entry is the patient's business where anybody did something with the record, or where somebody
else looked at what belongs to the patient besides: this list, their permissions, their receipts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.people import AccountId, Role

# Everything anyone did with the record, and nothing of the machinery.
SHOWN_TO_PATIENT = frozenset(
    {
        Act.OPEN_RECORD,
        Act.OPEN_IDENTITY,
        Act.WRITE_RECORD,
        Act.CHANGE_PATIENT,
        Act.CARE_RELATION,
        Act.HAND_OVER,
        Act.EXPORT,
        Act.REGISTER_PATIENT,
        Act.IMPORT,
        Act.SHARE,
        Act.REVOKE,
        Act.REDEEM,
        Act.ADD_ACCOUNT,
        Act.CHANGE_PASSWORD,
        Act.CHANGE_PROFILE,
        Act.AMEND,
        Act.BRING_BACK,
        Act.OPEN_DOCUMENT,
        Act.SEE_CHANGES,
        Act.ASK_CORRECTION,
        Act.ANSWER_CORRECTION,
        Act.BREAK_GLASS,
        Act.REVIEW_EMERGENCY,
        Act.LINK_GUARDIAN,
        Act.END_GUARDIAN,
        Act.SEE_FAMILY,
        Act.DISMISS_DUPLICATE,
        Act.MERGE,
        Act.UNDO_MERGE,
        Act.MAKE_OFFER,
        Act.MAKE_CARD,
        Act.ANSWER_ASK,
        Act.OPENED_ELSEWHERE,
        Act.USED_TWICE,
        Act.MAKE_RETURN,
        Act.TAKE_RETURN,
        Act.REGISTER_VISITING,
        Act.QUESTION_ACCESS,
        Act.ANSWER_QUESTION,
        Act.MAKE_LINK,
        Act.FETCH_LINK,
        Act.END_LINK,
    }
)
# What is everyday of one's own, and worth knowing of anybody else.
SHOWN_OF_OTHERS = frozenset(
    {
        Act.READ_LOG,
        Act.GIVE_LOG_RECEIPT,
        Act.EXPORT_LOG,
        Act.SEE_SHARES,
        Act.SEE_CONSENTS,
        Act.TRY_CODE,
        Act.ERASE_DETAIL,
    }
)
OPENED = frozenset({Act.OPEN_RECORD, Act.OPEN_DOCUMENT, Act.OPENED_ELSEWHERE, Act.BREAK_GLASS})
LATELY_DAYS = 30
OWN_LIST = "who looked"  # what an export says that took the list along, not the record


class Show(StrEnum):
    """Which entries somebody wants to see."""

    OTHERS = "others"
    REFUSED = "refused"
    EMERGENCY = "emergency"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `who`: one person, as `looker` calls them. `since`: milliseconds UTC.
    `archive`: archived parts of the log too."""

    show: Show = Show.EVERYTHING
    who: str = ""
    since: int | None = None
    archive: bool = False


def looker(entry: AuditEntry) -> str:
    """What tells the people in a list apart: their account, or the name another clinic gave."""
    return str(entry.account) if entry.account is not None else entry.actor_name


def is_emergency(entry: AuditEntry) -> bool:
    """Whether an entry tells of an emergency opening or of what came of it."""
    return entry.method == Method.EMERGENCY or entry.act in (Act.BREAK_GLASS, Act.REVIEW_EMERGENCY)


def is_shown(entry: AuditEntry, me: AccountId) -> bool:
    """Whether an entry is for the person it is about to see."""
    return entry.act in SHOWN_TO_PATIENT or (entry.account != me and entry.act in SHOWN_OF_OTHERS)


def is_wanted(entry: AuditEntry, wanted: Wanted, me: AccountId) -> bool:
    """Whether an entry is among those asked for; time and archive are the store's business."""
    if not is_shown(entry, me) or (wanted.who and looker(entry) != wanted.who):
        return False
    match wanted.show:
        case Show.OTHERS:
            return entry.account != me
        case Show.REFUSED:
            return entry.outcome == Outcome.REFUSED
        case Show.EMERGENCY:
            return is_emergency(entry)
    return True


def has_opened(entry: AuditEntry, me: AccountId) -> bool:
    """Whether somebody else saw what is in the record."""
    done = entry.outcome == Outcome.DONE and entry.account != me
    return done and entry.act in OPENED and entry.actor_role != Role.SYSTEM


def people_in(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Everyone in a list, by what tells them apart: their names, newest first. An erased name is
    nobody's."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.actor_name:
            found.setdefault(looker(entry), entry.actor_name)
    return found
