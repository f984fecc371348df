"""The log of who did what: its acts, its entries, and the chain that shows any change.

Pure: how an entry is written as bytes, how entries are chained, and how a chain is checked. Where
they are kept is the store's business.

    personal   = salt || detail                      names, address, typed reason: may be erased
    commitment = SHA-256(salt || detail)             stays, so that erasing breaks no proof
    hash[n]    = SHA-256(hash[n-1] || fixed || lengths || texts || commitment)

Every field is length-prefixed, so no two different entries have the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from medilink.people import AccountId, PatientId, Role
from medilink.records import Section

GENESIS = hashlib.sha256(b"MediLink audit log, version 1").digest()
SALT_BYTES = 16
LONGEST_REASON = 500  # characters


class Act(StrEnum):
    """What was done. The value is stored for years: never rename one."""

    SET_UP = "set up clinic"
    UNLOCK = "unlock store"
    SIGN_IN = "sign in"
    SIGN_OUT = "sign out"
    CHANGE_PASSWORD = "change password"  # noqa: S105 the name of an act
    ADD_ACCOUNT = "add account"
    CHANGE_ACCOUNT = "change account"
    CHANGE_SETTINGS = "change settings"
    FIND_PATIENT = "find patient"
    REGISTER_PATIENT = "register patient"
    CHANGE_PATIENT = "change patient details"
    CHANGE_PROFILE = "change profile"
    IMPORT = "import records"
    OPEN_RECORD = "open record"
    OPEN_IDENTITY = "see patient details"
    WRITE_RECORD = "write record"
    AMEND = "amend record"
    OPEN_DOCUMENT = "open document"
    SEE_CHANGES = "see changes"
    ASK_CORRECTION = "ask for a correction"
    ANSWER_CORRECTION = "answer a correction"
    BREAK_GLASS = "open in an emergency"
    REVIEW_EMERGENCY = "review an emergency opening"
    LINK_GUARDIAN = "record a guardian"
    END_GUARDIAN = "end a guardian"
    SEE_FAMILY = "see guardians and children"
    READ_NOTICES = "read own notices"
    CHANGE_NOTICES = "choose notices"
    SAVE_CREDENTIALS = "save credentials"
    SUBMIT_CREDENTIALS = "submit credentials"
    DECIDE_CREDENTIALS = "decide on credentials"
    REMIND_CREDENTIALS = "remind of credentials"
    SEE_CARD = "see a provider's card"
    SUSPECT_DUPLICATE = "suspect a duplicate"
    SCAN_DUPLICATES = "look for duplicates"
    DISMISS_DUPLICATE = "dismiss a duplicate"
    MERGE = "merge two patients"
    UNDO_MERGE = "undo a merge"
    HAND_OVER = "hand over patients"
    WORK_AS = "work as"
    CONFIRM_CLOCK = "confirm clock"
    EXPORT = "export record"
    KEEP_DRAFT = "keep draft"
    CARE_RELATION = "record patient is here"
    SHARE = "make access code"
    REVOKE = "revoke access code"
    EXPIRE = "access codes expired"
    TRY_CODE = "try access code"
    REDEEM = "use access code"
    SEE_SHARES = "see own access codes"
    READ_LOG = "read the log"
    MAKE_KEYS = "make keys"
    ASK_TO_JOIN = "ask to join a network"
    JOIN_NETWORK = "join a network"
    ADMIT_CLINIC = "admit a clinic"
    REMOVE_CLINIC = "remove a clinic"
    LEAVE_NETWORK = "leave a network"
    BEGIN_ANEW = "begin a network anew"
    NAME_NETWORK = "name a network"
    MAKE_NEWS = "make news"
    TAKE_NEWS = "take news"
    MAKE_OFFER = "make a code for other clinics"
    ASK_PATIENT = "ask a patient"
    ANSWER_ASK = "answer a provider"
    TRY_OFFER = "try the digits of another clinic's code"
    OPEN_OFFER = "open another clinic's code"
    READ_VISITING = "read what another clinic shared"
    LIST_VISITING = "list who visits from other clinics"
    END_VISITING = "end what another clinic shared"
    REGISTER_VISITING = "register a visiting patient"
    OPENED_ELSEWHERE = "opened at another clinic"
    USED_TWICE = "used twice"
    MAKE_RETURN = "send a visit home"
    TAKE_RETURN = "take in a visit from another clinic"
    SEE_RETURN_AGAIN = "see a visit that was taken in before"
    MAKE_CARD = "make an emergency card"
    READ_CARD = "read a health card"
    SEE_CONSENTS = "see consents"
    CHECK_RECEIPT = "check a receipt"
    GIVE_LOG_RECEIPT = "give a receipt of the log"
    CHECK_LOG = "check the log"
    EXPORT_LOG = "export the log"
    ARCHIVE_LOG = "archive old entries"
    ERASE_DETAIL = "erase personal details"
    MAKE_REPORT = "make a report"
    KEEP_FILTER = "keep a filter of the log"
    UNLOCK_FAILED = "wrong unlock tries"
    LOOK_UNUSUAL = "look for unusual access"
    FLAG_UNUSUAL = "flag unusual access"
    DISMISS_UNUSUAL = "dismiss unusual access"
    ESCALATE_UNUSUAL = "escalate unusual access"
    REOPEN_UNUSUAL = "reopen unusual access"
    QUESTION_ACCESS = "question an access"
    ANSWER_QUESTION = "answer a question"
    ISSUE = "issue a document"
    CHECK_DOCUMENT = "check a document"
    EXPORT_ALL = "export every record"
    MAKE_LINK = "make a one-time link"
    FETCH_LINK = "fetch by a one-time link"
    END_LINK = "end a one-time link"
    KEEP_BACKUP_KEY = "keep a key for backups"
    BACK_UP = "make a backup"
    CHECK_BACKUP = "check a backup"
    RESTORE = "restore a backup"
    CHANGE_BACKUP_PLACES = "change where backups go"
    DRILL = "restore drill"
    BRING_BACK = "bring back from a backup"
    LOOK_INTO_BACKUP = "look into a backup"
    BRING_OWN_BACK = "bring settings and staff back"
    CHANGE_UNLOCKING = "change what opens the clinic"
    ASK_RESTORE = "ask for a restore"
    NEW_DATA_KEY = "change the key of the records"
    SWAP_STORE = "put other records in place"
    DELETE_REPLACED = "delete replaced records"


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    COUNTED = "counted"


class Method(StrEnum):
    """By which right a record was reached."""

    NONE = ""
    OWN = "own record"
    CARE = "care"
    CODE = "code"
    QR = "QR"
    EMERGENCY = "emergency"
    GUARDIAN = "guardian"
    COMMAND = "command line"
    STANDING = "standing permission"
    CLINIC = "of the clinic"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Name and role are copied into the entry: they must outlive the account."""

    account: AccountId | None
    name: str
    role: Role | None


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One entry as the act hands it to the store, which adds number, salt and hash.

    `at`: milliseconds UTC. `why` is the stable code of a refusal or a typed reason. `extra` holds
    counts and changed fields; never clinical text.
    """

    at: int
    act: Act
    outcome: Outcome
    actor: Actor
    patient: PatientId | None = None
    method: Method = Method.NONE
    sections: frozenset[Section] = frozenset()
    why: str = ""
    session: str = ""
    ip: str = ""
    agent: str = ""
    node: str = ""
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LoggedRead:
    """Proof that a read is already in the log: the store checks it before it hands anything out."""

    seq: int


Evidence = AuditEvent | LoggedRead


class ChainedRow(NamedTuple):
    """One entry as it is kept. `salt` and `detail` are None once erased; `commitment` stays."""

    seq: int
    at: int
    act: str
    outcome: str
    account: int | None
    patient: int | None
    method: str
    sections: str
    why: str
    salt: bytes | None
    detail: bytes | None
    commitment: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as it is read: what was kept, with its personal detail opened."""

    seq: int
    at: int
    act: str
    outcome: str
    account: int | None
    patient: PatientId | None
    method: str
    sections: tuple[str, ...]
    why: str
    actor_name: str
    actor_role: str
    session: str
    ip: str
    agent: str
    node: str
    extra: dict[str, str]


