"""WHO may do what, as one table; and by which right a record may be opened.

`check_…` raises, `can_…` answers for the page. What is not in the table is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from medilink.audit import Method
from medilink.errors import NoRight, Refused
from medilink.people import Account, AccountId, PatientId, Role
from medilink.records import ALL_SECTIONS, Section
from medilink.sharing import Grant, opens_for


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
    MANAGE_STAFF = "manage staff"
    IMPORT = "import records"
    SETTINGS = "change settings"


MAY: dict[Role, frozenset[Task]] = {
    Role.PROVIDER: frozenset({Task.FIND, Task.REGISTER, Task.CARE, Task.SCAN, Task.WRITE}),
    Role.PATIENT: frozenset({Task.SHARE, Task.READ_OWN_LOG, Task.WRITE_OWN}),
    Role.ADMIN: frozenset(
        {Task.FIND, Task.REGISTER, Task.READ_LOG, Task.MANAGE_STAFF, Task.IMPORT, Task.SETTINGS}
    ),
    Role.SYSTEM: frozenset({Task.IMPORT, Task.READ_LOG}),
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
    """By what right which sections may be read, and until when (None: no end set)."""

    method: Method
    sections: frozenset[Section]
    until: int | None
    reason: str = ""
    grant: Grant | None = None


CARE_HOURS = 24  # a visit and the results that come in by the next morning


def rights_to(
    who: Account,
    patient: PatientId,
    *,
    grants: Iterable[Grant],
    care: CareRelation | None,
    now: int,
) -> list[Right]:
    """Every right `who` has to read this patient now, widest first. Empty: none."""
    if who.role is Role.PATIENT:
        return [Right(Method.OWN, ALL_SECTIONS, None)] if who.patient == patient else []
    if who.role is not Role.PROVIDER:
        return []
    rights = [
        Right(Method.CODE, grant.sections, grant.expires_at, grant.purpose, grant)
        for grant in grants
        if grant.patient == patient and opens_for(grant, who.id, now)
    ]
    if care and care.patient == patient and care.account == who.id and now < care.until:
        rights.append(Right(Method.CARE, ALL_SECTIONS, care.until, care.reason))
    return sorted(rights, key=lambda right: len(right.sections), reverse=True)


def check_can_open(rights: list[Right]) -> Right:
    """The widest right, with what all rights together open. Raises NoRight."""
    if not rights:
        raise NoRight
    sections = frozenset[Section]().union(*(right.sections for right in rights))
    return replace(rights[0], sections=sections)


WRITES_BY = frozenset({Method.CARE})
WRITES_OWN_BY = frozenset({Method.OWN})


def check_can_write(rights: list[Right], *, own: bool = False) -> Right:
    """The right to write: care only; a code of this kind opens for reading. `own`: what belongs to
    the person, written by the person. Raises NoRight."""
    for right in rights:
        if right.method in (WRITES_OWN_BY if own else WRITES_BY):
            return right
    raise NoRight
