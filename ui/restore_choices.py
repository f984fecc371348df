"""Every backup that may be restored: beside the records, at the places that were chosen, on what is
plugged in; each once, where it is best restored from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import partial
from pathlib import Path

from backup.archive import Progress
from backup.chosen import far_place_of, place_of
from backup.destinations import plain_trouble
from backup.fetching import Lying, backups_lying, bring_here
from backup.folder import FolderRoom
from backup.found import folders_to_look_in
from backup.kept import Kept
from backup.ledger import Remembered
from backup.patience import CalledOff, heard, nobody_calls, within
from medilink.acts.back_up_places import chosen_places
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.desk import Desk
from medilink.errors import (
    BackupDamaged,
    BackupUnreadable,
    FetchTooSlow,
    LiesElsewhere,
    MediLinkError,
    NoBackupsThere,
    PlaceAway,
    PlaceTooSlow,
    PlaceTrouble,
)
from ui.house import House
from ui.restoring_here import Found, backups_in
from ui.rounds import remembered

FAR = (PlaceKind.COMPUTER, PlaceKind.BUCKET)
LOOK_S = 20.0  # a disk that slept is awake by then; a share that is gone may never answer


class Reach(IntEnum):
    """Which of several copies to restore from: the higher the better."""

    DAMAGED = 0  # but one has to see that it is there
    AWAY = 1  # on a stick or share that is not there now
    REMEMBERED = 2  # on another computer, as far as is known
    THERE = 3  # on another computer, which just said so
    HERE = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """A backup. `found`: it is on this computer now; otherwise the place of that key has it, as far
    as is known, and it has to come here first. `where`: what people call the place, or the folder;
    empty for the computer's own."""

    name: str
    generation: int
    where: str
    reach: Reach
    found: Found | None = None
    place_key: str = ""
    lying: Lying | None = None

    @property
    def damaged(self) -> bool:
        return self.reach is Reach.DAMAGED

    @property
    def at(self) -> int:
        """When it was made, or came to where it lies, milliseconds UTC; 0 where only recovery words
        tell."""
        if self.found is not None:
            return self.found.label.says.at if self.found.label else 0
        return round(self.lying.changed * 1000) if self.lying else 0


@dataclass(frozen=True, slots=True)
class Choices:
    """The newest first; those whose day is not known at the end. `troubles`: which places may have
    more, and why nobody knows."""

    backups: Sequence[Choice]
    troubles: Mapping[str, MediLinkError] = field(default_factory=dict)


def choices_here(
    house: House, desk: Desk, called_off: CalledOff = nobody_calls, *, ask_far: bool = False
) -> Choices:
    """`ask_far`: other computers are asked what lies there, too; otherwise only what is remembered
    of them is listed. Raises what it is called off with."""
    chosen, known = chosen_places(desk), remembered(house)
    looks = [*_near_looks(house, desk, chosen), *_other_looks(house, desk, called_off)]
    if ask_far:
        far = [one for one in chosen if one.kind in FAR]
        looks += [(one.name, partial(_at_far, one, known.at(one.key).held)) for one in far]
    found, troubles = _asked(looks, called_off)
    sizes = {kept.name: kept.size for at in known.places.values() for kept in at.held}
    checked = [_checked(one, sizes) for one in found]
    return Choices(_each_once([*checked, *_remembered(known, chosen)]), troubles)


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


def _near_looks(
    house: House, desk: Desk, chosen: Iterable[ChosenPlace]
) -> Iterator[tuple[str, Look]]:
    """On this computer, and what is plugged in where it was chosen; by what people call it."""
    yield "", partial(heard, partial(_in_folder, desk, "", house.config.backups_dir))
    for place in chosen:
        if place.kind not in FAR:
            yield place.name, partial(heard, partial(_at_near, desk, place))


def _other_looks(house: House, desk: Desk, called_off: CalledOff) -> Iterator[tuple[str, Look]]:
    """In folders nobody has chosen: whatever stands in the way there is nobody's trouble."""
    find = partial(folders_to_look_in, house.config.data_dir)
    try:
        folders = heard(find, within(LOOK_S, called_off))
    except (PlaceTooSlow, OSError):  # what was mounted is gone
        return
    for folder in folders:
        if folder != house.config.backups_dir:
            yield str(folder), partial(heard, partial(_in_folder, desk, str(folder), folder))


def _asked(
    looks: Iterable[tuple[str, Look]], called_off: CalledOff
) -> tuple[list[Choice], dict[str, MediLinkError]]:
    """What was found, and who could not tell."""
    found, troubles = list[Choice](), dict[str, MediLinkError]()
    for where, look in looks:
        try:
            found += look(within(LOOK_S, called_off))
        except (PlaceAway, NoBackupsThere, OSError):  # elsewhere, or nothing anybody may read
            continue
        except PlaceTooSlow:
            troubles[where] = FetchTooSlow()
        except PlaceTrouble as trouble:
            troubles[where] = trouble
    return found, troubles


def _in_folder(desk: Desk, where: str, folder: Path) -> list[Choice]:
    return [_here(one, where) for one in backups_in(desk, folder)]


def _here(found: Found, where: str) -> Choice:
    number = found.label.says.generation if found.label else found.generation
    bad = isinstance(found.trouble, BackupDamaged | BackupUnreadable)
    reach = Reach.DAMAGED if bad else Reach.HERE
    return Choice(found.path.name, number, where, reach, found)


def _at_near(desk: Desk, chosen: ChosenPlace) -> list[Choice]:
    with plain_trouble(0), place_of(chosen).enter() as room:
        return _in_folder(desk, chosen.name, room.folder) if isinstance(room, FolderRoom) else []


def _at_far(chosen: ChosenPlace, held: Iterable[Kept], called_off: CalledOff) -> list[Choice]:
    known = {(kept.name, kept.size): _lying(kept) for kept in held}
    lying = backups_lying(far_place_of(chosen, called_off))
    return [_far(chosen, Reach.THERE, known.get((one.name, one.size), one)) for one in lying]


def _far(chosen: ChosenPlace, reach: Reach, lying: Lying) -> Choice:
    return Choice(
        lying.name, lying.generation, chosen.name, reach, place_key=chosen.key, lying=lying
    )


def _lying(kept: Kept) -> Lying:
    return Lying(kept.name, kept.generation, kept.size, kept.at / 1000, kept.digest)


def _remembered(known: Remembered, chosen: Iterable[ChosenPlace]) -> list[Choice]:
    return [
        _far(place, Reach.REMEMBERED if place.kind in FAR else Reach.AWAY, _lying(kept))
        for place in chosen
        for kept in known.at(place.key).held
    ]


# ---- which of them


def _checked(one: Choice, sizes: Mapping[str, int]) -> Choice:
    """Its first part may be read where the rest is missing."""
    found = one.found
    if found is None or found.trouble or found.size == sizes.get(one.name, found.size):
        return one
    damaged = replace(found, trouble=BackupDamaged())
    return replace(one, reach=Reach.DAMAGED, found=damaged)


def _each_once(choices: Iterable[Choice]) -> list[Choice]:
    best: dict[str, Choice] = {}
    for one in choices:
        if one.name not in best or one.reach > best[one.name].reach:
            best[one.name] = one
    return sorted(best.values(), key=lambda one: (one.at, one.generation), reverse=True)
