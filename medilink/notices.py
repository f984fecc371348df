"""Notices: what somebody should hear of, told by the log itself.

Pure. A notice is an entry of the log that is somebody's business; nothing is written twice, and
nothing can be told that is not on record. The table says which act is told to whom, under which
heading it can be switched off, and in which words. Titles name nobody and nothing: they may stand
on a screen others see.

The place for another channel (mail, SMS): `due_messages`. It lists what is new to somebody; a
channel sends the titles, keeps up to which entry it has sent, and asks again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from medilink.audit import Act, AuditEntry, Outcome
from medilink.people import Account, PatientId, Role


class Kind(StrEnum):
    """Headings under which notices are switched on and off."""

    OPENED = "opened"
    CODE = "code"
    WRITTEN = "written"
    CORRECTION = "correction"
    FAMILY = "family"
    CREDENTIAL = "credential"
    DUPLICATE = "duplicate"
    EMERGENCY = "emergency"
    TWICE = "twice"
    UNUSUAL = "unusual"
    QUESTION = "question"
    BACKUP = "backup"
    KEYS = "keys"


KIND_WORDS = {
    Kind.OPENED: "Somebody opened my record",
    Kind.CODE: "My code was used or tried",
    Kind.WRITTEN: "My record or my details were changed",
    Kind.CORRECTION: "Wishes for corrections and their answers",
    Kind.FAMILY: "Guardians",
    Kind.CREDENTIAL: "Licences and certificates",
    Kind.DUPLICATE: "Somebody may be registered twice",
    Kind.EMERGENCY: "A record was opened in an emergency",
    Kind.TWICE: "A code for one use was used twice",
    Kind.UNUSUAL: "Unusual access to records",
    Kind.QUESTION: "Questions about who looked, and their answers",
    Kind.BACKUP: "Backups",
    Kind.KEYS: "What opens this clinic",
}
ALWAYS_ON = frozenset(
    {Kind.EMERGENCY, Kind.TWICE, Kind.UNUSUAL, Kind.QUESTION, Kind.BACKUP, Kind.KEYS}
)


class Told(StrEnum):
    """Whose business an entry is."""

    PATIENT = "the patient it is about, unless they did it themselves"
    ADMINS = "administrators"
    PROVIDERS = "providers"
    NAMED = "the account it names"


@dataclass(frozen=True, slots=True)
class Rule:
    """One act that is told. `title` says nothing that others must not see."""

    act: Act
    told: Told
    kind: Kind
    title: str
    outcome: Outcome = Outcome.DONE


RULES: tuple[Rule, ...] = (
    Rule(Act.OPEN_RECORD, Told.PATIENT, Kind.OPENED, "Your record was opened"),
    Rule(Act.OPEN_DOCUMENT, Told.PATIENT, Kind.OPENED, "A document of yours was opened"),
    Rule(Act.EXPORT, Told.PATIENT, Kind.OPENED, "Your record was taken along as a file"),
    Rule(Act.REDEEM, Told.PATIENT, Kind.CODE, "Your code was used"),
    Rule(Act.REDEEM, Told.PATIENT, Kind.CODE, "A code was tried and refused", Outcome.REFUSED),
    Rule(Act.OPENED_ELSEWHERE, Told.PATIENT, Kind.OPENED, "Your record was opened elsewhere"),
    Rule(Act.USED_TWICE, Told.PATIENT, Kind.TWICE, "A code for one use was used twice"),
    Rule(Act.USED_TWICE, Told.ADMINS, Kind.TWICE, "A code for one use was used twice"),
    Rule(Act.TAKE_RETURN, Told.PATIENT, Kind.WRITTEN, "A visit came from another clinic"),
    Rule(Act.WRITE_RECORD, Told.PATIENT, Kind.WRITTEN, "Something was written in your record"),
    Rule(Act.AMEND, Told.PATIENT, Kind.WRITTEN, "Something in your record was corrected"),
    Rule(Act.CHANGE_PATIENT, Told.PATIENT, Kind.WRITTEN, "Your details were changed"),
    Rule(Act.CHANGE_PROFILE, Told.PATIENT, Kind.WRITTEN, "Your details were changed"),
    Rule(Act.ANSWER_CORRECTION, Told.PATIENT, Kind.CORRECTION, "Your wish was answered"),
    Rule(Act.LINK_GUARDIAN, Told.PATIENT, Kind.FAMILY, "A guardian was recorded for you"),
    Rule(Act.END_GUARDIAN, Told.PATIENT, Kind.FAMILY, "A guardian of yours was ended"),
    Rule(Act.MERGE, Told.PATIENT, Kind.WRITTEN, "Two registrations of yours were made one"),
    Rule(Act.UNDO_MERGE, Told.PATIENT, Kind.WRITTEN, "Registrations were taken apart again"),
    Rule(Act.CHANGE_PASSWORD, Told.PATIENT, Kind.WRITTEN, "You were given a new password slip"),
    Rule(Act.BREAK_GLASS, Told.PATIENT, Kind.EMERGENCY, "Your record was opened in an emergency"),
    Rule(Act.BREAK_GLASS, Told.ADMINS, Kind.EMERGENCY, "A record was opened in an emergency"),
    Rule(Act.ASK_CORRECTION, Told.PROVIDERS, Kind.CORRECTION, "A patient asks for a correction"),
    Rule(Act.SUBMIT_CREDENTIALS, Told.ADMINS, Kind.CREDENTIAL, "A licence waits to be checked"),
    Rule(Act.DECIDE_CREDENTIALS, Told.NAMED, Kind.CREDENTIAL, "Your licence was checked"),
    Rule(Act.REMIND_CREDENTIALS, Told.NAMED, Kind.CREDENTIAL, "Your licence is about to expire"),
    Rule(Act.REMIND_CREDENTIALS, Told.ADMINS, Kind.CREDENTIAL, "A licence is about to expire"),
    Rule(Act.ERASE_DETAIL, Told.ADMINS, Kind.UNUSUAL, "Personal details were erased from the log"),
    Rule(Act.EXPORT_ALL, Told.ADMINS, Kind.UNUSUAL, "Every record was taken out as a file"),
    Rule(Act.FLAG_UNUSUAL, Told.ADMINS, Kind.UNUSUAL, "Unusual access to records"),
    Rule(Act.ESCALATE_UNUSUAL, Told.ADMINS, Kind.UNUSUAL, "An unusual access was reported to you"),
    Rule(Act.SUSPECT_DUPLICATE, Told.ADMINS, Kind.DUPLICATE, "Somebody may be registered twice"),
    Rule(Act.QUESTION_ACCESS, Told.ADMINS, Kind.QUESTION, "A patient asks who looked"),
    Rule(Act.ANSWER_QUESTION, Told.PATIENT, Kind.QUESTION, "Your question was answered"),
    Rule(Act.BACK_UP, Told.ADMINS, Kind.BACKUP, "Trouble with the backups", Outcome.REFUSED),
    Rule(Act.DRILL, Told.ADMINS, Kind.BACKUP, "A restore drill failed", Outcome.REFUSED),
    Rule(Act.BRING_BACK, Told.PATIENT, Kind.WRITTEN, "Something in your record was brought back"),
    Rule(Act.RESTORE, Told.ADMINS, Kind.BACKUP, "The records were restored from a backup"),
    Rule(Act.RESTORE, Told.PROVIDERS, Kind.BACKUP, "The records were restored from a backup"),
    Rule(Act.CHANGE_UNLOCKING, Told.ADMINS, Kind.KEYS, "What opens this clinic was changed"),
)
TO_PATIENTS = frozenset(rule.act for rule in RULES if rule.told is Told.PATIENT)
TO_STAFF = frozenset(rule.act for rule in RULES if rule.told is not Told.PATIENT)
_OF_ROLE = {Role.ADMIN: {Told.ADMINS, Told.NAMED}, Role.PROVIDER: {Told.PROVIDERS, Told.NAMED}}


def acts_told_to(role: Role) -> frozenset[Act]:
    """What members of staff are told of in a role: a flood of one kind hides no other's."""
    return frozenset(rule.act for rule in RULES if rule.told in _OF_ROLE.get(role, set()))


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody has read: everything up to a number, and single ones after it; and what they
    switched off."""

    up_to: int = 0
    ones: frozenset[int] = frozenset()
    muted: frozenset[Kind] = frozenset()


@dataclass(frozen=True, slots=True)
class Notice:
    """One entry of the log as somebody is told of it."""

    entry: AuditEntry
    kind: Kind
    title: str
    read: bool


def notices_for(
    who: Account,
    entries: Iterable[AuditEntry],
    seen: Seen,
    children: Collection[PatientId] = (),
) -> list[Notice]:
    """What these entries tell somebody, in the same order; a guardian is told what their children
    are."""
    found = ((entry, rule_for(who, entry, children)) for entry in entries)
    return [
        Notice(entry, rule.kind, rule.title, entry.seq <= seen.up_to or entry.seq in seen.ones)
        for entry, rule in found
        if rule and (rule.kind in ALWAYS_ON or rule.kind not in seen.muted)
    ]


def rule_for(who: Account, entry: AuditEntry, children: Collection[PatientId] = ()) -> Rule | None:
    """By which rule an entry is somebody's business; None where it is not."""
    for rule in RULES:
        if (entry.act, entry.outcome) == (rule.act, rule.outcome) and _concerns(
            who, entry, rule, children
        ):
            return rule
    return None


def _concerns(who: Account, entry: AuditEntry, rule: Rule, children: Collection[PatientId]) -> bool:
    if entry.account == who.id and rule.told is not Told.NAMED:
        return False
    if rule.told is Told.PATIENT:
        return who.role is Role.PATIENT and (
            who.patient == entry.patient or entry.patient in children
        )
    if rule.told is Told.NAMED:
        return entry.extra.get("account") == str(who.id)
    return who.role is {Told.ADMINS: Role.ADMIN, Told.PROVIDERS: Role.PROVIDER}[rule.told]


def due_messages(notices: Iterable[Notice], sent_up_to: int) -> list[str]:
    """The titles a channel would send now: of unread notices it has not sent yet."""
    return [n.title for n in notices if not n.read and n.entry.seq > sent_up_to]
