"""Bringing in records from files: each person whole or not at all, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from medilink.acts.check_document import check_unchanged
from medilink.acts.refusing import check_task
from medilink.audit import Act, AuditEvent, Method
from medilink.desk import Desk
from medilink.errors import FileChanged, FileUnreadable, NotValid, SignerUnknown
from medilink.intake.csv_table import read_patients_csv
from medilink.intake.fhir import read_bundle
from medilink.intake.own_files import is_locked, record_within, unlock
from medilink.intake.own_record import read_record_file
from medilink.people import Role
from medilink.permissions import Task
from medilink.proving import is_sealed
from medilink.receiving import ReceivedPatient, Unread, WholePerson, patient_uid
from medilink.records import Entry, section_of

LARGEST_FILE_BYTES = 200 * 1024 * 1024
Incoming = ReceivedPatient | WholePerson


@dataclass(slots=True)
class ImportReport:
    """What an import did: people and entries added, entries here before, what could not be read,
    and whole files that could not be read (name, sentence)."""

    people: int = 0
    entries: int = 0
    already_here: int = 0
    unread: list[Unread] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)


def read_file(
    desk: Desk, name: str, content: bytes, password: str = "", *, strangers: bool = False
) -> tuple[list[Incoming], list[Unread]]:
    """The people in a file MediLink wrote, also a locked zip of all records, in a FHIR R4 bundle
    (JSON) or a CSV table. Raises FileUnreadable; FileLocked, FilePasswordWrong; FileChanged where
    MediLink wrote it and it is not what was signed; SignerUnknown where a clinic signed it that is
    not known here, unless `strangers` may come in. Of many files in a zip, those that cannot be
    read are named with the rest."""
    files = unlock(name, content, password) if is_locked(content) else [(name, content)]
    if len(files) == 1:
        return _read_one(desk, *files[0], strangers=strangers)
    people: list[Incoming] = []
    unread: list[Unread] = []
    for inside, held in files:
        try:
            found, left = _read_one(desk, inside, held, strangers=strangers)
        except (FileUnreadable, FileChanged, SignerUnknown) as error:
            unread.append(Unread(inside, error.sentence))
            continue
        people += found
        unread += left
    return people, unread


def _read_one(
    desk: Desk, name: str, content: bytes, *, strangers: bool
) -> tuple[list[Incoming], list[Unread]]:
    if (own := record_within(content)) is not None:
        found = check_unchanged(desk, content)
        if not found.vouched and not strangers:
            raise SignerUnknown(clinic=found.signer.name, words=found.signer.words)
        return [replace(read_record_file(own), vouched=found.vouched)], []
    if is_sealed(content):
        check_unchanged(desk, content)
    if content.startswith((b"%PDF-", b"PK\x03\x04")):
        raise FileUnreadable(why="no record that MediLink wrote is in it.")
    if PurePath(name).suffix.lower() in (".csv", ".tsv", ".txt"):
        today = desk.clock().date()
        people, unread = read_patients_csv(content, name, today, desk.clinic.country)
    else:
        people, unread = read_bundle(content, name)
    return list(people), unread


def bring_in(
    desk: Desk,
    people: Iterable[Incoming],
    report: ImportReport,
    progress: Callable[[int], None] = lambda _done: None,
) -> ImportReport:
    """Store what was read, one person a transaction; `progress` is told after each.

    Running it again adds nothing twice: people and entries are known by their ids at the source.
    """
    check_task(desk, Task.IMPORT, Act.IMPORT)
    for done, received in enumerate(people, start=1):
        try:
            added, entries, before = _bring_in_one(desk, received)
        except NotValid as error:
            report.unread.append(Unread(received.details.full_name, error.sentence))
            continue
        report.people += added
        report.entries += entries
        report.already_here += before
        progress(done)
    return report


def _bring_in_one(desk: Desk, received: Incoming) -> tuple[int, int, int]:
    if isinstance(received, WholePerson):
        event = _event(desk, received.entries, len(received.entries))
        return desk.store.records.receive_whole(
            received, node_code=desk.clinic.node_code, audit=event
        )
    understood = [entry for part in received.entries for entry in part.understood]
    event = _event(desk, understood, len(received.entries))
    uid, node_code = patient_uid(received.source_id), desk.clinic.node_code
    return desk.store.records.receive(received, uid=uid, node_code=node_code, audit=event)


def _event(desk: Desk, understood: Iterable[Entry], count: int) -> AuditEvent:
    return desk.event(
        Act.IMPORT,
        method=Method.COMMAND if desk.who.role is Role.SYSTEM else Method.NONE,
        sections={section_of(entry) for entry in understood},
        entries=count,
    )
