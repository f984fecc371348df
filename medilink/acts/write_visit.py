"""A visit written whole, and amended: the signed version and the new one both stay readable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medilink.absence import SUPERSEDED, listed, stated_absence
from medilink.acts.drafts import VISIT_DRAFT
from medilink.acts.prescribe import check_prescribed
from medilink.acts.read_record import open_record
from medilink.acts.write_record import GIVEN_AGAIN, STRUCK, is_same, put, right_to_write, stamp
from medilink.audit import Act
from medilink.desk import Desk
from medilink.entering import Stamp
from medilink.errors import ReasonMissing
from medilink.people import PatientId
from medilink.records import (
    AMENDED,
    Condition,
    Encounter,
    Entry,
    Medication,
    Observation,
    Section,
    section_of,
)
from medilink.store import Writing
from medilink.visits import NewVisit, check_entry_text, check_visit
from medilink.vitals import BMI_CODE, VITAL_BY_CODE
from security.codes import new_uid


def write_visit(
    desk: Desk, patient: PatientId, visit: NewVisit, *, draft: str = VISIT_DRAFT
) -> Encounter:
    """Save and sign a visit with its measurements, diagnoses and medicines, all or nothing; the
    draft it came from goes with it.

    Raises NotValid (nothing is saved, the draft stays), PatientReacts for a medicine the patient
    reacts to without a reason, NoRight.
    """
    right = right_to_write(desk, patient, Section.VISITS)
    visit = check_visit(visit, desk.now)
    overridden = check_prescribed(desk, patient, visit.medications)
    encounter, *found = visit_entries(visit, stamp(desk))
    new, changed = beside_what_stands(desk, patient, found)
    writing = Writing(new=[encounter, *new], changed=changed, draft=(desk.who.id, draft))
    put(desk, patient, right, writing, Act.WRITE_RECORD, **overridden)
    assert isinstance(encounter, Encounter)  # noqa: S101 visit_entries puts it first
    return encounter


def beside_what_stands(
    desk: Desk, patient: PatientId, found: list[Entry]
) -> tuple[list[Entry], list[tuple[Entry, Entry]]]:
    """(what is new, what changes by it). A condition that is listed is not listed twice; a medicine
    given again takes over from the one before; "none" ends with the first that is."""
    wanted = frozenset(section_of(entry) for entry in found) & {
        Section.CONDITIONS,
        Section.MEDICATIONS,
    }
    if not wanted:
        return found, []
    record = open_record(desk, patient, wanted).record
    stands = [entry for section in wanted for entry in listed(record, section)]
    new, changed = list[Entry](), list[tuple[Entry, Entry]]()
    for entry in found:
        same = next((old for old in stands if is_same(entry, old)), None)
        if isinstance(entry, Condition) and same:
            continue
        if isinstance(same, Medication):
            changed.append((same, same._replace(status=GIVEN_AGAIN, ended_at=entry.at)))
            stands.remove(same)
        new.append(entry)
    for section in {section_of(entry) for entry in new} & wanted:
        if said := stated_absence(record, section):
            changed.append((said, said._replace(status=SUPERSEDED)))
    return new, changed


def visit_entries(visit: NewVisit, made: Stamp) -> list[Entry]:
    """A visit as entries of the record: the encounter first, then what was found and given."""
    at, uid = made.at if visit.at is None else visit.at, made.uid
    by: dict[str, Any] = {"author": made.author, "origin": made.origin, "doubted": made.doubted}
    entries: list[Entry] = [
        Encounter(
            uid=uid,
            at=at,
            kind=visit.kind,
            reason=visit.reason.strip(),
            diagnosis="\n".join(visit.diagnoses),
            treatment=visit.treatment.strip(),
            notes=visit.notes.strip(),
            history=visit.history.strip(),
            examination=visit.examination.strip(),
            plan=visit.plan.strip(),
            follow_up=visit.follow_up.strip(),
            **by,
        )
    ]
    for code, value in with_bmi(visit.vitals).items():
        sign = VITAL_BY_CODE.get(code)
        name, unit = (sign.name, sign.unit) if sign else ("Body mass index", "kg/m2")
        entries.append(
            Observation(
                new_uid(made.at),
                at,
                Section.VITALS,
                code,
                name,
                value,
                unit,
                "",
                uid,
                **by,
            )
        )
    for name in visit.diagnoses:
        entries.append(Condition(new_uid(made.at), at, name, encounter=uid, **by))
    for drug in visit.medications:
        entries.append(
            Medication(
                new_uid(made.at),
                at,
                drug.name,
                drug.dose,
                frequency=drug.frequency,
                override=drug.override,
                prescriber=made.author,
                encounter=uid,
                **by,
            )
        )
    return entries


def with_bmi(vitals: Mapping[str, str]) -> dict[str, str]:
    """The measurements, with body mass index (kg/m², one decimal) where both parts are there."""
    weight, height = vitals.get("29463-7"), vitals.get("8302-2")
    if not weight or not height:
        return dict(vitals)
    return dict(vitals) | {BMI_CODE: f"{float(weight) / (float(height) / 100) ** 2:.1f}"}


def amend_visit(
    desk: Desk, patient: PatientId, old: Encounter, visit: NewVisit, why: str
) -> Encounter:
    """A new version of a signed visit's texts; measurements are corrected one by one.

    Raises EditedMeanwhile when somebody amended it before, ReasonMissing, NotValid, NoRight.
    """
    right = right_to_write(desk, patient, Section.VISITS, Act.AMEND)
    visit = check_visit(visit, desk.now)
    why = check_entry_text("Reason", why)
    if not why:
        raise ReasonMissing
    new = visit_entries(visit, stamp(desk))[0]
    assert isinstance(new, Encounter)  # noqa: S101 visit_entries puts it first
    new = new._replace(at=old.at, replaces=old.uid, why=why)
    added, struck = _diagnoses_amended(desk, patient, old, new)
    changed = [(old, old._replace(status=AMENDED)), *struck]
    put(desk, patient, right, Writing(new=[new, *added], changed=changed), Act.AMEND)
    return new


def _diagnoses_amended(
    desk: Desk, patient: PatientId, old: Encounter, new: Encounter
) -> tuple[list[Entry], list[tuple[Entry, Entry]]]:
    """Conditions follow the diagnoses they were made from: one that was a mistake must not stay on
    the summary."""
    before, after = set(old.diagnosis.split("\n")), set(new.diagnosis.split("\n"))
    if before == after:
        return [], []
    sections = frozenset({Section.VISITS, Section.CONDITIONS})
    record = open_record(desk, patient, sections).record
    uids = {old.uid, *(version.uid for version in record.earlier_versions(old))}
    struck: list[tuple[Entry, Entry]] = [
        (known, known._replace(status=STRUCK, why=new.why))
        for known in record.conditions
        if known.encounter in uids and known.status == "active" and known.name in before - after
    ]
    by: dict[str, Any] = {"author": new.author, "origin": new.origin, "doubted": new.doubted}
    wanted: list[Entry] = [
        Condition(new_uid(desk.now), old.at, name, encounter=new.uid, **by)
        for name in sorted(after - before)
        if name
    ]
    added, changed = beside_what_stands(desk, patient, wanted)
    return added, [*struck, *changed]
