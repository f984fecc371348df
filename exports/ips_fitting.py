"""Resources made to fit a document: every reference leads to something in it, what an International
Patient Summary asks for and nobody said is marked as not known, and a narrative that is no sound
XHTML stays behind. Everything else of what came from elsewhere stays as it came, byte for byte.

Source: HL7 IPS 2.0.1, the profiles named beside each rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from exports.fhir import Part
from exports.fhir_parts import ABSENT, Resource
from exports.fhir_pool import Pool, leads_to
from exports.ips_fields import wrong_fields
from exports.raw_json import with_members
from exports.xhtml import is_narrative
from medilink.handing_out import HandedOut
from medilink.intake.fhir_values import Json

_DATES_OF = {"MedicationStatement": "effective", "Procedure": "performed"}
# Types that gather other records, or are one's papers: nothing in a summary needs them.
NEVER = frozenset(
    {"Bundle", "Claim", "ClaimResponse", "Composition", "Coverage", "ExplanationOfBenefit"}
)


def as_far_as_sound(handed: HandedOut) -> HandedOut:
    """Without the originals that say what no FHIR R4 resource can: their entries leave as they
    stand in the record."""
    sound = tuple(
        one
        for one in handed.originals
        if not any(wrong_fields({**one.content, **missing_in(one.original.kind, one.content)}))
    )
    people = [one for one in handed.originals if one.original.kind == "Patient"]
    known_as = (people[0].address, people[0].id) if people else handed.known_as
    return replace(handed, originals=sound, known_as=known_as)


def fitted(part: Part, pool: Pool) -> Part:
    """A resource as it stands in the document."""
    body = pool.with_references(
        part, lambda said, met: said if leads_to(said, part, met) else met.address
    )
    other = missing_in(part.kind, part.content) | _without_bad_narrative(part.content)
    return replace(part, body=with_members(body, other) if other else body)


# ---- what nobody said


def missing_in(kind: str, content: Json) -> Resource:
    """What the profile of a type asks for and a resource does not say, as "not known"."""
    if kind in _DATES_OF:
        return _undated(_DATES_OF[kind], content)
    if kind == "Observation":
        return _of_observation(content)
    asked: Callable[[Json], Resource] = _ASKED.get(kind, lambda _content: {})
    return asked(content)


def _says(content: Json, key: str) -> bool:
    return key in content or f"_{key}" in content


def _undated(start: str, content: Json) -> Resource:
    said = any(key.lstrip("_").startswith(start) for key in content)
    return {} if said else {f"_{start}DateTime": ABSENT}


def _of_observation(content: Json) -> Resource:
    """Observation-results-laboratory-pathology; of vital signs, the base profile's date."""
    kinds = {
        coding.get("code")
        for held in _list(content, "category")
        for coding in _list(held, "coding")
    }
    if not kinds & {"laboratory", "vital-signs"}:
        return {}
    done_by = content.get("performer") or "laboratory" not in kinds
    return _undated("effective", content) | ({} if done_by else {"performer": [ABSENT]})


def _list(node: Json, key: str) -> list[Any]:
    held = node.get(key)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _of_patient(content: Json) -> Resource:
    born = {} if _says(content, "birthDate") else {"_birthDate": ABSENT}
    return born | ({} if content.get("name") else {"name": [{"_text": ABSENT}]})


def _of_allergy(content: Json) -> Resource:
    """The substance may stand with the reactions only, where the profile does not look."""
    if content.get("code"):
        return {}
    substances = [one.get("substance") for one in _list(content, "reaction")]
    return {"code": next((each for each in substances if each), ABSENT)}


_ASKED: dict[str, Callable[[Json], Resource]] = {
    "Patient": _of_patient,
    "AllergyIntolerance": _of_allergy,
    "Organization": lambda content: {} if _says(content, "name") else {"_name": ABSENT},
    "Practitioner": lambda content: {} if content.get("name") else {"name": [{"_text": ABSENT}]},
    "Medication": lambda content: {} if content.get("code") else {"code": ABSENT},
}


def _without_bad_narrative(content: Json) -> dict[str, None]:
    text = content.get("text")
    sound = not isinstance(text, dict) or is_narrative(text.get("div"))
    return {} if sound else {"text": None}
