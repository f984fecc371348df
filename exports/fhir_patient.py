"""A person as FHIR R4: Patient, whom to call as RelatedPerson, insurance as Coverage, and the blood
type as an Observation."""

from __future__ import annotations

import base64

from exports.fhir_parts import (
    ABSENT,
    Place,
    Resource,
    coded,
    meta,
    period,
    recorded,
    resource,
    said,
    since,
    who,
)
from medilink.attachments import JPEG
from medilink.fhir_names import (
    BCP47,
    CONTACT_ROLES,
    EMERGENCY_CONTACT,
    FIELD,
    HL7,
    LOINC,
    MEDILINK_ID,
    PERSON,
    written_uid,
)
from medilink.intake.fhir_people import BIRTH_ESTIMATED
from medilink.people import Patient, PatientDetails
from medilink.person_entries import Contact, Coverage, Profile
from medilink.receiving import entry_uid

BLOOD_GROUP = "882-1"  # LOINC: ABO and Rh group [Type] in Blood
_BESIDE_R4 = ("blood", "donor", "reach", "pharmacy", "author")


def about_person(told: PatientDetails, profile: Profile | None, place: Place) -> Resource:
    """The fields of a Patient that MediLink keeps. Those it does not know are not there."""
    profile = profile or Profile(uid=b"", at=0)
    name = {"use": "official", "family": told.family, "given": told.given.split()}
    lines = [
        {"system": "phone", "value": told.phone},
        {"system": "email", "value": profile.email},
    ]
    photo = place.bodies.get(bytes.fromhex(profile.photo), b"")
    fields: Resource = {
        "extension": _beside(told, profile),
        "name": [{key: value for key, value in name.items() if value}] if told.full_name else [],
        "telecom": [line for line in lines if line["value"]],
        "gender": told.sex.value,
        "birthDate": told.birth_date,
        "address": [{"city": told.village}] if told.village else [],
        "photo": [_picture(photo)] if photo else [],
        "communication": _languages(profile.language),
    }
    return {key: value for key, value in fields.items() if value}


def _beside(told: PatientDetails, profile: Profile) -> list[Resource]:
    said_of = {FIELD + name: getattr(profile, name) for name in _BESIDE_R4}
    said_of[BIRTH_ESTIMATED] = "1" if told.birth_estimated else ""
    return [{"url": url, "valueString": text} for url, text in said_of.items() if text]


def _picture(photo: bytes) -> Resource:
    return {"contentType": JPEG, "data": base64.b64encode(photo).decode()}


def _languages(tag: str) -> list[Resource]:
    if not tag:
        return []
    return [{"language": {"coding": [{"system": BCP47, "code": tag}]}, "preferred": True}]


def patient(person: Patient, profile: Profile | None, place: Place, own_id: str = "") -> Resource:
    """A person registered here. `own_id`: the id others know this Patient by, if they do."""
    marks = [
        {"use": "official", "system": PERSON, "value": written_uid(person.uid)},
        {"use": "usual", "system": MEDILINK_ID, "value": person.medilink_id},
    ]
    return {
        "resourceType": "Patient",
        "id": own_id or written_uid(person.uid),
        **({"meta": meta(profile)} if profile and meta(profile) else {}),
        "identifier": marks,
        "active": True,
    } | about_person(person.details, profile, place)


def related_person(held: Contact, place: Place) -> Resource:
    """Somebody to call."""
    relations = [said(held.relation)] if held.relation else []
    first = [coded(EMERGENCY_CONTACT, CONTACT_ROLES)] if held.primary else []
    return resource(
        "RelatedPerson",
        held,
        {"author": held.author},
        active=held.status == "active",
        patient={"reference": place.patient},
        relationship=[*relations, *first],
        name=[{"text": held.name}] if held.name else [],
        telecom=[{"system": "phone", "value": held.phone}] if held.phone else [],
        period=period(held.at),
    )


def coverage(held: Coverage, place: Place) -> Resource:
    """An insurance (fm-status)."""
    plan = {"type": coded("plan", HL7 + "coverage-class"), "value": held.plan, "name": held.plan}
    return resource(
        "Coverage",
        held,
        {"author": held.author},
        status="active" if held.status == "active" else "cancelled",
        subscriberId=held.number,
        beneficiary={"reference": place.patient},
        period=period(held.at, held.until),
        payor=[who(held.insurer) or ABSENT],
        **{"class": [plan] if held.plan else []},
    )


def blood_group(profile: Profile, place: Place) -> Resource:
    """The blood type as any other program looks for it. It has the mark of the profile it is of."""
    built = resource(
        "Observation",
        profile,
        {},
        status="final",
        category=[coded("laboratory", HL7 + "observation-category")],
        code=said("Blood group", BLOOD_GROUP, LOINC),
        subject={"reference": place.patient},
        effectiveDateTime=since(profile.at),
        issued=recorded(profile),
        performer=[who(profile.author)] if profile.author else [],
        valueCodeableConcept={"text": profile.blood},
    )
    return built | {"id": written_uid(entry_uid(profile.uid, "blood"))}
