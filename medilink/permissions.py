"""WHO may do what, as one table; and by which right a record may be opened.

`check_…` raises, `can_…` answers for the page. What is not in the table is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from medilink.audit import Method
from medilink.errors import NoRight, Refused
from medilink.people import Account, AccountId, PatientId, Role
from medilink.records import Section
from medilink.scopes import EVERYTHING, Scope
from medilink.sharing import CLOCK_SLACK_MS, Grant, GrantKind, opens_for


class Task(StrEnum):
    """What a role may be allowed to do at all."""

    FIND = "find patients"
    REGISTER = "register patients"
    CARE = "record that a patient is here"
    SCAN = "use access codes"
    WRITE = "write records"
    WRITE_OWN = "keep own contacts, insurance and wishes"
    SHARE = "share own record"
    READ_OWN_LOG = "see who looked at own record"
    READ_LOG = "read the log"
    KEEP_LOG = "archive the log and erase personal details"
    MANAGE_STAFF = "manage staff"
    BREAK_GLASS = "open a record in an emergency"
    REVIEW = "review emergency openings"
    WATCH = "work on unusual access"
    FAMILY = "record guardians"
    KEEP_CREDENTIALS = "keep own credentials"
    CHECK_CREDENTIALS = "check credentials"
    SEE_CARDS = "see who works here"
    MERGE = "compare and merge registrations"
    IMPORT = "import records"
    SETTINGS = "change settings"
    NETWORK = "keep the network of clinics"
    EXPORT_ALL = "take every record out"
    BACK_UP = "make backups and restore them"
    KEYS = "change what opens the clinic"


MAY: dict[Role, frozenset[Task]] = {
    Role.PROVIDER: frozenset(
        {
            Task.FIND,
            Task.REGISTER,
            Task.CARE,
            Task.SCAN,
            Task.WRITE,
            Task.BREAK_GLASS,
            Task.FAMILY,
            Task.KEEP_CREDENTIALS,
            Task.SEE_CARDS,
        }
    ),
    Role.PATIENT: frozenset({Task.SHARE, Task.READ_OWN_LOG, Task.WRITE_OWN, Task.SEE_CARDS}),
    Role.ADMIN: frozenset(
        {
            Task.FIND,
            Task.REGISTER,
            Task.READ_LOG,
            Task.KEEP_LOG,
            Task.MANAGE_STAFF,
            Task.IMPORT,
            Task.SETTINGS,
            Task.NETWORK,
            Task.REVIEW,
            Task.WATCH,
            Task.CHECK_CREDENTIALS,
            Task.SEE_CARDS,
            Task.MERGE,
            Task.EXPORT_ALL,
            Task.BACK_UP,
            Task.KEYS,
        }
    ),
    Role.SYSTEM: frozenset(
        {
            Task.IMPORT,
            Task.READ_LOG,
            Task.KEEP_LOG,
            Task.NETWORK,
            Task.EXPORT_ALL,
            Task.BACK_UP,
        }
    ),
}


def can(role: Role | None, task: Task) -> bool:
    """Whether a role may do a task."""
    return role is not None and task in MAY[role]


def check_can(role: Role | None, task: Task) -> None:
    """Raise Refused where a role may not do a task."""
    if not can(role, task):
        raise Refused


# ---- opening a record


@dataclass(frozen=True, slots=True)
class CareRelation:
    """A provider has recorded that a patient is in their care. Times in milliseconds UTC."""

    patient: PatientId
    account: AccountId
    since: int
    until: int
    reason: str


@dataclass(frozen=True, slots=True)
class Right:
    """By what right what may be read, and until when (None: no end set). `beside`: the scopes of
    other rights held at the same time."""

    method: Method
    scope: Scope
    until: int | None
    reason: str = ""
    grant: Grant | None = None
    beside: tuple[Scope, ...] = ()

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Every scope that may let an entry through."""
        return (self.scope, *self.beside)

    @property
    def sections(self) -> frozenset[Section]:
        """The sections of which something may be read."""
        return frozenset[Section]().union(*(scope.sections for scope in self.scopes))

    @property
    def narrowed(self) -> bool:
        """Whether something may be held back. It says nothing about this record: most codes leave
        the sensitive categories out, whether a record has any or not."""
        return not any(scope.whole for scope in self.scopes)