# ---- an entry as bytes


def detail_bytes(event: AuditEvent) -> bytes:
    """The personal part of an entry: canonical JSON (keys sorted, no spaces, UTF-8)."""
    detail = {
        "agent": event.agent,
        "extra": dict(event.extra),
        "ip": event.ip,
        "name": event.actor.name,
        "node": event.node,
        "role": event.actor.role or "",
        "session": event.session,
    }
    if event.outcome is Outcome.DONE and event.why:
        detail["why"] = event.why[:LONGEST_REASON]
    return json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def section_words(sections: Iterable[Section]) -> str:
    """Sections as they are kept in an entry."""
    return ",".join(sorted(sections))


def commit_to(salt: bytes | None, detail: bytes) -> bytes:
    """The commitment to a personal detail."""
    return hashlib.sha256((salt or b"") + detail).digest()


_FIXED = struct.Struct(">QqqqHHHHH")
_NOBODY = -1


def entry_hash(before: bytes, row: ChainedRow) -> bytes:
    """The hash that chains `row` to the entry before it."""
    lengths, texts = _common_texts(row.act, row.outcome, row.method, row.sections)
    why = row.why.encode()
    fixed = _FIXED.pack(
        row.seq,
        row.at,
        _NOBODY if row.account is None else row.account,
        _NOBODY if row.patient is None else row.patient,
        *lengths,
        len(why),
    )
    return hashlib.sha256(b"".join((before, fixed, texts, why, row.commitment))).digest()


