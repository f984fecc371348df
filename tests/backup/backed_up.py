"""A clinic whose recovery words were typed, with a folder its backups go to."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backup.kept import Kept
from backup.recovery import identity_from, words_open_backups
from backup.taking import take_backup
from database.engine import StoreFile, open_raw
from database.snapshot import Frozen
from security import slots
from tests.clinics import DATA_KEY, TestClinic
from ui.setting_up.system_parts import add_backup_tools

STORE_ID = "5ab0" * 8
WORDS = " ".join(slots.new_recovery_words())


def key_file(words: str = WORDS) -> slots.SlotFile:
    """The key file of a clinic that has only the recovery sheet."""
    slot = slots.random_slot("recovery", DATA_KEY, slots.recovery_key(words), "recovery sheet")
    return slots.sealed(slots.SlotFile(STORE_ID, (slot,)), DATA_KEY)


@dataclass
class BackedUp:
    """The clinic, and its stick."""

    clinic: TestClinic
    stick: Path
    identity: str = field(default_factory=lambda: identity_from(WORDS))

    def take(self) -> Kept:
        return take_backup(self.clinic.admin, self.clinic.store, STORE_ID, self.stick)

    def path(self, kept: Kept) -> Path:
        return self.stick / kept.name

    @property
    def left(self) -> list[str]:
        """What lies on the stick and beside the store, but for the store itself."""
        beside = [path.name for path in self.clinic.folder.iterdir()]
        there = [path.name for path in self.stick.iterdir()]
        ours = {"records.db", "records.db-wal", "records.db-shm", "backup.lock", "stick"}
        return sorted({*beside, *there} - ours)


def backed_up(clinic: TestClinic) -> BackedUp:
    """A clinic that can make backups."""
    stick = clinic.folder / "stick"
    stick.mkdir()
    words_open_backups(clinic.admin, key_file(), WORDS)
    return BackedUp(clinic, stick)


def in_memory(snapshot: Frozen) -> sqlite3.Connection:
    """The plain pages in the interpreter's own SQLite, nowhere on the disk."""
    plain = sqlite3.connect(":memory:")
    plain.deserialize(b"".join(snapshot.pages))
    return plain


class Mover:
    """Moves amounts between rows, two at a time: their sum says whether a look is one moment."""

    ROWS, EACH = 50, 1000

    def __init__(self, file: StoreFile) -> None:
        self._file, self.stop, self.moved = file, threading.Event(), 0
        raw = open_raw(file.path, DATA_KEY)
        raw.execute(
            "CREATE TABLE IF NOT EXISTS amount"
            " (id INTEGER PRIMARY KEY, held INTEGER, more BLOB) STRICT"
        )
        rows = [(number, self.EACH) for number in range(self.ROWS)]
        raw.executemany("INSERT OR IGNORE INTO amount VALUES (?, ?, zeroblob(3000))", rows)
        raw.close()

    def run(self) -> None:
        raw = open_raw(self._file.path, DATA_KEY)
        raw.execute("PRAGMA wal_autocheckpoint=1")  # into the file itself as often as it may
        while not self.stop.is_set():
            give, take = self.moved % self.ROWS, (self.moved * 7 + 1) % self.ROWS
            change = "UPDATE amount SET held = held + ?, more = randomblob(3000) WHERE id = ?"
            with self._file.write_lock:
                raw.execute("BEGIN IMMEDIATE")
                raw.executemany(change, [(-3, give), (3, take)])
                raw.execute("COMMIT")
            self.moved += 1
        raw.close()


def need_tools() -> None:
    """`age` and `zstd` as the distribution has them: got if we may, else the test is left out; but
    on the computer that decides it must run."""
    add_backup_tools()
    missing = [tool for tool in ("age", "zstd") if not shutil.which(tool)]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{' and '.join(missing)} could not be had here")
    if missing:
        pytest.skip(f"there is no {' and no '.join(missing)} on this computer")
