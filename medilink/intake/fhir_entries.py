"""FHIR resources as MediLink's entries: what a clinic reads, from what another system wrote.

A resource that states an absence ("no known allergies", the IPS codes for absent and unknown data)
is kept as received and gives no entry: an allergy of that name would read as an allergy. The same
holds for what was refuted, only proposed, not to be taken, planned or cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from medilink.intake.fhir_doses import doses
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_kinds import says_there_is_none
from medilink.intake.fhir_links import called
from medilink.intake.fhir_observations import measured
from medilink.intake.fhir_setting import Setting, written
from medilink.intake.fhir_values import (
    Concept,
    Json,
    Wrong,
    concept,
    concepts,
    first_code,
    fitting,
    part,
    parts,
    text,
    truth,
    when,
)
from medilink.records import Alert, Allergy, Condition, Encounter, Entry, Medication, Observation


def understand(piece: Piece, setting: Setting) -> tuple[Entry, ...]:
    """The entries a resource gives; none for kinds MediLink does not show yet. Raises Wrong."""
    read = _READERS.get(piece.kind)
    return tuple(read(piece, setting)) if read else ()


def _listed(what: str, found: Iterable[str]) -> str:
    """Several texts as one line, each once."""
    return fitting(what, "; ".join(dict.fromkeys(filter(None, found))))


# ---- alerts and allergies

_SEVERITIES = ("mild", "moderate", "severe")


def _alert(piece: Piece, setting: Setting) -> Iterable[Alert]:
    said = concept(piece.content, "code")
    if not said.words:
        raise Wrong("It does not say what it warns of (code).")
    told = written(piece, setting, ("period",), ("author",))
    status = "active" if text(piece.content, "status") == "active" else "inactive"
    yield Alert(setting.uid(piece), told.at, said.words, status, told.author, told.origin)


def _allergy(piece: Piece, setting: Setting) -> Iterable[Allergy]:
    content = piece.content
    said = _substance(content)
    if says_there_is_none(said) or first_code(content, "verificationStatus") == "refuted":
        return
    dates = ("onsetDateTime", "onsetPeriod", "recordedDate", "lastOccurrence")
    told = written(piece, setting, dates, ("recorder", "asserter"))
    status = first_code(content, "clinicalStatus")
    yield Allergy(
        uid=setting.uid(piece),
        at=told.at,
        substance=said.words,
        reaction=_reaction(content),
        severity=_worst_severity(content),
        status=status if status in ("inactive", "resolved") else "active",
        code=said.code,
        system=said.system,
        author=told.author,
        origin=told.origin,
    )


def _substance(allergy: Json) -> Concept:
    """What the allergy is to; some systems say it only beside a reaction."""
    asked = [concept(allergy, "code")]
    asked += [concept(reaction, "substance") for reaction in parts(allergy, "reaction")]
    said = next((one for one in asked if one.words), None)
    if said is None:
        raise Wrong("It does not say what the allergy is to (code).")
    return said


def _reaction(allergy: Json) -> str:
    """What happened, and whether the sender fears worse: criticality has no other place here."""
    seen = []
    for reaction in parts(allergy, "reaction"):
        shown = [sign.words for sign in concepts(reaction, "manifestation")]
        seen += shown or [text(reaction, "description")]
    high = text(allergy, "criticality") == "high"
    return _listed("The reaction", [*seen, "high criticality" if high else ""])


def _worst_severity(allergy: Json) -> str:
    told = [text(reaction, "severity") for reaction in parts(allergy, "reaction")]
    return max((s for s in told if s in _SEVERITIES), key=_SEVERITIES.index, default="")


# ---- conditions

_ENDED = ("inactive", "remission", "resolved")
_UNSURE = ("unconfirmed", "provisional", "differential")


def _condition(piece: Piece, setting: Setting) -> Iterable[Condition]:
    content = piece.content
    said, sure = concept(content, "code"), first_code(content, "verificationStatus")
    if not said.words:
        raise Wrong("It does not name the condition (code).")
    if says_there_is_none(said) or sure == "refuted":
        return
    dates = ("onsetDateTime", "onsetPeriod", "recordedDate")
    told = written(piece, setting, dates, ("asserter", "recorder"))
    ended_at = when(content, "abatementDateTime", "abatementPeriod")
    ended = first_code(content, "clinicalStatus") in _ENDED or ended_at is not None
    yield Condition(
        uid=setting.uid(piece),
        at=told.at,
        name=fitting("The name", f"{said.words} ({sure})") if sure in _UNSURE else said.words,
        status="resolved" if ended else "active",
        ended_at=ended_at,
        code=said.code,
        system=said.system,
        encounter=told.encounter,
        author=told.author,
        origin=told.origin,
    )


# ---- medicines

# What a status of MedicationRequest or MedicationStatement means here. One that is missing here
# gives no entry: drafts, and what was not taken.
_TAKEN = {
    "active": "active", "unknown": "active", "intended": "active", "": "active",
    "completed": "stopped", "stopped": "stopped", "cancelled": "stopped", "on-hold": "stopped",
}  # fmt: skip


def _medication(piece: Piece, setting: Setting) -> Iterable[Medication]:
    content = piece.content
    said = _medicine(piece, setting)
    status = _TAKEN.get(text(content, "status"))
    only_thought_of = text(content, "intent") in ("proposal", "option")
    if status is None or only_thought_of or truth(content, "doNotPerform"):
        return
    if says_there_is_none(said):
        return
    dates = ("authoredOn", "effectiveDateTime", "effectivePeriod", "dateAsserted")
    told = written(piece, setting, dates, ("requester", "recorder", "informationSource"))
    yield Medication(
        uid=setting.uid(piece),
        at=told.at,
        name=said.words,
        dose=doses(content, "dosageInstruction") or doses(content, "dosage"),
        status=status,
        reason=_reasons(piece, setting),
        code=said.code,
        system=said.system,
        encounter=told.encounter,
        author=told.author,
        origin=told.origin,
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


def _reasons(piece: Piece, setting: Setting) -> str:
    """Why something was done: said in the resource, or in the conditions it points to."""
    told = [reason.words for reason in concepts(piece.content, "reasonCode")]
    told += [_problem(r, piece, setting) for r in parts(piece.content, "reasonReference")]
    return _listed("The reason", told)


def _problem(reference: Json, piece: Piece, setting: Setting) -> str:
    """The name of a condition another resource points to; empty where it cannot be told."""
    if said := text(reference, "display"):
        return said
    found = setting.links.resource(reference, piece)
    try:
        return concept(found, "code").words if found else ""
    except Wrong:  # it is broken in the condition, which is listed for it
        return ""


# ---- observations


def _observations(piece: Piece, setting: Setting) -> Iterable[Observation]:
    if text(piece.content, "status") == "cancelled":
        return
    dates = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued")
    told = written(piece, setting, dates, ("performer",))
    for one in measured(piece.content):
        yield Observation(
            uid=setting.uid(piece, one.component),
            at=told.at,
            section=one.section,
            code=one.code,
            name=one.name,
            value=one.value,
            unit=one.unit,
            text=one.text,
            encounter=told.encounter,
            author=told.author,
            origin=told.origin,
        )


# ---- visits

_VISIT_CLASSES = {
    "AMB": "Outpatient visit", "EMER": "Emergency visit", "HH": "Home visit",
    "IMP": "Hospital stay", "ACUTE": "Hospital stay", "NONAC": "Hospital stay",
    "OBSENC": "Observation stay", "PRENC": "Pre-admission", "SS": "Short stay",
    "VR": "Remote consultation", "FLD": "Visit in the field",
}  # fmt: skip


def _encounter(piece: Piece, setting: Setting) -> Iterable[Encounter]:
    content = piece.content
    if text(content, "status") in ("planned", "cancelled"):
        return
    told = written(piece, setting, ("period",), ())
    where = part(content, "serviceProvider")
    yield Encounter(
        uid=setting.uid(piece),
        at=told.at,
        kind=_kind_of_visit(content),
        reason=_reasons(piece, setting),
        diagnosis=_diagnoses(piece, setting),
        author=_seen_by(piece, setting),
        origin=called(where, piece, setting.links) or setting.origin,
    )


def _kind_of_visit(encounter: Json) -> str:
    named = next((kind.words for kind in concepts(encounter, "type")), "")
    setting = part(encounter, "class")
    code = text(setting, "code")
    return named or _VISIT_CLASSES.get(code) or text(setting, "display") or code or "Visit"


def _diagnoses(piece: Piece, setting: Setting) -> str:
    pointed = [part(item, "condition") for item in parts(piece.content, "diagnosis")]
    return _listed("The diagnosis", [_problem(one, piece, setting) for one in pointed])


def _seen_by(piece: Piece, setting: Setting) -> str:
    people = [part(item, "individual") for item in parts(piece.content, "participant")]
    return next((name for one in people if (name := called(one, piece, setting.links))), "")


_READERS: dict[str, Callable[[Piece, Setting], Iterable[Entry]]] = {
    "AllergyIntolerance": _allergy,
    "Condition": _condition,
    "Encounter": _encounter,
    "Flag": _alert,
    "MedicationRequest": _medication,
    "MedicationStatement": _medication,
    "Observation": _observations,
}
