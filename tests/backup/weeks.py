"""Weeks in the life of a laptop with several processes that may make backups.

It is awake for a while, then sleeps or is switched off; its clock is set ahead and back by up to
ten years; summer time begins and ends; processes start again and are killed in the middle of a
backup; while one makes a backup, the others ask too. Clocks, lock and files are simulated, so that
a thousand weeks take minutes; the rounds and the schedule are the real ones.

What nobody can notice is left out: a clock set back while the computer is off, by less than it is
off for.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from backup.folder import FolderRoom, Home
from backup.kept import Kept, name_of
from backup.ledger import Remembered
from backup.retention import Policy
from backup.rounds import Means, Rounds
from backup.schedule import SCHEDULE, Due, milliseconds
from medilink.clock import BEHIND
from tests.backup.worlds import STORE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SWEEP_S = 20
GRACE = HOUR  # how long a laptop may be awake past the interval before there is a backup
PROCESSES = 4
BEGIN = datetime(2026, 1, 5, 8, tzinfo=UTC)
ZONES = ("Africa/Nairobi", "Africa/Cairo", "Europe/Paris", "America/New_York")
FEW = Policy(days=2, daily=2, weekly=1, monthly=1)  # what stays is tested elsewhere


class Killed(BaseException):
    """kill -9; the system lets go of the lock."""


class RoomInMemory(FolderRoom):
    """A home without a disk."""

    def __init__(self) -> None:
        super().__init__(Path())
        self.files: dict[str, bytes] = {}

    def names(self) -> dict[str, int]:
        return {name: len(content) for name, content in self.files.items()}

    @contextmanager
    def write(self, name: str) -> Iterator[BinaryIO]:
        file = BytesIO()
        yield file
        self.files[name] = file.getvalue()

    @contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        yield BytesIO(self.files[name])

    def rename(self, old: str, new: str) -> None:
        self.files[new] = self.files.pop(old)

    def remove(self, name: str) -> None:
        self.files.pop(name, None)

    def free(self) -> int | None:
        return None


class HomeInMemory(Home):
    def __init__(self, room: RoomInMemory) -> None:
        super().__init__(Path())
        self.room = room

    @contextmanager
    def enter(self) -> Iterator[FolderRoom]:
        yield self.room


@dataclass
class Memory:
    """A ledger in memory."""

    known: Remembered = field(default_factory=Remembered)

    def read(self) -> Remembered:
        return self.known

    def write(self, remembered: Remembered) -> None:
        self.known = remembered


class Weeks:
    """One laptop. `true` is the time that really is, `off_by` what its clock is wrong by. What must
    not happen is in `double_runs` and `late`."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.zone = ZoneInfo(self.chance.choice(ZONES))
        self.true, self.off_by, self.running = BEGIN, timedelta(), MINUTE
        self.ledger, self.room = Memory(), RoomInMemory()
        self.locked = self.making = self.jumped = False
        self.kills_in_a_row = 0
        self.verified, self.awake_past_due = BEGIN, timedelta()
        self.double_runs: list[str] = []
        self.late: list[str] = []
        self.whys: dict[Due, int] = dict.fromkeys(Due, 0)
        self.backups = self.kills = self.jumps = self.refused = 0
        self.boot()

    # ---- what the rounds are given

    def boot(self) -> None:
        self.processes = [self.process() for _ in range(PROCESSES)]
        self.next_ask = [self.running + self.a_sweep() for _ in self.processes]

    def process(self) -> Rounds:
        means = Means(
            STORE, HomeInMemory(self.room), tuple, self.make, self.ledger, self.claim,
            lambda: (self.true + self.off_by).astimezone(self.zone),
            lambda: self.running // timedelta(milliseconds=1), SCHEDULE, FEW,
        )  # fmt: skip
        return Rounds(means)

    @contextmanager
    def claim(self) -> Iterator[bool]:
        if self.locked:
            self.refused += 1
            yield False
            return
        self.locked = True
        try:
            yield True
        finally:
            self.locked = False

    def make(self, _folder: Path) -> Kept:
        if self.making:
            self.double_runs.append(f"{self.true}: two at the same time")
            raise Killed
        gap = self.true - self.verified
        if self.backups and not self.jumped and gap * 2 < SCHEDULE.interval:
            self.double_runs.append(f"{self.true}: again after {gap}")
        self.making = True
        try:
            self.while_making()
        finally:
            self.making = False
        self.verified, self.awake_past_due = self.true, timedelta()
        self.jumped, self.kills_in_a_row = False, 0
        self.backups += 1
        body = b"%d" % self.backups
        name, at = name_of(STORE, self.backups), milliseconds(self.true + self.off_by)
        self.room.files[name] = body
        return Kept(name, self.backups, at, len(body), hashlib.sha256(body).digest(), at)

    def while_making(self) -> None:
        """Up to ten minutes: the others ask, somebody closes the lid, sets the clock, or pulls the
        plug (not more often than twice in a row: nobody could make a backup then)."""
        for _ in range(self.chance.randint(1, 3)):
            self.awake_for(timedelta(seconds=self.chance.uniform(1, 200)))
            with suppress(Killed):
                self.chance.choice(self.processes).go()
            if self.chance.random() < 0.02:
                self.asleep_for(timedelta(hours=self.chance.uniform(0, 10)))
            if self.chance.random() < 0.01:
                self.set_clock()
            if self.kills_in_a_row < 2 and self.chance.random() < 0.03:
                self.kills_in_a_row += 1
                self.kills += 1
                raise Killed

    # ---- what happens

    def live(self, weeks: int) -> None:
        end = self.true + weeks * 7 * DAY
        while self.true < end:
            self.be_awake(self.some_time((20 * MINUTE, 14 * HOUR), rarely=(2 * DAY, 6 * DAY)))
            away = self.some_time((MINUTE, 16 * HOUR), rarely=(2 * DAY, 12 * DAY))
            if self.chance.random() < 0.6:
                self.asleep_for(away)
                self.maybe_set_clock(0.02)
            else:
                self.switched_off_for(away)

    def be_awake(self, time: timedelta) -> None:
        end = self.running + time
        while True:
            who = min(range(PROCESSES), key=self.next_ask.__getitem__)
            if self.next_ask[who] >= end:
                break
            self.awake_for(max(self.next_ask[who] - self.running, timedelta()))
            self.one_asks(who)
            self.next_ask[who] = self.running + 10 * MINUTE + self.a_sweep()
            self.maybe_set_clock(0.0005)
            if self.chance.random() < 0.002:
                self.processes[who] = self.process()
                self.next_ask[who] = self.running + self.a_sweep()
        self.awake_for(max(end - self.running, timedelta()))

    def one_asks(self, who: int) -> None:
        try:
            done = self.processes[who].ask()
        except Killed:
            self.processes[who] = self.process()
            return
        if done and done.made:
            self.whys[done.due] += 1

    def awake_for(self, time: timedelta) -> None:
        due_at = self.verified + SCHEDULE.interval
        self.true += time
        self.running += time
        if self.true > due_at:
            self.awake_past_due += min(time, self.true - due_at)
        if self.awake_past_due > GRACE:
            self.late.append(f"{self.true}: none since {self.verified}")
            self.awake_past_due = timedelta()

    def asleep_for(self, time: timedelta) -> None:
        self.true += time
        self.running += time

    def switched_off_for(self, time: timedelta) -> None:
        self.true += time
        self.running = timedelta(seconds=self.chance.uniform(5, 60))
        if self.chance.random() < 0.05:
            self.set_clock(unless_back_by_less_than=time + 2 * BEHIND)
        self.boot()

    def maybe_set_clock(self, often: float) -> None:
        if self.chance.random() < often:
            self.set_clock()

    def set_clock(self, unless_back_by_less_than: timedelta = timedelta()) -> None:
        """By minutes, hours or years, ahead or back, or right again."""
        reach = self.chance.choice([HOUR, DAY, 3650 * DAY])
        wanted = self.chance.choice([timedelta(), self.chance.uniform(-1, 1) * reach])
        back_by = self.off_by - wanted
        if timedelta() < back_by < unless_back_by_less_than:
            return
        self.off_by, self.jumped = wanted, True
        self.jumps += 1

    def a_sweep(self) -> timedelta:
        return timedelta(seconds=self.chance.uniform(0, SWEEP_S))

    def some_time(
        self, usual: tuple[timedelta, timedelta], rarely: tuple[timedelta, timedelta]
    ) -> timedelta:
        low, high = rarely if self.chance.random() < 0.05 else usual
        return low + (high - low) * self.chance.random()
