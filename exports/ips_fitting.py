"""Resources made to fit a document: every reference leads to something in it, what an International
Patient Summary asks for and nobody said is marked as not known, and a narrative that is no sound
XHTML stays behind. Everything else of what came from elsewhere stays as it came, byte for byte.

Source: HL7 IPS 2.0.1, the profiles named beside each rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from exports.fhir import Part
from exports.fhir_parts import ABSENT, Resource, address_of
from exports.ips_fields import wrong_fields
from exports.raw_json import with_members, with_references
from exports.xhtml import is_narrative
from medilink.handing_out import HandedOut
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import Links
from medilink.intake.fhir_values import Json
from security.codes import uid_from_name

_ADDRESS = re.compile(r"(https?://|urn:(uuid|oid):)[^\s|]+")
_DATES_OF = {"MedicationStatement": "effective", "Procedure": "performed"}
# Types that gather other records, or are one's papers: nothing in a summary needs them.
_NEVER = frozenset(
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


class Pool:
    """Everything that leaves, by what references call it. The first is the person, and the only
    one: what is about another registration of the same person is about them."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = _each_at_its_own(parts)
        pieces = [_piece(number, part) for number, part in enumerate(self.parts)]
        self._pieces, self._links = pieces, Links(pieces)
        self._at = {part.address: number for number, part in enumerate(self.parts)}

    def of_entries(self) -> Mapping[bytes, Part]:
        """The resources by the entries they tell."""
        return {uid: part for part in self.parts for uid in part.tells}

    def with_all_they_name(self, chosen: Iterable[Part]) -> list[Part]:
        """These and what they refer to, however far, each once and in the order it is met."""
        found: dict[int, None] = {}
        waiting = [self._at[part.address] for part in chosen]
        while waiting:
            number = waiting.pop(0)
            if number in found:
                continue
            found[number] = None
            for piece in self._links.named_in(self._pieces[number]):
                met = self._met(piece)
                if met is not None:
                    waiting.append(met)
        return [self.parts[number] for number in found]

    def _met(self, piece: Piece | None) -> int | None:
        if piece is None or piece.kind in _NEVER:
            return None
        return 0 if piece.kind == "Patient" else piece.number

    def fitted(self, part: Part) -> Part:
        """A resource as it stands in the document."""
        source = self._pieces[self._at[part.address]]
        inside = {str(one.get("id")) for one in _contained(part.content)}

        def now(said: str) -> str | None:
            if said.startswith("#"):
                return said if said[1:] in inside or said == "#" else None
            met = self._met(self._links.piece({"reference": said}, source))
            if met is None:
                return None
            return said if _leads_to(said, part, self.parts[met]) else self.parts[met].address

        body = with_references(part.body, now, ABSENT)
        other = missing_in(part.kind, part.content) | _without_bad_narrative(part.content)
        return replace(part, body=with_members(body, other) if other else body)


def _each_at_its_own(parts: Iterable[Part]) -> list[Part]:
    """Each with an address of its own that a document may have (bdl-7, bdl-8)."""
    found: dict[str, Part] = {}
    for part in parts:
        called = part.address
        if not _ADDRESS.fullmatch(called) or "/_history/" in called or called in found:
            kept = part.original.uid if part.original else uid_from_name(part.body.hex())
            called = address_of(kept)
        found[called] = replace(part, address=called)
    return list(found.values())


def _piece(number: int, part: Part) -> Piece:
    named = part.content.get("id")
    own = named if isinstance(named, str) else ""
    return Piece(number, "", part.kind, own, part.address, part.content, part.body)


def _leads_to(said: str, source: Part, target: Part) -> bool:
    """Whether a reference finds its target by the rules for Bundles (R4, "Resolving references in
    Bundles"): as an address, or beside the server its own address is of."""
    base = source.address.rsplit("/", 2)[0] if source.address.startswith("http") else ""
    return said == target.address or (bool(base) and f"{base}/{said}" == target.address)


def _contained(content: Json) -> list[Json]:
    held = content.get("contained")
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


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
