"""FHIR Immunization and Procedure: what was given and done to a patient."""

from __future__ import annotations

from collections.abc import Iterable

from medilink.fhir_names import CVX
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import called
from medilink.intake.fhir_setting import Setting, author, written
from medilink.intake.fhir_values import (
    Concept,
    Json,
    Wrong,
    concept,
    decimal,
    note,
    part,
    parts,
    plain,
    text,
)
from medilink.records import Immunization, Procedure

NOT_DONE = "not-done"
_STARTED = ("", "in-progress", "completed", "stopped", "unknown")


def read_vaccine(piece: Piece, setting: Setting) -> Iterable[Immunization]:
    """A vaccine that was given, or was not, with the reason. Raises Wrong."""
    content = piece.content
    said = concept(content, "vaccineCode")
    if not said.words:
        raise Wrong("It does not name the vaccine (vaccineCode).")
    told = written(piece, setting, ("occurrenceDateTime", "recorded"), ())
    status = text(content, "status")
    code, system = _vaccine_code(said)
    yield Immunization(
        uid=setting.uid(piece),
        at=told.at,
        vaccine=said.words,
        dose=_dose_number(content),
        status=status,
        code=code,
        system=system,
        encounter=told.encounter,
        author=_acted(piece, setting) or author(piece, setting.links, ("reportOrigin",)),
        origin=told.origin,
        lot=text(content, "lotNumber"),
        site=concept(content, "site").words,
        why=concept(content, "statusReason").words if status == NOT_DONE else "",
    )


def _vaccine_code(said: Concept) -> tuple[str, str]:
    """The CVX code if there is one, because schedules know those; else the first."""
    of_cvx = [code for system, code in said.codings if system == CVX]
    return (of_cvx[0], CVX) if of_cvx else (said.code, said.system)


def _dose_number(content: Json) -> str:
    """Which dose of the series it was, of the first protocol that says it."""
    for applied in parts(content, "protocolApplied"):
        number = decimal(applied, "doseNumberPositiveInt")
        if number is not None:
            return plain(number)
        if said := text(applied, "doseNumberString"):
            return said
    return ""


def read_procedure(piece: Piece, setting: Setting) -> Iterable[Procedure]:
    """What was done, and how it went; nothing for what was not begun. Raises Wrong."""
    content = piece.content
    said, status = concept(content, "code"), text(content, "status")
    if not said.words:
        raise Wrong("It does not say what was done (code).")
    if status not in _STARTED:
        return
    dates = ("performedDateTime", "performedPeriod")
    told = written(piece, setting, dates, ("recorder", "asserter"))
    yield Procedure(
        uid=setting.uid(piece),
        at=told.at,
        name=said.words,
        status=status,
        code=said.code,
        system=said.system,
        encounter=told.encounter,
        author=told.author or _acted(piece, setting),
        origin=told.origin,
        outcome=_outcome(content),
        why=(concept(content, "statusReason").words or status) if status == "stopped" else "",
    )


def _outcome(content: Json) -> str:
    """How it went, and what was noted beside it."""
    notes = [note(each, "text") for each in parts(content, "note")]
    told = [concept(content, "outcome").words, *notes]
    return "\n".join(dict.fromkeys(filter(None, told)))


def _acted(piece: Piece, setting: Setting) -> str:
    """Who gave or did it."""
    people = [part(item, "actor") for item in parts(piece.content, "performer")]
    return next((name for one in people if (name := called(one, piece, setting.links))), "")
