"""Every backup that may be restored: beside the records, at the places that were chosen, on what is
plugged in; each once, where it is nearest of those that are not damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from backup.archive import Progress
from backup.chosen import far_place_of, place_of
from backup.destinations import plain_trouble
from backup.fetching import Lying, backups_lying, bring_here
from backup.folder import FolderRoom
from backup.found import folders_to_look_in
from backup.patience import CalledOff, heard, nobody_calls, within
from medilink.acts.back_up_places import chosen_places
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.desk import Desk
from medilink.errors import BackupDamaged, LiesElsewhere, NoBackupsThere, PlaceAway, PlaceTrouble
from ui.house import House
from ui.restoring_here import Found, backups_in
from ui.rounds import remembered

FAR = (PlaceKind.COMPUTER, PlaceKind.BUCKET)
LOOK_S = 20.0  # a disk that slept is awake by then; a share that is gone may never answer


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
    lying: Lying | None = None

    @property
    def damaged(self) -> bool:
        return self.found is not None and self.found.trouble is not None

    @property
    def at(self) -> int:
        """When it was made, or came to where it lies, milliseconds UTC; 0 where only recovery words
        tell."""
        if self.found is not None:
            return self.found.label.says.at if self.found.label else 0
        return round(self.lying.changed * 1000) if self.lying else 0


@dataclass(frozen=True, slots=True)
class Choices:
    """The newest first; those whose day is not known at the end. `silent`: the places that did not
    answer in time."""

    backups: Sequence[Choice]
    silent: Sequence[str] = ()


def choices_here(
    house: House, desk: Desk, called_off: CalledOff = nobody_calls, *, ask_far: bool = False
) -> Choices:
    """`ask_far`: other computers are asked what lies there, too; otherwise only what is remembered
    of them is listed. Raises what it is called off with."""
    chosen = chosen_places(desk)
    found, silent = _asked(_looks(house, desk, chosen, ask_far=ask_far), called_off)
    sizes = {kept.name: kept.size for at in remembered(house).places.values() for kept in at.held}
    known = [_checked(one, sizes) for one in found]
    return Choices(_each_once([*known, *_remembered(house, chosen)]), silent)


def choices_in(desk: Desk, folder: Path, called_off: CalledOff = nobody_calls) -> Choices:
    """Those that lie in a folder somebody named. Raises OSError, PlaceTooSlow."""
    look = partial(_in_folder, desk, str(folder), folder)
    return Choices(_each_once(heard(look, within(LOOK_S, called_off))))


def to_bring_here(
    house: House, desk: Desk, choice: Choice, called_off: CalledOff = nobody_calls
) -> Callable[[Progress], Path]:
    """What copies it beside the records, and gives its file there; that raises PlaceTrouble,
    BackupUnwritten. Raises LiesElsewhere for one that no line leads to."""
    place = next((one for one in chosen_places(desk) if one.key == choice.place_key), None)
    if place is None or place.kind not in FAR or choice.lying is None:
        raise LiesElsewhere(place=choice.where)
    far, folder = far_place_of(place, called_off), house.config.backups_dir
    return partial(bring_here, far, choice.lying, folder)


# ---- where to look

Look = Callable[[CalledOff], list[Choice]]


def _looks(
    house: House, desk: Desk, chosen: Iterable[ChosenPlace], *, ask_far: bool
) -> list[tuple[str, Look]]:
    """By what people call the place; the nearest first."""

    def in_folder(where: str, folder: Path) -> Look:
        return partial(heard, partial(_in_folder, desk, where, folder))

    home = house.config.backups_dir
    looks = [("", in_folder("", home))]
    for place in chosen:
        if place.kind not in FAR:
            looks.append((place.name, partial(heard, partial(_at_near, desk, place))))
        elif ask_far:
            looks.append((place.name, partial(_at_far, place)))
    others = [one for one in folders_to_look_in(house.config.data_dir) if one != home]
    return [*looks, *((str(one), in_folder(str(one), one)) for one in others)]


def _asked(
    looks: Iterable[tuple[str, Look]], called_off: CalledOff
) -> tuple[list[Choice], list[str]]:
    """What was found, and who did not answer."""
    found, silent = list[Choice](), list[str]()
    for where, look in looks:
        try:
            found += look(within(LOOK_S, called_off))
        except (PlaceAway, NoBackupsThere, OSError):  # elsewhere, or nothing anybody may read
            continue
        except PlaceTrouble:
            silent.append(where)
    return found, silent


def _in_folder(desk: Desk, where: str, folder: Path) -> list[Choice]:
    return [
        Choice(
            one.path.name, one.label.says.generation if one.label else one.generation, where, one
        )
        for one in backups_in(desk, folder)
    ]


def _at_near(desk: Desk, chosen: ChosenPlace) -> list[Choice]:
    with plain_trouble(0), place_of(chosen).enter() as room:
        return _in_folder(desk, chosen.name, room.folder) if isinstance(room, FolderRoom) else []


def _at_far(chosen: ChosenPlace, called_off: CalledOff) -> list[Choice]:
    return [_far(chosen, one) for one in backups_lying(far_place_of(chosen, called_off))]


def _far(chosen: ChosenPlace, lying: Lying) -> Choice:
    return Choice(lying.name, lying.generation, chosen.name, place_key=chosen.key, lying=lying)


def _remembered(house: House, chosen: Iterable[ChosenPlace]) -> list[Choice]:
    return [
        _far(place, Lying(kept.name, kept.generation, kept.size, kept.at / 1000, kept.digest))
        for place in chosen
        for kept in remembered(house).at(place.key).held
    ]


# ---- which of them


def _checked(one: Choice, sizes: Mapping[str, int]) -> Choice:
    """Its first part may be read where the rest is missing."""
    found = one.found
    if found is None or found.trouble or found.size == sizes.get(one.name, found.size):
        return one
    return replace(one, found=replace(found, trouble=BackupDamaged()))


def _each_once(choices: Iterable[Choice]) -> list[Choice]:
    best: dict[str, Choice] = {}
    for one in choices:
        if one.name not in best or _worth(one) > _worth(best[one.name]):
            best[one.name] = one
    return sorted(best.values(), key=lambda one: (one.at, one.generation), reverse=True)


def _worth(one: Choice) -> int:
    """A far one that is known to the byte before one of which only its name is; a damaged one last,
    but one has to see that it is there."""
    if one.found is not None:
        return 0 if one.damaged else 3
    return 2 if one.lying and one.lying.digest else 1
