"""Looking back: who opened my record; what happened in this clinic; is the log whole.

Reading the log is itself in the log.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from medilink.acts.once import read_once
from medilink.acts.read_record import open_identity
from medilink.acts.refusing import check_task
from medilink.acts.share import own_record
from medilink.audit import Act, AuditEntry, LoggedRead
from medilink.desk import Desk
from medilink.people import Patient, PatientId
from medilink.permissions import Task
from medilink.store import LogFilter

PAGE_ENTRIES = 100
ENTRIES_AT_ONCE = 4_000  # while all are read: a few megabytes, and an archived part few times

# What a patient is shown: everything anyone did with the record, and nothing of the machinery.
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
    }
)


def who_looked_at_my_record(
    desk: Desk,
    *,
    patient: PatientId | None = None,
    before_seq: int | None = None,
    limit: int = PAGE_ENTRIES,
) -> list[AuditEntry]:
    """Every access to one's own record, or a child's, refused ones too, newest first."""
    patient = own_record(desk, Act.READ_LOG, Task.READ_OWN_LOG, patient)
    wanted = LogFilter(patient=patient, acts=SHOWN_TO_PATIENT, before_seq=before_seq)
    event = desk.event(Act.READ_LOG, patient)
    return read_once(
        desk,
        event,
        lambda audit: desk.store.log.list_entries(wanted, limit=limit, audit=audit),
    )


def my_activity(desk: Desk, limit: int = PAGE_ENTRIES) -> list[AuditEntry]:
    """What the person at this desk did, newest first. Reading it is on record too."""
    wanted = LogFilter(account=desk.who.id)
    event = desk.event(Act.READ_LOG, why="own activity")
    return read_once(
        desk,
        event,
        lambda audit: desk.store.log.list_entries(wanted, limit=limit, audit=audit),
    )


def my_patients(desk: Desk) -> list[tuple[Patient, int]]:
    """Whoever is in this provider's care now or has shared with them, and until when."""
    check_task(desk, Task.CARE, Act.OPEN_IDENTITY)
    found = desk.store.rights.of_patients(desk.who.id, desk.now)
    return [(open_identity(desk, patient), until) for patient, until in found.items()]


def name_patients(desk: Desk, patients: Collection[PatientId]) -> dict[PatientId, str]:
    """What to call patients without their names: their MediLink IDs. For administrators."""
    check_task(desk, Task.READ_LOG, Act.READ_LOG)
    return desk.store.patients.list_medilink_ids(patients)


def named_patients(desk: Desk, entries: Collection[AuditEntry]) -> dict[PatientId, str]:
    """The MediLink IDs of the patients some entries are about. For administrators."""
    check_task(desk, Task.READ_LOG, Act.READ_LOG)
    patients = {entry.patient for entry in entries if entry.patient is not None}
    return desk.store.patients.list_medilink_ids(patients)


def read_log(desk: Desk, wanted: LogFilter, *, limit: int = PAGE_ENTRIES) -> list[AuditEntry]:
    """Entries of the clinic's log, newest first. For administrators."""
    check_task(desk, Task.READ_LOG, Act.READ_LOG)
    event = desk.event(Act.READ_LOG, wanted.patient, filtered=filters_set(wanted))
    return read_once(
        desk,
        event,
        lambda audit: desk.store.log.list_entries(wanted, limit=limit, audit=audit),
    )


def every_entry(desk: Desk, wanted: LogFilter, logged: LoggedRead) -> Iterator[AuditEntry]:
    """All that is wanted, newest first, a few thousand at a time. `logged`: where the log says
    that they were read."""
    while True:
        some, _ = desk.store.log.list_entries(wanted, limit=ENTRIES_AT_ONCE, audit=logged)
        yield from some
        if len(some) < ENTRIES_AT_ONCE:
            return
        wanted = replace(wanted, before_seq=some[-1].seq)


def filters_set(wanted: LogFilter) -> str:
    """Which filters were set, without what page of the list it was."""
    names = ("patient", "account", "acts", "outcome", "since", "until", "archive")
    return ",".join(name for name in names if getattr(wanted, name))
