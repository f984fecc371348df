"""FHIR Encounter as a visit."""

from __future__ import annotations

from collections.abc import Iterable

from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import called
from medilink.intake.fhir_reasons import listed, problem, reasons
from medilink.intake.fhir_setting import Setting, written
from medilink.intake.fhir_values import Json, concepts, part, parts, text
from medilink.records import Encounter

_CLASSES = {
    "AMB": "Outpatient visit", "EMER": "Emergency visit", "HH": "Home visit",
    "IMP": "Hospital stay", "ACUTE": "Hospital stay", "NONAC": "Hospital stay",
    "OBSENC": "Observation stay", "PRENC": "Pre-admission", "SS": "Short stay",
    "VR": "Remote consultation", "FLD": "Visit in the field",
}  # fmt: skip
_NOT_MET = ("planned", "cancelled")


def read_visit(piece: Piece, setting: Setting) -> Iterable[Encounter]:
    """A visit; none where it was only planned. Raises Wrong."""
    content = piece.content
    status = text(content, "status")
    if status in _NOT_MET:
        return
    told = written(piece, setting, ("period",), ())
    where = part(content, "serviceProvider")
    yield Encounter(
        uid=setting.uid(piece),
        at=told.at,
        kind=_kind(content),
        reason=reasons(piece, setting),
        diagnosis=_diagnoses(piece, setting),
        author=_seen_by(piece, setting),
        origin=called(where, piece, setting.links) or told.origin,
        status=status,
    )


def _kind(encounter: Json) -> str:
    named = next((kind.words for kind in concepts(encounter, "type")), "")
    setting = part(encounter, "class")
    code = text(setting, "code")
    return named or _CLASSES.get(code) or text(setting, "display") or code or "Visit"


def _diagnoses(piece: Piece, setting: Setting) -> str:
    pointed = [part(item, "condition") for item in parts(piece.content, "diagnosis")]
    return listed("The diagnosis", [problem(one, piece, setting) for one in pointed])


def _seen_by(piece: Piece, setting: Setting) -> str:
    people = [part(item, "individual") for item in parts(piece.content, "participant")]
    return next((name for one in people if (name := called(one, piece, setting.links))), "")
