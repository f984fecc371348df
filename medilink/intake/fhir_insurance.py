"""FHIR Coverage as an insurance."""

from __future__ import annotations

from collections.abc import Iterable

from medilink.fhir_names import ENTRY
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import called
from medilink.intake.fhir_setting import Setting, begins, written
from medilink.intake.fhir_values import Concept, Json, Wrong, concept, moment, part, parts, text
from medilink.person_entries import Coverage


def read_coverage(piece: Piece, setting: Setting) -> Iterable[Coverage]:
    """An insurance; nothing for a draft or where the patient pays. Raises Wrong."""
    content = piece.content
    status = text(content, "status")
    insurer = _insurer(piece, setting)
    if status == "draft" or not insurer:
        return
    told = written(piece, setting, begins(content), ())
    until = text(part(content, "period"), "end")[: len("2019-05-23")]
    if until and moment(until) is None:
        raise Wrong("period is not a date that can be right.")
    yield Coverage(
        uid=setting.uid(piece),
        at=told.at,
        insurer=insurer,
        number=text(content, "subscriberId") or _number(content),
        plan=_plan(content),
        until=until,
        status="ended" if status == "cancelled" else "active",
        author=told.author,
        origin=told.origin,
    )


def _insurer(piece: Piece, setting: Setting) -> str:
    """Who pays, if that is not the patient."""
    for payor in parts(piece.content, "payor"):
        found = setting.links.resource(payor, piece) or {}
        if found.get("resourceType") not in ("Patient", "RelatedPerson"):
            if name := called(payor, piece, setting.links):
                return name
    return ""


def _number(coverage: Json) -> str:
    held = [i for i in parts(coverage, "identifier") if i.get("system") != ENTRY]
    return next((value for i in held if (value := text(i, "value"))), "")


def _plan(coverage: Json) -> str:
    classes: list[tuple[Concept, Json]] = [
        (concept(held, "type"), held) for held in parts(coverage, "class")
    ]
    plans = [held for kind, held in classes if kind.code == "plan"]
    named = (text(plan, "name") or text(plan, "value") for plan in plans)
    return next(filter(None, named), "") or concept(coverage, "type").words
