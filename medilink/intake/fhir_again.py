"""What was received, read once more: which of a record's entries each original gave, and what they
said then. An export asks it, to tell what was changed here since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from medilink.errors import FileUnreadable
from medilink.fhir_names import read_uid, written_uid
from medilink.intake.fhir_entries import understand
from medilink.intake.fhir_file import Piece, open_file
from medilink.intake.fhir_kinds import R4_KINDS
from medilink.intake.fhir_links import Links
from medilink.intake.fhir_people import read_person
from medilink.intake.fhir_person_entries import read_beside
from medilink.intake.fhir_setting import Setting
from medilink.intake.fhir_values import Json, Wrong
from medilink.people import PatientDetails
from medilink.receiving import Original
from medilink.records import Encounter, Entry


@dataclass(frozen=True, slots=True)
class Reread:
    """An original with its content, the entries it gives under the uids they have in the record,
    and the person, where it is one. `refers_to`: what the others it points to are kept under."""

    original: Original
    content: Json
    entries: tuple[Entry, ...] = ()
    person: PatientDetails | None = None
    refers_to: frozenset[bytes] = frozenset()

    @property
    def id(self) -> str:
        """Its own id in the file it came in; empty where it had none."""
        said = self.content.get("id")
        return said if isinstance(said, str) else ""

    @property
    def address(self) -> str:
        """What it is called in a Bundle: as in the file it came in, else by its id; empty where it
        had neither, and nothing can point to it."""
        if self.original.address or not self.id:
            return self.original.address
        named = self.id if read_uid(self.id) else written_uid(self.original.uid)
        return f"urn:uuid:{named}"


def read_again(originals: Sequence[Original]) -> list[Reread]:
    """Everything FHIR among the originals. What cannot be read any more gives no entries."""
    pieces = [
        piece
        for number, original in enumerate(originals)
        if (piece := _as_piece(number, original)) is not None
    ]
    links = Links(pieces)
    kept_as = {piece.number: originals[piece.number].uid for piece in pieces}
    setting = Setting(links, source_id="", origin="", kept_as=kept_as)
    read = {piece.number: _read(piece, setting) for piece in _visits_first(pieces)}
    return [
        Reread(
            original=originals[piece.number],
            content=piece.content,
            entries=read[piece.number],
            person=_person(piece),
            refers_to=frozenset(kept_as[one.number] for one in links.named_in(piece)),
        )
        for piece in pieces
    ]


def _as_piece(number: int, original: Original) -> Piece | None:
    if original.kind not in R4_KINDS:
        return None  # a row of a table, say
    try:
        [piece] = open_file(original.body).pieces
    except (FileUnreadable, ValueError):
        return None
    return replace(piece, number=number, url=original.address)


def _visits_first(pieces: list[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: piece.kind != "Encounter")


def _read(piece: Piece, setting: Setting) -> tuple[Entry, ...]:
    try:
        found = (
            read_beside(piece, setting)[0]
            if piece.kind == "Patient"
            else understand(piece, setting)
        )
    except Wrong:
        return ()
    for entry in found:
        if isinstance(entry, Encounter):
            setting.visits[piece.number] = entry
    return found


def _person(piece: Piece) -> PatientDetails | None:
    try:
        return read_person(piece, "").details if piece.kind == "Patient" else None
    except Wrong:
        return None
