"""Clinical entries: read whole sections at once, added together, received from other systems.

All kinds share one table, clustered by patient (`schema.entry`). How each kind lies in it is the
table `LAYOUTS`: which of its fields stand in columns of their own, and which in `more`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, desc, insert, select, update

from database import schema
from database.changes import write_changes
from database.duplicates import given_back
from database.engine import StoreFile
from database.log import LogKeeper
from database.patients import (
    by_uid,
    check_stands,
    fetch_patient,
    insert_known,
    insert_patient,
)
from database.received import attached_to, keep_originals, originals_of, take_in, unknown_bodies
from database.statement import AnyRow, Statement
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.changing import FieldChange
from medilink.errors import EditedMeanwhile, NotFound
from medilink.people import PatientId
from medilink.person_entries import Contact, Coverage, Profile
from medilink.receiving import Original, ReceivedPatient, WholePerson, check_same_person
from medilink.records import (
    ALL_SECTIONS,
    AMENDED,
    NOT_IN_FORCE,
    PLACES,
    Alert,
    Allergy,
    Condition,
    Document,
    Encounter,
    Entry,
    Immunization,
    Medication,
    Observation,
    Procedure,
    Record,
    Section,
    in_force,
    section_of,
)
from medilink.store import Writing

_TABLE = schema.entry
_COLUMNS = tuple(c.name for c in _TABLE.c if c.name != "patient_id")
_PLACE = {name: place for place, name in enumerate(_COLUMNS)}
_MORE, _SECTION, _STATE = _PLACE["more"], _PLACE["section"], _PLACE["status"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How one kind of entry lies in the table.

    `pick` takes the entry's fields out of row + (section,) + more. `columns` pairs fields with
    their columns; `more` names the fields kept in the JSON list, `empty` what they are without one.
    Fields of `more` are only ever added at its end: an older row has a shorter list.
    """

    section: Section
    make: Callable[[Iterable[Any]], Entry]
    place: str
    pick: Callable[[AnyRow], AnyRow]
    columns: tuple[tuple[str, str], ...]
    more: tuple[str, ...]
    empty: AnyRow


def _layout(section: Section, entry: Any, place: str, *more: str, **called: str) -> Layout:
    own: tuple[str, ...] = entry._fields
    more = (*more, "why")
    after_row = len(_COLUMNS)
    places = {name: after_row + 1 + number for number, name in enumerate(more)}
    columns = [(name, called.get(name, name)) for name in own if name not in more]
    places |= {name: _PLACE[column] for name, column in columns if name != "section"}
    places["section"] = after_row
    return Layout(
        section,
        entry._make,
        place,
        itemgetter(*(places[name] for name in own)),
        tuple(pair for pair in columns if pair[0] != "section"),
        more,
        tuple(entry._field_defaults[name] for name in more),
    )


