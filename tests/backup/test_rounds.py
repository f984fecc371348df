"""Rounds on a made-up laptop with real folders: what is made, where it is carried, what is told."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from backup.folder import MARK
from backup.kept import Kept, name_of
from backup.ledger import LedgerFile, Remembered
from backup.rounds import claim_file
from backup.schedule import Concern, Due, concern
from tests.backup.worlds import STORE, Laptop, chosen_folder, pulled_out, whole_backups

DAY, TEN_MINUTES = timedelta(days=1), timedelta(minutes=10)


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "laptop")


def test_the_first_round_makes_a_backup_and_carries_it_everywhere(
    laptop: Laptop, tmp_path: Path
) -> None:
    stick, share = tmp_path / "stick", tmp_path / "share"
    laptop.places = [chosen_folder(stick), chosen_folder(share)]
    done = laptop.process().go()
    assert (done.due, done.troubles) == (Due.FIRST, {})
    assert whole_backups(laptop.home) == whole_backups(stick) == whole_backups(share) == {1}
    assert all(laptop.known_at(place.key)[0].verified_at for place in laptop.places)


def test_ten_minutes_later_there_is_nothing_to_do(laptop: Laptop) -> None:
    process = laptop.process()
    assert process.ask() is not None
    laptop.passes(timedelta(minutes=9))
    assert process.ask() is None
    laptop.passes(timedelta(minutes=1))
    again = process.ask()
    assert again is not None
    assert (again.due, len(laptop.made)) == (Due.NOT_YET, 1)


def test_waking_up_asks_at_once(laptop: Laptop) -> None:
    process = laptop.process()
    process.ask()
    laptop.passes(DAY)
    assert process.ask() is not None
    assert len(laptop.made) == 2


def test_a_stick_away_for_ten_days_has_a_backup_within_fifteen_minutes_of_coming_back(
    laptop: Laptop, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    laptop.places = [chosen_folder(stick)]
    process = laptop.process()
    process.ask()
    with pulled_out(stick):
        for _ in range(10 * 24):
            laptop.passes(timedelta(hours=1))
            done = process.ask()
            assert done is not None
            assert not done.troubles, "a stick in a pocket is no trouble"
    assert whole_backups(stick) == {1}
    newest = max(whole_backups(laptop.home))
    assert newest >= 10
    waited = timedelta()
    while newest not in whole_backups(stick):
        laptop.passes(timedelta(seconds=20))
        waited += timedelta(seconds=20)
        process.ask()
        assert waited <= timedelta(minutes=15)
    assert whole_backups(stick) == {1, newest}


def test_what_fails_at_one_place_is_told_and_stops_no_other(laptop: Laptop, tmp_path: Path) -> None:
    broken, fine = chosen_folder(tmp_path / "broken"), chosen_folder(tmp_path / "fine")
    (tmp_path / "broken" / name_of(STORE, 1)).write_bytes(b"somebody's own")
    laptop.places = [broken, fine]
    done = laptop.process().go()
    assert {key: trouble.code for key, trouble in done.troubles.items()} == {
        broken.key: "backup-name-taken"
    }
    assert done.carried == [fine.key]
    assert (tmp_path / "broken" / name_of(STORE, 1)).read_bytes() == b"somebody's own"


def test_a_place_that_failed_is_tried_less_and_less_often(laptop: Laptop, tmp_path: Path) -> None:
    broken = chosen_folder(tmp_path / "broken")
    (tmp_path / "broken" / name_of(STORE, 1)).write_bytes(b"somebody's own")
    laptop.places = [broken]
    process, tries = laptop.process(), []
    for minutes in range(0, 300, 10):
        done = process.ask()
        if done and done.troubles:
            tries.append(minutes)
        laptop.passes(TEN_MINUTES)
    assert tries == [0, 10, 30, 70, 130, 190, 250]


def test_a_backup_that_does_not_pass_its_check_is_carried_nowhere_and_counts_as_none(
    laptop: Laptop, tmp_path: Path
) -> None:
    laptop.places = [chosen_folder(tmp_path / "stick")]
    laptop.process().go()
    laptop.checked_good = False
    laptop.passes(DAY)
    for _ in range(5):
        done = laptop.process().go()
        assert done.due is Due.OVERDUE
        laptop.passes(timedelta(hours=2))
    assert [one.generation for one in laptop.known_at("home")] == [1]
    assert whole_backups(tmp_path / "stick") == {1}
    process = laptop.process()
    assert concern(process.passed(), laptop.wall) is Concern.NONE
    laptop.passes(DAY)
    assert concern(process.passed(), laptop.wall) is Concern.AMBER
    laptop.passes(2 * DAY)
    assert concern(process.passed(), laptop.wall) is Concern.RED
    laptop.checked_good = True
    assert process.go().made is not None
    assert concern(process.passed(), laptop.wall) is Concern.NONE


def test_a_clock_set_back_asks_for_a_backup_until_there_is_one(laptop: Laptop) -> None:
    laptop.process().go()
    laptop.checked_good = False
    laptop.passes(TEN_MINUTES, wall=-3650 * DAY)
    assert laptop.process().go().due is Due.CLOCK
    laptop.passes(timedelta(hours=2))
    laptop.checked_good = True
    assert laptop.process().go().made is not None
    laptop.passes(TEN_MINUTES)
    assert laptop.process().go().due is Due.NOT_YET


def test_a_clock_set_back_during_sleep_by_less_than_the_sleep_delays_nothing(
    laptop: Laptop,
) -> None:
    process = laptop.process()
    process.ask()
    laptop.passes(timedelta(hours=25), wall=timedelta(hours=6))
    done = process.ask()
    assert done is not None
    assert (done.due, len(laptop.made)) == (Due.OVERDUE, 2)


def test_the_time_a_backup_takes_does_not_make_it_older(laptop: Laptop) -> None:
    class Slow(Laptop):
        def make(self, folder: Path) -> Kept:
            self.passes(timedelta(hours=10))
            return super().make(folder)

    slow = Slow(laptop.folder)
    slow.process().go()
    assert slow.process().passed().ran == 0


def test_a_clock_ten_years_ahead_removes_nothing(laptop: Laptop) -> None:
    for day in range(40):
        laptop.passes(DAY, wall=3650 * DAY if day == 20 else DAY)
        laptop.process().go()
    assert whole_backups(laptop.home) == set(range(1, 41)) - set(
        range(1, 41 - len(laptop.known_at("home")))
    )
    assert len(whole_backups(laptop.home)) >= 31


def test_backups_that_somebody_removed_are_made_again(laptop: Laptop) -> None:
    laptop.process().go()
    for file in laptop.home.iterdir():
        file.unlink()
    laptop.passes(TEN_MINUTES)
    assert laptop.process().go().due is Due.FIRST
    assert whole_backups(laptop.home) == {2}


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"format": "medilink-backups-9"}', b'{"format": 1, "places": 3}']
)
def test_a_lost_ledger_costs_a_backup_and_removes_none(laptop: Laptop, damage: bytes) -> None:
    for _ in range(3):
        laptop.process().go()
        laptop.passes(DAY)
    (laptop.folder / "backups.json").write_bytes(damage)
    assert LedgerFile(laptop.folder / "backups.json").read() == Remembered()
    assert laptop.process().go().due is Due.FIRST
    assert whole_backups(laptop.home) == {1, 2, 3, 4}


def test_old_copies_are_read_again_and_a_faded_one_is_told_and_carries_no_weight(
    laptop: Laptop, tmp_path: Path
) -> None:
    stick = chosen_folder(tmp_path / "stick")
    laptop.places = [stick]
    for _ in range(5):
        laptop.process().go()
        laptop.passes(DAY)
    faded = tmp_path / "stick" / name_of(STORE, 3)
    faded.write_bytes(faded.read_bytes()[:-1] + b"?")
    told = []
    for _ in range(20):
        told.append({key: one.code for key, one in laptop.process().go().troubles.items()})
        laptop.passes(DAY)
    assert [one for one in told if one] == [{stick.key: "copy-damaged"}]
    held = {one.generation: one.verified_at for one in laptop.known_at(stick.key)}
    assert held.pop(3) is None
    assert all(held.values())
    assert max(held) == 25


def test_left_overs_go_and_files_of_others_stay(laptop: Laptop, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    laptop.places = [chosen_folder(stick)]
    ours = [name_of(STORE, 9) + ".part"]
    other_store = 26 * "0" + "07e321"
    others = [
        "photo.jpg.part",
        name_of(other_store, 9) + ".part",
        name_of(other_store, 7),
    ]
    for name in (*ours, *others):
        (stick / name).write_bytes(b"x")
    laptop.process().go()
    names = {file.name for file in stick.iterdir()}
    assert names >= {*others, MARK}
    assert not names & set(ours)


def test_an_empty_folder_where_the_share_was_mounted_is_not_the_share(
    laptop: Laptop, tmp_path: Path
) -> None:
    share = tmp_path / "share"
    laptop.places = [chosen_folder(share)]
    with pulled_out(share):
        share.mkdir()
        assert laptop.process().go().carried == []
        assert list(share.iterdir()) == []
        share.rmdir()


ONE_OF_MANY = """
import sys, time
from pathlib import Path
from tests.backup.worlds import Laptop
laptop = Laptop(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
done = laptop.process().go()
print("made" if done.made else "busy" if done.busy else "not due", flush=True)
"""


@pytest.mark.slow
def test_four_processes_at_the_same_moment_make_one_backup(laptop: Laptop) -> None:
    laptop.folder.mkdir()
    for _ in range(3):
        four = [
            subprocess.Popen(
                [sys.executable, "-c", ONE_OF_MANY, str(laptop.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        for one in four:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        said = [one.communicate("go\n")[0].strip() for one in four]
        assert said.count("made") == 1, said
        assert [one.returncode for one in four] == [0] * 4
        (laptop.folder / "backups.json").unlink()


def test_a_round_elsewhere_is_waited_for_by_nobody(laptop: Laptop) -> None:
    laptop.folder.mkdir()
    with claim_file(laptop.folder / "backups.lock") as ours:
        assert ours
        assert laptop.process().go().busy
    assert laptop.process().go().made is not None


def test_what_is_remembered_comes_back_as_it_was(laptop: Laptop) -> None:
    laptop.process().go()
    path = laptop.folder / "backups.json"
    known = LedgerFile(path).read()
    LedgerFile(path).write(known)
    assert LedgerFile(path).read() == known
    assert json.loads(path.read_text())["format"] == "medilink-backups-1"
