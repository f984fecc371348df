"""How it stands with the backups: what the page and the warning on every page tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from backup.ledger import AtPlace, Remembered
from backup.rounds import HOME, passed_by
from backup.schedule import (
    ASK_EVERY,
    SCHEDULE,
    Concern,
    Due,
    Passed,
    Schedule,
    concern,
    due,
    milliseconds,
)
from medilink.days import DAY_MS

# The first backup of a new clinic is made within minutes; nobody is frightened before.
FIRST_HOUR_MS = 60 * 60_000
ELSEWHERE_MS = 7 * DAY_MS  # a stick that is brought once a week is in time


@dataclass(frozen=True, slots=True)
class Standing:
    """`verified_at`: when the last verified backup was verified, None where there is none; `where`:
    keys of the places that hold it; `only_here`: nothing of the last week has left this
    computer."""

    verified_at: int | None
    where: tuple[str, ...]
    concern: Concern
    only_here: bool


def standing_of(known: Remembered, now: datetime, schedule: Schedule = SCHEDULE) -> Standing:
    """`now` is in the clinic's own time zone."""
    passed = passed_by(known)
    where = tuple(key for key, at in known.places.items() if _holds(at, known.verified_generation))
    if passed.verified_at is None:
        quiet = known.ran < FIRST_HOUR_MS and known.at(HOME).trouble is None
        loud = Concern.NONE if quiet else Concern.RED
        return Standing(None, (), loud, only_here=False)
    return Standing(
        passed.verified_at,
        where,
        concern(passed, now, schedule),
        only_here=_only_here(known, milliseconds(now)),
    )


def next_due(known: Remembered, now: datetime, schedule: Schedule = SCHEDULE) -> datetime:
    """When a backup will be due, if the computer is on then."""
    passed = passed_by(known)
    asked, until = now, now + schedule.interval
    while asked < until:
        elapsed = (asked - now) // timedelta(milliseconds=1)
        later = Passed(passed.verified_at, passed.ran + elapsed, passed.seen_at)
        if due(later, asked, schedule) is not Due.NOT_YET:
            break
        asked += ASK_EVERY
    return asked


def _holds(at: AtPlace, generation: int) -> bool:
    return any(one.generation == generation and one.verified_at is not None for one in at.held)


def _only_here(known: Remembered, now: int) -> bool:
    elsewhere = [at.newest_verified for key, at in known.places.items() if key != HOME]
    brought = [one.at for one in elsewhere if one]
    here = [one.at for one in known.at(HOME).held]
    since = max(brought) if brought else min(here, default=now)
    return now - since > ELSEWHERE_MS
