"""Every backup that may be restored: beside the records, at the places that were chosen, on what is
plugged in; each once, where it is nearest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backup.archive import Progress
from backup.chosen import place_of
from backup.destinations import Place, plain_trouble
from backup.folder import FolderRoom, Home
from backup.found import folders_to_look_in
from backup.keeping import carry
from backup.kept import Kept
from medilink.acts.back_up_places import chosen_places
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.desk import Desk
from medilink.errors import PlaceTrouble
from ui.house import House
from ui.restoring_here import Found, backups_in
from ui.rounds import remembered

FAR = (PlaceKind.COMPUTER, PlaceKind.BUCKET)


@dataclass(frozen=True, slots=True)
class Choice:
    """A backup. `found`: it is on this computer now; otherwise `place` has it, as far as is known,
    and it has to come here first. `where`: what people call the place, or the folder."""

    name: str
    generation: int
    where: str
    found: Found | None = None
    place: Place | None = None
    kept: Kept | None = None

    @property
    def at(self) -> int:
        """When it was made, milliseconds UTC; 0 where only recovery words tell."""
        if self.found is not None and self.found.label is not None:
            return self.found.label.says.at
        return self.kept.at if self.kept else 0


def choices_here(house: House, desk: Desk) -> list[Choice]:
    """The newest first; those whose day is not known at the end."""
    chosen = chosen_places(desk)
    listed: dict[str, Choice] = {}
    for where, folder in _folders(house, chosen):
        for one in _in_folder(desk, where, folder):
            listed.setdefault(one.name, one)
    for place in chosen:
        for kept in remembered(house).at(place.key).held:
            far = Choice(kept.name, kept.generation, place.name, place=place_of(place), kept=kept)
            listed.setdefault(kept.name, far)
    return sorted(listed.values(), key=lambda one: (one.at, one.generation), reverse=True)


def brought_here(house: House, choice: Choice, progress: Progress) -> Path:
    """Its file on this computer, fetched where it lay elsewhere. Raises PlaceTrouble."""
    if choice.found is not None:
        return choice.found.path
    if choice.place is None or choice.kept is None:
        raise PlaceTrouble
    return fetch_here(house, choice.place, choice.kept, progress)


def fetch_here(house: House, place: Place, kept: Kept, progress: Progress) -> Path:
    """A backup copied from its place beside the records, and compared with what it was when it was
    made. Raises PlaceTrouble."""
    folder = house.config.backups_dir
    with place.enter() as room, Home(folder).enter() as home:
        carry(kept, room, home, progress)
    return folder / kept.name


def _folders(house: House, chosen: Iterable[ChosenPlace]) -> list[tuple[str, Path]]:
    """Where to look on this computer, the nearest first."""
    folders = [("this computer", house.config.backups_dir)]
    for place in chosen:
        if place.kind not in FAR and (folder := _there_now(place)):
            folders.append((place.name, folder))
    looked = folders_to_look_in(house.config.data_dir)
    return [*folders, *((str(folder), folder) for folder in looked)]


def _there_now(chosen: ChosenPlace) -> Path | None:
    try:
        with plain_trouble(0), place_of(chosen).enter() as room:
            return room.folder if isinstance(room, FolderRoom) else None
    except PlaceTrouble:  # a stick that is elsewhere; what it holds is remembered
        return None


def _in_folder(desk: Desk, where: str, folder: Path) -> list[Choice]:
    try:
        found = backups_in(desk, folder)
    except OSError:  # whatever cannot be read is no place to restore from
        return []
    return [Choice(one.path.name, one.generation, where, found=one) for one in found]
