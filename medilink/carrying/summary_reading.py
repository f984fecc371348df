"""Rows of a summary as a record again: the reading half of docs/formats/summary.md.

Nothing that is read here is believed: every value is checked for its type and its size. All of it
raises PayloadUnreadable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from medilink.absence import absence
from medilink.carrying import summary_layout as layout
from medilink.carrying.small_numbers import (
    birth_out,
    day_out,
    id_out,
    number_out,
    phone_out,
    text_out,
    value_out,
)
from medilink.errors import MediLinkError, PayloadTooNew, PayloadUnreadable
from medilink.people import Patient, PatientDetails, PatientId
from medilink.person_entries import Profile
from medilink.records import Encounter, Observation, Record, Section
from medilink.vitals import VITAL_BY_CODE
from security.codes import uid_from_name

MOST_ROWS = 1_000  # of one kind; a code holds far fewer
_PLACES = 15
_UID_BYTES = 16
_LISTS = {
    "alerts": layout.ALERTS,
    "allergies": layout.ALLERGIES,
    "conditions": layout.CONDITIONS,
    "medications": layout.MEDICATIONS,
    "contacts": layout.CONTACTS,
    "immunisations": layout.IMMUNISATIONS,
}


class SummaryReader:
    """Reads one summary. `origin`: the clinic it came from; from `seed` its entries are named."""

    def __init__(self, items: Any, origin: str, seed: bytes) -> None:
        self._items = _row(items)
        if not self._items or type(self._items[0]) is not int:
            raise PayloadUnreadable
        if self._items[0] != layout.VERSION:
            raise PayloadTooNew
        if len(self._items) != _PLACES:
            raise PayloadUnreadable
        self.shortened = bool(number_out(self._items[1], 0, 1))
        self._newest = number_out(self._items[3], -(1 << 40), 1 << 40)
        self._origin, self._seed, self._made = origin, seed.hex(), 0

    def record(self) -> Record:
        """The record, with the sections that were shared. Entries are named in the order in which
        they stand, so that those that are never left out keep their names."""
        bits = number_out(self._items[2], 0, (1 << len(layout.SECTIONS)) - 1)
        parts: dict[str, Any] = {"profiles": self._profiles(_row(self._items[5]))}
        none = dict(self._absences(_row(self._items[6])))
        for place, (name, kind) in enumerate(_LISTS.items(), start=7):
            parts[name] = self._each(kind, place) + none.get(name, ())
        results = list(self._results(self._items[13]))
        visits, measured = self._visits(self._items[14])
        seen = sorted([*measured, *results], key=lambda each: each.at, reverse=True)
        return Record(
            patient=_patient(_row(self._items[4])),
            sections=frozenset(s for place, s in enumerate(layout.SECTIONS) if bits >> place & 1),
            observations=tuple(seen),
            encounters=visits,
            **parts,
        )

    def _told(self, back: Any) -> dict[str, Any]:
        """What every entry has: a name of its own, its day, its origin."""
        return {"uid": self._uid(), "at": day_out(back, self._newest), "origin": self._origin}

    def _uid(self) -> bytes:
        self._made += 1
        return uid_from_name(f"{self._seed}:{self._made}")

    def _fields(self, fields: tuple[layout.Field, ...], row: tuple[Any, ...]) -> dict[str, Any]:
        if len(row) != len(fields) + 1:
            raise PayloadUnreadable
        read = {field.name: field.told(value) for field, value in zip(fields, row, strict=False)}
        return read | self._told(row[-1])

    def _each(self, kind: layout.Kind, place: int) -> tuple[Any, ...]:
        rows = _rows(self._items[place])
        return tuple(kind.made(**self._fields(kind.fields, row)) for row in rows)

    # ---- what is not a plain row

    def _absences(self, days: tuple[Any, ...]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        if len(days) > len(layout.ABSENT):
            raise PayloadUnreadable
        for section, back in zip(layout.ABSENT, days, strict=False):
            if back is not None:
                yield section, (absence(section, author="", **self._told(back)),)

    def _profiles(self, asked: tuple[Any, ...]) -> tuple[Profile, ...]:
        if not asked:
            return ()
        if len(asked) > 2:
            raise PayloadUnreadable
        blood, language = (*(text_out(value) for value in asked), "", "")[:2]
        return (Profile(blood=blood, language=language, **self._told(0)),)

    def _results(self, items: Any) -> Iterator[Observation]:
        for row in _rows(items):
            read = self._fields(layout.RESULT_FIELDS, row)
            yield Observation(section=Section.RESULTS, **read)

    def _visits(self, items: Any) -> tuple[tuple[Encounter, ...], list[Observation]]:
        """The visits, and what was measured at them or without one."""
        visits: list[Encounter] = []
        measured: list[Observation] = []
        for row in _rows(items):
            texts = len(layout.VISIT_TEXTS)
            if not texts < len(row) <= texts + 1 + len(layout.VITALS):
                raise PayloadUnreadable
            said: dict[str, Any] = {
                field: text_out(value)
                for field, value in zip(layout.VISIT_TEXTS, row, strict=False)
            }
            told, visit = self._told(row[texts]), None
            if any(said.values()):
                visit = Encounter(**said, **told)
                visits.append(visit)
            measured += self._vitals(row[texts + 1 :], told, visit)
        return tuple(visits), measured

    def _vitals(
        self, values: Iterable[Any], told: dict[str, Any], visit: Encounter | None
    ) -> Iterator[Observation]:
        for (code, (decimals, usual)), value in zip(layout.VITALS.items(), values, strict=False):
            if value is not None:
                yield Observation(
                    **(told | {"uid": self._uid()}),
                    section=Section.VITALS,
                    code=code,
                    name=VITAL_BY_CODE[code].name,
                    value=_vital(value, decimals, usual),
                    unit=VITAL_BY_CODE[code].unit,
                    encounter=visit.uid if visit else None,
                )


def _vital(value: Any, decimals: int, usual: int) -> str:
    if isinstance(value, str):
        return text_out(value)
    return value_out((number_out(value, -(1 << 40), 1 << 40) + usual) * 8 + decimals)


def _row(item: Any) -> tuple[Any, ...]:
    if not isinstance(item, tuple):
        raise PayloadUnreadable
    return item


def _rows(items: Any) -> list[tuple[Any, ...]]:
    if len(_row(items)) > MOST_ROWS:
        raise PayloadUnreadable
    return [_row(row) for row in items]


def _patient(row: tuple[Any, ...]) -> Patient:
    if len(row) != 8:
        raise PayloadUnreadable
    given, family, village, about, born, phone, medilink_id, uid = row
    if not isinstance(uid, bytes) or len(uid) != _UID_BYTES:
        raise PayloadUnreadable
    sexes = len(layout.SEXES)
    estimated, sex = divmod(number_out(about, 0, 2 * sexes - 1), sexes)
    try:
        details = PatientDetails(
            given=text_out(given),
            family=text_out(family),
            sex=layout.SEXES[sex],
            birth_date=birth_out(born),
            birth_estimated=bool(estimated),
            phone=phone_out(phone),
            village=text_out(village),
        )
    except MediLinkError as trouble:
        raise PayloadUnreadable from trouble
    return Patient(PatientId(0), uid, id_out(medilink_id), details, version=0, registered_at=0)
