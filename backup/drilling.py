"""The monthly restore drill: the newest verified backup of every place is fetched, restored into a
scratch folder, checked as for a restore, and worked with for a moment. Then all of it is gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from backup.archive import Progress, nobody_waits
from backup.destinations import Place, plain_trouble
from backup.folder import FolderRoom
from backup.keeping import carry
from backup.kept import Kept
from backup.ledger import Remembered
from backup.scratch import copy_of, scratch_folder
from medilink.acts.back_up import drill_identity
from medilink.acts.drill import check_may_drill, keep_drill, open_one_in_copy, sign_in_to_copy
from medilink.desk import Desk
from medilink.drills import Came, Drill, Step, Tried
from medilink.errors import MediLinkError, NothingToDrill, PlaceAway

EACH = 1000  # parts of the progress for each place
_FETCHED, _RESTORED = 100, 800  # of them done when it is fetched, and when it is restored


def ticks_ms() -> int:
    """A clock for how long something takes."""
    return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Drilling:
    """What a drill needs. `data_dir`: where the store lies; `known`: what is remembered of the
    places; `called`: what people call a place, by its key."""

    desk: Desk
    data_dir: Path
    places: Sequence[Place]
    known: Remembered
    called: Mapping[str, str] = field(default_factory=dict)
    progress: Progress = nobody_waits
    ticks: Callable[[], int] = ticks_ms


def hold_drill(drilling: Drilling) -> Drill:
    """A drill over all places, kept in the store. What goes wrong at a place stands in the drill.
    Raises NothingToDrill, ScratchTaken, Refused."""
    desk, known = drilling.desk, drilling.known
    check_may_drill(desk)
    if not any(known.at(place.key).newest_verified for place in drilling.places):
        raise NothingToDrill
    identity, at = drill_identity(desk), desk.now
    tried: list[Tried] = []
    with scratch_folder(drilling.data_dir) as folder:
        try:
            for number, place in enumerate(drilling.places):
                tried.append(_Trying(drilling, place, number, identity, folder).go())
        except Exception:
            # Told once, and not tried again at every round.
            broke = Tried(drilling.places[len(tried)].key, Came.FAILED, why="failed")
            keep_drill(desk, Drill(at, desk.clinic.name, desk.who.title, (*tried, broke)))
            raise
    return keep_drill(desk, Drill(at, desk.clinic.name, desk.who.title, tuple(tried)))


@dataclass(slots=True)
class _Trying:
    """One place."""

    drilling: Drilling
    place: Place
    number: int
    identity: str
    folder: Path
    steps: list[tuple[str, int]] = field(default_factory=list)
    _began: int = 0

    def go(self) -> Tried:
        key = self.place.key
        newest = self.drilling.known.at(key).newest_verified
        found = Tried(key, Came.EMPTY, called=self.drilling.called.get(key, ""))
        if newest is None:
            return found
        found = replace(
            found,
            name=newest.name,
            generation=newest.generation,
            made_at=newest.at,
            size=newest.size,
        )
        try:
            with plain_trouble(newest.size):
                found = self._worked(found, newest)
        except PlaceAway:
            return replace(found, came=Came.AWAY)
        except MediLinkError as trouble:
            return replace(found, came=Came.FAILED, why=trouble.code, steps=tuple(self.steps))
        finally:
            (self.folder / newest.name).unlink(missing_ok=True)
        self._tell(EACH)
        return replace(found, came=Came.PASSED, steps=tuple(self.steps))

    def _worked(self, found: Tried, newest: Kept) -> Tried:
        self._began = self.drilling.ticks()
        with self.place.enter() as room:
            carry(newest, room, FolderRoom(self.folder), self._fetched)
        self._note(Step.FETCH)
        path = self.folder / newest.name
        with copy_of(path, self.identity, self.folder, self._restored) as copy:
            self._note(Step.CHECK)
            there = sign_in_to_copy(self.drilling.desk, copy.store)
            self._note(Step.SIGN_IN)
            opened = open_one_in_copy(there, newest.generation)
            self._note(Step.OPEN)
            return replace(
                found,
                restored=copy.size,
                patients=len(copy.store.patients.of_everybody()),
                entries=copy.rebuilt.entries,
                opened=opened,
            )

    def _note(self, step: Step) -> None:
        now = self.drilling.ticks()
        self.steps.append((step.value, now - self._began))
        self._began = now

    # ---- telling how far it is

    def _fetched(self, done: int, of: int) -> None:
        self._tell(_FETCHED * done // max(of, 1))

    def _restored(self, done: int, of: int) -> None:
        self._tell(_FETCHED + (_RESTORED - _FETCHED) * done // max(of, 1))
        if done == of and self.steps[-1][0] == Step.FETCH:
            self._note(Step.RESTORE)

    def _tell(self, part: int) -> None:
        self.drilling.progress(self.number * EACH + part, len(self.drilling.places) * EACH)
