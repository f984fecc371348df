"""What a FHIR resource is read beside: its file, its patient's visits, who wrote it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from medilink.days import day_as_time
from medilink.fhir_names import CLINIC, ENTRY, PERSON, read_uid
from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_links import Links, called
from medilink.intake.fhir_values import UNDATED, Json, Wrong, part, parts, text, when
from medilink.receiving import entry_uid, received_uid
from medilink.records import Encounter


@dataclass(frozen=True, slots=True)
class Source:
    """Where and when something was written, where it does not say so itself."""

    origin: str
    written_at: int = UNDATED


@dataclass(frozen=True, slots=True)
class Setting:
    """One patient's part of a file. `origin` and `written_at` hold where an entry says nothing;
    `sources` go before them: what the file says of single pieces, by their numbers.

    `visits` are those read so far, by the number of their piece; `taken` the uids of what was read;
    `attached` the documents of the resource being read, by uid. `kept_as`: what pieces are kept
    under already, where they are read again.
    """

    links: Links
    source_id: str
    origin: str
    written_at: int = UNDATED
    sources: Mapping[int, Source] = field(default_factory=dict)
    visits: dict[int, Encounter] = field(default_factory=dict)
    taken: set[bytes] = field(default_factory=set)
    attached: dict[bytes, bytes] = field(default_factory=dict)
    kept_as: Mapping[int, bytes] = field(default_factory=dict)

    def uid(self, piece: Piece, component: str = "") -> bytes:
        """The same entry of the same person gets the same name, however often it comes in."""
        whole = own_uid(piece) or self.kept_as.get(piece.number)
        return entry_uid(whole or received_uid(self.source_id, piece.kind, piece.name), component)

    def visit(self, piece: Piece) -> Encounter | None:
        """The visit an entry was written in, if it was read for the same patient."""
        said = piece.content.get("encounter", piece.content.get("context"))
        met = self.links.piece(said, piece)
        return self.visits.get(met.number) if met else None


def own_uid(piece: Piece, system: str = ENTRY) -> bytes:
    """The uid MediLink gave a resource when it wrote it; empty for what others wrote."""
    held = piece.content.get("identifier")
    for identifier in held if isinstance(held, list) else [held]:
        if isinstance(identifier, dict) and identifier.get("system") == system:
            return read_uid(identifier.get("value"))
    return b""


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
    dates = tuple(dates)
    at = when(piece.content, *dates)
    if at is not None and own_uid(piece) and (day := _day_said(piece, dates)):
        at = day_as_time(day)
    if at is None:
        at = visit.at if visit else when(part(piece.content, "meta"), "lastUpdated")
    source = setting.sources.get(piece.number, Source(setting.origin, setting.written_at))
    elsewhere = visit.origin if visit and piece.number not in setting.sources else source.origin
    return Written(
        at=source.written_at if at is None else at,
        author=author(piece, setting.links, writers),
        origin=_clinic(piece) or elsewhere,
        encounter=visit.uid if visit else None,
    )


def begins(content: Json) -> tuple[str, ...]:
    """A period that only ends says nothing of since when."""
    return ("period",) if part(content, "period").get("start") else ()


def _day_said(piece: Piece, dates: Iterable[str]) -> str:
    """The date without an hour that a resource of ours says; empty where it says an hour."""
    said = next((found for key in dates if (found := piece.content.get(key)) is not None), "")
    start = said.get("start", "") if isinstance(said, dict) else said
    return start if isinstance(start, str) and len(start) <= len("2019-05-23") else ""


def _clinic(piece: Piece) -> str:
    """The clinic that MediLink wrote a resource at; empty where another program wrote it."""
    ours = own_uid(piece) or own_uid(piece, PERSON)
    tags = parts(part(piece.content, "meta"), "tag") if ours else []
    return next((text(tag, "display") for tag in tags if tag.get("system") == CLINIC), "")


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
