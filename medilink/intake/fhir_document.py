"""What a document (a Composition, as an International Patient Summary has one) says of what is in
it: the house that keeps it, and of single entries where they come from."""

from __future__ import annotations

from collections.abc import Mapping

from medilink.fhir_names import DATED, DOCUMENT, ORIGIN
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import Links, called
from medilink.intake.fhir_setting import Source
from medilink.intake.fhir_values import UNDATED, Json, Wrong, part, parts, text, when


def house_of(document: Piece, links: Links) -> str:
    """The house that keeps a document; where it names none, the house or person that wrote it."""
    written_by = document.content.get("author")
    people = written_by if isinstance(written_by, list) else [written_by]
    named = (called(one, document, links) for one in [document.content.get("custodian"), *people])
    return next((name for name in named if name), "")


def sources_in(document: Piece, links: Links) -> Mapping[int, Source]:
    """In a summary MediLink made: where each entry that came from elsewhere was from, and of when,
    as it stands on its line. Other programs' documents say nothing of the kind."""
    try:
        if text(part(document.content, "identifier"), "system") != DOCUMENT:
            return {}
        lines = [
            line
            for section in parts(document.content, "section")
            for line in parts(section, "entry")
        ]
        found = [(links.piece(line, document), _source(line)) for line in lines]
    except Wrong:  # what stands on its lines is worth less than what they lead to
        return {}
    return {piece.number: source for piece, source in found if piece and source}


def _source(line: Json) -> Source | None:
    marks = {str(mark.get("url")): mark for mark in parts(line, "extension")}
    if not marks.keys() & {ORIGIN, DATED}:
        return None
    at = when(marks.get(DATED, {}), "valueDateTime")
    return Source(text(marks.get(ORIGIN, {}), "valueString"), UNDATED if at is None else at)
