"""Which backups at a place may go.

Old clocks lie, so no date alone ever lets a backup go. There are two yardsticks: the calendar the
manifests tell, and the generations, counted as if one were made a day. What either of them wants
kept is kept. A backup that was never verified cannot push out one that was, and nothing goes at all
while the newest is not verified.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from backup.kept import Kept
from medilink.days import DAY_MS

_EPOCH = date(1970, 1, 1).toordinal()
Yardstick = Callable[[Kept], Sequence[Hashable]]


@dataclass(frozen=True, slots=True)
class Policy:
    """How many stay: everything of the last `days`, then the last one of each of so many days,
    weeks and months, and of every year. 30 days are the specification's floor, the rest is the
    usual grandfather, father and son."""

    days: int = 30
    daily: int = 7
    weekly: int = 5
    monthly: int = 12


POLICY = Policy()


def removable(held: Iterable[Kept], policy: Policy = POLICY) -> list[Kept]:
    """Those of one place's backups of one store that may go, oldest first. Never the newest, and
    never the last verified one."""
    newest_first = sorted(held, key=lambda one: one.generation, reverse=True)
    if not newest_first or newest_first[0].verified_at is None:
        return []
    stays = {one.generation for one in _recent(newest_first, policy.days)}
    for yardstick in (by_calendar, by_generation):
        for period, many in enumerate((policy.daily, policy.weekly, policy.monthly, None)):
            labels = [yardstick(one)[period] for one in newest_first]
            stays |= _best_of_each(newest_first, labels, many)
    return [one for one in reversed(newest_first) if one.generation not in stays]


def by_calendar(one: Kept) -> Sequence[Hashable]:
    """Day, week, month and year in which it was made, by what its manifest tells."""
    day = date.fromordinal(min(max(_EPOCH + _day(one), 1), date.max.toordinal()))
    return day.toordinal(), day.isocalendar()[:2], (day.year, day.month), day.year


def by_generation(one: Kept) -> Sequence[Hashable]:
    """The same, had there been one backup a day and nothing else."""
    return tuple(one.generation // days for days in (1, 7, 30, 365))


def _day(one: Kept) -> int:
    return one.at // DAY_MS


def _recent(newest_first: Sequence[Kept], days: int) -> list[Kept]:
    """Those of the last days. A clock that was set back counts nothing, and one that was set ahead
    counts no more days than there were backups: too little passes rather than too much."""
    recent, passed = list(newest_first[:1]), 0
    for later, earlier in pairwise(newest_first):
        step = max(_day(later) - _day(earlier), 0)
        passed += min(step, later.generation - earlier.generation)
        if passed > days:
            break
        recent.append(earlier)
    return recent


def _best_of_each(
    newest_first: Sequence[Kept], labels: Sequence[Hashable], many: int | None
) -> set[int]:
    """The newest verified generation under each label, for so many labels (None: all) that have
    one; where none was verified, the newest."""
    groups: dict[Hashable, list[Kept]] = {}
    for one, label in zip(newest_first, labels, strict=True):
        groups.setdefault(label, []).append(one)
    best, good = set(), 0
    for group in groups.values():
        if good == many:
            break
        verified = [one for one in group if one.verified_at is not None]
        best.add((verified or group)[0].generation)
        good += bool(verified)
    return best
