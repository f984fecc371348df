"""Why something was done: said in a FHIR resource, or in the conditions it points to."""

from __future__ import annotations

from collections.abc import Iterable

from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_setting import Setting
from medilink.intake.fhir_values import Json, Wrong, concept, concepts, fitting, parts, text


def reasons(piece: Piece, setting: Setting) -> str:
    """The reasons of a visit, medicine or procedure in one line."""
    told = [reason.words for reason in concepts(piece.content, "reasonCode")]
    told += [problem(r, piece, setting) for r in parts(piece.content, "reasonReference")]
    return listed("The reason", told)


def problem(reference: Json, piece: Piece, setting: Setting) -> str:
    """The name of a condition another resource points to; empty where it cannot be told."""
    if said := text(reference, "display"):
        return said
    found = setting.links.resource(reference, piece)
    try:
        return concept(found, "code").words if found else ""
    except Wrong:  # it is broken in the condition, which is listed for it
        return ""


def listed(what: str, found: Iterable[str]) -> str:
    """Several texts as one line, each once."""
    return fitting(what, "; ".join(dict.fromkeys(filter(None, found))))
