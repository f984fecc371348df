"""Restore drills: when one is due, what came of it, and whether it was as fast as promised.

A drill restores the newest verified backup of every place into a copy that is thrown away, and
works with that copy for a moment. Pure. Times in milliseconds UTC; what something took, too.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from medilink.days import DAY_MS

EVERY_MS = 30 * DAY_MS
# In working hours it waits this much longer for a night the computer is on.
WAITS_FOR_QUIET_MS = 2 * DAY_MS
AGAIN_MS = DAY_MS  # after one that failed: not at every round, and not only next month
OVERDUE_MS = 35 * DAY_MS
GIGABYTE = 1_000_000_000
MINUTE_MS = 60_000
# What is promised for coming back: 1 GB in 10 minutes, 10 GB within an hour.
AT_MOST_MS, AT_MOST_EACH_GB_MS = 10 * MINUTE_MS, 6 * MINUTE_MS


class Step(StrEnum):
    """What is done with a backup, one after the other. The value is stored: never rename one."""

    FETCH = "fetch"
    RESTORE = "restore"
    CHECK = "check"
    SIGN_IN = "sign in"
    OPEN = "open"


class Came(StrEnum):
    """What came of one place. The value is stored: never rename one."""

    PASSED = "passed"
    FAILED = "failed"
    AWAY = "away"  # a stick that is elsewhere
    EMPTY = "empty"  # no verified backup of this store is known there


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one place. `place`: its key, `called`: what people call it; `size`: bytes of the
    backup's file, `restored`: bytes of the store that came out; `entries`: of its log, `opened`: of
    the record that was opened, None where nobody is registered. `why`: code of the trouble."""

    place: str
    came: Came
    called: str = ""
    name: str = ""
    generation: int = 0
    made_at: int = 0
    size: int = 0
    restored: int = 0
    patients: int = 0
    entries: int = 0
    opened: int | None = None
    steps: tuple[tuple[str, int], ...] = ()
    why: str = ""

    @property
    def took(self) -> int:
        """From the first byte fetched to the record on the desk."""
        return sum(taken for _, taken in self.steps)

    @property
    def in_time(self) -> bool:
        """Whether that was as fast as promised."""
        return self.took <= promised_ms(self.restored)


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill. `number`: the store's own, 0 before it is kept; `clinic`: whose it is, `by`: who
    began it."""

    at: int
    clinic: str
    by: str
    tried: tuple[Tried, ...]
    number: int = 0

    @property
    def passed(self) -> bool:
        """Whether a backup was restored and none failed."""
        came = {one.came for one in self.tried}
        return Came.PASSED in came and Came.FAILED not in came

    @property
    def why(self) -> str:
        """The code of the first trouble; empty where there was none."""
        return next((one.why for one in self.tried if one.came is Came.FAILED), "")


def drill_due(last: int | None, now: int, tried: int | None = None, *, quiet: bool = True) -> bool:
    """Whether a drill is due. `last`: when one passed last, `tried`: when one was begun last;
    `quiet`: nobody is working now. A time that lies ahead was noted under a wrong clock and counts
    for nothing."""
    if tried is not None and 0 <= now - tried < AGAIN_MS:
        return False
    wait = EVERY_MS if quiet else EVERY_MS + WAITS_FOR_QUIET_MS
    return last is None or not 0 <= now - last < wait


def drill_overdue(since: int | None, now: int) -> bool:
    """Whether everybody has to be told. `since`: when one passed last, or, where none has, when the
    first backup was made; None where there is no backup yet."""
    return since is not None and now - since > OVERDUE_MS


def promised_ms(size: int) -> int:
    """How long restoring so many bytes may take."""
    return max(AT_MOST_MS, size * AT_MOST_EACH_GB_MS // GIGABYTE)


def drill_as_text(drill: Drill) -> str:
    """As it is kept."""
    return json.dumps(asdict(drill), ensure_ascii=False, sort_keys=True)


def drill_from_text(text: str, number: int) -> Drill:
    """What `drill_as_text` wrote, as the store's drill of this number."""
    kept = json.loads(text)
    return Drill(**{**kept, "tried": tuple(map(_tried, kept["tried"])), "number": number})


def _tried(kept: dict[str, Any]) -> Tried:
    steps = tuple((str(step), int(taken)) for step, taken in kept["steps"])
    return Tried(**{**kept, "came": Came(kept["came"]), "steps": steps})
