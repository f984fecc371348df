"""Clinics as they are after years, put straight into the tables.

Rows go in as they would have been written: time forward, patients in random order, names in commits
of one day each. It decides how full the pages are: loaded in key order the same clinic would take a
third less, and its records would look better than they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from random import Random
from typing import Any, Protocol

from database import schema
from database.records import _as_row
from medilink.days import DAY_MS
from medilink.intake.made_up import made_up_names, made_up_patients
from medilink.people import PatientDetails, PatientId, fold, make_medilink_id
from medilink.records import (
    Alert,
    Allergy,
    Condition,
    Document,
    Encounter,
    Entry,
    Medication,
    Observation,
)
from tests.clinics import START

SEED = 42
NODE = "7KQ"
A_DAY = 50  # registrations in one commit
NOW_MS = int(START.timestamp() * 1000)
YEARS_BACK_MS = 4 * 365 * DAY_MS
HEAVY_VISITS, HEAVY_OBSERVATIONS = 20, 50
KINDS: tuple[type[Entry], ...] = (
    Alert,
    Allergy,
    Condition,
    Medication,
    Observation,
    Encounter,
    Document,
)
LETTER = Document(
    uid=b"",
    at=0,
    title="Referral letter",
    status="current",
    author="Amina Otieno (doctor)",
    origin="Kisumu Clinic",
    kind="Letter",
    media="application/pdf",
    size=180_000,
    digest="5a" * 32,
)


class Raw(Protocol):
    """A connection of sqlcipher3 or of apsw."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Any: ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Any: ...


def fill(raw: Raw, patients: int, heavy: Sequence[int] = (), *, written: bool = True) -> None:
    """Register `patients` people and, if `written`, give all a few entries and `heavy` many."""
    raw.execute("PRAGMA synchronous=OFF")
    chance = Random(SEED)
    _register(raw, chance, patients)
    if written:
        raw.execute("BEGIN")
        names = [c.name for c in schema.entry.c]
        rows = _entries(chance, patients, frozenset(heavy))
        raw.executemany(_insert("entry", names), ([row[name] for name in names] for row in rows))
        raw.execute("COMMIT")


@cache
def all_names(patients: int) -> tuple[str, ...]:
    """The full names of everybody registered."""
    return tuple(who.full_name for who in made_up_names(SEED, patients))


def heavy_patients(patients: int, wanted: int) -> list[int]:
    """The numbers of those who come often."""
    return sorted(Random(SEED).sample(range(1, patients + 1), min(wanted, patients)))


def _insert(table: str, names: Sequence[str]) -> str:
    places = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"


def _uid(chance: Random, at: int) -> bytes:
    return at.to_bytes(6, "big") + chance.randbytes(10)


# ---- people


_PERSON = (
    *("id", "uid", "medilink_id", "given", "family", "sex", "birth_date", "birth_estimated"),
    *("phone", "village", "version", "registered_at"),
)


def _register(raw: Raw, chance: Random, patients: int) -> None:
    insert = _insert("patient", _PERSON)
    people = enumerate(made_up_names(SEED, patients), start=1)
    for day in _days(people):
        raw.execute("BEGIN")
        raw.executemany(insert, [_person(chance, number, who) for number, who in day])
        raw.executemany(
            "INSERT INTO patient_name (rowid, name) VALUES (?, ?)",
            [(number, fold(who.full_name)) for number, who in day],
        )
        raw.execute("COMMIT")
    raw.execute("UPDATE clinic SET next_number = ?", (patients,))


def _days(
    people: Iterable[tuple[int, PatientDetails]],
) -> Iterator[list[tuple[int, PatientDetails]]]:
    day = []
    for person in people:
        day.append(person)
        if len(day) == A_DAY:
            yield day
            day = []
    if day:
        yield day


def _person(chance: Random, number: int, who: PatientDetails) -> tuple[Any, ...]:
    at = NOW_MS - YEARS_BACK_MS + number
    return (
        number,
        _uid(chance, at),
        make_medilink_id(NODE, number),
        who.given,
        who.family,
        who.sex.value,
        who.birth_date,
        int(who.birth_estimated),
        who.phone,
        who.village,
        1,
        at,
    )


# ---- what was written about them


@dataclass(frozen=True, slots=True)
class _Visit:
    at: int
    patient: int
    counts: dict[type[Entry], int]


_HEAVY_BESIDES: dict[type[Entry], int] = {
    Condition: 3,
    Medication: 5,
    Allergy: 2,
    Alert: 1,
    Document: 10,
}


def _visits(chance: Random, patients: int, heavy: frozenset[int]) -> list[_Visit]:
    visits = []
    for patient in range(1, patients + 1):
        often = patient in heavy
        for number in range(HEAVY_VISITS if often else chance.randint(1, 3)):
            counts = _heavy_visit(number) if often else _light_visit(chance, number)
            at = NOW_MS - chance.randrange(DAY_MS, YEARS_BACK_MS)
            visits.append(_Visit(at, patient, counts))
    return sorted(visits, key=lambda visit: visit.at)


def _heavy_visit(number: int) -> dict[type[Entry], int]:
    observations = HEAVY_OBSERVATIONS // HEAVY_VISITS + number % 2
    besides = {kind: 1 for kind, count in _HEAVY_BESIDES.items() if number < count}
    return {Encounter: 1, Observation: observations, **besides}


_SOMETIMES: tuple[tuple[type[Entry], float], ...] = ((Condition, 0.4), (Medication, 0.5))
_KNOWN_AT_FIRST: tuple[tuple[type[Entry], float], ...] = ((Allergy, 0.16), (Alert, 0.06))


def _light_visit(chance: Random, number: int) -> dict[type[Entry], int]:
    counts: dict[type[Entry], int] = {Encounter: 1, Observation: 2}
    for kind, share in _SOMETIMES:
        counts[kind] = int(chance.random() < share)
    for kind, share in _KNOWN_AT_FIRST:
        counts[kind] = int(number == 0 and chance.random() < share)
    return counts


def _entries(chance: Random, patients: int, heavy: frozenset[int]) -> Iterator[dict[str, Any]]:
    """Rows of the table, time forward. What stands in them is a made-up patient's."""
    pool = _made_up_entries()
    for visit in _visits(chance, patients, heavy):
        encounter = _uid(chance, visit.at)
        for kind, count in visit.counts.items():
            for _ in range(count):
                uid = encounter if kind is Encounter else _uid(chance, visit.at)
                made: Any = chance.choice(pool[kind])._replace(uid=uid, at=visit.at)
                if hasattr(made, "encounter"):
                    made = made._replace(encounter=encounter)
                yield _as_row(PatientId(visit.patient), made)


def _made_up_entries() -> dict[type[Entry], list[Any]]:
    """Entries of made-up patients."""
    pool: dict[type[Entry], list[Any]] = {kind: [] for kind in KINDS} | {Document: [LETTER]}
    for person in made_up_patients(SEED, 120, date(2026, 3, 1)):
        for part in person.entries:
            for entry in part.understood:
                pool[type(entry)].append(entry)
    return pool
