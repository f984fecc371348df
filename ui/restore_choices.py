"""Every backup that may be restored: beside the records, at the places that were chosen, on what is
plugged in; each once, where it is nearest of those that are not damaged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backup.archive import Progress
from backup.chosen import place_of
from backup.destinations import plain_trouble
from backup.folder import FolderRoom, Home
from backup.found import folders_to_look_in
from backup.keeping import carry
from backup.kept import Kept
from backup.patience import CalledOff, nobody_calls
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
    """A backup. `found`: it is on this computer now; otherwise the place of that key has it, as far
    as is known, and it has to come here first. `where`: what people call the place, or the folder;
    empty for the computer's own."""

    name: str
    generation: int
    where: str
    found: Found | None = None
    place_key: str = ""
    kept: Kept | None = None

    @property
    def damaged(self) -> bool:
        return self.found is not None and self.found.trouble is not None

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
    for one in (*_lying_here(house, desk, chosen), *_remembered(house, chosen)):
        if one.name not in listed or (listed[one.name].damaged and not one.damaged):
            listed[one.name] = one
    return _newest_first(listed.values())


def choices_in(desk: Desk, folder: Path) -> list[Choice]:
    """Those that lie in a folder somebody named, in the same order. Raises OSError."""
    found = backups_in(desk, folder)
    return _newest_first(_choice(one, str(folder)) for one in found)


def brought_here(
    house: House,
    desk: Desk,
    choice: Choice,
    progress: Progress,
    called_off: CalledOff = nobody_calls,
) -> Path:
    """Its file on this computer: where it lies elsewhere it is copied beside the records, and
    compared with what it was when it was made. Raises PlaceTrouble."""
    if choice.found is not None:
        return choice.found.path
    places = {one.key: one for one in chosen_places(desk)}
    if choice.place_key not in places or choice.kept is None:
        raise PlaceTrouble
    folder, place = house.config.backups_dir, place_of(places[choice.place_key], called_off)
    with place.enter() as room, Home(folder).enter() as home:
        carry(choice.kept, room, home, progress)
    return folder / choice.kept.name


def _newest_first(choices: Iterable[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda one: (one.at, one.generation), reverse=True)


def _choice(found: Found, where: str) -> Choice:
    return Choice(found.path.name, found.generation, where, found=found)


def _lying_here(house: House, desk: Desk, chosen: Iterable[ChosenPlace]) -> Iterator[Choice]:
    """On this computer, the nearest first."""
    for where, folder in _folders(house, chosen):
        try:
            found = backups_in(desk, folder)
        except OSError:  # whatever cannot be read is no place to restore from
            continue
        yield from (_choice(one, where) for one in found)


def _remembered(house: House, chosen: Iterable[ChosenPlace]) -> Iterator[Choice]:
    for place in chosen:
        for kept in remembered(house).at(place.key).held:
            yield Choice(kept.name, kept.generation, place.name, place_key=place.key, kept=kept)


def _folders(house: House, chosen: Iterable[ChosenPlace]) -> list[tuple[str, Path]]:
    """Where to look on this computer, the nearest first."""
    folders = [("", house.config.backups_dir)]
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
