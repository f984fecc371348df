"""Alerts, allergies, conditions and medicines as FHIR R4 resources.

Codes of statuses: HL7 FHIR R4 4.0.1, the value sets named beside each.
"""

from __future__ import annotations

from typing import Any

from exports.fhir_parts import (
    ABSENT,
    Place,
    Resource,
    coded,
    instant,
    period,
    recorded,
    reference,
    resource,
    said,
    since,
    who,
)
from medilink.absence import SUPERSEDED, says_none
from medilink.fhir_names import FLAG_PRIORITIES, FLAG_PRIORITY, HIGH_PRIORITY, HL7
from medilink.records import Alert, Allergy, Condition, Medication

_CLINICAL = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")
REFUTED = ("refuted", SUPERSEDED)


def flag(alert: Alert, place: Place) -> Resource:
    """An Alert as Flag (flag-status)."""
    urgent = {"url": FLAG_PRIORITY, "valueCodeableConcept": coded(HIGH_PRIORITY, FLAG_PRIORITIES)}
    return resource(
        "Flag",
        alert,
        {},
        extension=[urgent] if alert.level == "high" else [],
        status="active" if alert.status == "active" else "inactive",
        code=said(alert.text),
        subject={"reference": place.patient},
        period=period(alert.at),
        author=who(alert.author),
    )


def allergy_intolerance(allergy: Allergy, place: Place) -> Resource:
    """An Allergy, or that none is known (allergyintolerance-clinical, -verification)."""
    refuted = allergy.status in REFUTED
    clinical = allergy.status if allergy.status in ("active", "resolved") else "inactive"
    sure = "refuted" if refuted else allergy.certainty
    reaction: Resource = {}
    if allergy.reaction or allergy.severity:
        sign = said(allergy.reaction) if allergy.reaction else ABSENT
        reaction = {"manifestation": [sign]}
    if allergy.severity:
        reaction["severity"] = allergy.severity
    return resource(
        "AllergyIntolerance",
        allergy,
        {},
        clinicalStatus=coded(clinical, HL7 + "allergyintolerance-clinical"),
        verificationStatus=_verified(sure, "allergyintolerance-verification"),
        criticality=allergy.criticality,
        code=said(allergy.substance, allergy.code, allergy.system),
        patient={"reference": place.patient},
        onsetDateTime=None if says_none(allergy) else since(allergy.at),
        recordedDate=since(allergy.at) if says_none(allergy) else recorded(allergy),
        recorder=who(allergy.author),
        reaction=[reaction] if reaction else [],
    )


def _verified(sure: str, codes: str) -> Resource | None:
    return coded(sure, HL7 + codes) if sure else None


def condition(held: Condition, place: Place) -> Resource:
    """A Condition, or that none is known (condition-clinical, condition-ver-status)."""
    superseded = held.status == SUPERSEDED
    clinical = held.status if held.status in _CLINICAL else "inactive"
    return resource(
        "Condition",
        held,
        {"course": held.course},
        clinicalStatus=coded(clinical, HL7 + "condition-clinical"),
        verificationStatus=_verified(
            "refuted" if superseded else held.certainty, "condition-ver-status"
        ),
        category=[coded("problem-list-item", HL7 + "condition-category")],
        code=said(held.name, held.code, held.system),
        subject={"reference": place.patient},
        encounter=reference(held.encounter, place),
        onsetDateTime=None if says_none(held) else since(held.at),
        abatementDateTime=None if held.ended_at is None else instant(held.ended_at),
        recordedDate=since(held.at) if says_none(held) else recorded(held),
        recorder=who(held.author),
    )


REQUEST, STATEMENT = "MedicationRequest", "MedicationStatement"


def medicine(held: Medication, place: Place, kind: str = "") -> Resource:
    """A Medication: a request where somebody prescribed it here, else what the patient is said to
    take (medicationrequest-status, medication-statement-status). `kind` asks for one of the two."""
    kind = kind or (REQUEST if held.prescriber or held.encounter else STATEMENT)
    dosage: Resource = {"text": held.dose} if held.dose else {}
    if held.frequency:
        dosage["timing"] = {"code": said(held.frequency)}
    stopped = held.why if held.status == "stopped" and held.replaces is None else ""
    rest = _request(held, place) if kind == REQUEST else _statement(held, place)
    return resource(
        kind,
        held,
        {"override": held.override} | rest.pop("beside"),
        status="active" if held.status == "active" else "stopped",
        statusReason=_as_many(said(stopped), kind) if stopped else None,
        medicationCodeableConcept=said(held.name, held.code, held.system),
        subject={"reference": place.patient},
        reasonCode=[said(held.reason)] if held.reason else [],
        **{"dosageInstruction" if kind == REQUEST else "dosage": [dosage] if dosage else []},
        **rest,
    )


def _as_many(reason: Resource, kind: str) -> Any:
    return reason if kind == REQUEST else [reason]


def _request(held: Medication, place: Place) -> Resource:
    return {
        "beside": {"ended_at": "" if held.ended_at is None else instant(held.ended_at)},
        "intent": "order",
        "encounter": reference(held.encounter, place),
        "authoredOn": since(held.at),
        "requester": who(held.prescriber),
        "recorder": who(held.author),
    }


def _statement(held: Medication, place: Place) -> Resource:
    ended = "" if held.ended_at is None else instant(held.ended_at)
    return {
        "beside": {"prescriber": held.prescriber},
        "context": reference(held.encounter, place),
        "effectivePeriod": period(held.at, ended),
        "dateAsserted": recorded(held),
        "informationSource": who(held.author),
    }
