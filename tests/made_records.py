"""Made-up people as the records a page would be given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from medilink.intake.made_up import made_up_patients
from medilink.people import Patient, PatientDetails, PatientId, make_medilink_id
from medilink.receiving import ReceivedPatient, patient_uid
from medilink.records import (
    ALL_SECTIONS,
    PLACE_OF,
    Entry,
    Record,
)

NODE = "7KQ"


def whole_record(patient: Patient, entries: Iterable[Entry]) -> Record:
    """Everything of a patient, newest first."""
    parts: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.at, reverse=True):
        parts.setdefault(PLACE_OF[type(entry)], []).append(entry)
    found: dict[str, Any] = {place: tuple(kept) for place, kept in parts.items()}
    return Record(patient, ALL_SECTIONS, **found)


def record_of(received: ReceivedPatient, number: int) -> Record:
    """Somebody who came from elsewhere, registered with a number of clinic 7KQ."""
    entries = [entry for one in received.entries for entry in one.understood]
    return whole_record(registered(received.source_id, received.details, number), entries)


def registered(source_id: str, details: PatientDetails, number: int) -> Patient:
    """A person with a MediLink ID."""
    medilink_id = make_medilink_id(NODE, number)
    return Patient(PatientId(0), patient_uid(source_id), medilink_id, details, 1, 0)


def made_up_records(seed: int, count: int, today: date) -> Iterator[Record]:
    """So many made-up people."""
    for number, received in enumerate(made_up_patients(seed, count, today)):
        yield record_of(received, (seed * 7919 + number * 104_729) % 32**4)
