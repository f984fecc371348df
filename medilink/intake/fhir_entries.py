"""FHIR resources as MediLink's entries: what a clinic reads, from what another system wrote.

Each subject has a room of its own; here is the door to them, and what is small: alerts and
observations. What was refuted, only proposed, not to be taken, planned or cancelled is kept as
received and gives no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from medilink.fhir_names import FLAG_PRIORITIES, FLAG_PRIORITY, HIGH_PRIORITY
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_given import read_procedure, read_vaccine
from medilink.intake.fhir_illnesses import read_allergy, read_condition
from medilink.intake.fhir_insurance import read_coverage
from medilink.intake.fhir_medicines import read_medicine
from medilink.intake.fhir_observations import measured
from medilink.intake.fhir_own import as_it_was
from medilink.intake.fhir_papers import read_document, read_report
from medilink.intake.fhir_person_entries import read_related
from medilink.intake.fhir_setting import Setting, written
from medilink.intake.fhir_values import Json, Wrong, concept, parts, text
from medilink.intake.fhir_visits import read_visit
from medilink.records import Alert, Entry, Observation


def understand(piece: Piece, setting: Setting) -> tuple[Entry, ...]:
    """The entries a resource gives; none for kinds MediLink does not show yet. Raises Wrong."""
    read = _READERS.get(piece.kind)
    found = tuple(read(piece, setting)) if read else ()
    return (as_it_was(found[0], piece),) if len(found) == 1 else found


# ---- alerts


def _alert(piece: Piece, setting: Setting) -> Iterable[Alert]:
    content = piece.content
    said = concept(content, "code")
    if not said.words:
        raise Wrong("It does not say what it warns of (code).")
    told = written(piece, setting, ("period",), ("author",))
    yield Alert(
        uid=setting.uid(piece),
        at=told.at,
        text=said.words,
        status="active" if text(content, "status") == "active" else "inactive",
        author=told.author,
        origin=told.origin,
        level="high" if _is_urgent(content) else "",
    )


def _is_urgent(flag: Json) -> bool:
    marks = [each for each in parts(flag, "extension") if each.get("url") == FLAG_PRIORITY]
    codings = [pair for each in marks for pair in concept(each, "valueCodeableConcept").codings]
    return (FLAG_PRIORITIES, HIGH_PRIORITY) in codings


# ---- observations

# To FHIR "amended" is a newest version; here it is one that was replaced.
_AS_CORRECTED = {"amended": "corrected"}


def _observations(piece: Piece, setting: Setting) -> Iterable[Observation]:
    status = text(piece.content, "status")
    if status == "cancelled":
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
            status=_AS_CORRECTED.get(status, status),
            low=one.low,
            high=one.high,
        )


_READERS: dict[str, Callable[[Piece, Setting], Iterable[Entry]]] = {
    "AllergyIntolerance": read_allergy,
    "Condition": read_condition,
    "Coverage": read_coverage,
    "DiagnosticReport": read_report,
    "DocumentReference": read_document,
    "Encounter": read_visit,
    "Flag": _alert,
    "Immunization": read_vaccine,
    "MedicationRequest": read_medicine,
    "MedicationStatement": read_medicine,
    "Observation": _observations,
    "Procedure": read_procedure,
    "RelatedPerson": read_related,
}
