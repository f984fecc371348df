"""When a backup is due: the rule, and weeks of it (a thousand with --long)."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup.schedule import (
    SCHEDULE,
    Concern,
    Due,
    Passed,
    Schedule,
    concern,
    due,
    milliseconds,
    ran_between,
    retry_after,
    running_ms,
)
from tests.backup.weeks import Weeks
from tests.counts import times

LIVES, WEEKS = times(4, 20), 50
MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
EVENING = MORNING.replace(hour=20)
HOUR = timedelta(hours=1)
HOUR_MS = 3_600_000


def since(hours: float, now: datetime, *, ran: float = 0) -> Passed:
    """The last verified backup was so many hours ago by the wall clock."""
    at = milliseconds(now - hours * HOUR)
    return Passed(at, int(ran * HOUR_MS), milliseconds(now))


@pytest.mark.parametrize(
    ("passed", "now", "answer"),
    [
        (Passed(None, 0, 0), MORNING, Due.FIRST),
        (since(23.9, MORNING), MORNING, Due.NOT_YET),
        (since(24, MORNING), MORNING, Due.OVERDUE),
        (since(0, MORNING, ran=24), MORNING, Due.OVERDUE),
        (since(11.9, EVENING), EVENING, Due.NOT_YET),
        (since(12, EVENING), EVENING, Due.QUIET),
        (since(12, EVENING - 2 * HOUR), EVENING - 2 * HOUR, Due.NOT_YET),
        (since(12, EVENING + 9 * HOUR), EVENING + 9 * HOUR, Due.QUIET),
        (since(12, EVENING + 10 * HOUR), EVENING + 10 * HOUR, Due.NOT_YET),
    ],
)
def test_when_it_is_due(passed: Passed, now: datetime, answer: Due) -> None:
    assert due(passed, now) is answer


def test_a_clock_set_back_by_more_than_a_correction_asks_for_a_backup() -> None:
    seen = Passed(milliseconds(MORNING), 0, milliseconds(MORNING))
    assert due(seen, MORNING - timedelta(minutes=9)) is Due.NOT_YET
    assert due(seen, MORNING - timedelta(minutes=11)) is Due.CLOCK


@pytest.mark.parametrize(
    ("hours", "loud"),
    [(35, Concern.NONE), (36, Concern.AMBER), (71, Concern.AMBER), (72, Concern.RED)],
)
def test_how_loudly_it_is_said(hours: float, loud: Concern) -> None:
    assert concern(since(hours, MORNING), MORNING) is loud
    assert concern(Passed(None, 0, 0), MORNING) is Concern.RED


def test_quiet_hours_may_span_midnight_or_not_or_be_none() -> None:
    night, noon, none = Schedule(), Schedule(quiet_from=12, quiet_until=14), Schedule(HOUR, 0, 0)
    assert [hour for hour in range(24) if night.is_quiet(hour)] == [*range(6), *range(19, 24)]
    assert [hour for hour in range(24) if noon.is_quiet(hour)] == [12, 13]
    assert not any(none.is_quiet(hour) for hour in range(24))


@given(
    at=st.integers(0, 10**13), ran=st.integers(0, 10**11), now=st.datetimes(timezones=st.just(UTC))
)
def test_whatever_the_wall_says_a_day_of_running_is_enough(
    at: int, ran: int, now: datetime
) -> None:
    answer = due(Passed(at, ran, milliseconds(now)), now)
    if ran >= SCHEDULE.interval // timedelta(milliseconds=1):
        assert answer is Due.OVERDUE
    else:
        assert answer is not Due.FIRST


def test_tries_are_further_and_further_apart_up_to_an_hour() -> None:
    minutes = [retry_after(times) // timedelta(minutes=1) for times in (1, 2, 3, 4, 99)]
    assert minutes == [10, 20, 40, 60, 60]


def test_the_running_clock_starts_again_with_the_computer() -> None:
    assert ran_between(1_000, 5_000) == 4_000
    assert ran_between(90_000, 2_000) == 2_000
    assert 0 < running_ms() <= running_ms()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(LIVES))
def test_fifty_weeks_without_a_double_run_and_without_a_gap(seed: int) -> None:
    """Four laptops; twenty, and 1,000 weeks in all, with --long."""
    laptop = Weeks(seed)
    laptop.live(WEEKS)
    assert laptop.double_runs == []
    assert laptop.late == []
    assert laptop.backups > WEEKS * 3
    assert all((laptop.kills, laptop.jumps, laptop.refused))
    assert all(laptop.whys[why] for why in (Due.OVERDUE, Due.QUIET, Due.CLOCK))


def test_without_a_lock_the_same_weeks_have_double_runs() -> None:
    """The control: the simulation would notice."""
    laptop = Weeks(1)
    laptop.claim = lambda: nullcontext(True)  # type: ignore[method-assign]
    laptop.live(3)
    assert laptop.double_runs


def test_asked_too_rarely_the_same_weeks_have_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other control."""
    monkeypatch.setattr("backup.rounds.ASK_EVERY", 4 * HOUR)
    laptop = Weeks(1)
    laptop.live(20)
    assert laptop.late
