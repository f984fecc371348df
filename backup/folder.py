"""A folder as a place for backups: on this computer's disk, on another disk, on a share.

A folder that was chosen has a small file with a random id in it. Where the file is missing, the
disk or share is not mounted, and what looks like the folder is an empty one on the wrong disk.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from medilink.errors import PlaceAway, PlaceReadOnly
from security.plain_files import NotPlainFile, open_plain

MARK = ".medilink-place"
MARK_BYTES = 16
_NO_MARK = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


class FolderRoom:
    """A folder that is there."""

    def __init__(self, folder: Path, largest: int | None = None) -> None:
        self.folder, self.largest = folder, largest

    def names(self) -> dict[str, int]:
        with os.scandir(self.folder) as entries:
            return {
                entry.name: entry.stat().st_size
                for entry in entries
                if entry.is_file(follow_symlinks=False)
            }

    @contextlib.contextmanager
    def write(self, name: str) -> Iterator[BinaryIO]:
        handle = open_plain(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(handle, "wb") as file:
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())

    @contextlib.contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        with os.fdopen(open_plain(self.folder / name), "rb") as file:
            forget_cached(file.fileno())
            yield cast(BinaryIO, file)

    def rename(self, old: str, new: str) -> None:
        os.rename(self.folder / old, self.folder / new)
        make_lasting(self.folder)

    def remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def free(self) -> int | None:
        there = shutil.disk_usage(self.folder)
        return there.free if there.total else None  # some drivers tell no sizes at all


class Folder:
    """A folder that was chosen with `claim_folder`."""

    def __init__(self, path: Path, mark: str) -> None:
        self.path, self.key = path, f"folder:{mark}"
        self._mark = mark

    @contextlib.contextmanager
    def enter(self) -> Iterator[FolderRoom]:
        if mark_in(self.path) != self._mark:
            raise PlaceAway
        yield FolderRoom(self.path)


class Home:
    """The folder beside the store, where backups are made and from where they are carried on."""

    key = "home"

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def enter(self) -> Iterator[FolderRoom]:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield FolderRoom(self.path)


def claim_folder(path: Path) -> str:
    """Make a folder a place for backups, if it is none yet; returns its id.
    Raises PlaceAway, PlaceReadOnly, OSError."""
    found = mark_in(path)
    if found:
        return found
    made = secrets.token_hex(MARK_BYTES)
    try:
        with FolderRoom(path).write(MARK) as file:
            file.write(made.encode())
        make_lasting(path)
    except FileNotFoundError as gone:
        raise PlaceAway from gone
    except OSError as trouble:
        raise PlaceReadOnly from trouble
    return made


def mark_in(path: Path) -> str:
    """The id of a folder that was chosen, or nothing. Raises OSError where that cannot be told: a
    stick that fails to be read is not one that was never chosen."""
    try:
        text = _begins(path / MARK).decode("ascii", "replace")
    except NotPlainFile:
        return ""
    except OSError as trouble:
        if trouble.errno in _NO_MARK:
            return ""
        raise
    return text if len(text) == 2 * MARK_BYTES else ""


def _begins(path: Path) -> bytes:
    with os.fdopen(open_plain(path), "rb") as file:  # which reads on where the system stops early
        return file.read(2 * MARK_BYTES)


def forget_cached(handle: int) -> None:
    """Let the next read come from the medium, where the system can be told so: what it remembers
    of a write says nothing about a worn-out stick."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


def make_lasting(folder: Path) -> None:
    """A new name survives a power cut only once its folder was written too. Windows does that by
    itself and lets nobody ask for it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
