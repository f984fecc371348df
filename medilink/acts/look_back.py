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
from medilink.audit import Act, AuditEntry, Evidence, LoggedRead, Outcome
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.looking import (
    LATELY_DAYS,
    SHOWN_OF_OTHERS,
    SHOWN_TO_PATIENT,
    Show,
    Wanted,
    has_opened,
    is_wanted,
    people_in,
)
from medilink.people import Patient, PatientId
from medilink.permissions import Task
from medilink.store import LogFilter

PAGE_ENTRIES = 100
ENTRIES_AT_ONCE = 4_000  # while all are read: a few megabytes, and an archived part few times
MOST_SHOWN = 10_000  # of one patient at once: years of a busy record
EVERYTHING = Wanted()

_AT_ONCE = 500  # entries asked of the store at once: what is not wanted is left out afterwards


def who_looked_at_my_record(
    desk: Desk,
    *,
    patient: PatientId | None = None,
    wanted: Wanted = EVERYTHING,
    limit: int = PAGE_ENTRIES,
) -> list[AuditEntry]:
    """Every access to one's own record, or a child's, refused ones too, newest first."""
    patient = own_record(desk, Act.READ_LOG, Task.READ_OWN_LOG, patient)
    event = desk.event(Act.READ_LOG, patient)
    return read_once(desk, event, lambda audit: entries_shown(desk, patient, wanted, limit, audit))


def who_opened_lately(desk: Desk, patient: PatientId | None = None) -> dict[str, str]:
    """Everyone else who saw what is in one's own record, or a child's, in the last 30 days: their
    names, by what `looker` calls them."""
    since = desk.now - LATELY_DAYS * DAY_MS
    lately = Wanted(Show.OTHERS, since=since)
    found = who_looked_at_my_record(desk, patient=patient, wanted=lately, limit=MOST_SHOWN)
    return people_in(entry for entry in found if has_opened(entry, desk.who.id))


def keeps_older_parts(desk: Desk) -> bool:
    """Whether there is an archive to look further back in."""
    return bool(desk.store.log_archive.of_segments())


def entries_shown(
    desk: Desk, patient: PatientId, wanted: Wanted, limit: int, audit: Evidence
) -> tuple[list[AuditEntry], LoggedRead]:
    """The newest entries about a patient that are wanted and theirs to see. For acts that have
    checked whose they are."""
    asked = LogFilter(
        patient=patient,
        acts=SHOWN_TO_PATIENT | SHOWN_OF_OTHERS,
        outcome=Outcome.REFUSED if wanted.show is Show.REFUSED else "",
        since=wanted.since,
        archive=wanted.archive,
    )
    kept: list[AuditEntry] = []
    while True:
        found, logged = desk.store.log.list_entries(asked, limit=_AT_ONCE, audit=audit)
        kept += [entry for entry in found if is_wanted(entry, wanted, desk.who.id)]
        if len(kept) >= limit or len(found) < _AT_ONCE:
            return kept[:limit], logged
        asked, audit = replace(asked, before_seq=found[-1].seq), logged


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
    filtered, to = filters_set(wanted), filters_said(wanted)
    event = desk.event(Act.READ_LOG, wanted.patient, filtered=filtered, to=to)
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


def filters_said(wanted: LogFilter) -> str:
    """What the filters were set to, for the log; the patient is the entry's own."""
    said = {
        "account": wanted.account,
        "acts": ", ".join(sorted(wanted.acts)),
        "outcome": wanted.outcome,
        "since": wanted.since,
        "until": wanted.until,
    }
    return "; ".join(f"{name} {value}" for name, value in said.items() if value not in (None, ""))
