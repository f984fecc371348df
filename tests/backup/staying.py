"""Which backups of a place must stay, told once more and from everything that ever reached it: the
yardstick `backup.retention` is held against."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

from backup.kept import Kept
from backup.retention import POLICY, Policy
from medilink.days import DAY_MS

ALL_OF_THEM = 10**9


def must_stay(history: Sequence[Kept], policy: Policy = POLICY) -> set[int]:
    """The generations the policy asks for."""
    must = {one.generation for one in history if days_passed(history, one) <= policy.days}
    verified = [one for one in history if one.verified_at is not None]
    must |= {one.generation for one in verified[-1:]}
    many_of = (policy.daily, policy.weekly, policy.monthly, ALL_OF_THEM) * 2
    for which, many in enumerate(many_of):
        later: set[Hashable] = set()
        of_verified: set[Hashable] = set()
        for one in reversed(history):
            period = periods(one)[which]
            if one.verified_at is not None and period not in of_verified:
                of_verified.add(period)
                if len(later - {period}) < many:
                    must.add(one.generation)
            later.add(period)
    return must


def days_passed(history: Sequence[Kept], since: Kept) -> int:
    """How many days have passed at most: no more than there were backups, whatever clocks say."""
    later = [one for one in history if one.generation >= since.generation]
    return sum(
        min(max(two.at // DAY_MS - one.at // DAY_MS, 0), two.generation - one.generation)
        for one, two in pairwise(later)
    )


@cache
def periods(one: Kept) -> tuple[Hashable, ...]:
    """Day, week, month, year: by the calendar, and by the number of backups."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=one.at)
    number = one.generation
    by_count = (number, number // 7, number // 30, number // 365)
    return (at.date(), at.strftime("%G %V"), (at.year, at.month), at.year, *by_count)
