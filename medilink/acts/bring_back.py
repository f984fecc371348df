"""One patient's record looked at in an old backup, and what is missing today brought back.

Whoever looks must be able to read all of the record today: as the one who treats the patient, or in
an emergency, which is reviewed. An administrator is neither. Bringing back is writing: it asks for
care. Both are in the log, where the patient sees them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from medilink.acts.in_copy import desk_in_copy
from medilink.acts.once import read_once
from medilink.acts.read_record import open_record, read_through, rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Evidence, LoggedRead
from medilink.bringing_back import (
    Lost,
    Past,
    bring_again,
    everything,
    lost_since,
    moved_since,
    with_corrections,
)
from medilink.changing import FieldChange, digest_of, field_changes
from medilink.days import utc_day
from medilink.desk import Desk
from medilink.errors import NoRight, NotFound, NothingToBringBack, NotInBackup, ReasonMissing
from medilink.intake.fhir_again import read_again
from medilink.people import Patient, PatientId, tidy
from medilink.permissions import Right, Task, check_can_open, check_can_write, may_write
from medilink.person_entries import Profile
from medilink.records import ALL_SECTIONS, Document, Entry, Record, section_of
from medilink.statements import BackedUp
from medilink.store import Store, Writing
from medilink.visits import check_entry_text


@dataclass(frozen=True, slots=True)
class Compared:
    """A backup's record beside today's. `moved`: how many of its entries stand in somebody else's
    record today; they are not shown. `can_bring`: whether whoever looks may write."""

    patient: Patient
    lost: tuple[Lost, ...]
    moved: int
    can_bring: bool


def check_may_look(desk: Desk, patient: PatientId) -> Right:
    """The right to see a record as it was: to all of it as it is. Raises NoRight, NotVerified,
    Refused, all logged."""
    check_task(desk, Task.WRITE, Act.OPEN_RECORD, patient)
    with refusals_logged(desk, Act.OPEN_RECORD, patient):
        right = check_can_open(rights_here(desk, patient))
        if right.narrowed or not right.sections >= ALL_SECTIONS:
            raise NoRight
    return right


def read_past(desk: Desk, copy: Store, says: BackedUp, patient: PatientId) -> Past:
    """A patient's record out of a copy that was restored from a backup. Logged before it is read.
    Raises NoRight, NotInBackup."""
    right = check_may_look(desk, patient)
    today = open_record(desk, patient).record
    _log_look(desk, patient, right, says.at)
    there = desk_in_copy(desk, copy)
    then = _patient_then(there, today.patient)
    event = there.event(Act.OPEN_RECORD, then, method=right.method, sections=ALL_SECTIONS)
    (record, _), logged = read_through(there, then, right, ALL_SECTIONS, event)
    received, _ = there.store.records.received(then, audit=logged)
    here = {entry.uid for entry in everything(today)}
    gone = {entry.uid for entry in everything(record)} - here
    return Past(
        patient,
        says.generation,
        says.at,
        record,
        with_corrections(desk.store.records.of_others(patient, gone), record),
        _bodies(there, record, gone, logged),
        tuple(read_again(received)),
    )


def compare_with_today(desk: Desk, past: Past) -> Compared:
    """What the backup has and today's record has not. The right is asked for again at every call,
    and what was read once is logged again as any record is. Raises NoRight."""
    right = check_may_look(desk, past.patient)
    _log_look(desk, past.patient, right, past.made_at)
    today = open_record(desk, past.patient).record
    may = may_write(rights_here(desk, past.patient))
    return Compared(today.patient, tuple(lost_since(past, today)), moved_since(past), may)


def bring_back(desk: Desk, past: Past, chosen: Collection[bytes], why: str) -> int:
    """Put the chosen entries back as they were, in one step with its entry in the log; how many
    came back or were changed. Raises NothingToBringBack, ReasonMissing, NoRight, EditedMeanwhile.
    """
    check_task(desk, Task.WRITE, Act.BRING_BACK, past.patient)
    with refusals_logged(desk, Act.BRING_BACK, past.patient):
        right = check_can_write(rights_here(desk, past.patient))
    reason = check_entry_text("Reason", tidy(why))
    if not reason:
        raise ReasonMissing
    today = open_record(desk, past.patient).record
    back = bring_again(past, today, chosen)
    if not back.again and not back.changed:
        raise NothingToBringBack
    lines = _status_lines(desk, back.changed)
    touched = [*back.again, *(after for _, after in back.changed)]
    event = desk.event(
        Act.BRING_BACK,
        past.patient,
        method=right.method,
        sections={section_of(entry) for entry in touched},
        why=reason,
        backup=utc_day(past.made_at),
        generation=past.generation,
        entries=len(back.again),
        changed=len(back.changed),
        changes=digest_of(lines),
    )
    writing = Writing(
        again=back.again,
        changed=back.changed,
        bodies=back.bodies,
        originals=back.originals,
        fields=lines,
    )
    desk.store.records.write(past.patient, writing, audit=event)
    return len(touched)


def _patient_then(there: Desk, today: Patient) -> PatientId:
    """The same person in the copy. Somebody else may have had the number there."""
    found = there.store.patients.by_medilink_id(today.medilink_id)
    if found is None:
        raise NotInBackup
    looking = there.event(Act.OPEN_IDENTITY, found)
    then, _ = there.store.patients.identity(found, audit=looking)
    if then.uid != today.uid:
        raise NotInBackup
    return found


def _log_look(desk: Desk, patient: PatientId, right: Right, made_at: int) -> None:
    """One entry for a look and for the redraws after it, as for any record."""
    event = desk.event(
        Act.OPEN_RECORD,
        patient,
        method=right.method,
        sections=ALL_SECTIONS,
        why=right.reason,
        code=right.grant.id if right.grant else "",
        backup=utc_day(made_at),
    )

    def note(audit: Evidence) -> tuple[None, LoggedRead]:
        if isinstance(audit, LoggedRead):
            return None, audit
        return None, LoggedRead(desk.store.log.write(audit))

    read_once(desk, event, note)


def _bodies(
    there: Desk, record: Record, gone: Collection[bytes], logged: LoggedRead
) -> dict[bytes, bytes]:
    """The bytes of documents and photos that are missing today, as far as the backup has them."""
    wanted = [
        entry.uid if isinstance(entry, Document) else bytes.fromhex(entry.photo)
        for entry in everything(record)
        if entry.uid in gone
        and (isinstance(entry, Document) or (isinstance(entry, Profile) and entry.photo))
    ]
    found: dict[bytes, bytes] = {}
    for uid in wanted:
        try:
            found[uid], _ = there.store.records.document(record.patient.id, uid, audit=logged)
        except NotFound:
            continue
    return found


def _status_lines(desk: Desk, changed: Collection[tuple[Entry, Entry]]) -> tuple[FieldChange, ...]:
    """What an entry of today said of its end, kept beside what it says now."""
    return tuple(
        line
        for before, after in changed
        for line in field_changes(
            desk.now,
            before.uid,
            type(before).__name__,
            {
                name: (getattr(before, name), getattr(after, name))
                for name in ("status", "why")
                if getattr(before, name) != getattr(after, name)
            },
            desk.who.title,
        )
    )
