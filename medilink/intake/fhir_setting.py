"""What a FHIR resource is read beside: its file, its patient's visits, who wrote it and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import Links, called
from medilink.intake.fhir_values import UNDATED, Wrong, part, when
from medilink.records import Encounter
from security.codes import uid_from_name


@dataclass(frozen=True, slots=True)
class Setting:
    """One patient's part of a file. `origin` and `written_at` hold where an entry says nothing."""

    links: Links
    source_id: str
    origin: str
    written_at: int = UNDATED
    visits: dict[int, Encounter] = field(default_factory=dict)

    def uid(self, piece: Piece, component: str = "") -> bytes:
        """The same entry of the same person gets the same name, however often it comes in."""
        return uid_from_name(f"{self.source_id}|{piece.kind}|{piece.name}|{component}")

    def visit(self, piece: Piece) -> Encounter | None:
        """The visit an entry was written in, if it was read for the same patient."""
        said = piece.content.get("encounter", piece.content.get("context"))
        met = self.links.piece(said, piece)
        return self.visits.get(met.number) if met else None


@dataclass(frozen=True, slots=True)
class Written:
    """When, by whom, where and in which visit something was written."""

    at: int
    author: str
    origin: str
    encounter: bytes | None


def written(
    piece: Piece, setting: Setting, dates: Iterable[str], writers: Iterable[str]
) -> Written:
    """Read who and when from these fields of a resource.

    Without a date it has that of its visit, of its last change, of the file, or UNDATED.
    """
    visit = setting.visit(piece)
    at = when(piece.content, *dates)
    if at is None:
        at = visit.at if visit else when(part(piece.content, "meta"), "lastUpdated")
    return Written(
        at=setting.written_at if at is None else at,
        author=author(piece, setting.links, writers),
        origin=visit.origin if visit else setting.origin,
        encounter=visit.uid if visit else None,
    )


def author(piece: Piece, links: Links, fields: Iterable[str]) -> str:
    """The first of these people whose name can be told."""
    for key in fields:
        said = piece.content.get(key)
        for reference in said if isinstance(said, list) else [said]:
            if name := called(reference, piece, links):
                return name
    return ""


def refuse_mistakes(piece: Piece) -> None:
    """Raise Wrong where the sender says that the resource was entered by mistake."""
    for key in ("status", "verificationStatus"):
        said = piece.content.get(key)
        if said == "entered-in-error" or "entered-in-error" in _codes(said):
            raise Wrong("The sender marked it as entered by mistake.")


def _codes(status: object) -> list[object]:
    """The codes of a status that is written as a concept."""
    codings = status.get("coding") if isinstance(status, dict) else None
    held = codings if isinstance(codings, list) else []
    return [coding.get("code") for coding in held if isinstance(coding, dict)]
