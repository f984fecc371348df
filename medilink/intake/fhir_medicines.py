"""FHIR MedicationRequest and MedicationStatement as what a patient takes or took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from medilink.intake.fhir_absences import says_there_is_none, section_known_empty
from medilink.intake.fhir_doses import doses, rhythms
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_illnesses import nothing_known
from medilink.intake.fhir_links import called
from medilink.intake.fhir_reasons import listed, reasons
from medilink.intake.fhir_setting import Setting, written
from medilink.intake.fhir_values import (
    Concept,
    Wrong,
    concept,
    concepts,
    part,
    text,
    truth,
    when,
)
from medilink.records import Entry, Medication, Section

# What a status of MedicationRequest or MedicationStatement means here. One that is missing here
# gives no entry: drafts, and what was not taken.
_TAKEN = {
    "active": "active", "unknown": "active", "intended": "active", "": "active",
    "completed": "stopped", "stopped": "stopped", "cancelled": "stopped", "on-hold": "stopped",
}  # fmt: skip


def read_medicine(piece: Piece, setting: Setting) -> Iterable[Entry]:
    """A medicine, that none is taken, or nothing. Raises Wrong."""
    content = piece.content
    said = _medicine(piece, setting)
    status = _TAKEN.get(text(content, "status"))
    only_thought_of = text(content, "intent") in ("proposal", "option")
    if status is None or only_thought_of or truth(content, "doNotPerform"):
        return
    dates = ("authoredOn", "effectiveDateTime", "effectivePeriod", "dateAsserted")
    told = written(piece, setting, dates, ("recorder", "informationSource", "requester"))
    if says_there_is_none(said):
        if section_known_empty(said, Section.MEDICATIONS):
            holds = status == "active"
            yield nothing_known(Section.MEDICATIONS, piece, setting, told, holds=holds)
        return
    key = "dosageInstruction" if "dosageInstruction" in content else "dosage"
    yield Medication(
        uid=setting.uid(piece),
        at=told.at,
        name=said.words,
        dose=doses(content, key),
        status=status,
        reason=reasons(piece, setting),
        code=said.code,
        system=said.system,
        encounter=told.encounter,
        author=told.author,
        origin=told.origin,
        frequency=rhythms(content, key),
        prescriber=called(content.get("requester"), piece, setting.links),
        ended_at=when(part(content, "effectivePeriod"), "end"),
        why=_why(piece) if status == "stopped" else "",
    )


def _medicine(piece: Piece, setting: Setting) -> Concept:
    """The medicine, named in the resource itself or in the Medication it points to."""
    said = concept(piece.content, "medicationCodeableConcept")
    reference = part(piece.content, "medicationReference")
    if not said.words and reference:
        found = setting.links.resource(reference, piece)
        said = concept(found, "code") if found else said
    words = said.words or text(reference, "display")
    if not words:
        raise Wrong("It does not name the medicine.")
    return replace(said, words=words)


def _why(piece: Piece) -> str:
    """Why it was stopped: one concept in a request, several in a statement."""
    if isinstance(piece.content.get("statusReason"), dict):
        return concept(piece.content, "statusReason").words
    return listed("The reason", [r.words for r in concepts(piece.content, "statusReason")])
