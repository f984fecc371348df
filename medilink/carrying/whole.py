"""A whole record as bytes and back: every field of every entry and version.

For what is carried by many codes, a stick or a network. Fields are named once for each kind, so
that an older record lacks what came later and a newer one is told apart. The patient's local id is
not carried: it means something in one store only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from medilink.carrying.cbor import read_cbor, write_cbor
from medilink.carrying.squeezing import NEWEST, expand, squeeze
from medilink.errors import MediLinkError, PayloadTooNew, PayloadUnreadable
from medilink.people import Patient, PatientDetails, PatientId, Sex
from medilink.person_entries import Contact, Coverage, Profile
from medilink.records import (
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
)

VERSION = 1
MOST_EXPANDED = 8 * 1024 * 1024  # bytes; twenty years of a hospital's patient are one
# The kinds by number; a new one is added at the end.
KINDS: tuple[tuple[str, type], ...] = (
    ("alerts", Alert),
    ("allergies", Allergy),
    ("conditions", Condition),
    ("medications", Medication),
    ("observations", Observation),
    ("encounters", Encounter),
    ("immunisations", Immunization),
    ("procedures", Procedure),
    ("documents", Document),
    ("contacts", Contact),
    ("coverages", Coverage),
    ("profiles", Profile),
)
_NUMBER = {kind: number for number, (_, kind) in enumerate(KINDS)}


def pack_whole(record: Record) -> bytes:
    """Everything in the record."""
    who = record.patient
    items = [
        VERSION,
        [who.uid, who.medilink_id, list(astuple(who.details)), who.version, who.registered_at],
        sorted(record.sections),
        [list(kind._fields) for _, kind in KINDS],  # type: ignore[attr-defined]
        [[list(entry) for entry in getattr(record, place)] for place, _ in KINDS],
        [[_NUMBER[type(old)], list(old)] for old in record.versions],
    ]
    return squeeze(write_cbor(items), dictionary=NEWEST, most=MOST_EXPANDED)


def unpack_whole(body: bytes) -> Record:
    """The record as it was packed, its patient with id 0. Raises PayloadUnreadable,
    PayloadTooNew."""
    items = read_cbor(expand(body, most=MOST_EXPANDED))
    if not isinstance(items, tuple) or not items or type(items[0]) is not int:
        raise PayloadUnreadable
    if items[0] != VERSION:
        raise PayloadTooNew
    try:
        _, person, sections, fields, entries, versions = items
        return _record(person, sections, fields, entries, versions)
    except (TypeError, ValueError, LookupError) as trouble:
        raise PayloadUnreadable from trouble


def _record(person: Any, sections: Any, fields: Any, entries: Any, versions: Any) -> Record:
    if len(fields) != len(KINDS) or len(entries) != len(KINDS):
        raise PayloadTooNew
    read = [_Reader(kind, names) for (_, kind), names in zip(KINDS, fields, strict=True)]
    parts: dict[str, Any] = {
        place: tuple(reader.entry(row) for row in rows)
        for (place, _), reader, rows in zip(KINDS, read, entries, strict=True)
    }
    old = tuple(read[_index(number)].entry(row) for number, row in versions)
    shared = frozenset(Section(name) for name in sections)
    return Record(patient=_patient(person), sections=shared, versions=old, **parts)


def _index(number: Any) -> int:
    if type(number) is not int or not 0 <= number < len(KINDS):
        raise PayloadUnreadable
    return number


def _patient(person: Any) -> Patient:
    uid, medilink_id, details, version, registered_at = person
    given, family, sex, born, estimated, phone, village = details
    texts = (medilink_id, given, family, born, phone, village)
    if any(type(text) is not str for text in texts) or type(estimated) is not bool:
        raise PayloadUnreadable
    if type(uid) is not bytes or type(version) is not int or type(registered_at) is not int:
        raise PayloadUnreadable
    try:
        who = PatientDetails(given, family, Sex(sex), born, estimated, phone, village)
    except MediLinkError as trouble:
        raise PayloadUnreadable from trouble
    return Patient(PatientId(0), uid, medilink_id, who, version, registered_at)


class _Reader:
    """Reads the entries of one kind, whose fields stand in the order `names`."""

    def __init__(self, kind: type, names: tuple[str, ...]) -> None:
        self._kind, self._names = kind, names
        types = _field_types(kind)
        if any(name not in types for name in names):
            raise PayloadTooNew
        self._types = [types[name] for name in names]

    def entry(self, row: Any) -> Entry:
        """One entry; what a field may be is checked."""
        values = list(self._values(row))
        made: Entry = self._kind(**dict(zip(self._names, values, strict=True)))
        return made

    def _values(self, row: Any) -> Iterator[Any]:
        for value, allowed in zip(row, self._types, strict=True):
            if Section in allowed:
                yield Section(value)
            elif type(value) in allowed:
                yield value
            else:
                raise PayloadUnreadable


@cache
def _field_types(kind: type) -> dict[str, tuple[type, ...]]:
    """Field → the types its value may have."""
    return {
        name: tuple(part if part is not None else NoneType for part in get_args(hint)) or (hint,)
        for name, hint in get_type_hints(kind).items()
    }
