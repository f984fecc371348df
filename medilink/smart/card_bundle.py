"""What stands on an emergency card, as the smallest FHIR R4 bundle that says it.

A card in one QR code may carry no CodeableConcept.text and no Coding.display, and most names here
have no code. So a name is itself a code, of a system of our own (`fhir_names.NAME`), in front of
the standard code where there is one: every verifier shows at least the code, and reads the name.

Only resource types that verifiers of cards know: medicines are MedicationRequests, warnings and the
blood type are Observations with a text as value, whom to call stands in the Patient.
docs/formats/smart-health-cards.md gives the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from medilink.absence import SUPERSEDED, says_none
from medilink.days import DAY_MS, MIDDAY_MS, date_text
from medilink.fhir_names import HL7, LOINC, NAME
from medilink.people import PatientDetails, tidy
from medilink.person_entries import Contact
from medilink.records import Alert, Allergy, Condition, Entry, Medication, Record, in_force

Resource = dict[str, Any]

ALERT_CODE = "104605-1"  # LOINC: Alert, the section of warnings in IPS 2.0
BLOOD_CODE = "882-1"  # LOINC: ABO and Rh group [Type] in Blood
_PATIENT = {"reference": "resource:0"}
_NOT_DESCRIBED = "unknown"  # FHIR R4 has no severity without a manifestation


class CardPart(StrEnum):
    """What a patient may put on the card beside name and birth date."""

    ALERTS = "alerts"
    ALLERGIES = "allergies"
    CONDITIONS = "conditions"
    MEDICATIONS = "medications"
    BLOOD = "blood"
    CONTACTS = "contacts"
    PHONE = "phone"


ALL_PARTS = frozenset(CardPart)


@dataclass(frozen=True, slots=True)
class CardContent:
    """The facts of one card, worst first. `dates`, `codes`, `doses`, `reactions`: whether those
    details are told. How bad an allergy is, is told always; without codes a condition is active
    unless it says that it is over."""

    person: PatientDetails
    alerts: tuple[Alert, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    conditions: tuple[Condition, ...] = ()
    medications: tuple[Medication, ...] = ()
    blood: str = ""
    contacts: tuple[Contact, ...] = ()
    phone: str = ""
    dates: bool = True
    codes: bool = True
    doses: bool = True
    reactions: bool = True


def card_content(record: Record, parts: frozenset[CardPart] = ALL_PARTS) -> CardContent:
    """The chosen parts of a record: what is active, and conditions that are over. Sections that the
    record does not hold stay empty."""
    chosen = parts.__contains__
    profile = record.profile
    blood = profile.blood if profile and chosen(CardPart.BLOOD) else ""
    return CardContent(
        person=record.patient.details,
        alerts=_active(record.alerts) if chosen(CardPart.ALERTS) else (),
        allergies=_worst_first(record.allergies) if chosen(CardPart.ALLERGIES) else (),
        conditions=_conditions(record.conditions) if chosen(CardPart.CONDITIONS) else (),
        medications=_active(record.medications) if chosen(CardPart.MEDICATIONS) else (),
        blood=blood,
        contacts=_first_to_call(record.contacts) if chosen(CardPart.CONTACTS) else (),
        phone=record.patient.details.phone if chosen(CardPart.PHONE) else "",
    )


def _active(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    """What holds now; that nothing is known only where nothing is listed."""
    held = [e for e in entries if e.status == "active" and in_force(e)]
    return tuple([e for e in held if not says_none(e)] or held[:1])


def _worst_first(allergies: tuple[Allergy, ...]) -> tuple[Allergy, ...]:
    rank = {"severe": 0, "moderate": 1}
    high = {"high": -1}
    held = _active(allergies)
    return tuple(sorted(held, key=lambda a: (high.get(a.criticality, 0), rank.get(a.severity, 2))))


def _conditions(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Chronic ones, others that are active, then those that are over; the newest first in each."""
    over = [c for c in conditions if c.status not in ("active", SUPERSEDED) and in_force(c)]
    named = [c for c in over if not says_none(c)]
    active = sorted(_active(conditions), key=lambda c: c.course != "chronic")
    return (*active, *named)


