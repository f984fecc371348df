"""Whether this computer's clock can be believed, and what time it is at the earliest.

A laptop whose battery died says it is 2000; one set wrongly says 2036. The watch compares the wall
clock with what is already known: the newest time in the log. Time never runs backwards for whoever
asks the watch, so an expired share does not come back to life; what is written meanwhile is marked
as doubted until the clock is set or an administrator says that it is right.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)  # MediLink is no older
BEHIND = timedelta(minutes=10)  # less is a correction by a few minutes, nothing to speak of
AHEAD = timedelta(days=400)  # a clinic may be closed for a year, not longer


class Doubt(StrEnum):
    """What speaks against the clock."""

    NONE = ""
    BEHIND = "it is earlier than what was written last"
    AHEAD = "it is more than a year after what was written last"


class ClockWatch:
    """A clock that is watched. Calling it gives the time, never earlier than what is known."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self.wall = wall
        self._known = EARLIEST
        self._slow_by: timedelta | None = None  # while the clock is behind: by how much

    def __call__(self) -> datetime:
        now = self.wall()
        doubt = self._judge(now)
        if doubt is Doubt.AHEAD:
            return now
        if doubt is Doubt.NONE:
            self._slow_by = None
        elif self._slow_by is None:
            self._slow_by = self._known - now
        # A clock that is behind still ticks, so that codes made meanwhile end.
        self._known = max(self._known, now + (self._slow_by or timedelta()))
        return self._known

    @property
    def doubt(self) -> Doubt:
        """What speaks against the wall clock now."""
        return self._judge(self.wall())

    @property
    def known(self) -> datetime:
        """It is at least this late."""
        return self._known

    def learn(self, at: int) -> None:
        """Something was certainly written at this time, in milliseconds UTC."""
        self._known = max(self._known, EARLIEST + _since_earliest(at))

    def confirm(self) -> None:
        """Somebody who knows has said that the wall clock is right."""
        self._known, self._slow_by = self.wall(), None

    def _judge(self, now: datetime) -> Doubt:
        if now < self._known - BEHIND:
            return Doubt.BEHIND
        return Doubt.AHEAD if now > self._known + AHEAD else Doubt.NONE


def _since_earliest(at: int) -> timedelta:
    return timedelta(milliseconds=at - int(EARLIEST.timestamp() * 1000))
