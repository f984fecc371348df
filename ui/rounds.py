"""The rounds of this installation's backups: made beside the store when one is due, carried to the
places that were chosen, opened there, thinned out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from backup.archive import Progress
from backup.chosen import place_of
from backup.copies import open_copy
from backup.destinations import Place, Room
from backup.folder import Folder, Home, claim_folder
from backup.kept import Kept
from backup.ledger import LedgerFile, Remembered
from backup.patience import CalledOff, nobody_calls
from backup.rounds import HOME, Means, Round, Rounds, Tick, claim_file
from backup.schedule import running_ms
from backup.taking import take_backup
from medilink.acts.back_up import recovery_key_held
from medilink.acts.back_up_places import (
    chosen_places,
    copy_looked_at,
    place_has_trouble,
)
from medilink.desk import Desk
from medilink.errors import BackupTrouble, CopyDamaged, MediLinkError, PlaceTrouble
from ui.backing_up import Part, Watch
from ui.drills import drill_when_due
from ui.house import MEDILINK_ITSELF, House, State

HOME_FOLDER, KNOWN, LOCK = "backups", "backups.json", "rounds.lock"


def nobody_watches(part: Part, place: str, done: int, of: int) -> None:
    """For whoever does not look."""


def rounds_here(
    house: House,
    desk: Desk,
    places: Sequence[Place] | None = None,
    watch: Watch = nobody_watches,
    running: Callable[[], int] = running_ms,
) -> Rounds:
    """Rounds over the open store of a house, at the desk of MediLink itself or the command line:
    administrators are not told of what they did themselves. `places` None: those that were
    chosen."""
    store, store_id, folder = house.store, house.store_id, house.config.data_dir
    ledger = LedgerFile(folder / KNOWN)
    names = {one.key: one.name for one in chosen_places(desk)}
    stopped = house.backing_up.until_stopped()

    def progress(part: Part, place: str) -> Progress:
        return lambda done, of: watch(part, place, done, of)

    def make(where: Path) -> Kept:
        known = ledger.read().at(HOME).trouble
        told = known.code if known else ""
        return take_backup(desk, store, store_id, where, progress(Part.MAKE, HOME), told=told)

    def tell(key: str, trouble: MediLinkError, again: bool) -> None:
        # A backup that could not be made has its own entry already.
        if key != HOME or isinstance(trouble, PlaceTrouble):
            place_has_trouble(desk, names.get(key, key), trouble.code, again=again)

    def look(key: str, room: Room, kept: Kept) -> None:
        name = names.get(key, key)
        try:
            open_copy(desk, store, room, kept, progress(Part.OPEN, key))
        except (BackupTrouble, CopyDamaged):
            copy_looked_at(desk, name, kept.generation, sound=False)
            raise
        copy_looked_at(desk, name, kept.generation, sound=True)

    return Rounds(
        Means(
            store_id,
            Home(folder / HOME_FOLDER),
            lambda: places if places is not None else places_switched_on(desk, stopped),
            make,
            ledger,
            lambda: claim_file(folder / LOCK),
            lambda: house.clock().astimezone(),
            running,
            watch=lambda key, done, of: watch(Part.COPY, key, done, of),
            tell=tell,
            open_copy=look,
        )
    )


def places_switched_on(desk: Desk, called_off: CalledOff = nobody_calls) -> list[Place]:
    """Where backups are carried to."""
    return [place_of(one, called_off) for one in chosen_places(desk) if one.on]


def chosen_folder(path: Path) -> Place:
    """A folder, stick or share to carry backups to. Raises OSError where it is not there."""
    return Folder(path, claim_folder(path))


class OwnRounds:
    """The rounds a served house makes by itself. A house that is locked makes none, nor does one
    whose recovery words nobody has typed yet."""

    def __init__(self, house: House, running: Callable[[], int] = running_ms) -> None:
        self._house = house
        self._running, self._tick = running, Tick(running)

    def ask(self) -> bool:
        """May be asked as often as one likes; tells whether a round has begun."""
        house = self._house
        if house.state is not State.OPEN or house.backing_up.busy:
            return False
        if not self._tick.is_time() or recovery_key_held(house.desk()) is None:
            return False
        return house.backing_up.begin(_round_of(house, running=self._running))


def begin_round(house: House, *, at_once: bool = False) -> bool:
    """Make a round in the background, after the one that may be running; `at_once`: with a new
    backup whether one is due or not. False where the store is being closed."""
    return house.backing_up.queue(_round_of(house, at_once=at_once))


def _round_of(
    house: House, *, at_once: bool = False, running: Callable[[], int] = running_ms
) -> Callable[[Watch], Round]:
    itself = house.desk().signed_in_as(MEDILINK_ITSELF)

    def go(watch: Watch) -> Round:
        done = rounds_here(house, itself, None, watch, running).go(at_once=at_once)
        if not done.busy:
            _drill_when_due(house, itself, watch)
        return done

    return go


def _drill_when_due(house: House, itself: Desk, watch: Watch) -> None:
    names = {one.key: one.name for one in chosen_places(itself)}
    places = places_switched_on(itself, house.backing_up.until_stopped())
    drill_when_due(house, places, names, lambda at, of: watch(Part.DRILL, "", at, of))


def remembered(house: House) -> Remembered:
    """What is known of the backups; read anew when it has changed."""
    path = house.config.data_dir / KNOWN
    try:
        found = path.stat()
    except FileNotFoundError:
        return Remembered()
    return _read(path, found.st_ino, found.st_mtime_ns)


@lru_cache(maxsize=1)
def _read(path: Path, _file: int, _written: int) -> Remembered:
    return LedgerFile(path).read()