@lru_cache(maxsize=4096)
def _common_texts(*texts: str) -> tuple[tuple[int, ...], bytes]:
    """What most entries say in the same words: lengths and bytes. A check of a million entries
    meets a few dozen."""
    encoded = [text.encode() for text in texts]
    return tuple(map(len, encoded)), b"".join(encoded)


def was_doubted(row_detail: bytes | None) -> bool:
    """Whether the clock was in doubt when an entry was written."""
    return bool(row_detail) and "doubted" in json.loads(row_detail or b"{}").get("extra", {})


def chain(event: AuditEvent, seq: int, before: bytes, salt: bytes) -> ChainedRow:
    """The row that appends `event` as entry `seq` after the entry whose hash is `before`."""
    detail = detail_bytes(event)
    row = ChainedRow(
        seq=seq,
        at=event.at,
        act=event.act.value,
        outcome=event.outcome.value,
        account=event.actor.account,
        patient=event.patient,
        method=event.method.value,
        sections=section_words(event.sections),
        why="" if event.outcome is Outcome.DONE else event.why[:LONGEST_REASON],
        salt=salt,
        detail=detail,
        commitment=commit_to(salt, detail),
        hash=b"",
    )
    return row._replace(hash=entry_hash(before, row))


def open_entry(row: ChainedRow) -> AuditEntry:
    """A kept row as it is read. Erased detail shows as empty."""
    detail = json.loads(row.detail.decode()) if row.detail else {}
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        act=row.act,
        outcome=row.outcome,
        account=row.account,
        patient=PatientId(row.patient) if row.patient is not None else None,
        method=row.method,
        sections=tuple(part for part in row.sections.split(",") if part),
        why=row.why or detail.get("why", ""),
        actor_name=detail.get("name", ""),
        actor_role=detail.get("role", ""),
        session=detail.get("session", ""),
        ip=detail.get("ip", ""),
        agent=detail.get("agent", ""),
        node=detail.get("node", ""),
        extra=detail.get("extra", {}),
    )
