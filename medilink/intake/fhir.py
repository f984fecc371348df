"""FHIR R4 files read into people and their entries.

Every entry of a bundle ends in exactly one of two places: with the patients it belongs to, its
bytes as they came, or in the list of what could not be read, with the reason. Nothing is guessed:
a resource that does not say whose it is belongs to nobody. One broken entry never costs another.

`fhir_file` takes the file apart, `fhir_links` finds who is meant, `fhir_people` reads the patients,
`fhir_whose` gives each of them what is theirs, `fhir_entries` reads what was written about them.
"""

from __future__ import annotations

from collections.abc import Iterable

from medilink.errors import FileUnreadable
from medilink.fhir_names import ENTRY, PERSON
from medilink.intake.fhir_document import house_of, sources_in
from medilink.intake.fhir_entries import understand
from medilink.intake.fhir_file import Opened, Piece, open_file
from medilink.intake.fhir_links import Links
from medilink.intake.fhir_people import ReadPerson, read_person
from medilink.intake.fhir_person_entries import read_beside
from medilink.intake.fhir_setting import Setting, own_uid, refuse_mistakes
from medilink.intake.fhir_values import UNDATED, Wrong, when
from medilink.intake.fhir_whose import Sorting
from medilink.people import tidy
from medilink.receiving import ReceivedEntry, ReceivedPatient, Unread
from medilink.records import Encounter, Entry


def read_bundle(data: bytes, name: str) -> tuple[list[ReceivedPatient], list[Unread]]:
    """Read a FHIR R4 Bundle of any type, or a single resource. `name` is what the file is called.

    Raises FileUnreadable, with a sentence to act on, where the file as a whole cannot be read.
    """
    opened = open_file(data)
    if not opened.pieces and not opened.unread:
        raise FileUnreadable(why="it is a FHIR Bundle with nothing in it.")
    reading = _Reading(opened, tidy(name))
    received = reading.received()
    return received, reading.unread()


class _Reading:
    """One file while it is read, with the list of what could not be read so far."""

    def __init__(self, opened: Opened, name: str) -> None:
        self._unread = {(number, one.where): one for number, one in opened.unread}
        self._name = name
        self._links = Links(opened.pieces)
        self._sound = [piece for piece in opened.pieces if self._is_meant(piece)]
        summary = next((p for p in self._sound if p.kind == "Composition"), None)
        self._written_at, self._origin = self._about_the_document(opened, summary)
        self._sources = sources_in(summary, self._links) if summary else {}

    def unread(self) -> list[Unread]:
        """What could not be read so far, in the order of the file."""
        return [self._unread[place] for place in sorted(self._unread)]

    def _list(self, piece: Piece, why: object) -> None:
        # Once, though it may be several patients' at a time.
        self._unread.setdefault((piece.number, piece.where), Unread(piece.where, str(why)))

    def _is_meant(self, piece: Piece) -> bool:
        try:
            refuse_mistakes(piece)
        except Wrong as wrong:
            self._list(piece, wrong)
            return False
        return True

    def _about_the_document(self, opened: Opened, summary: Piece | None) -> tuple[int, str]:
        """When the file was written and by which house, if it says so."""
        dates = [(summary.content, "date")] if summary else []
        house = house_of(summary, self._links) if summary else ""
        for node, key in [*dates, (opened.around, "timestamp")]:
            try:
                at = when(node, key)
            except Wrong:  # only asked for where an entry has no date of its own
                continue
            if at is not None:
                return at, house or self._name
        return UNDATED, house or self._name

    # ---- people

    def received(self) -> list[ReceivedPatient]:
        """Everybody in the file, each with what is theirs."""
        people, home = self._people()
        # Patients who could not be read are listed already.
        readable = [p for p in self._sound if p.kind != "Patient" or p.number in home]
        sorting = Sorting(readable, home, self._links)
        for piece, why in sorting.strays:
            self._list(piece, why)
        folders: list[list[Piece]] = [[] for _ in people]
        for piece in readable:
            for owner in sorting.owners.get(piece.number, ()):
                folders[owner].append(piece)
        return [self._folder(*each) for each in zip(people, folders, strict=True)]

    def _people(self) -> tuple[list[ReadPerson], dict[int, int]]:
        """Everybody once, and which of them each Patient entry is: one person may come twice."""
        people: list[ReadPerson] = []
        home: dict[int, int] = {}
        known: dict[str, int] = {}
        for piece in self._sound:
            if piece.kind != "Patient":
                continue
            try:
                person = read_person(piece, self._name)
            except Wrong as wrong:
                self._list(piece, wrong)
                continue
            self._unread |= {(piece.number, one.where): one for one in person.left_out}
            home[piece.number] = known.setdefault(person.source_id, len(people))
            if home[piece.number] == len(people):
                people.append(person)
        return people, home

    # ---- entries

    def _folder(self, person: ReadPerson, pieces: list[Piece]) -> ReceivedPatient:
        setting = Setting(
            self._links, person.source_id, self._origin, self._written_at, self._sources
        )
        entries: dict[int, ReceivedEntry] = {}
        for piece in _visits_first(pieces):
            try:
                understood = self._understood(piece, person, setting)
            except Wrong as wrong:
                self._list(piece, wrong)
                continue
            for entry in understood:
                if isinstance(entry, Encounter):
                    setting.visits[piece.number] = entry
            entries[piece.number] = _kept(piece, understood, setting)
        held = [entries[number] for number in sorted(entries)]
        return ReceivedPatient(person.source_id, person.details, held)

    def _understood(self, piece: Piece, person: ReadPerson, setting: Setting) -> tuple[Entry, ...]:
        setting.attached.clear()  # each resource has its own
        if piece is person.piece:
            understood, left_out = read_beside(piece, setting)
            self._unread |= {(piece.number, one.where): one for one in left_out}
        else:
            understood = understand(piece, setting)
        if not setting.taken.isdisjoint(entry.uid for entry in understood):
            raise Wrong("It has the same mark of MediLink as another one in this file.")
        setting.taken.update(entry.uid for entry in understood)
        return understood


def _kept(piece: Piece, understood: tuple[Entry, ...], setting: Setting) -> ReceivedEntry:
    return ReceivedEntry(
        kind=piece.kind,
        source_id=piece.name,
        body=piece.body,
        understood=understood,
        address="" if piece.url == f"urn:uuid:{piece.id}" else piece.url,
        own=own_uid(piece, PERSON if piece.kind == "Patient" else ENTRY),
        attached=tuple(setting.attached.items()),
    )


def _visits_first(pieces: Iterable[Piece]) -> list[Piece]:
    """Visits are read before what was written in them; the file may hold them in any order."""
    return sorted(pieces, key=lambda piece: (piece.kind != "Encounter", piece.number))
