"""Whose is it: which patients of a file each of its resources belongs to.

A resource is a patient's because it says so, or because something of the patient points to it (the
practitioner, the medicine). A resource that should name its patient and does not is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from medilink.intake.fhir_file import Piece
from medilink.intake.fhir_kinds import ABOUT_A_PATIENT
from medilink.intake.fhir_links import Links
from medilink.intake.fhir_values import Wrong

# Fields that name the patient a resource is about, in the order they are asked.
_PATIENT_FIELDS = ("subject", "patient", "beneficiary", "for")

_NO_PATIENT = "It does not say which patient it is about."
_STRANGER = "It is about a patient who is not in this file."
_PATIENT_UNREAD = "The patient it is about could not be read."
_LOOSE = "It belongs to no patient of this file."

Owners = dict[int, set[int]]


class Sorting:
    """The pieces of a file by their owners. `home` says which folder each Patient entry opens."""

    def __init__(self, pieces: Iterable[Piece], home: Mapping[int, int], links: Links) -> None:
        self.owners: Owners = {}
        self.strays: list[tuple[Piece, str]] = []
        self._home, self._links = home, links
        self._pieces = list(pieces)
        self._loose: dict[int, Piece] = {}
        for piece in self._pieces:
            self._ask(piece)
        self._follow()
        self._leave(single=len(set(home.values())) == 1)

    def _ask(self, piece: Piece) -> None:
        """Let a resource say itself whose it is."""
        try:
            patients = [piece] if piece.kind == "Patient" else patients_of(piece, self._links)
        except Wrong as wrong:
            self.strays.append((piece, str(wrong)))
            return
        folders = {self._home[p.number] for p in patients if p.number in self._home}
        if folders:
            self.owners[piece.number] = folders
        elif patients:
            self.strays.append((piece, _PATIENT_UNREAD))
        elif piece.kind in ABOUT_A_PATIENT:
            self.strays.append((piece, _NO_PATIENT))
        else:
            self._loose[piece.number] = piece

    def _follow(self) -> None:
        """Give the rest to those whose entries it speaks of, or who point to it, however far."""
        for number, piece in self._loose.items():
            spoken_of = [self.owners.get(p.number, set()) for p in self._links.named_in(piece)]
            if folders := set().union(*spoken_of):
                self.owners[number] = folders
        waiting = [piece for piece in self._pieces if piece.number in self.owners]
        while waiting:
            piece = waiting.pop()
            for target in self._links.named_in(piece):
                held = self.owners.get(target.number, set())
                if target.number in self._loose and not self.owners[piece.number] <= held:
                    self.owners[target.number] = held | self.owners[piece.number]
                    waiting.append(target)

    def _leave(self, single: bool) -> None:
        """What nobody points to is the only patient's, if there is only one."""
        for number, piece in self._loose.items():
            if number in self.owners:
                continue
            if single:
                self.owners[number] = set(self._home.values())
            else:
                self.strays.append((piece, _LOOSE))


def patients_of(piece: Piece, links: Links) -> list[Piece]:
    """The Patient resources of this file that a resource says it is about.

    Empty where it names none. Raises Wrong where it names one who cannot be found here.
    """
    for field in _PATIENT_FIELDS:
        said = piece.content.get(field)
        if isinstance(said, dict | list):
            return _patients_named(said if isinstance(said, list) else [said], piece, links)
        if said is not None:
            raise Wrong(f"{field} is not a reference.")
    return [named for named in links.named_in(piece) if named.kind == "Patient"]


def _patients_named(said: list[object], piece: Piece, links: Links) -> list[Piece]:
    """The patients these references point to; all of them must be patients of this file."""
    naming = [one for one in said if isinstance(one, dict) and {"reference", "identifier"} & {*one}]
    if not naming:
        raise Wrong(_NO_PATIENT)
    meant = [links.piece(reference, piece) for reference in naming]
    found = [target for target in meant if target is not None]
    if len(found) < len(meant):
        raise Wrong(_STRANGER)
    if other := next((target.kind for target in found if target.kind != "Patient"), ""):
        raise Wrong(f"It is about a resource of type {other}, not about a patient.")
    return found
