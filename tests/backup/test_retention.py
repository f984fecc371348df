"""Which backups stay, over made-up lives of a place (10,000 with --long): clocks that jump by
years, backups that were never verified, weeks in which the stick was elsewhere, missed thinning."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup.kept import Kept, name_of
from backup.retention import POLICY, removable
from medilink.days import DAY_MS
from tests.backup.staying import must_stay
from tests.counts import times

LIVES, AT_ONCE = times(2_000, 10_000), 500
TEN_YEARS = 3_650 * DAY_MS
START = int(datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp() * 1000)


def made(generation: int, at: int, *, verified: bool = True) -> Kept:
    name = name_of("5e1f", generation)
    return Kept(name, generation, at, 1, bytes(32), at if verified else None)


def lives(chance: random.Random) -> Iterator[tuple[Kept, bool]]:
    """One place's life: each backup that reached it, and whether it was thinned after that."""
    days_apart = chance.choice([(0, 0.3), (1, 1), (0.9, 1.2), (0, 40), (7, 7)])
    jumps, failures = chance.choice([0, 0, 0.02, 0.2]), chance.choice([0, 0.05, 0.5])
    at, generation = START, 0
    for _ in range(chance.randint(1, 60)):
        generation += chance.choice([1, 1, 1, 1, chance.randint(1, 15)])
        at += int(chance.uniform(*days_apart) * DAY_MS)
        if chance.random() < jumps:
            at += chance.randint(-TEN_YEARS, TEN_YEARS)
        yield made(generation, at, verified=chance.random() >= failures), chance.random() < 0.4


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(LIVES // AT_ONCE))
def test_five_hundred_lives_lose_nothing_that_must_stay(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(AT_ONCE):
        history: list[Kept] = []
        there: list[Kept] = []
        for one, thinned in lives(chance):
            history.append(one)
            there.append(one)
            gone = removable(chance.sample(there, len(there))) if thinned else []
            assert not gone or one.verified_at is not None, "thinned with an unverified newest"
            there = [other for other in there if other not in gone]
        assert must_stay(history) <= {one.generation for one in there}


@given(st.data())
def test_the_last_verified_backup_and_the_newest_never_go(data: st.DataObject) -> None:
    claims = st.tuples(st.integers(-(2**62), 2**62), st.booleans())
    held = [
        made(generation, at, verified=verified)
        for generation, (at, verified) in enumerate(data.draw(st.lists(claims, max_size=60)))
    ]
    gone = removable(data.draw(st.permutations(held)))
    verified = [one for one in held if one.verified_at is not None]
    assert not set(gone) & {*held[-1:], *verified[-1:]}
    assert not gone or held[-1] in verified
    assert [one.generation for one in gone] == sorted(one.generation for one in gone)
    assert removable(set(held) - set(gone)) == [], "what stays once stays the second time"


def three_years() -> list[Kept]:
    """A backup each night, thinned each night, by a clock that is right."""
    there: list[Kept] = []
    for day in range(3 * 365):
        there.append(made(day, START + day * DAY_MS))
        gone = removable(there)
        there = [one for one in there if one not in gone]
    return there


def test_after_three_years_each_day_week_month_and_year_promised_is_there() -> None:
    there = three_years()
    days = {datetime.fromtimestamp(one.at / 1000, UTC).date() for one in there}
    last = date(2028, 12, 30)
    assert max(days) == last
    assert {last - timedelta(days=back) for back in range(31)} <= days
    sundays = [
        last - timedelta(days=back) for back in range(40) if (last.weekday() - back) % 7 == 6
    ]
    assert set(sundays[:4]) <= days
    ends = {date(2028, month + 1, 1) - timedelta(days=1) for month in range(1, 12)}
    assert {*ends, date(2027, 12, 31), date(2026, 12, 31)} <= days
    # 31 days, at most 5 weeks and 12 months by either yardstick, 3 years by either
    assert len(there) <= 31 + 2 * (5 + 12 + 3)


def test_one_wrong_year_ages_nothing() -> None:
    """A dead battery: ten years ahead for one night, or back for a week. Nothing is ten years old
    because of it, and nothing of the nights after it counts as the same day."""
    nights = [made(night, START + night * DAY_MS) for night in range(30)]
    for jump, wrong in ((TEN_YEARS, range(20, 21)), (-TEN_YEARS, range(20, 27))):
        claimed = [replace(one, at=one.at + jump * (one.generation in wrong)) for one in nights]
        assert removable(claimed) == []


def test_a_clock_that_stands_still_for_two_years_keeps_months_by_generation() -> None:
    there: list[Kept] = []
    for night in range(730):
        there.append(made(night, START))
        gone = removable(there)
        there = [one for one in there if one not in gone]
    assert len({one.generation // 30 for one in there}) >= POLICY.monthly
    assert {one.generation // 365 for one in there} == {0, 1}


def test_an_unverified_backup_pushes_no_verified_one_out() -> None:
    """The last of January was never verified; the one before it stands for the month."""
    nights = [made(night, START + night * DAY_MS, verified=night != 30) for night in range(200)]
    gone = {one.generation for one in removable(nights)}
    assert 29 not in gone
    assert 28 in gone


def test_nothing_held_is_nothing_to_remove() -> None:
    assert removable([]) == []
    assert removable([made(1, START, verified=False)]) == []
