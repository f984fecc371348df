"""Clinical entries: read whole sections at once, added together, received from other systems.

One small table description per kind of entry (`_Kind`) serves reading, adding and receiving.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Table, bindparam, desc, insert, select, update

from database import schema
from database.engine import StoreFile
from database.log import LogKeeper
from database.patients import fetch_patient, insert_patient
from database.statement import Statement
from medilink.audit import AuditEvent, LoggedRead
from medilink.errors import EditedMeanwhile, NotFound
from medilink.people import PatientId
from medilink.records import (
    Alert,
    Allergy,
    Condition,
    Encounter,
    Entry,
    Medication,
    Observation,
    ReceivedEntry,
    ReceivedPatient,
    Record,
    Section,
)
from medilink.store import Evidence
from security.codes import uid_from_name


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of entry is kept: its table, its place in a Record, the sections it needs."""

    entry: type[Entry]
    table: Table
    place: str
    sections: frozenset[Section]
    names: tuple[str, ...]
    select_all: Statement
    insert_one: Statement
    make: Callable[..., Entry]


def _kind(entry: type[Entry], table: Table, place: str, *sections: Section) -> _Kind:
    names = tuple(field.name for field in fields(entry))
    columns = [table.c[name] for name in names]
    of_patient = table.c.patient_id == bindparam("patient")
    newest_first = select(*columns).where(of_patient).order_by(desc(table.c.at), table.c.uid)
    values: dict[str, Any] = {name: bindparam(name) for name in ("patient_id", *names)}
    return _Kind(
        entry,
        table,
        place,
        frozenset(sections),
        names,
        Statement(newest_first),
        Statement(insert(table).values(values)),
        entry,
    )


KINDS: tuple[_Kind, ...] = (
    _kind(Alert, schema.alert, "alerts", Section.ALERTS),
    _kind(Allergy, schema.allergy, "allergies", Section.ALLERGIES),
    _kind(Condition, schema.condition, "conditions", Section.CONDITIONS),
    _kind(Medication, schema.medication, "medications", Section.MEDICATIONS),
    _kind(Observation, schema.observation, "observations", Section.VITALS, Section.RESULTS),
    _kind(Encounter, schema.encounter, "encounters", Section.VISITS),
)
_KIND_OF = {kind.entry: kind for kind in KINDS}
_CLOSABLE = {Condition: "ended_at", Medication: None, Alert: None, Allergy: None}

_RECEIVED_BEFORE = Statement(
    select(schema.received.c.digest).where(
        schema.received.c.patient_id == bindparam("patient"),
        schema.received.c.kind == bindparam("kind"),
        schema.received.c.uid == bindparam("uid"),
    )
)
_RECEIVE = Statement(
    insert(schema.received).values(
        {name: bindparam(name) for name in ("patient_id", "kind", "uid", "digest", "body")}
    )
)


class Records:
    """Implements medilink.store.RecordStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def read(
        self, patient: PatientId, sections: frozenset[Section], *, audit: Evidence
    ) -> tuple[Record, LoggedRead]:
        with self._log.reading(audit, patient) as (connection, seq):
            parts = {
                kind.place: _read_kind(connection, kind, patient, sections)
                for kind in KINDS
                if kind.sections & sections
            }
            person = fetch_patient(connection, patient)
        return Record(person, sections, **parts), LoggedRead(seq)  # type: ignore[arg-type]

    def add(self, patient: PatientId, entries: Sequence[Entry], *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            _insert_entries(connection, patient, entries)

    def close_entry(
        self, patient: PatientId, entry: Entry, status: str, at: int, *, audit: AuditEvent
    ) -> None:
        table, ends = _KIND_OF[type(entry)].table, _CLOSABLE[type(entry)]
        same = (
            (table.c.patient_id == patient) & (table.c.at == entry.at) & (table.c.uid == entry.uid)
        )
        values: dict[str, Any] = {"status": status} | ({ends: at} if ends else {})
        with self._log.transaction(audit) as connection:
            found = connection.execute(select(table.c.status).where(same)).scalar()
            if found is None:
                raise NotFound
            if found != getattr(entry, "status", None):
                raise EditedMeanwhile(theirs=found)
            connection.execute(update(table).where(same).values(values))

    def receive(
        self, received: ReceivedPatient, *, uid: bytes, node_code: str, audit: AuditEvent
    ) -> tuple[int, int, int]:
        with self._log.transaction_naming_patient(audit) as (connection, name_patient):
            same = schema.patient.c.uid == uid
            found = connection.execute(select(schema.patient.c.id).where(same)).scalar()
            if found is None:
                new = insert_patient(connection, received.details, uid, node_code, audit.at)
            patient = PatientId(found) if found is not None else new.id
            name_patient(patient)
            fresh = [
                part for part in received.entries if _take_in(connection, patient, received, part)
            ]
            _insert_entries(connection, patient, [e for part in fresh for e in part.understood])
        return int(found is None), len(fresh), len(received.entries) - len(fresh)


def _take_in(
    connection: Connection, patient: PatientId, whole: ReceivedPatient, part: ReceivedEntry
) -> bool:
    """Keep one resource as it came, unless it is here already. Whether it is new."""
    uid = uid_from_name(f"{whole.source_id}|{part.kind}|{part.source_id}")
    if _RECEIVED_BEFORE.run(connection, patient=patient, kind=part.kind, uid=uid).first():
        return False
    _RECEIVE.run(
        connection,
        patient_id=patient,
        kind=part.kind,
        uid=uid,
        digest=hashlib.sha256(part.body).digest(),
        body=zlib.compress(part.body, 6),
    )
    return True


def _read_kind(
    connection: Connection, kind: _Kind, patient: PatientId, sections: frozenset[Section]
) -> tuple[Entry, ...]:
    rows = kind.select_all.run(connection, patient=patient)
    if kind.entry is not Observation:
        return tuple([kind.make(*row) for row in rows])
    wanted = kind.sections & sections
    place = kind.names.index("section")
    made = (
        kind.make(*row[:place], _SECTIONS[row[place]], *row[place + 1 :])
        for row in rows
        if row[place] in wanted
    )
    return tuple(made)


_SECTIONS = {section.value: section for section in Section}


def _insert_entries(connection: Connection, patient: PatientId, entries: Iterable[Entry]) -> None:
    by_kind: dict[type, list[dict[str, Any]]] = {}
    for entry in entries:
        kind = _KIND_OF[type(entry)]
        row: dict[str, Any] = {name: getattr(entry, name) for name in kind.names}
        row["patient_id"] = patient
        if "section" in row:
            row["section"] = row["section"].value
        by_kind.setdefault(kind.entry, []).append(row)
    for entry_type, rows in by_kind.items():
        _KIND_OF[entry_type].insert_one.run_many(connection, rows)
