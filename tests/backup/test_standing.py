"""What is said of the backups: when to worry, when the next one is due, whether any left the
house; and when the newest at a place is opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from backup.keeping import to_be_opened
from backup.kept import Kept
from backup.ledger import AtPlace, LedgerFile, Opened, Remembered
from backup.rounds import HOME
from backup.schedule import Concern, milliseconds
from backup.standing import next_due, standing_of
from medilink.days import DAY_MS
from tests.backup.worlds import NOON, Laptop, chosen_folder

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "laptop")


def known(laptop: Laptop) -> Remembered:
    return LedgerFile(laptop.folder / "backups.json").read()


def test_nobody_is_frightened_before_the_first_backup_had_its_chance(laptop: Laptop) -> None:
    assert standing_of(Remembered(), NOON).concern is Concern.NONE
    laptop.checked_good = False
    laptop.process().go()
    assert standing_of(known(laptop), laptop.wall).concern is Concern.RED


@pytest.mark.parametrize(
    ("hours", "loud"),
    [(35, Concern.NONE), (36, Concern.AMBER), (71, Concern.AMBER), (72, Concern.RED)],
)
def test_amber_at_one_and_a_half_intervals_red_at_three(
    laptop: Laptop, hours: int, loud: Concern
) -> None:
    laptop.process().go()
    found = standing_of(known(laptop), laptop.wall + hours * HOUR)
    assert (found.concern, found.where) == (loud, (HOME,))


def test_a_clock_that_was_set_back_hides_nothing(laptop: Laptop) -> None:
    laptop.process().go()
    laptop.checked_good = False
    laptop.passes(2 * DAY, wall=-365 * DAY)
    laptop.process().go()
    assert standing_of(known(laptop), laptop.wall).concern is Concern.AMBER


def test_the_next_one_comes_in_the_quiet_hours_or_when_the_day_is_over(laptop: Laptop) -> None:
    laptop.process().go()  # at noon: half an interval later it is midnight, and quiet
    assert next_due(known(laptop), laptop.wall) == NOON + 12 * HOUR
    late = laptop.wall + 30 * HOUR
    assert next_due(known(laptop), late) == late


def test_a_week_without_a_backup_elsewhere_is_told(laptop: Laptop, tmp_path: Path) -> None:
    process = laptop.process()
    for _ in range(8):
        process.go()
        assert not standing_of(known(laptop), laptop.wall).only_here
        laptop.passes(DAY)
    process.go()
    assert standing_of(known(laptop), laptop.wall).only_here
    laptop.places = [chosen_folder(tmp_path / "stick")]
    process.go()
    assert not standing_of(known(laptop), laptop.wall).only_here


def test_a_place_that_is_not_there_says_so_until_it_is(laptop: Laptop, tmp_path: Path) -> None:
    stick = chosen_folder(tmp_path / "stick")
    laptop.places = [stick]
    (tmp_path / "stick").rename(tmp_path / "pocket")
    laptop.process().go()
    assert known(laptop).at(stick.key).away
    (tmp_path / "pocket").rename(tmp_path / "stick")
    laptop.process().go()
    assert not known(laptop).at(stick.key).away


# ---- opened again


def held(generation: int) -> AtPlace:
    now = milliseconds(NOON)
    return AtPlace((Kept("x.age", generation, now, 10, b"d" * 32, now),))


@pytest.mark.parametrize(
    ("opened", "quiet", "wanted"),
    [
        (None, False, True),
        ((1, 0), True, False),
        ((1, 6), False, False),
        ((1, 8), False, True),
        ((1, -2), False, True),
        ((0, 1), False, False),
        ((0, 1), True, True),
    ],
    ids=[
        "never opened: at once",
        "this one was opened today",
        "six days ago",
        "a week is over",
        "a date that has not come yet counts as long ago",
        "a new one waits for the night",
        "a new one at night",
    ],
)
def test_the_newest_is_opened_once_a_week_and_each_new_one_at_night(
    opened: tuple[int, int] | None, quiet: bool, wanted: bool
) -> None:
    now = milliseconds(NOON)
    at = held(1)
    if opened is not None:
        at = replace(at, opened=Opened(opened[0], now - opened[1] * DAY_MS, 1_000))
    assert bool(to_be_opened(at, now, quiet=quiet)) is wanted


def test_what_takes_too_long_for_a_night_is_opened_once_a_week() -> None:
    now = milliseconds(NOON)
    slow = replace(held(2), opened=Opened(1, now - DAY_MS, 31 * 60_000))
    assert to_be_opened(slow, now, quiet=True) is None
    assert to_be_opened(slow, now + 7 * DAY_MS, quiet=False) is not None


def test_what_was_remembered_before_places_were_opened_is_still_read(tmp_path: Path) -> None:
    laptop = Laptop(tmp_path / "laptop")
    laptop.process().go()
    path = laptop.folder / "backups.json"
    text = path.read_text()
    for gone in ('"away": false,', '"opened": null'):
        assert gone in text
    older = text.replace('"away": false,', "").replace(',\n   "opened": null', "")
    older = older.replace('"opened": null', "").replace('"trouble": null,', '"trouble": null')
    path.write_text(older)
    assert LedgerFile(path).read().verified_at is not None
