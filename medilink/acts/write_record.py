"""Writing in a record: a visit with all that belongs to it, single entries, ending one, drafts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from medilink.acts.read_record import rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import Missing
from medilink.people import PatientId
from medilink.permissions import Right, Task, check_can_write
from medilink.records import (
    Alert,
    Allergy,
    Condition,
    Encounter,
    Entry,
    Medication,
    Observation,
    Section,
    section_of,
)
from medilink.store import Draft, Writing
from medilink.visits import NewVisit, check_entry_text, check_visit
from medilink.vitals import BMI_CODE, VITAL_BY_CODE
from security.codes import new_uid

VISIT_DRAFT = "visit"
DRAFT_LIMIT = 400_000  # characters of JSON: every field at its limit fits


def _right_to_write(desk: Desk, patient: PatientId) -> Right:
    check_task(desk, Task.WRITE, Act.WRITE_RECORD, patient)
    with refusals_logged(desk, Act.WRITE_RECORD, patient):
        return check_can_write(rights_here(desk, patient))


def write_visit(desk: Desk, patient: PatientId, visit: NewVisit) -> Encounter:
    """Save a visit with its vitals, diagnoses and medicines, all or nothing.

    Raises NotValid (nothing is saved, the draft stays), NoRight.
    """
    right = _right_to_write(desk, patient)
    visit = check_visit(visit)
    entries = visit_entries(visit, desk.now, desk.who.title, desk.clinic.name)
    event = desk.event(
        Act.WRITE_RECORD,
        patient,
        method=right.method,
        sections={section_of(entry) for entry in entries},
        entries=len(entries),
    )
    writing = Writing(new=entries, draft=(desk.who.id, VISIT_DRAFT))
    desk.store.records.write(patient, writing, audit=event)
    encounter = entries[0]
    assert isinstance(encounter, Encounter)  # noqa: S101 visit_entries puts it first
    return encounter


def visit_entries(visit: NewVisit, at: int, author: str, origin: str) -> list[Entry]:
    """A visit as entries of the record: the encounter first, then what was found and given."""
    uid = new_uid(at)
    entries: list[Entry] = [
        Encounter(
            uid=uid,
            at=at,
            kind=visit.kind,
            reason=visit.reason.strip(),
            diagnosis="\n".join(visit.diagnoses),
            treatment=visit.treatment.strip(),
            notes=visit.notes.strip(),
            author=author,
            origin=origin,
        )
    ]
    for code, value in with_bmi(visit.vitals).items():
        sign = VITAL_BY_CODE.get(code)
        name, unit = (sign.name, sign.unit) if sign else ("Body mass index", "kg/m2")
        entries.append(
            Observation(
                new_uid(at), at, Section.VITALS, code, name, value, unit, "", uid, author, origin
            )
        )
    for name in visit.diagnoses:
        entries.append(
            Condition(new_uid(at), at, name, encounter=uid, author=author, origin=origin)
        )
    for name, dose in visit.medications:
        entries.append(
            Medication(new_uid(at), at, name, dose, encounter=uid, author=author, origin=origin)
        )
    return entries


def with_bmi(vitals: Mapping[str, str]) -> dict[str, str]:
    """The measurements, with body mass index (kg/m², one decimal) where both parts are there."""
    weight, height = vitals.get("29463-7"), vitals.get("8302-2")
    if not weight or not height:
        return dict(vitals)
    return dict(vitals) | {BMI_CODE: f"{float(weight) / (float(height) / 100) ** 2:.1f}"}


def add_entry(desk: Desk, patient: PatientId, kind: Section, **typed: str) -> Entry:
    """Add one alert, allergy, condition or medicine. Raises Missing, TooLong, NoRight."""
    right = _right_to_write(desk, patient)
    what, make = _SINGLE[kind]
    tidied = {name: check_entry_text(name.capitalize(), text) for name, text in typed.items()}
    if not tidied.get(what):
        raise Missing(field=what.capitalize())
    entry: Entry = make(
        uid=new_uid(desk.now),
        at=desk.now,
        author=desk.who.title,
        origin=desk.clinic.name,
        **tidied,
    )
    event = desk.event(Act.WRITE_RECORD, patient, method=right.method, sections={kind}, entries=1)
    desk.store.records.write(patient, Writing(new=[entry]), audit=event)
    return entry


_SINGLE: dict[Section, tuple[str, Any]] = {
    Section.ALERTS: ("text", Alert),
    Section.ALLERGIES: ("substance", Allergy),
    Section.CONDITIONS: ("name", Condition),
    Section.MEDICATIONS: ("name", Medication),
}

# What an active entry becomes when it is over.
CLOSED_AS: dict[type, str] = {
    Alert: "ended",
    Allergy: "refuted",
    Condition: "resolved",
    Medication: "stopped",
}


def end_entry(desk: Desk, patient: PatientId, entry: Entry) -> None:
    """Say that an alert, allergy, condition or medicine is over; it stays readable.

    Raises EditedMeanwhile when somebody ended it before, NoRight.
    """
    right = _right_to_write(desk, patient)
    event = desk.event(
        Act.WRITE_RECORD,
        patient,
        method=right.method,
        sections={section_of(entry)},
        ended=1,
    )
    closed = entry._replace(status=CLOSED_AS[type(entry)])
    if isinstance(closed, Condition | Medication):
        closed = closed._replace(ended_at=desk.now)
    desk.store.records.write(patient, Writing(changed=[(entry, closed)]), audit=event)


# ---- drafts


def keep_draft(desk: Desk, patient: PatientId | None, kind: str, typed: Mapping[str, Any]) -> bool:
    """Keep what was typed so far; a sign-out or a lost connection loses nothing. False, and nothing
    new kept, when it is longer than any entry may be."""
    body = json.dumps(dict(typed), ensure_ascii=False)
    if len(body) > DRAFT_LIMIT:
        return False
    desk.store.drafts.keep(desk.who.id, patient, kind, Draft(body, desk.now))
    return True


def find_draft(desk: Desk, patient: PatientId | None, kind: str) -> dict[str, Any]:
    """What this person had typed before; empty when nothing."""
    kept = desk.store.drafts.of(desk.who.id, patient, kind)
    return dict(json.loads(kept.body)) if kept else {}


def throw_draft_away(desk: Desk, patient: PatientId | None, kind: str) -> None:
    """Forget what was typed."""
    desk.store.drafts.keep(desk.who.id, patient, kind, None)
