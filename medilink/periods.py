"""Months, quarters and days as somebody here counts them, as moments from and to.

A period begins at midnight of its first day and ends at midnight after its last, in the time zone
of this computer. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from medilink.errors import LastBeforeFirst

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONTHS_OF_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both inside."""

    first: date
    last: date

    @property
    def since(self) -> int:
        """Its beginning, milliseconds UTC."""
        return midnight(self.first)

    @property
    def until(self) -> int:
        """The first moment after it."""
        return midnight(self.last + timedelta(days=1))


def midnight(day: date) -> int:
    """When a day begins here, milliseconds UTC."""
    return int(datetime.combine(day, time()).astimezone().timestamp() * 1000)


def day_here(at: int) -> date:
    """The day a moment lies in, here."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone().date()


def days_between(first: date, last: date) -> Period:
    """From one day to another. Raises LastBeforeFirst."""
    if last < first:
        raise LastBeforeFirst
    return Period(first, last)


def month_of(day: date) -> Period:
    """The month a day lies in."""
    first = day.replace(day=1)
    return Period(first, _months_later(first, 1) - timedelta(days=1))


def quarter_of(day: date) -> Period:
    """The quarter of the year a day lies in."""
    first = day.replace(month=day.month - (day.month - 1) % MONTHS_OF_QUARTER, day=1)
    return Period(first, _months_later(first, MONTHS_OF_QUARTER) - timedelta(days=1))


def month_before(month: Period) -> Period:
    """The month before one."""
    return month_of(month.first - timedelta(days=1))


def month_after(month: Period) -> Period:
    """The month after one."""
    return month_of(month.last + timedelta(days=1))


def month_name(month: Period) -> str:
    """A month as it is kept: 2026-03."""
    return month.first.isoformat()[:7]


def month_named(name: str) -> Period:
    """The month of a kept name."""
    return month_of(date.fromisoformat(f"{name}-01"))


def _months_later(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
