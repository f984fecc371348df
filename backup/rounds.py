"""A round: make a backup if one is due, carry the newest to every place that lacks it, thin out.

One process of all that share the data folder makes a round at a time, held by a lock of the
operating system, which dies with its process. A round may take minutes: call it from a thread of
its own. What goes wrong at one place is remembered, told, and tried again after a while; it stops
no other place.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from backup.destinations import (
    Place,
    Room,
    Wanted,
    check_fits,
    check_there,
    plain_trouble,
)
from backup.folder import FolderRoom, Home
from backup.keeping import (
    carry,
    longest_unread,
    look_through,
    thin_out,
    to_be_opened,
    verified,
    wanted,
)
from backup.kept import Kept
from backup.ledger import AtPlace, Ledger, Opened, Remembered, Trouble
from backup.retention import POLICY, Policy
from backup.schedule import (
    ASK_EVERY,
    SCHEDULE,
    Due,
    Passed,
    Schedule,
    due,
    milliseconds,
    ran_between,
    retry_after,
    running_ms,
)
from medilink.errors import (
    BackupRunning,
    BackupTrouble,
    CopyDamaged,
    MediLinkError,
    PlaceAway,
)

_MS = timedelta(milliseconds=1)
HOME = Home.key


Make = Callable[[Path], Kept]
Claim = Callable[[], AbstractContextManager[bool]]
Open = Callable[[str, Room, Kept], None]
Tell = Callable[[str, MediLinkError, bool], None]
Carried = Callable[[str, int, int], None]


def nobody_is_told(key: str, trouble: MediLinkError, again: bool) -> None:
    """For whoever looks at what a round has done."""


def nobody_watches(key: str, done: int, of: int) -> None:
    """Progress for whoever does not look."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a round needs. `make` puts a new backup into a folder, opened and checked there, or
    raises MediLinkError and leaves nothing; `places` are those chosen now; `claim` holds the lock,
    or tells that another process has it; `now` is in the clinic's time zone. `watch` is told how
    far copying to a place is. `tell` hears of trouble at a place, and whether it is the same as at
    the last try; `open_copy` reads a backup from its place and looks at all of it, or raises
    BackupTrouble."""

    store_id: str
    home: Home
    places: Callable[[], Sequence[Place]]
    make: Make
    ledger: Ledger
    claim: Claim
    now: Callable[[], datetime]
    running: Callable[[], int] = running_ms
    schedule: Schedule = SCHEDULE
    policy: Policy = POLICY
    watch: Carried = nobody_watches
    tell: Tell = nobody_is_told
    open_copy: Open | None = None


@dataclass(slots=True)
class Round:
    """What a round did. `troubles` are by the place's key; a place that is away is in none."""

    due: Due = Due.NOT_YET
    busy: bool = False
    made: Kept | None = None
    carried: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    troubles: dict[str, MediLinkError] = field(default_factory=dict)


class Tick:
    """Every ten minutes, and at once after the start and after sleep."""

    def __init__(self, running: Callable[[], int]) -> None:
        self._running = running
        self._asked: int | None = None

    def is_time(self) -> bool:
        """Whether ten minutes have passed since this was last true."""
        running = self._running()
        if self._asked is not None and 0 <= running - self._asked < ASK_EVERY // _MS:
            return False
        self._asked = running
        return True


