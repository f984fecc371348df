"""How long something lasts, in words."""

from __future__ import annotations

from ui.words import say_many

DAY_HOURS = 24


def say_duration(hours: int) -> str:
    """`6 hours`, `24 hours`, `7 days`."""
    if hours % DAY_HOURS or hours == DAY_HOURS:
        return say_many("{number} hour", "{number} hours", hours)
    return say_many("{number} day", "{number} days", hours // DAY_HOURS)
