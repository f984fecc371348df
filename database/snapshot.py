"""One consistent look at a whole store while others go on writing: what a backup is made of.

Usually nothing is copied. A read that begins when everything in the write-ahead log is folded in
takes read mark 0, and until it ends SQLite changes no page of the file itself (wal.c: a checkpoint
needs the lock every such reader shares); what is written meanwhile goes into the log. So the file's
own pages are read as they lie. Where another reader keeps the log from being folded in, or another
process is folding it in, the store is copied in one step into an equally encrypted file beside it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlcipher3 import dbapi2 as sqlcipher

from database.engine import StoreFile, as_trouble, open_raw
from database.pages import PAGE, PageCodec, pages_counted, plain_pages
from database.rebuilding import forget_store
from medilink.errors import StoreBusy, StoreDamaged

PIN_TRIES = 8
BETWEEN_TRIES_S = 0.05  # other readers are done in milliseconds


@dataclass(frozen=True, slots=True)
class Frozen:
    """A store as it was at one moment: its plain pages, a megabyte at a time, once. `copied`: from
    a copy, because the file itself was too busy."""

    pages: Iterator[bytes]
    count: int
    version: str
    patients: int
    copied: bool

    @property
    def size(self) -> int:
        """Bytes of all pages."""
        return self.count * PAGE


@contextmanager
def frozen(file: StoreFile, tries: int = PIN_TRIES) -> Iterator[Frozen]:
    """The store as it is now, for as long as the block takes. Raises StoreTrouble."""
    connection = open_raw(file.path, file.data_key)
    copy = snapshot_file(file.path)
    try:
        if _pinned(connection, file, tries):
            yield _look(connection, file.as_bytes(), file.data_key, copied=False)
            return
        copy_store(connection, copy, file.data_key)
        connection.close()
        connection = open_raw(copy, file.data_key)
        with copy.open("rb") as opened:
            yield _look(connection, opened, file.data_key, copied=True)
    except sqlcipher.DatabaseError as trouble:
        raise as_trouble(trouble) from trouble
    finally:
        connection.close()
        forget_store(copy)


def snapshot_file(store: Path) -> Path:
    """Where a copy lies while a backup is made of it."""
    return store.with_name(store.name + "-snapshot")


def _pinned(connection: Any, file: StoreFile, tries: int) -> bool:
    """Whether a read has begun with everything folded in: from then on the file stays as it is.
    Writers wait only while what they wrote since the first folding is folded in too."""
    writer = open_raw(file.path, file.data_key)
    try:
        for number in range(tries):
            time.sleep(number and BETWEEN_TRIES_S)
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            with file.write_lock:  # this process's own writers queue here; SQLite's do not
                writer.execute("BEGIN IMMEDIATE")
                if _all_folded(connection):
                    connection.execute("BEGIN")
                    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                writer.execute("ROLLBACK")
            if connection.in_transaction:
                return True
    except sqlcipher.OperationalError as trouble:
        if not isinstance(as_trouble(trouble), StoreBusy):
            raise
    finally:
        writer.close()
    return False


def _all_folded(connection: Any) -> bool:
    """Whether all of the log is in the file, and nobody is about to put it there."""
    busy, logged, folded = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    # Another process that folds it in makes this one busy, and both numbers -1 (pragma.html).
    return not busy and logged == folded


def copy_store(connection: Any, to: Path, data_key: bytes) -> None:
    """All pages in one step: in several, a busy store would never let it end. Raises
    StoreDamaged, and what the driver raises."""
    forget_store(to)  # one that a power cut left
    target = sqlcipher.connect(str(to), isolation_level=None)
    try:
        target.execute(f"PRAGMA key=\"x'{data_key.hex()}'\"")
        target.execute("PRAGMA synchronous=OFF")
        connection.backup(target, pages=-1)
    finally:
        target.close()
    with to.open("rb") as opened:
        if opened.read(16).startswith(b"SQLite format 3"):
            raise StoreDamaged


def _look(connection: Any, opened: BinaryIO, data_key: bytes, *, copied: bool) -> Frozen:
    [version] = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    [patients] = connection.execute("SELECT count(*) FROM patient").fetchone()
    opened.seek(0)
    first = opened.read(PAGE)
    count = pages_counted(PageCodec(data_key, first[:16]).open_pages(1, first))
    opened.seek(0)
    return Frozen(plain_pages(opened, data_key), count, version, patients, copied)
