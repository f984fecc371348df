"""Who is meant: FHIR references, resolved inside one file.

Nothing outside the file is looked up. A reference that fits two resources fits none: attaching a
result to the wrong person is worse than not reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_kinds import R4_KINDS
from medilink.intake.fhir_values import Json, Wrong, inside, parts, text, words
from medilink.visits import LINE_LIMIT

_TYPE_AND_ID = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")


class Links:
    """The resources of one file by everything a reference may call them."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._called: dict[str, Piece | None] = {}
        self._named: dict[int, list[Piece]] = {}
        self._by_id: dict[str, Piece | None] = {}
        for piece in pieces:
            for name in {piece.url, *_names(piece)} - {""}:
                self._called[name] = None if name in self._called else piece
            self._by_id[piece.id] = None if piece.id in self._by_id else piece

    def piece(self, reference: object, source: Piece) -> Piece | None:
        """The resource of this file a Reference object in `source` points to."""
        if not isinstance(reference, dict):
            return None
        written = reference.get("reference")
        if isinstance(written, str):
            return self._by_address(written, source)
        return self._by_identifier(reference)

    def resource(self, reference: object, source: Piece) -> Json | None:
        """The content a Reference points to: in the file, or contained in `source` (#id)."""
        written = reference.get("reference") if isinstance(reference, dict) else None
        if isinstance(written, str) and written.startswith("#"):
            held = source.content.get("contained")
            inner = [c for c in held if isinstance(c, dict)] if isinstance(held, list) else []
            return next((c for c in inner if c.get("id") == written[1:]), None)
        found = self.piece(reference, source)
        return found.content if found else None

    def named_in(self, source: Piece) -> list[Piece]:
        """Every resource of this file that `source` refers to anywhere."""
        if source.number in self._named:
            return self._named[source.number]
        found = {
            piece.number: piece
            for node in inside(source.content)
            if ("reference" in node or "identifier" in node)
            and (piece := self.piece(node, source)) is not None
            and piece is not source
        }
        self._named[source.number] = [found[number] for number in sorted(found)]
        return self._named[source.number]

    def _by_address(self, written: str, source: Piece) -> Piece | None:
        if written in self._called:
            return self._called[written]
        if written.startswith(
            "urn:uuid:"
        ):  # some programs leave fullUrl out, or write it otherwise
            return self._by_id.get(written.removeprefix("urn:uuid:"))
        ending = _TYPE_AND_ID.search(written)
        if not ending or ending[1] not in R4_KINDS:
            return None
        plain = f"{ending[1]}/{ending[2]}"
        if written == plain:  # relative: beside the resource that says it, if its server is known
            base = source.url.removesuffix(f"{source.kind}/{source.id}")
            beside = self._called.get(base + plain) if base != source.url else None
            return beside or self._called.get(plain)
        return self._called.get(plain)

    def _by_identifier(self, reference: Json) -> Piece | None:
        identifier, kind = reference.get("identifier"), reference.get("type")
        if not isinstance(identifier, dict) or not isinstance(kind, str):
            return None
        return self._called.get(f"{kind}?identifier={_token(identifier)}")


def _names(piece: Piece) -> set[str]:
    """What a reference may call a resource besides its address."""
    named = {f"{piece.kind}?identifier={token}" for token in _tokens(piece)}
    return named | ({f"{piece.kind}/{piece.id}"} if piece.id else set())


def _tokens(piece: Piece) -> list[str]:
    held = piece.content.get("identifier")
    identifiers = held if isinstance(held, list) else []
    return [token for item in identifiers if isinstance(item, dict) and (token := _token(item))]


def _token(identifier: Json) -> str:
    """An identifier the way a FHIR search writes it: system|value."""
    system, value = identifier.get("system"), identifier.get("value")
    if not isinstance(value, str) or not value:
        return ""
    return f"{system}|{value}" if isinstance(system, str) else value


# ---- names of those who wrote


def called(reference: object, source: Piece, links: Links) -> str:
    """The name of whom a Reference points to; empty where it cannot be told.

    A name that is broken or too long counts as unknown: the entry it stands beside is worth more.
    """
    if not isinstance(reference, dict):
        return ""
    try:
        return text(reference, "display") or _name_of(reference, source, links)
    except Wrong:
        return ""


def _name_of(reference: Json, source: Piece, links: Links, deeper: bool = True) -> str:
    found = links.resource(reference, source)
    if found is None:
        return ""
    kind = found.get("resourceType")
    if kind in ("Patient", "RelatedPerson"):
        return "the patient" if kind == "Patient" else "a relative"
    if kind == "PractitionerRole" and deeper:
        behind = found.get("practitioner", found.get("organization"))
        return _name_of(behind, source, links, deeper=False) if isinstance(behind, dict) else ""
    if isinstance(found.get("name"), str):
        return text(found, "name")
    return next((full for name in parts(found, "name") if (full := full_name(name))), "")


def full_name(name: Json) -> str:
    """A HumanName in one line: its text, else prefix, given names and family name."""
    whole = text(name, "text")
    if whole:
        return whole
    pieces = [*words(name, "prefix"), *words(name, "given"), text(name, "family")]
    joined = " ".join(" ".join(pieces).split())
    if len(joined) > LINE_LIMIT:
        raise Wrong("name is too long.")
    return joined
