"""One patient with ten thousand visits: the longest record there will ever be, for exports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from medilink.acts.register import record_patient_is_here
from medilink.audit import Act
from medilink.desk import Desk
from medilink.intake.made_up import made_up_names
from medilink.people import PatientId
from medilink.records import Entry
from medilink.store import Writing
from tests.bench.filling import (
    NOW_MS,
    SEED,
    YEARS_BACK_MS,
    _light_visit,
    _made_up_entries,
    _uid,
)
from tests.bench.world import World, clinic_at, doctor
from tests.clinics import TestClinic, new_clinic

VISITS, SMALL = 10_000, 500
ONLY = PatientId(1)


def visits_in(world: World) -> int:
    """How many visits the record has."""
    return SMALL if world.small else VISITS


def long_record(world: World) -> tuple[TestClinic, Desk]:
    """A clinic with this one patient, ONLY, and the doctor who has them in care."""
    clinic = clinic_at(made_folder(world))
    return clinic, doctor(clinic)


def made_folder(world: World) -> Path:
    """Where its store lies. Made once a run."""
    return world.made_once("long-record", lambda folder: _write(folder, visits_in(world)))


def _write(folder: Path, visits: int) -> None:
    clinic = new_clinic(folder)
    amina = clinic.provider()
    clinic.register(details=next(iter(made_up_names(SEED, 1))))
    record_patient_is_here(amina, ONLY, "here for a visit")
    event = amina.event(Act.WRITE_RECORD, ONLY)
    clinic.store.records.write(ONLY, Writing(new=list(_entries(visits))), audit=event)
    clinic.store.close()


def _entries(visits: int) -> Iterator[Entry]:
    """Visits as filled clinics have them, evenly over the years."""
    chance, pool = Random(SEED), _made_up_entries()
    for number in range(visits):
        at = NOW_MS - YEARS_BACK_MS + number * (YEARS_BACK_MS // visits)
        for kind, count in _light_visit(chance, number).items():
            for _ in range(count):
                yield chance.choice(pool[kind])._replace(uid=_uid(chance, at), at=at)
