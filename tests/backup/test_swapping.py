"""Other records are put in place, and the process is killed at each step of it: whoever opens the
house next finds the old records or the new, with the keys that open them, and nothing mixed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import backup.swapping
import ui.replacing
import ui.restoring_here
from backup.swapping import FORMAT, JOURNAL, MOVED, Pair, SwapJournal, coming, read_journal
from database.engine import open_raw
from database.store import open_store
from medilink.audit import Act
from medilink.errors import MediLinkError, StoreRolledBack, SwapBroken
from medilink.log_check import check_chain
from security import slots
from tests.backup.standing_here import AFTER, BEFORE, Here, close_all, names_in, two_records
from tests.backup.test_faults import small_disk
from tests.backup.test_restoring import PASSPHRASE, Laptop
from ui.house import House

STEPS = ("replace", "fsync", "mkdir", "unlink", "rename")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    yield Here(Laptop(tmp_path / "laptop"))
    close_all()


class Enough(Exception):
    """Every step was tried."""


def killed_at(step: int, do: Callable[[], None]) -> bool:
    """Do it in a process that is killed before a step of it; whether it was."""
    child = os.fork()
    if child == 0:
        done = count(1)

        def counted(real: Callable[..., Any]) -> Callable[..., Any]:
            def one(*given: Any, **named: Any) -> Any:
                if next(done) == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(*given, **named)

            return one

        for name in STEPS:
            setattr(os, name, counted(getattr(os, name)))
        try:
            do()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


class Killing:
    """In the place of `put_in_place`: lets it be killed at each step, and looks at what is left."""

    def __init__(self, here: Here, look: Callable[[Here, House], None]) -> None:
        self.here, self.look, self.steps = here, look, 0
        self.chance = random.Random(3)

    def __call__(self, house: House, still: Any, **named: Any) -> None:
        folder = self.here.laptop.config.data_dir.parent
        as_it_was = folder.with_name("as it was")
        shutil.copytree(folder, as_it_was)

        def swap() -> None:
            ui.replacing.put_in_place(house, still, **named)
            house._open_here(still.data_key, resumed=False)

        try:
            for step in count(1):
                again(as_it_was, folder)
                killed = killed_at(step, swap)
                if killed:  # and once more while the next start tidies up
                    killed_at(self.chance.randint(1, 6), self._open)
                self._check()
                if not killed:
                    raise Enough
                self.steps = step
        finally:
            again(as_it_was, folder)

    def _open(self) -> None:
        self.here.laptop.house().unlock(PASSPHRASE)

    def _check(self) -> None:
        for unlock in (
            lambda house: house.unlock(PASSPHRASE),
            lambda house: house.unlock_with_words(self.here.laptop.words),
            lambda house: house.unlock_by_itself() or pytest.fail("this computer's own key"),
        ):
            house = self.here.laptop.house()
            try:
                unlock(house)
                assert check_chain(house.store.log.rows()).sound
                self.look(self.here, house)
            finally:
                house.close()
        data = self.here.laptop.config.data_dir
        left = {path.name for path in data.iterdir()}
        assert not {name for name in left if name.endswith((".coming", ".new", JOURNAL))}
        assert not left & {"records.db-wal", "records.db-shm", "records.db.coming-wal"}


def again(source: Path, target: Path) -> None:
    shutil.rmtree(target)
    shutil.copytree(source, target)


def one_or_the_other(here: Here, house: House) -> None:
    names, acts = names_in(house), [row.act for row in house.store.log.rows()]
    swaps = house.store.backups.of_swaps()
    if names == BEFORE:
        assert Act.RESTORE not in acts
        assert swaps == []
        return
    assert names == AFTER
    assert acts.count(Act.SWAP_STORE) == 1
    [swap] = swaps
    kept = here.laptop.config.data_dir / swap.folder / "records.db"
    old = open_store(kept, house.store.file.data_key)
    with old.file.reading() as connection:
        given = connection.exec_driver_sql("SELECT given FROM patient").scalars()
        assert set(given) == BEFORE
    old.close()


def all_still_there(_: Here, house: House) -> None:
    assert names_in(house) == BEFORE


@pytest.mark.slow
def test_a_restore_killed_at_every_step(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    file = two_records(here)
    killing = Killing(here, one_or_the_other)
    monkeypatch.setattr("ui.restoring_here.put_in_place", killing)
    with pytest.raises(Enough):
        here.restore(file)
    assert killing.steps > 30
    assert here.names() == BEFORE


@pytest.mark.slow
def test_a_new_key_killed_at_every_step(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    two_records(here)
    killing = Killing(here, all_still_there)
    monkeypatch.setattr("ui.new_data_key.put_in_place", killing)
    with pytest.raises(Enough):
        here.new_key()
    assert killing.steps > 30


def without_journal(folder: Path, journal: SwapJournal) -> None:
    """The control: what one would write first."""
    (folder / journal.folder).mkdir()
    for pair in journal.pairs:
        if pair.kept:
            os.replace(folder / pair.now, folder / pair.kept)
        os.replace(coming(folder / pair.now), folder / pair.now)


@pytest.mark.slow
def test_without_the_journal_a_kill_is_noticed(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control that must fail: else the two tests above would see nothing."""
    file = two_records(here)
    killing = Killing(here, one_or_the_other)
    monkeypatch.setattr("ui.restoring_here.put_in_place", killing)
    monkeypatch.setattr("ui.replacing.commit_swap", without_journal)
    with pytest.raises((MediLinkError, AssertionError)):
        here.restore(file)