_LAYOUTS = (
    _layout(Section.ALERTS, Alert, "alerts", "level", text="name"),
    _layout(
        Section.ALLERGIES, Allergy, "allergies",
        "reaction", "severity", "certainty", "criticality", substance="name",
    ),
    _layout(Section.CONDITIONS, Condition, "conditions", "ended_at", "course", "certainty"),
    _layout(
        Section.MEDICATIONS, Medication, "medications",
        "dose", "reason", "frequency", "prescriber", "ended_at", "override",
    ),
    _layout(Section.VITALS, Observation, "observations", "text", "low", "high"),
    _layout(Section.RESULTS, Observation, "observations", "text", "low", "high"),
    _layout(
        Section.VISITS, Encounter, "encounters",
        "reason", "diagnosis", "treatment", "notes", "history", "examination", "plan", "follow_up",
        kind="name",
    ),
    _layout(
        Section.IMMUNISATIONS, Immunization, "immunisations",
        "lot", "site", vaccine="name", dose="value",
    ),
    _layout(Section.PROCEDURES, Procedure, "procedures", "outcome"),
    _layout(
        Section.DOCUMENTS, Document, "documents",
        "media", "size", "digest", title="name", kind="code",
    ),
    _layout(
        Section.CONTACTS, Contact, "contacts", "relation", "primary", phone="value",
    ),
    _layout(
        Section.INSURANCE, Coverage, "coverages", "plan", "until", insurer="name", number="value",
    ),
    _layout(
        Section.PERSON, Profile, "profiles",
        "donor", "language", "reach", "email", "pharmacy", "photo", blood="value",
    ),
)  # fmt: skip
LAYOUTS: dict[str, Layout] = {layout.section.value: layout for layout in _LAYOUTS}

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
_UIDS = Statement(select(_TABLE.c.uid).where(_TABLE.c.patient_id == bindparam("patient")))
_STATUS = Statement(select(_TABLE.c.status).where(_SAME))
_CLOSE = Statement(
    update(_TABLE).where(_SAME).values(status=bindparam("new_status"), more=bindparam("new_more"))
)
_KEEP_BODY = Statement(
    insert(schema.document_body).values(
        {name: bindparam(name) for name in ("patient_id", "uid", "body")}
    )
)
_BODY = Statement(
    select(schema.document_body.c.body).where(
        schema.document_body.c.patient_id == bindparam("patient"),
        schema.document_body.c.uid == bindparam("uid"),
    )
)
_FORGET_DRAFT = Statement(
    delete(schema.draft).where(
        schema.draft.c.account_id == bindparam("account"),
        schema.draft.c.patient_id == bindparam("patient"),
        schema.draft.c.kind == bindparam("kind"),
    )
)
_CHANGES = Statement(
    select(*(schema.change.c[name] for name in FieldChange._fields))
    .where(schema.change.c.patient_id == bindparam("patient"))
    .order_by(desc(schema.change.c.at), desc(schema.change.c.uid), schema.change.c.field)
    .limit(bindparam("most"))
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

    def write(self, patient: PatientId, writing: Writing, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            check_stands(connection, patient)
            for before, after in writing.changed:
                _change_entry(connection, patient, before, after)
            _insert_entries(connection, patient, writing.new)
            if writing.again:
                _bring_again(connection, patient, writing)
            for uid, body in unknown_bodies(connection, writing.bodies):
                _KEEP_BODY.run(connection, patient_id=patient, uid=uid, body=body)
            write_changes(connection, patient, writing.fields)
            if writing.draft:
                account, kind = writing.draft
                _FORGET_DRAFT.run(connection, account=account, patient=patient, kind=kind)

    def of_others(self, patient: PatientId, uids: Collection[bytes]) -> frozenset[bytes]:
        if not uids:
            return frozenset()
        theirs = select(_TABLE.c.uid).where(_TABLE.c.patient_id != patient)
        with self._file.reading() as connection:
            found = connection.execute(theirs.where(_TABLE.c.uid.in_(list(uids)))).scalars()
            return frozenset(found) | (given_back(connection, patient) & frozenset(uids))

    def take_in(self, patient: PatientId, entries: Sequence[Entry], *, audit: AuditEvent) -> int:
        try:
            with self._log.transaction(audit) as connection:
                check_stands(connection, patient)
                known = set(_UIDS.run(connection, patient=patient).scalars())
                new = [entry for entry in entries if entry.uid not in known]
                if not new:
                    raise _NothingNew
                _insert_entries(connection, patient, new)
        except _NothingNew:
            return 0
        return len(new)

    def document(
        self, patient: PatientId, uid: bytes, *, audit: Evidence
    ) -> tuple[bytes, LoggedRead]:
        with self._log.reading(audit, patient) as (connection, seq):
            body = _BODY.run(connection, patient=patient, uid=uid).scalar()
        if body is None:
            raise NotFound
        return bytes(body), LoggedRead(seq)

    def received(self, patient: PatientId, *, audit: Evidence) -> tuple[list[Original], LoggedRead]:
        with self._log.reading(audit, patient) as (connection, seq):
            return originals_of(connection, patient), LoggedRead(seq)

    def changes(
        self, patient: PatientId, *, limit: int, audit: Evidence
    ) -> tuple[list[FieldChange], LoggedRead]:
        with self._log.reading(audit, patient) as (connection, seq):
            rows = _CHANGES.run(connection, patient=patient, most=limit).all()
        return [FieldChange(*row) for row in rows], LoggedRead(seq)

    def receive(
        self, received: ReceivedPatient, *, uid: bytes, node_code: str, audit: AuditEvent
    ) -> tuple[int, int, int]:
        with self._log.transaction_naming_patient(audit) as (connection, name_patient):
            found = by_uid(connection, uid)
            patient = (
                found or insert_patient(connection, received.details, uid, node_code, audit.at).id
            )
            name_patient(patient)
            fresh = take_in(connection, patient, received, known=found is not None)
            _insert_entries(connection, patient, [e for part in fresh for e in part.understood])
            for body_uid, body in attached_to(connection, fresh):
                _KEEP_BODY.run(connection, patient_id=patient, uid=body_uid, body=body)
        return int(found is None), len(fresh), len(received.entries) - len(fresh)

    def receive_whole(
        self, whole: WholePerson, *, node_code: str, audit: AuditEvent
    ) -> tuple[int, int, int]:
        with self._log.transaction_naming_patient(audit) as (connection, name_patient):
            found = by_uid(connection, whole.uid)
            if found and not whole.vouched:
                check_same_person(fetch_patient(connection, found).details, whole.details)
            patient = found or insert_known(connection, whole, node_code)
            name_patient(patient)
            rows = _by_place(_rows_of(connection, patient, ALL_SECTIONS)) if found else {}
            here = {entry.uid: entry for entries in rows.values() for entry in entries}
            new = [entry for entry in whole.entries if entry.uid not in here]
            for entry in new:
                before = _corrected_by(entry, here) if whole.vouched else None
                if before is not None:
                    _change_entry(connection, patient, before, before._replace(status=AMENDED))
            _insert_entries(connection, patient, new)
            keep_originals(connection, patient, whole.originals)
            for uid, body in unknown_bodies(connection, whole.bodies.items()):
                _KEEP_BODY.run(connection, patient_id=patient, uid=uid, body=body)
        return int(found is None), len(new), len(whole.entries) - len(new)


def _bring_again(connection: Connection, patient: PatientId, writing: Writing) -> None:
    """Raises EditedMeanwhile where somebody else has brought one of them back."""
    known = set(_UIDS.run(connection, patient=patient).scalars())
    here = next((entry.uid for entry in writing.again if entry.uid in known), None)
    if here is not None:
        raise EditedMeanwhile(theirs=here)
    _insert_entries(connection, patient, writing.again)
    keep_originals(connection, patient, writing.originals)


def _corrected_by(entry: Entry, here: Mapping[bytes, Entry]) -> Entry | None:
    """What an entry takes the place of: something of its own kind, that is in force."""
    before = here.get(entry.replaces or b"")
    if before is None or type(before) is not type(entry) or not in_force(before):
        return None
    return before if section_of(before) is section_of(entry) else None


class _NothingNew(Exception):
    """Everything is here: roll the transaction back, its entry in the log with it."""


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
    rows = list(rows)
    # one parse for the whole record: a call for each row costs more than its few texts
    packed = orjson.loads("[" + ",".join([row[_MORE] for row in rows if row[_MORE]]) + "]")
    unpacked = iter(packed)
    found: dict[str, list[Entry]] = {place: [] for place in PLACES}
    for row in rows:
        layout = LAYOUTS[row[_SECTION]]
        more = next(unpacked) if row[_MORE] else layout.empty
        if len(more) != len(layout.empty):
            more = (*more, *layout.empty[len(more) :])
        entry = layout.make(layout.pick((*row, layout.section, *more)))
        found["versions" if row[_STATE] in NOT_IN_FORCE else layout.place].append(entry)
    # vitals and results share a place: one list, newest first
    found["observations"].sort(key=_newest_first)
    return {place: tuple(entries) for place, entries in found.items()}


def _newest_first(entry: Entry) -> int:
    return -entry.at


_BLANK: dict[str, Any] = dict.fromkeys(_COLUMNS, "") | {
    "encounter": None,
    "replaces": None,
    "recorded": 0,
    "doubted": 0,
}


def _as_row(patient: PatientId, entry: Entry) -> dict[str, Any]:
    """An entry as a row of the table."""
    section = section_of(entry).value
    layout = LAYOUTS[section]
    row = _BLANK | {column: getattr(entry, name) for name, column in layout.columns}
    row["patient_id"], row["section"] = patient, section
    more = [getattr(entry, name) for name in layout.more]
    while more and more[-1] == layout.empty[len(more) - 1]:
        more.pop()
    if more:
        row["more"] = json.dumps(more, ensure_ascii=False)
    return row


def _change_entry(connection: Connection, patient: PatientId, before: Entry, after: Entry) -> None:
    """Raises EditedMeanwhile where the entry no longer has the status `before` has, NotFound."""
    which = {
        "patient": patient,
        "wanted": section_of(before).value,
        "then": before.at,
        "entry_uid": before.uid,
    }
    found = _STATUS.run(connection, **which).scalar()
    if found is None:
        raise NotFound
    if found != before.status:
        raise EditedMeanwhile(theirs=found)
    more = _as_row(patient, after)["more"]
    _CLOSE.run(connection, new_status=after.status, new_more=more, **which)


def _insert_entries(connection: Connection, patient: PatientId, entries: Iterable[Entry]) -> None:
    _INSERT.run_many(connection, [_as_row(patient, entry) for entry in entries])
