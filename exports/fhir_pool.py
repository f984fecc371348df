"""What leaves, and where its references lead: each to a resource that leaves as well, or nowhere.

Only the references are changed; every other character of a resource stays as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from exports.fhir import Part
from exports.fhir_parts import ABSENT, address_of
from exports.raw_json import with_references
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import Links
from medilink.intake.fhir_values import Json
from security.codes import uid_from_name

_ADDRESS = re.compile(r"(https?://|urn:(uuid|oid):)[^\s|]+")


class Pool:
    """Everything that leaves, by what references call it. The first is the person, and the only
    one: what is about another registration of the same person is about them. `never`: types that
    nothing leads to."""

    def __init__(self, parts: Iterable[Part], never: frozenset[str] = frozenset()) -> None:
        self._never = never
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
        if piece is None or piece.kind in self._never:
            return None
        return 0 if piece.kind == "Patient" else piece.number

    def with_references(self, part: Part, called: Callable[[str, Part], str]) -> bytes:
        """The JSON of a resource in which each reference is what `called` makes of it and of what
        it leads to. One to something that does not leave leads nowhere."""
        source = self._pieces[self._at[part.address]]
        inside = {str(one.get("id")) for one in _contained(part.content)}

        def now(said: str) -> str | None:
            if said.startswith("#"):
                return said if said[1:] in inside or said == "#" else None
            met = self._met(self._links.piece({"reference": said}, source))
            return None if met is None else called(said, self.parts[met])

        return with_references(part.body, now, ABSENT)


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


def leads_to(said: str, source: Part, target: Part) -> bool:
    """Whether a reference finds its target by the rules for Bundles (R4, "Resolving references in
    Bundles"): as an address, or beside the server its own address is of."""
    base = source.address.rsplit("/", 2)[0] if source.address.startswith("http") else ""
    return said == target.address or (bool(base) and f"{base}/{said}" == target.address)


def _contained(content: Json) -> list[Json]:
    held = content.get("contained")
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
