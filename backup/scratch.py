"""A backup restored beside the store to be looked at, and gone after: one at a time on a computer.

What lies there meanwhile is encrypted under a key that was never written down: whoever pulls the
plug leaves a file that nobody can read, and the next start removes it.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from backup.archive import Progress, nobody_waits
from backup.restoring import Rebuilt, rebuild_store
from backup.taking import KEY_BYTES
from database.rebuilding import forget_store
from database.store import SqlStore, open_store
from medilink.errors import ScratchTaken

FOLDER, LOCK = "scratch", "scratch.lock"


@dataclass(frozen=True, slots=True)
class Copy:
    """A store that came out of a backup, open. Nothing that is written into it stays."""

    rebuilt: Rebuilt
    store: SqlStore
    size: int


@contextmanager
def scratch_folder(data_dir: Path) -> Iterator[Path]:
    """An empty folder on the store's disk, for its owner only. Raises ScratchTaken."""
    lock = FileLock(data_dir / LOCK, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as taken:
        raise ScratchTaken from taken
    folder = data_dir / FOLDER
    try:
        _remove(folder)
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        try:
            _remove(folder)
        finally:
            lock.release()


def sweep_scratch(data_dir: Path) -> bool:
    """Remove what a process that was killed left there; whether there was anything. Where another
    process is at it, nothing is touched."""
    if not (data_dir / FOLDER).exists():
        return False
    try:
        with scratch_folder(data_dir):
            return True
    except ScratchTaken:
        return False


@contextmanager
def copy_of(
    path: Path, identity: str, folder: Path, progress: Progress = nobody_waits
) -> Iterator[Copy]:
    """The store in a backup, restored into a scratch folder with every check a restore asks for.
    Raises BackupTrouble, StoreNewer, DiskFull."""
    key, target = secrets.token_bytes(KEY_BYTES), folder / "records.db"
    rebuilt = rebuild_store(path, identity, target, lambda _: key, progress)
    store = open_store(target, key)
    try:
        yield Copy(rebuilt, store, target.stat().st_size)
    finally:
        store.close()
        forget_store(target)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
