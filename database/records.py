"""Clinical entries: read whole sections at once, added together, received from other systems.

All kinds share one table, clustered by patient (`schema.entry`). How each kind lies in it is the
table `LAYOUTS`: which of its fields stand in columns of their own, and which in `more`.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, desc, insert, select, update

from database import schema
from database.engine import StoreFile
from database.log import LogKeeper
from database.patients import fetch_patient, insert_patient
from database.statement import AnyRow, Statement
from medilink.audit import AuditEvent, LoggedRead
from medilink.errors import EditedMeanwhile, NotFound
from medilink.people import PatientId
from medilink.records import (
    ALL_SECTIONS,
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
    section_of,
)
from medilink.store import Evidence
from security.codes import uid_from_name

_TABLE = schema.entry
_COLUMNS = tuple(c.name for c in _TABLE.c if c.name != "patient_id")
_PLACE = {name: place for place, name in enumerate(_COLUMNS)}
_MORE, _SECTION = _PLACE["more"], _PLACE["section"]
_SECTIONS = {section.value: section for section in Section}


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of entry lies in the table.

    `pick` takes the entry's fields out of row + (section,) + more. `columns` pairs fields with
    their columns; `more` names the fields kept in the JSON list, `empty` what they are without one.
    """

    entry: type[Entry]
    place: str
    pick: Callable[[AnyRow], AnyRow]
    columns: tuple[tuple[str, str], ...]
    more: tuple[str, ...]
    empty: AnyRow


def _layout(entry: type[Entry], place: str, *more: str, **called: str) -> Layout:
    own = {field.name: field.default for field in fields(entry)}
    after_row = len(_COLUMNS)
    places = {name: after_row + 1 + number for number, name in enumerate(more)}
    columns = [(name, called.get(name, name)) for name in own if name not in more]
    places |= {name: _PLACE[column] for name, column in columns} | {"section": after_row}
    return Layout(
        entry,
        place,
        itemgetter(*(places[name] for name in own)),
        tuple(pair for pair in columns if pair[0] != "section"),
        more,
        tuple(own[name] for name in more),
    )


LAYOUTS: dict[Section, Layout] = {
    Section.ALERTS: _layout(Alert, "alerts", text="name"),
    Section.ALLERGIES: _layout(Allergy, "allergies", "reaction", "severity", substance="name"),
    Section.CONDITIONS: _layout(Condition, "conditions", "ended_at"),
    Section.MEDICATIONS: _layout(Medication, "medications", "dose", "reason"),
    Section.VITALS: _layout(Observation, "observations", "text"),
    Section.RESULTS: _layout(Observation, "observations", "text"),
    Section.VISITS: _layout(
        Encounter, "encounters", "reason", "diagnosis", "treatment", "notes", kind="name"
    ),
}
PLACES = tuple(dict.fromkeys(layout.place for layout in LAYOUTS.values()))

_BACKWARDS = [desc(c) for c in (_TABLE.c.patient_id, _TABLE.c.section, _TABLE.c.at, _TABLE.c.uid)]
_WHOLE = (
    select(*(_TABLE.c[name] for name in _COLUMNS))
    .where(_TABLE.c.patient_id == bindparam("patient"))
    .order_by(*_BACKWARDS)
)
_READ_ALL = Statement(_WHOLE)
_READ_SECTION = Statement(_WHOLE.where(_TABLE.c.section == bindparam("wanted")))
_INSERT = Statement(
    insert(_TABLE).values({name: bindparam(name) for name in ("patient_id", *_COLUMNS)})
)
_SAME = (
    (_TABLE.c.patient_id == bindparam("patient"))
    & (_TABLE.c.section == bindparam("wanted"))
    & (_TABLE.c.at == bindparam("then"))
    & (_TABLE.c.uid == bindparam("entry_uid"))
)
_STATUS = Statement(select(_TABLE.c.status).where(_SAME))
_CLOSE = Statement(
    update(_TABLE).where(_SAME).values(status=bindparam("new_status"), more=bindparam("new_more"))
)
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
            rows = _rows_of(connection, patient, sections)
            person = fetch_patient(connection, patient)
        return Record(person, sections, **_by_place(rows)), LoggedRead(seq)

    def add(self, patient: PatientId, entries: Sequence[Entry], *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            _insert_entries(connection, patient, entries)

    def close_entry(
        self, patient: PatientId, entry: Entry, status: str, at: int, *, audit: AuditEvent
    ) -> None:
        closed = replace(entry, ended_at=at) if isinstance(entry, Condition) else entry
        which = {
            "patient": patient,
            "wanted": section_of(entry).value,
            "then": entry.at,
            "entry_uid": entry.uid,
        }
        with self._log.transaction(audit) as connection:
            found = _STATUS.run(connection, **which).scalar()
            if found is None:
                raise NotFound
            if found != getattr(entry, "status", None):
                raise EditedMeanwhile(theirs=found)
            more = _as_row(patient, closed)["more"]
            _CLOSE.run(connection, new_status=status, new_more=more, **which)

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


# ---- rows and entries


def _rows_of(
    connection: Connection, patient: PatientId, sections: frozenset[Section]
) -> Iterable[AnyRow]:
    """Rows of the sections, newest first within each. A whole record is one statement."""
    if sections == ALL_SECTIONS:
        return _READ_ALL.run(connection, patient=patient).all()
    rows: list[AnyRow] = []
    for section in sorted(sections):
        rows += _READ_SECTION.run(connection, patient=patient, wanted=section.value).all()
    return rows


def _by_place(rows: Iterable[AnyRow]) -> dict[str, Any]:
    """The entries of rows, by their place in a Record."""
    found: dict[str, list[Entry]] = {place: [] for place in PLACES}
    for row in rows:
        section = _SECTIONS[row[_SECTION]]
        layout = LAYOUTS[section]
        more = tuple(json.loads(row[_MORE])) if row[_MORE] else layout.empty
        found[layout.place].append(layout.entry(*layout.pick((*row, section, *more))))
    # vitals and results share a place: one list, newest first
    found["observations"].sort(key=_newest_first)
    return {place: tuple(entries) for place, entries in found.items()}


def _newest_first(entry: Entry) -> int:
    return -entry.at


_BLANK: dict[str, Any] = dict.fromkeys(_COLUMNS, "") | {"encounter": None}


def _as_row(patient: PatientId, entry: Entry) -> dict[str, Any]:
    """An entry as a row of the table."""
    section = section_of(entry)
    layout = LAYOUTS[section]
    row = _BLANK | {column: getattr(entry, name) for name, column in layout.columns}
    row["patient_id"], row["section"] = patient, section.value
    more = tuple([getattr(entry, name) for name in layout.more])
    if more != layout.empty:
        row["more"] = json.dumps(more, ensure_ascii=False)
    return row


def _insert_entries(connection: Connection, patient: PatientId, entries: Iterable[Entry]) -> None:
    _INSERT.run_many(connection, [_as_row(patient, entry) for entry in entries])


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
