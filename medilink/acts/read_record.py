"""The one gate: every read of a patient's data goes through here.

The right is checked on every call, also when the page only redraws: a withdrawn code closes the
record at the next click. The log gets one entry per opening (see `once`).
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.credentials import check_standing, in_standing
from medilink.acts.once import read_once
from medilink.acts.refusing import refusals_logged
from medilink.audit import Act, Method
from medilink.desk import Desk
from medilink.errors import NotVerified
from medilink.people import Patient, PatientId
from medilink.permissions import Right, Task, can, check_can_open, rights_to
from medilink.records import ALL_SECTIONS, Record, Section


@dataclass(frozen=True, slots=True)
class Opened:
    """A record as it may be seen, and the right it is seen by."""

    record: Record
    right: Right
    can_write: bool


def open_record(
    desk: Desk, patient: PatientId, wanted: frozenset[Section] = ALL_SECTIONS
) -> Opened:
    """The sections of a record this desk may see now. Raises NoRight, NotSignedIn."""
    with refusals_logged(desk, Act.OPEN_RECORD, patient):
        rights = rights_here(desk, patient)
        right = check_can_open(rights)
    sections = right.sections & wanted
    code = right.grant.id if right.grant else ""
    event = desk.event(
        Act.OPEN_RECORD,
        patient,
        method=right.method,
        sections=sections,
        why=right.reason,
        code=code,
    )
    record = read_once(
        desk, event, lambda audit: desk.store.records.read(patient, sections, audit=audit)
    )
    return Opened(record, right, any(held.method is Method.CARE for held in rights))


def open_identity(desk: Desk, patient: PatientId) -> Patient:
    """Name, age and address of a patient, nothing clinical. Raises NoRight, NotFound."""
    with refusals_logged(desk, Act.OPEN_IDENTITY, patient):
        if not can(desk.who.role, Task.REGISTER):
            check_can_open(rights_here(desk, patient))
    event = desk.event(Act.OPEN_IDENTITY, patient)
    return read_once(desk, event, lambda audit: desk.store.patients.identity(patient, audit=audit))


def may_open(desk: Desk, patient: PatientId, wanted: frozenset[Section] = frozenset()) -> bool:
    """Whether `open_record` would open all of the wanted sections (by default, any at all): the
    page's question, which is no access yet."""
    try:
        rights = rights_here(desk, patient)
    except NotVerified:
        return False
    return bool(rights) and wanted <= check_can_open(rights).sections


def rights_here(desk: Desk, patient: PatientId) -> list[Right]:
    """Every right the person at this desk has to a patient's record now. Raises NotVerified where
    the clinic opens records only to checked providers; an emergency passes, and is reviewed."""
    who, now = desk.who, desk.now
    rights = rights_to(who, patient, desk.store.rights.of_account(who, patient, now), now)
    emergency = [right for right in rights if right.method is Method.EMERGENCY]
    if not emergency:
        check_standing(desk)
    return rights if in_standing(desk) else emergency