def _first_to_call(contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
    return tuple(sorted(_active(contacts), key=lambda contact: -contact.primary))


# ---- as FHIR


def card_bundle(content: CardContent) -> Resource:
    """The content as a Bundle of type collection, by the rules for cards in one QR code."""
    resources = [_patient(content), *_resources(content)]
    entries = [
        {"fullUrl": f"resource:{number}", "resource": resource}
        for number, resource in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _resources(content: CardContent) -> Iterator[Resource]:
    for alert in content.alerts:
        yield _observation(ALERT_CODE, alert.text)
    for allergy in content.allergies:
        yield _allergy(allergy, content)
    for condition in content.conditions:
        yield _condition(condition, content)
    for medicine in content.medications:
        yield _medicine(medicine, content)
    if content.blood:
        yield _observation(BLOOD_CODE, content.blood)


def _patient(content: CardContent) -> Resource:
    person = content.person
    name = _told(family=tidy(person.family), given=tidy(person.given).split())
    return _told(
        resourceType="Patient",
        name=[name],
        telecom=_phone(content.phone),
        birthDate=person.birth_date,
        contact=[_contact(contact) for contact in content.contacts],
    )


def _contact(contact: Contact) -> Resource:
    return _told(
        relationship=[_named(contact.relation)] if tidy(contact.relation) else [],
        name={"text": tidy(contact.name)},
        telecom=_phone(contact.phone),
    )


def _allergy(allergy: Allergy, content: CardContent) -> Resource:
    unsure = allergy.certainty == "unconfirmed"
    codes = HL7 + "allergyintolerance-verification"
    return _told(
        resourceType="AllergyIntolerance",
        clinicalStatus=_coded("active", HL7 + "allergyintolerance-clinical"),
        verificationStatus=_coded("unconfirmed", codes) if unsure else {},
        criticality=allergy.criticality,
        code=_concept(allergy, allergy.substance, content),
        patient=_PATIENT,
        reaction=_reaction(allergy, content),
    )


def _reaction(allergy: Allergy, content: CardContent) -> list[Resource]:
    """What happened, and how bad it was."""
    shown = tidy(allergy.reaction) if content.reactions else ""
    if not shown and not allergy.severity:
        return []
    manifestation = [_named(shown or _NOT_DESCRIBED)]
    return [_told(manifestation=manifestation, severity=allergy.severity)]


def _condition(condition: Condition, content: CardContent) -> Resource:
    dated = content.dates and not says_none(condition)
    status = _coded(condition.status, HL7 + "condition-clinical")
    return _told(
        resourceType="Condition",
        clinicalStatus=status if content.codes or condition.status != "active" else {},
        code=_concept(condition, condition.name, content),
        subject=_PATIENT,
        onsetDateTime=_day(condition.at) if dated else "",
        abatementDateTime=_day(condition.ended_at) if dated and condition.ended_at else "",
    )


def _medicine(medicine: Medication, content: CardContent) -> Resource:
    taken = ", ".join(filter(None, (tidy(medicine.dose), tidy(medicine.frequency))))
    return _told(
        resourceType="MedicationRequest",
        status="active",
        # "order" is a prescription; what somebody is only known to take is a plan to go on with.
        intent="order" if medicine.prescriber or medicine.encounter else "plan",
        medicationCodeableConcept=_concept(medicine, medicine.name, content),
        subject=_PATIENT,
        dosageInstruction=[{"text": taken}] if taken and content.doses else [],
    )


def _observation(code: str, said: str) -> Resource:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": _coded(code, LOINC),
        "subject": _PATIENT,
        "valueString": tidy(said),
    }


def _concept(entry: Entry, name: str, content: CardContent) -> Resource:
    """What something is: the name as a code of ours, then its standard code. That nothing is known
    has a code that reads as words."""
    code, system = getattr(entry, "code", ""), getattr(entry, "system", "")
    standard = _coded(code, system)["coding"] if code and system else []
    if says_none(entry):
        return {"coding": standard}
    return {"coding": [*_named(name)["coding"], *(standard if content.codes else [])]}


def _named(words: str) -> Resource:
    return _coded(tidy(words), NAME)


def _coded(code: str, system: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def _phone(number: str) -> list[Resource]:
    return [{"system": "phone", "value": number}] if number else []


def _day(at: int) -> str:
    """As exactly as it is known, at most the day: a card needs no hour."""
    if at <= 0:
        return ""
    return date_text(at) or date_text(at - at % DAY_MS + MIDDAY_MS)


def _told(**fields: Any) -> Resource:
    return {key: value for key, value in fields.items() if value not in ("", [], {}, None)}
