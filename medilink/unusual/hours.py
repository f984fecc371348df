"""When a clinic is usually at work, learnt from its own log.

Only hours in which somebody wrote in a record count as work: whoever reads at night does not make
the night an opening hour.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

from medilink.unusual.memory import Memory, local_time

WEEKS_KNOWN = 8  # long enough for a fortnightly market day to come four times
WEEKS_NEEDED = 4  # before that, nobody can say what is usual
WEEKS_AT_WORK = 3  # a delivery now and then does not make a night an opening hour
NEAR_HOURS = 1  # opening up and closing are not on the minute
STAYED_MS = 2 * 3_600_000  # who was at work two hours ago has stayed late, not come back
HOURS_OF_A_WEEK = 168


def _place(when: datetime) -> tuple[int, int]:
    """The number of a week, and the number of an hour in it."""
    return (when.toordinal() - 1) // 7, when.weekday() * 24 + when.hour


def note_work(memory: Memory, at: int, zone: tzinfo | None) -> None:
    """Somebody wrote in a record: the clinic is at work at this hour of the week."""
    week, hour = _place(local_time(at, zone))
    memory.weeks[week] = memory.weeks.get(week, 0) | 1 << hour
    for old in [known for known in memory.weeks if known < week - WEEKS_KNOWN]:
        del memory.weeks[old]


def usually_closed(memory: Memory, at: int, zone: tzinfo | None) -> bool:
    """Whether the clinic was at work at this hour of the week, or within an hour of it, in fewer
    than three of the last eight weeks. False while fewer than four are known."""
    week, hour = _place(local_time(at, zone))
    before = [mask for known, mask in memory.weeks.items() if week - WEEKS_KNOWN <= known < week]
    if len(before) < WEEKS_NEEDED:
        return False
    near = sum(1 << (hour + step) % HOURS_OF_A_WEEK for step in range(-NEAR_HOURS, NEAR_HOURS + 1))
    return sum(1 for mask in before if mask & near) < WEEKS_AT_WORK


def came_when_closed(memory: Memory, account: int, at: int, zone: tzinfo | None) -> bool:
    """Whether somebody is here at a time when the clinic is usually closed, and has not merely
    stayed on."""
    if usually_closed(memory, at, zone):
        return at - memory.at_work.get(account, 0) > STAYED_MS
    memory.at_work[account] = at
    return False