CARE_HOURS = 24  # a visit and the results that come in by the next morning


EMERGENCY_HOURS = 4  # a casualty is stabilised or sent on by then; longer needs care or a code


@dataclass(frozen=True, slots=True)
class EmergencyAccess:
    """A record opened without a right, with its reason. Times in milliseconds UTC."""

    id: int
    patient: PatientId
    account: AccountId
    since: int
    until: int
    reason: str
    reviewed_at: int | None = None
    reviewed_by: AccountId | None = None
    verdict: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the store knows of somebody's rights to one record. `guards_until`: when the person at
    the desk stops being the patient's guardian, milliseconds UTC; None: they are not."""

    grants: tuple[Grant, ...] = ()
    care: CareRelation | None = None
    emergency: EmergencyAccess | None = None
    guards_until: int | None = None


# How the log names a right that comes from a grant.
METHOD_OF: dict[GrantKind, Method] = {
    GrantKind.CODE: Method.CODE,
    GrantKind.STANDING: Method.STANDING,
    GrantKind.CLINIC: Method.STANDING,
    GrantKind.OFFER: Method.QR,
    GrantKind.CARD: Method.QR,
    GrantKind.ANSWER: Method.QR,
}


def rights_to(who: Account, patient: PatientId, held: Held, now: int) -> list[Right]:
    """Every right `who` has to read this patient now, widest first. Empty: none."""
    if who.role is Role.PATIENT:
        return _rights_of_patient(who, patient, held, now)
    if who.role is not Role.PROVIDER:
        return []
    rights = [
        Right(METHOD_OF[grant.kind], grant.scope, grant.expires_at, grant.purpose, grant)
        for grant in held.grants
        if grant.patient == patient and opens_for(grant, who.id, now)
    ]
    for right, method in ((held.care, Method.CARE), (held.emergency, Method.EMERGENCY)):
        if right and (right.patient, right.account) == (patient, who.id) and _runs(right, now):
            rights.append(Right(method, EVERYTHING, right.until, right.reason))
    return sorted(rights, key=_widest_and_calmest)


def _runs(right: CareRelation | EmergencyAccess, now: int) -> bool:
    """Whether a right has begun and not ended. One that begins later was written while the clock
    ran ahead: it would last for years."""
    return right.since <= now + CLOCK_SLACK_MS and now < right.until


def _rights_of_patient(who: Account, patient: PatientId, held: Held, now: int) -> list[Right]:
    if who.patient == patient:
        return [Right(Method.OWN, EVERYTHING, None)]
    if held.guards_until is not None and now < held.guards_until:
        return [Right(Method.GUARDIAN, EVERYTHING, held.guards_until)]
    return []


def _widest_and_calmest(right: Right) -> tuple[bool, int, int, bool]:
    """An emergency is named as the right only where nothing else opens as much."""
    opened = len(right.scope.sections), len(right.scope.sensitive)
    return right.narrowed, -opened[0], -opened[1], right.method is Method.EMERGENCY


def check_can_open(rights: list[Right]) -> Right:
    """The widest right, with what all rights together open. Raises NoRight."""
    if not rights:
        raise NoRight
    return replace(rights[0], beside=tuple(right.scope for right in rights[1:]))


WRITES_BY = frozenset({Method.CARE})
WRITES_OWN_BY = frozenset({Method.OWN, Method.GUARDIAN})


def check_can_write(rights: list[Right], *, own: bool = False, adds: bool = False) -> Right:
    """The right to write: care. `own`: what belongs to the person, written by the person. `adds`: a
    new visit or measurement, which a patient may let whoever holds a grant write as well. Raises
    NoRight."""
    by_care = [right for right in rights if right.method in (WRITES_OWN_BY if own else WRITES_BY)]
    by_grant = [right for right in rights if adds and right.grant and right.scope.write_back]
    for right in (*by_care, *by_grant):
        return right
    raise NoRight


def may_write(rights: list[Right], *, own: bool = False, adds: bool = False) -> bool:
    """Whether `check_can_write` would let it pass."""
    try:
        check_can_write(rights, own=own, adds=adds)
    except NoRight:
        return False
    return True