def test_a_disk_that_is_full_at_any_step_leaves_the_old_records_at_work(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the journal is written; after it there is nothing left to write but the journal."""
    file = two_records(here)
    real = slots.write_safely

    def full(path: Path, content: bytes) -> None:
        if path.name in (JOURNAL, "keys.json.coming"):
            raise OSError(28, "No space left on device")
        real(path, content)

    for where in ("backup.swapping.write_safely", "security.slots.write_safely"):
        with monkeypatch.context() as patched:
            patched.setattr(where, full)
            with pytest.raises(OSError, match="No space"):
                here.restore(file)
        assert here.names() == BEFORE
        assert not list(here.laptop.config.data_dir.glob("*.coming"))
    here.restore(file)
    assert here.names() == AFTER


def test_a_write_ahead_log_left_by_a_kill_goes_with_its_own_records(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, data = two_records(here), here.laptop.config.data_dir
    real = backup.swapping.commit_swap

    def with_logs_beside(folder: Path, journal: SwapJournal) -> None:
        for tail in ("-wal", "-shm"):
            (data / f"records.db{tail}").write_bytes(b"of the old records")
        real(folder, journal)

    monkeypatch.setattr("ui.replacing.commit_swap", with_logs_beside)
    here.restore(file)
    assert here.names() == AFTER
    [swap] = here.house.store.backups.of_swaps()
    assert (data / swap.folder / "records.db-wal").read_bytes() == b"of the old records"


def test_a_journal_is_no_licence_to_put_old_records_back(here: Here, tmp_path: Path) -> None:
    """A thief of one night keeps the folder as it was in the middle of a restore, and puts it back
    later with all that belongs to it."""
    file, data = two_records(here), here.laptop.config.data_dir
    stolen = tmp_path / "stolen"
    real = ui.replacing.commit_swap

    def copied(folder: Path, journal: SwapJournal) -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("backup.swapping.finish_swap", lambda _: None)
            real(folder, journal)
        shutil.copytree(data, stolen)
        backup.swapping.finish_swap(folder)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ui.replacing.commit_swap", copied)
        here.restore(file)
    assert read_journal(stolen)
    here.register("Chausiku")
    here.house.close()
    again(stolen, data)
    with pytest.raises(StoreRolledBack):
        here.laptop.house().unlock(PASSPHRASE)


def test_a_journal_nobody_signed_lets_no_head_pass(here: Here, tmp_path: Path) -> None:
    """Who can write in the data folder, but was never signed in, claims that it was a restore."""
    data = here.laptop.config.data_dir
    here.house.close()
    old = shutil.copytree(data, tmp_path / "old")
    here = Here(here.laptop)
    here.register("Baraka")
    here.house.close()
    head = json.loads((data / "log-head.json").read_text())
    given_up = ((head["seq"], head["hash"]),)
    again(old, data)
    forged = SwapJournal(
        "restore", 0, "replaced-2026-03-02-1", (), given_up, given_up[0], MOVED, "00" * 32
    )
    content = {"format": FORMAT, **asdict(forged)}
    (data / JOURNAL).write_text(json.dumps(content))
    with pytest.raises(StoreRolledBack):
        here.laptop.house().unlock(PASSPHRASE)


@pytest.mark.parametrize(
    ("now", "kept"),
    [("records.db", "/etc/somewhere"), ("../mine", ""), ("records.db", "replaced-1/../../x")],
)
def test_a_journal_moves_nothing_but_the_stores_files(here: Here, now: str, kept: str) -> None:
    """Whoever can write in the data folder must not get files elsewhere by it."""
    data = here.laptop.config.data_dir
    here.house.close()
    forged = SwapJournal("restore", 0, "replaced-2026-03-02-1", (Pair(now, kept),), (), (0, ""))
    (data / JOURNAL).write_text(json.dumps({"format": FORMAT, **asdict(forged)}))
    with pytest.raises(SwapBroken):
        here.laptop.house().unlock(PASSPHRASE)


def test_a_disk_that_is_nearly_full_ends_in_a_sentence_or_in_success(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", 6_000) as disk:
        here = Here(Laptop(disk))
        file = two_records(here)
        ends = set()
        for room in range(100, 3_300, 400):
            free = shutil.disk_usage(disk).free
            filler = disk / "filler"
            filler.write_bytes(bytes(max(free - room * 1024, 0)))
            try:
                here.restore(file)
                ends.add("restored")
            except MediLinkError as told:
                assert told.sentence
                ends.add("told")
            filler.unlink()
            assert here.names() in (BEFORE, AFTER)
            for folder in here.laptop.config.data_dir.glob("replaced-*"):
                shutil.rmtree(folder)
        assert ends == {"restored", "told"}
        close_all()


def test_a_journal_that_cannot_be_read_stops_everything(here: Here) -> None:
    data = here.laptop.config.data_dir
    here.house.close()
    (data / JOURNAL).write_text("{}")
    with pytest.raises(SwapBroken):
        here.laptop.house().unlock(PASSPHRASE)
    raw = open_raw(data / "records.db", here_key(here))
    raw.close()


def here_key(here: Here) -> bytes:
    held = slots.read_slots(here.laptop.config.slots_file)
    return slots.unlock_with_words(held, here.laptop.words)
