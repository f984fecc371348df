"""Bringing in records from files: each person whole or not at all, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePath

from medilink.acts.refusing import check_task
from medilink.audit import Act, Method
from medilink.desk import Desk
from medilink.intake.csv_table import read_patients_csv
from medilink.intake.fhir import read_bundle
from medilink.people import Role
from medilink.permissions import Task
from medilink.receiving import ReceivedPatient, Unread, patient_uid
from medilink.records import section_of

LARGEST_FILE_BYTES = 200 * 1024 * 1024


@dataclass(slots=True)
class ImportReport:
    """What an import did: people and entries added, entries here before, what
    could not be read, and whole files that could not (name, sentence)."""

    people: int = 0
    entries: int = 0
    already_here: int = 0
    unread: list[Unread] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)


def read_file(desk: Desk, name: str, content: bytes) -> tuple[list[ReceivedPatient], list[Unread]]:
    """The people in a FHIR R4 bundle (JSON) or a CSV table. Raises FileUnreadable."""
    if PurePath(name).suffix.lower() in (".csv", ".tsv", ".txt"):
        today = desk.clock().date()
        return read_patients_csv(content, name, today, desk.clinic.country)
    return read_bundle(content, name)


def bring_in(
    desk: Desk,
    people: Iterable[ReceivedPatient],
    report: ImportReport,
    progress: Callable[[int], None] = lambda _done: None,
) -> ImportReport:
    """Store what was read, one person a transaction; `progress` is told after each.

    Running it again adds nothing twice: people and entries are known by their ids at the source.
    """
    check_task(desk, Task.IMPORT, Act.IMPORT)
    for done, received in enumerate(people, start=1):
        added, entries, before = _bring_in_one(desk, received)
        report.people += added
        report.entries += entries
        report.already_here += before
        progress(done)
    return report


def _bring_in_one(desk: Desk, received: ReceivedPatient) -> tuple[int, int, int]:
    uid = patient_uid(received.source_id)
    understood = [entry for part in received.entries for entry in part.understood]
    event = desk.event(
        Act.IMPORT,
        method=Method.COMMAND if desk.who.role is Role.SYSTEM else Method.NONE,
        sections={section_of(entry) for entry in understood},
        entries=len(received.entries),
    )
    return desk.store.records.receive(
        received, uid=uid, node_code=desk.clinic.node_code, audit=event
    )
