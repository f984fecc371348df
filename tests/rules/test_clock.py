"""The watched clock: time never runs backwards, and what is not believable is said."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from medilink.clock import AHEAD, BEHIND, EARLIEST, ClockWatch, Doubt
from tests.clinics import START, HandClock

JUMPS = st.lists(st.timedeltas(timedelta(days=-9_000), timedelta(days=9_000)), max_size=20)


@given(JUMPS)
def test_time_told_never_runs_backwards_while_the_wall_jumps(jumps: list[timedelta]) -> None:
    wall = HandClock()
    watch = ClockWatch(wall)
    told = [watch()]
    for jump in jumps:
        try:
            wall.now += jump
        except OverflowError:
            continue
        now = watch()
        if watch.doubt is not Doubt.AHEAD:
            assert now >= max(told)
            told.append(now)
        assert now >= EARLIEST


def test_a_dead_battery_is_behind_and_still_ticks() -> None:
    wall = HandClock()
    watch = ClockWatch(wall)
    before = watch()
    wall.forward(days=-9_000)
    assert (watch.doubt, watch()) == (Doubt.BEHIND, before)
    wall.forward(hours=2)
    assert watch() == before + timedelta(hours=2), "a code made now ends some day"
    assert watch.doubt is Doubt.BEHIND


def test_a_clock_far_ahead_teaches_nothing() -> None:
    wall = HandClock()
    watch = ClockWatch(wall)
    watch()
    wall.forward(days=AHEAD.days + 1)
    assert watch.doubt is Doubt.AHEAD
    watch()
    wall.forward(days=-AHEAD.days - 1)
    assert watch.doubt is Doubt.NONE, "set right again, nothing is left of it"


def test_minutes_are_no_doubt_and_a_confirmed_clock_is_believed() -> None:
    wall = HandClock()
    watch = ClockWatch(wall)
    watch()
    wall.now -= BEHIND
    assert watch.doubt is Doubt.NONE
    wall.now -= timedelta(days=2)
    assert watch.doubt is Doubt.BEHIND
    watch.confirm()
    assert (watch.doubt, watch()) == (Doubt.NONE, wall.now)


def test_what_was_written_is_known() -> None:
    wall = HandClock()
    watch = ClockWatch(wall)
    watch.learn(int((START + timedelta(days=3)).timestamp() * 1000))
    assert (watch.doubt, watch()) == (Doubt.BEHIND, START + timedelta(days=3))
    watch.learn(0)
    assert watch() == START + timedelta(days=3)
