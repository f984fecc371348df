"""The one gate: every read of a patient's data goes through here.

The right is checked on every call, also when the page only redraws: a withdrawn code closes the
record at the next click. The log gets one entry per opening (see `once`). What a right holds back
is taken out here, before anything else sees the record.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.credentials import check_standing, in_standing
from medilink.acts.once import read_once
from medilink.acts.refusing import refusals_logged
from medilink.audit import Act, Evidence, LoggedRead, Method
from medilink.desk import Desk
from medilink.errors import NotVerified
from medilink.handing_out import Asked, cut_to, wanted_of
from medilink.people import Patient, PatientId
from medilink.permissions import Right, Task, can, check_can_open, may_write, rights_to
from medilink.records import ALL_SECTIONS, Document, Record, Section
from medilink.scopes import Sieve, sieve_for


@dataclass(frozen=True, slots=True)
class Opened:
    """A record as it may be seen, and the right it is seen by. `can_add`: new visits and
    measurements at least."""

    record: Record
    right: Right
    can_write: bool
    can_add: bool


def open_record(
    desk: Desk, patient: PatientId, wanted: frozenset[Section] = ALL_SECTIONS
) -> Opened:
    """What this desk may see now of the wanted sections. Raises NoRight, NotSignedIn."""
    return _open(desk, patient, wanted)[0]


def open_asked(desk: Desk, patient: PatientId, asked: Asked) -> tuple[Opened, Record]:
    """All this desk may see now, and what is asked for of it. Raises NoRight, NotSignedIn."""
    opened, sieve = _open(desk, patient, ALL_SECTIONS)
    seen = opened.record
    wanted = wanted_of(seen, asked, sieve)
    return opened, cut_to(seen, seen.sections & asked.sections, wanted)


def _open(desk: Desk, patient: PatientId, wanted: frozenset[Section]) -> tuple[Opened, Sieve]:
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
    record, sieve = read_once(
        desk, event, lambda audit: read_through(desk, patient, right, sections, audit)
    )
    opened = Opened(record, right, may_write(rights), may_write(rights, adds=True))
    return opened, sieve


def read_through(
    desk: Desk, patient: PatientId, right: Right, sections: frozenset[Section], audit: Evidence
) -> tuple[tuple[Record, Sieve], LoggedRead]:
    """The sections as far as a right lets them through, and the sieve that judged. For gates.

    Where something is held back all sections are read: what a visit was about decides about what
    was measured in it.
    """
    asked = ALL_SECTIONS if right.narrowed else sections
    record, logged = desk.store.records.read(patient, asked, audit=audit)
    if not right.narrowed:
        return (record, Sieve(right.scopes)), logged
    sieve = sieve_for(right.scopes, record)
    return (sieve.through(record, sections), sieve), logged


def may_see_document(desk: Desk, right: Right, patient: PatientId, uid: bytes) -> bool:
    """Whether a right reaches a document; for one that is narrowed its record is looked at."""
    if Section.DOCUMENTS not in right.sections or not right.narrowed:
        return Section.DOCUMENTS in right.sections
    record = open_record(desk, patient, frozenset({Section.DOCUMENTS})).record
    seen = (*record.documents, *record.versions)
    return any(isinstance(entry, Document) and entry.uid == uid for entry in seen)


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
