"""Which FHIR R4 resource each kind of entry leaves as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exports.fhir_clinical import allergy_intolerance, condition, flag, medicine
from exports.fhir_observations import observation
from exports.fhir_parts import Place, Resource
from exports.fhir_patient import coverage, related_person
from exports.fhir_visits import document_reference, encounter, immunization, procedure
from medilink.person_entries import Contact, Coverage
from medilink.records import (
    Alert,
    Allergy,
    Condition,
    Document,
    Encounter,
    Entry,
    Immunization,
    Medication,
    Observation,
    Procedure,
)

_BUILT_BY: dict[type, Callable[[Any, Place], Resource]] = {
    Alert: flag,
    Allergy: allergy_intolerance,
    Condition: condition,
    Medication: medicine,
    Observation: observation,
    Encounter: encounter,
    Immunization: immunization,
    Procedure: procedure,
    Document: document_reference,
    Contact: related_person,
    Coverage: coverage,
}


def build(entry: Entry, place: Place, kind: str = "") -> Resource:
    """An entry as a resource. `kind` asks for a certain one where there are two (medicines).
    KeyError for a Profile, which is part of the Patient."""
    if isinstance(entry, Medication):
        return medicine(entry, place, kind)
    return _BUILT_BY[type(entry)](entry, place)
