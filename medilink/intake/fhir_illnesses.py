"""FHIR AllergyIntolerance and Condition as MediLink's allergies and conditions.

That nothing is known to be there is an entry of its own (`medilink.absence`). A narrower absence
("no known food allergies"), what nobody asked about, and what was refuted give no entry: read as an
allergy of that name they would be wrong, read as "no known allergies" they would be dangerous.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from medilink.absence import SUPERSEDED, absence
from medilink.intake.fhir_absences import says_there_is_none, section_known_empty
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_reasons import listed
from medilink.intake.fhir_setting import Setting, Written, written
from medilink.intake.fhir_values import (
    Concept,
    Json,
    Wrong,
    concept,
    concepts,
    first_code,
    parts,
    text,
    when,
)
from medilink.records import Allergy, Condition, Entry, Section

_SEVERITIES = ("mild", "moderate", "severe")
_CRITICALITIES = ("low", "high")
_ENDED = ("inactive", "remission", "resolved")
# FHIR R4 allergyintolerance-verification and condition-ver-status, as certainty.
_CERTAINTY = {
    "confirmed": "confirmed",
    "unconfirmed": "unconfirmed",
    "provisional": "unconfirmed",
    "differential": "unconfirmed",
    "presumed": "unconfirmed",
}


def nothing_known(
    section: Section, piece: Piece, setting: Setting, told: Written, *, holds: bool
) -> Entry:
    """The entry that says there is nothing to list; `holds` where it is still so."""
    uid = setting.uid(piece)
    entry = absence(section, uid=uid, at=told.at, author=told.author, origin=told.origin)
    return entry if holds else cast("Any", entry)._replace(status=SUPERSEDED)


def read_allergy(piece: Piece, setting: Setting) -> Iterable[Entry]:
    """An allergy, that none is known, or nothing. Raises Wrong."""
    content = piece.content
    said, sure = _substance(content), first_code(content, "verificationStatus")
    if sure == "refuted":
        return
    dates = ("onsetDateTime", "onsetPeriod", "recordedDate", "lastOccurrence")
    told = written(piece, setting, dates, ("recorder", "asserter"))
    status = first_code(content, "clinicalStatus")
    if says_there_is_none(said):
        if section_known_empty(said, Section.ALLERGIES):
            holds = status in ("", "active")
            yield nothing_known(Section.ALLERGIES, piece, setting, told, holds=holds)
        return
    criticality = text(content, "criticality")
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
        certainty=_CERTAINTY.get(sure, ""),
        criticality=criticality if criticality in _CRITICALITIES else "",
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
    seen = []
    for reaction in parts(allergy, "reaction"):
        shown = [sign.words for sign in concepts(reaction, "manifestation")]
        seen += shown or [text(reaction, "description")]
    return listed("The reaction", seen)


def _worst_severity(allergy: Json) -> str:
    told = [text(reaction, "severity") for reaction in parts(allergy, "reaction")]
    return max((s for s in told if s in _SEVERITIES), key=_SEVERITIES.index, default="")


def read_condition(piece: Piece, setting: Setting) -> Iterable[Entry]:
    """A condition, that none is known, or nothing. Raises Wrong."""
    content = piece.content
    said, sure = concept(content, "code"), first_code(content, "verificationStatus")
    if not said.words:
        raise Wrong("It does not name the condition (code).")
    if sure == "refuted":
        return
    dates = ("onsetDateTime", "onsetPeriod", "recordedDate")
    told = written(piece, setting, dates, ("asserter", "recorder"))
    ended_at = when(content, "abatementDateTime", "abatementPeriod")
    ended = first_code(content, "clinicalStatus") in _ENDED or ended_at is not None
    if says_there_is_none(said):
        if section_known_empty(said, Section.CONDITIONS):
            yield nothing_known(Section.CONDITIONS, piece, setting, told, holds=not ended)
        return
    yield Condition(
        uid=setting.uid(piece),
        at=told.at,
        name=said.words,
        status="resolved" if ended else "active",
        ended_at=ended_at,
        code=said.code,
        system=said.system,
        encounter=told.encounter,
        author=told.author,
        origin=told.origin,
        certainty=_CERTAINTY.get(sure, ""),
    )
