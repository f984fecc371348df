"""Visits, vaccines, procedures and documents as FHIR R4 resources."""

from __future__ import annotations

import base64
import re

from exports.fhir_parts import (
    Place,
    Resource,
    instant,
    period,
    recorded,
    reference,
    resource,
    said,
    since,
    who,
)
from exports.xhtml import narrative, paragraph, shown
from medilink.fhir_names import VISIT_CLASSES
from medilink.records import Document, Encounter, Immunization, Procedure
from medilink.visits import NOTE_WORDS

# HL7 v3-ActCode by the kinds of visits that are not an outpatient's (`medilink.visits.KIND_WORDS`).
_CLASS_OF_KIND = {"Emergency": "EMER", "Emergency visit": "EMER", "Home visit": "HH"}
_MET = ("arrived", "triaged", "in-progress", "onleave", "finished", "unknown")
_NOT_DONE, _STOPPED = "not-done", "stopped"

_COUNTED = re.compile("[1-9][0-9]{0,8}")  # FHIR positiveInt: up to 2,147,483,647


def encounter(visit: Encounter, place: Place) -> Resource:
    """A visit (encounter-status). Its notes stand in extensions, and in its text for people."""
    notes = {name: getattr(visit, name) for name in NOTE_WORDS}
    notes |= {"diagnosis": visit.diagnosis, "follow_up": visit.follow_up}
    return resource(
        "Encounter",
        visit,
        notes,
        text=_narrative(visit, notes),
        status=visit.status if visit.status in _MET else "finished",
        **{"class": {"system": VISIT_CLASSES, "code": _CLASS_OF_KIND.get(visit.kind, "AMB")}},
        type=[said(visit.kind)],
        subject={"reference": place.patient},
        participant=[{"individual": who(visit.author)}] if visit.author else [],
        period=period(visit.at),
        reasonCode=[said(visit.reason)] if visit.reason else [],
        serviceProvider=who(visit.origin),
    )


def _narrative(visit: Encounter, notes: dict[str, str]) -> Resource:
    """The notes as a program that knows nothing of our extensions shows them."""
    words = NOTE_WORDS | {"diagnosis": "Diagnosis", "follow_up": "Follow-up"}
    lines = [f"<p><b>{words[name]}:</b> {shown(text)}</p>" for name, text in notes.items() if text]
    if not lines:
        return {}
    return narrative(paragraph(visit.kind) + "".join(lines))


def immunization(given: Immunization, place: Place) -> Resource:
    """A vaccine that was given, or was not (immunization-status)."""
    number = given.dose
    counted = bool(_COUNTED.fullmatch(number))
    dose = {"doseNumberPositiveInt": int(number)} if counted else {"doseNumberString": number}
    when = {"occurrenceDateTime": since(given.at)}
    return resource(
        "Immunization",
        given,
        {},
        status=_NOT_DONE if given.status == _NOT_DONE else "completed",
        statusReason=said(given.why) if given.status == _NOT_DONE and given.why else None,
        vaccineCode=said(given.vaccine, given.code, given.system),
        patient={"reference": place.patient},
        encounter=reference(given.encounter, place),
        **(when if since(given.at) else {"occurrenceString": "unknown"}),
        recorded=recorded(given),
        lotNumber=given.lot,
        site=said(given.site) if given.site else None,
        performer=[{"actor": who(given.author)}] if given.author else [],
        protocolApplied=[dose] if number else [],
    )


def procedure(done: Procedure, place: Place) -> Resource:
    """Something that was done (event-status)."""
    stopped = done.status == _STOPPED
    return resource(
        "Procedure",
        done,
        {},
        status=done.status or "completed",
        statusReason=said(done.why) if stopped and done.why else None,
        code=said(done.name, done.code, done.system),
        subject={"reference": place.patient},
        encounter=reference(done.encounter, place),
        performedDateTime=since(done.at),
        recorder=who(done.author),
        note=[{"text": done.outcome}] if done.outcome else [],
    )


def document_reference(held: Document, place: Place) -> Resource:
    """A document with its bytes, where they are here."""
    body = place.bodies.get(held.uid, b"")
    sheet = {
        "contentType": held.media,
        "data": base64.b64encode(body).decode(),
        "size": held.size,
        "title": held.title,
        "creation": since(held.at),
    }
    met = reference(held.encounter, place)
    return resource(
        "DocumentReference",
        held,
        {},
        status="current",
        type=said(held.kind) if held.kind else None,
        subject={"reference": place.patient},
        date=instant(held.at) if since(held.at) else "",
        author=[who(held.author)] if held.author else [],
        description=held.title,
        content=[{"attachment": {key: value for key, value in sheet.items() if value}}],
        context={"encounter": [met]} if met else {},
    )
