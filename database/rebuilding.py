"""A store's file written anew from its plain pages, encrypted as they come, and looked at whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from database.engine import as_trouble, open_raw
from database.pages import AT_ONCE, PAGE, Content, PageCodec, pages_counted
from medilink.errors import DiskFull, StoreDamaged

_SALT_BYTES = 16


class NewFile:
    """A store's file in the making: plain pages go in, in pieces of any length, and only encrypted
    ones reach the disk. Raises StoreDamaged where they are not `count` pages of a SQLite file,
    DiskFull where they cannot fit."""

    def __init__(self, path: Path, data_key: bytes, count: int) -> None:
        if shutil.disk_usage(path.parent).free < count * PAGE:
            raise DiskFull
        self.path, self._count, self._done = path, count, 0
        self._codec = PageCodec(data_key, os.urandom(_SALT_BYTES))
        self._room, self._filled = memoryview(bytearray(AT_ONCE * PAGE)), 0
        forget_beside(path)
        self._file = open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))

    def write(self, plain: Content) -> None:
        left = memoryview(plain)
        if self._done * PAGE + self._filled + len(left) > self._count * PAGE:
            raise StoreDamaged
        while left:
            taken = left[: len(self._room) - self._filled]
            self._room[self._filled : self._filled + len(taken)] = taken
            self._filled, left = self._filled + len(taken), left[len(taken) :]
            if self._filled == len(self._room):
                self._encrypt()

    def _encrypt(self) -> None:
        plain = self._room[: self._filled]
        if len(plain) % PAGE or not (self._done or pages_counted(plain[:PAGE]) == self._count):
            raise StoreDamaged
        self._file.write(self._codec.close_pages(self._done + 1, plain))
        self._done, self._filled = self._done + len(plain) // PAGE, 0

    def close(self) -> None:
        """Those were all pages: on the disk, by the time this returns."""
        if self._filled:
            self._encrypt()
        if self._done != self._count:
            raise StoreDamaged
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def give_up(self) -> None:
        """Remove whatever there is of it."""
        self._file.close()
        forget_store(self.path)


def forget_store(path: Path) -> None:
    """Remove a store's file and what SQLite keeps beside it."""
    path.unlink(missing_ok=True)
    forget_beside(path)


def forget_beside(path: Path) -> None:
    """What SQLite keeps beside a store. Left by a kill it would be rolled back into whatever has
    the name next (sqlite.org/howtocorrupt.html, 1.4)."""
    for tail in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + tail).unlink(missing_ok=True)


def check_folded_in(path: Path) -> None:
    """A closed store is its one file, and may be moved. Where the disk refused while the last
    connection folded the write-ahead log in, part of the store is still in that log, which a
    rename would leave behind. Raises DiskFull."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise DiskFull


def check_whole(path: Path, data_key: bytes) -> None:
    """Every page, index and reference of a store's file is sound. Raises StoreDamaged."""
    raw = open_raw(path, data_key, create=True)  # which turns the write-ahead log on again
    try:
        [found] = raw.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok" or raw.execute("PRAGMA foreign_key_check").fetchone():
            raise StoreDamaged
    except sqlcipher.DatabaseError as trouble:
        raise as_trouble(trouble) from trouble
    finally:
        raw.close()