class Rounds:
    """Rounds of one process."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._tick = Tick(means.running)

    def ask(self) -> Round | None:
        """Make a round unless there was one in the last ten minutes; may be called as often as one
        likes. Right after the start and after sleep it is made at once."""
        return self.go() if self._tick.is_time() else None

    def go(self, *, at_once: bool = False) -> Round:
        """Make a round now; `at_once` makes a backup whether it is due or not, as before a
        migration, a restore or a change of keys. Raises OSError where not even the small file that
        remembers the backups can be written."""
        with self._means.claim() as ours:
            return _Walk(self._means).go(at_once=at_once) if ours else Round(busy=True)

    def passed(self) -> Passed:
        """What is known of time, for whoever tells how old the last verified backup is."""
        return passed_by(self._means.ledger.read())


def passed_by(known: Remembered) -> Passed:
    """What the schedule has to know. A verified backup that is nowhere any more is none."""
    newest = (place.newest_verified for place in known.places.values())
    somewhere = any(one and one.generation >= known.verified_generation for one in newest)
    at = known.verified_at if somewhere else None
    return Passed(at, known.ran - known.ran_at_verified, known.seen_at)


@contextlib.contextmanager
def claim_file(path: Path) -> Iterator[bool]:
    """Hold a lock file if no other process does; tells whether it is held."""
    lock = FileLock(path, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


class _Walk:
    """One round, with the lock held. Every step is written down before the next one begins."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._known = means.ledger.read()
        self._now = means.now()
        self._round = Round()

    def go(self, *, at_once: bool) -> Round:
        self._look_at_clocks()
        with self._told(HOME), self._means.home.enter() as room:
            self._look_through_home(room)
            if at_once or (self._round.due is not Due.NOT_YET and self._may_try(HOME)):
                self._make(room)
        for place in self._means.places():
            with self._told(place.key):
                if self._lacks_newest(place.key):
                    self._carry_to(place)
                self._open_at(place)
        return self._round

    def _look_at_clocks(self) -> None:
        known = self._ran_on()
        why = due(passed_by(known), self._now, self._means.schedule)
        # A clock that was set back is the reason for a backup until there is one.
        seen_at = known.seen_at if why is Due.CLOCK else milliseconds(self._now)
        self._round.due = why
        self._note(replace(known, seen_at=seen_at))

    def _ran_on(self) -> Remembered:
        known, running = self._known, self._means.running()
        return replace(known, ran=known.ran + ran_between(known.running, running), running=running)

    # ---- at home

    def _look_through_home(self, room: FolderRoom) -> None:
        self._note_place(HOME, look_through(room, self._known.at(HOME), self._means.store_id))
        passed = passed_by(self._known)
        if passed.verified_at is None:
            self._round.due = Due.FIRST

    def _make(self, room: FolderRoom) -> None:
        check_fits(room, Wanted("", self._expected(), b""))
        made = self._means.make(room.folder)
        at = milliseconds(self._means.now())
        self._note_place(HOME, self._known.at(HOME).with_kept(made))
        # Making and checking it took a while, which does not make it older.
        known = replace(self._ran_on(), verified_at=at, verified_generation=made.generation)
        self._note(replace(known, ran_at_verified=known.ran, seen_at=at))
        self._round.made = made
        self._upkeep(HOME, room)

    # ---- elsewhere

    def _lacks_newest(self, key: str) -> bool:
        newest, there = self._newest_at_home(), self._known.at(key).newest_verified
        return newest is not None and (there is None or there.generation < newest.generation)

    def _carry_to(self, place: Place) -> None:
        newest = self._newest_at_home()
        if newest is None:
            return
        with place.enter() as room, self._means.home.enter() as home:
            if not self._may_try(place.key):
                return
            watch = partial(self._means.watch, place.key)
            at = look_through(room, self._known.at(place.key), self._means.store_id)
            self._note_place(place.key, at)
            carry(newest, home, room, watch)
            at = at.with_kept(verified(newest, milliseconds(self._means.now())))
            self._note_place(place.key, at)
            self._round.carried.append(place.key)
            self._upkeep(place.key, room)

    def _open_at(self, place: Place) -> None:
        """Open the newest backup there, if it is time to. One that cannot be restored is good no
        more, and is carried there again."""
        now = self._means.now()
        quiet = self._means.schedule.is_quiet(now.hour)
        wanted = to_be_opened(self._known.at(place.key), milliseconds(now), quiet=quiet)
        if self._means.open_copy is None or wanted is None:
            return
        with place.enter() as room:
            if not self._may_try(place.key):
                return
            begun = self._means.running()
            try:
                self._means.open_copy(place.key, room, wanted)
            except (BackupTrouble, CopyDamaged):
                unsound = replace(wanted, verified_at=None)
                self._note_place(place.key, self._known.at(place.key).with_kept(unsound))
                raise
        at = milliseconds(self._means.now())
        opened = Opened(wanted.generation, at, ran_between(begun, self._means.running()))
        sound = self._known.at(place.key).with_kept(verified(wanted, at))
        self._note_place(place.key, replace(sound, opened=opened))
        self._round.opened.append(place.key)

    def _newest_at_home(self) -> Kept | None:
        return self._known.at(HOME).newest_verified

    def _expected(self) -> int:
        """How large a backup is about, as far as is known."""
        newest = self._newest_at_home()
        return newest.size if newest else 0

    def _upkeep(self, key: str, room: Room) -> None:
        """Thin out, and read one older backup again: media fade. Raises CopyDamaged, once it is
        written down that this one is good no more."""
        at, now = thin_out(room, self._known.at(key), self._means.policy), self._means.now()
        self._note_place(key, at)
        old = longest_unread(at, milliseconds(now))
        if old is None:
            return
        self._note_place(key, at.with_kept(replace(old, verified_at=None)))
        check_there(room, wanted(old))
        self._note_place(key, at.with_kept(verified(old, milliseconds(now))))

    # ---- writing it down

    def _may_try(self, key: str) -> bool:
        trouble = self._known.at(key).trouble
        if trouble is None:
            return True
        return (self._known.ran - trouble.at_ran) * _MS >= retry_after(trouble.times)

    @contextlib.contextmanager
    def _told(self, key: str) -> Iterator[None]:
        """What goes wrong at a place is written down and ends nothing else."""
        before = self._known.at(key).trouble
        try:
            with plain_trouble(self._expected()):
                yield
        except PlaceAway:
            # Whoever plugs it in again need not wait for the next try.
            self._note_place(key, replace(self._known.at(key), trouble=None, away=True))
        except BackupRunning as other:
            self._round.troubles[key] = other
        except MediLinkError as trouble:
            told = Trouble(trouble.code, before.times + 1 if before else 1, self._known.ran)
            self._note_place(key, replace(self._known.at(key), trouble=told, away=False))
            self._round.troubles[key] = trouble
            self._means.tell(key, trouble, before is not None and before.code == trouble.code)

    def _note_place(self, key: str, at: AtPlace) -> None:
        self._note(self._known.with_place(key, at))

    def _note(self, known: Remembered) -> None:
        if known != self._known:
            self._means.ledger.write(known)
        self._known = known
