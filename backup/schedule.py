"""When a backup is due, asked on start, on wake and every ten minutes; never a date in a calendar.

Two clocks answer. The wall clock knows about days the computer was off but may be wrong; the
running clock (time since the computer was switched on, sleep included where the system counts it)
is never wrong but knows only of itself. The longer of the two ages counts: one backup too many does
no harm. A wall clock behind what it said before cannot tell how long the computer was off, and then
a backup is due.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from medilink.clock import BEHIND

ASK_EVERY = timedelta(minutes=10)
RETRY_FIRST, RETRY_AT_MOST = timedelta(minutes=10), timedelta(hours=1)
AMBER, RED = 1.5, 3.0  # intervals without a verified backup


class Due(StrEnum):
    """Whether a backup is due, and why."""

    NOT_YET = "not yet"
    FIRST = "there is none yet"
    OVERDUE = "the last verified one is as old as the interval"
    QUIET = "it will be due soon, and nobody is working now"
    CLOCK = "the clock was set back, so nobody knows how old the last one is"


class Concern(StrEnum):
    """What the page that staff use every day says about the backups."""

    NONE = ""
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Schedule:
    """`quiet_from` and `quiet_until` are hours of the clinic's own day; they may span midnight.
    Equal hours mean that no hour is quieter than others."""

    interval: timedelta = timedelta(days=1)
    quiet_from: int = 19
    quiet_until: int = 6

    def is_quiet(self, hour: int) -> bool:
        since = (hour - self.quiet_from) % 24
        return since < (self.quiet_until - self.quiet_from) % 24


@dataclass(frozen=True, slots=True)
class Passed:
    """What is known of time, in milliseconds: `verified_at` by the wall clock, None before the
    first; `ran` is what the running clock has counted since then; `seen_at` is what the wall clock
    said when it was looked at last."""

    verified_at: int | None
    ran: int
    seen_at: int


SCHEDULE = Schedule()


def due(passed: Passed, now: datetime, schedule: Schedule = SCHEDULE) -> Due:
    """Whether a backup is due now; `now` is in the clinic's own time zone.

    In quiet hours half an interval is enough, so that most backups happen then and none has to wait
    for them."""
    if passed.verified_at is None:
        return Due.FIRST
    if went_back(passed, now):
        return Due.CLOCK
    age = age_of(passed, now)
    if age >= schedule.interval:
        return Due.OVERDUE
    if schedule.is_quiet(now.hour) and age * 2 >= schedule.interval:
        return Due.QUIET
    return Due.NOT_YET


def age_of(passed: Passed, now: datetime) -> timedelta:
    """How old the last verified backup is at least."""
    by_wall = milliseconds(now) - (passed.verified_at or 0)
    return timedelta(milliseconds=max(by_wall, passed.ran))


def went_back(passed: Passed, now: datetime) -> bool:
    """Whether the wall clock is behind what it said before, by more than a correction."""
    return milliseconds(now) < passed.seen_at - BEHIND // timedelta(milliseconds=1)


def concern(passed: Passed, now: datetime, schedule: Schedule = SCHEDULE) -> Concern:
    """How loudly to say that there is no recent verified backup."""
    if passed.verified_at is None:
        return Concern.RED
    intervals = age_of(passed, now) / schedule.interval
    if intervals >= RED:
        return Concern.RED
    return Concern.AMBER if intervals >= AMBER else Concern.NONE


def retry_after(times: int) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time, up to an hour."""
    doublings = min(max(times - 1, 0), 10)
    return min(RETRY_FIRST * (1 << doublings), RETRY_AT_MOST)


def milliseconds(moment: datetime) -> int:
    """A moment as the log writes it."""
    return int(moment.timestamp() * 1000)


def running_ms() -> int:
    """The running clock: the same for every process, and back at the start after a restart of the
    computer. Linux counts sleep only in CLOCK_BOOTTIME (clock_gettime(2))."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return time.monotonic_ns() // 1_000_000


def ran_between(before: int, now: int) -> int:
    """What the running clock counted between two looks; after a restart only what is since."""
    return now - before if now >= before else now
