"""Opening the encrypted file: key, pragmas, pools, self-test, and what a connection may do.

The recipe is measured: raw key (0.35 ms to open instead of half a second), WAL with
synchronous=FULL (an acknowledged write survives a power cut), a large page cache (SQLCipher's price
is per page read from disk), QueuePool (the default pool for this URL reopens the file for every
Streamlit rerun). Readers cannot write; the writer cannot change the log. A connection that saw a
damaged page is poisoned for good pages too, so it is thrown away.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2 as sqlcipher

from database import statement
from database.schema_log import LOG_TRIGGERS
from medilink.errors import (
    DiskFull,
    LogUnguarded,
    MediLinkError,
    StoreBusy,
    StoreDamaged,
    StoreLocked,
    StoreReadOnly,
    StoreTrouble,
)

READERS = 4
_KEY_FORM = re.compile(r"^[0-9a-f]{64}$")
OLDEST_CIPHER = (4, 19)
OLDEST_SQLITE = (3, 51, 3)  # the WAL-reset fix: older ones could lose committed writes

_PRAGMAS = (
    "foreign_keys=ON",
    "synchronous=FULL",
    "busy_timeout=5000",
    "cache_size=-65536",
    "temp_store=MEMORY",
    "mmap_size=0",
    "wal_autocheckpoint=1000",
    "journal_size_limit=67108864",
    "trusted_schema=OFF",
    "recursive_triggers=ON",
    "cell_size_check=ON",
)

LOG_TABLE = "audit_log"
LOG_TABLES = frozenset({LOG_TABLE, "log_block", "log_segment"})


def open_raw(path: Path, data_key: bytes, *, create: bool = False) -> Any:
    """One keyed DBAPI connection with every pragma set, in the order that matters.

    Raises StoreDamaged when the file is not readable with this key, DiskFull where the disk
    refuses, FileNotFoundError when it is missing and `create` is not set (SQLite would silently
    make an empty one).
    """
    key = data_key.hex()
    if not _KEY_FORM.match(key):  # any other length would silently count as a passphrase
        raise StoreDamaged
    if not create and not path.is_file():
        raise FileNotFoundError(path)
    try:
        raw = sqlcipher.connect(
            str(path),
            isolation_level=None,
            check_same_thread=False,
            timeout=5,
            cached_statements=256,
        )
    except sqlcipher.DatabaseError as trouble:
        raise as_trouble(trouble) from trouble
    try:
        raw.execute("PRAGMA cipher_log_level=NONE")
        raw.execute(f"PRAGMA key=\"x'{key}'\"")
        raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if create:
            raw.execute("PRAGMA journal_mode=WAL")
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
    except sqlcipher.DatabaseError as trouble:
        raw.close()
        raise as_trouble(trouble) from trouble
    return raw


def engine_versions() -> str:
    """What the store is made with, for a person who has to mend it."""
    raw = sqlcipher.connect(":memory:")
    cipher = raw.execute("PRAGMA cipher_version").fetchone()[0]
    raw.close()
    return f"SQLite {sqlcipher.sqlite_version} in SQLCipher {cipher}"


def as_trouble(error: Exception) -> MediLinkError:
    """What a database error means for the person at the desk."""
    text = str(error).lower()
    for words, trouble in _TROUBLES:
        if any(word in text for word in words):
            return trouble()
    return StoreTrouble()


_TROUBLES: tuple[tuple[tuple[str, ...], type[MediLinkError]], ...] = (
    (("disk is full", "disk i/o error"), DiskFull),
    (("readonly", "read-only", "unable to open"), StoreReadOnly),
    (("locked", "busy"), StoreBusy),
    (("malformed", "not a database", "hmac"), StoreDamaged),
)


# ---- what a connection may do

_NEVER_ON_LOG = {
    sqlite3.SQLITE_UPDATE,
    sqlite3.SQLITE_DELETE,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_ALTER_TABLE,
}
_SCHEMA_CHANGES = {
    sqlite3.SQLITE_DROP_TRIGGER,
    sqlite3.SQLITE_DROP_INDEX,
    sqlite3.SQLITE_DROP_TABLE,
    sqlite3.SQLITE_ALTER_TABLE,
    sqlite3.SQLITE_CREATE_TRIGGER,
    sqlite3.SQLITE_CREATE_TABLE,
    sqlite3.SQLITE_CREATE_INDEX,
    sqlite3.SQLITE_ATTACH,
}
_WRITES = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}


# What the archivist may do beside the writer, as (action, table); triggers judge each row.
_ARCHIVING = {
    (sqlite3.SQLITE_INSERT, "log_segment"),
    (sqlite3.SQLITE_UPDATE, "log_segment"),
    (sqlite3.SQLITE_DELETE, LOG_TABLE),
}


def _allow_archivist(action: int, first: str | None, second: str | None, *rest: object) -> int:
    """What moves old entries into a segment: their rows may go, nothing else more than usual."""
    if (action, first) in _ARCHIVING:
        return sqlite3.SQLITE_OK
    return _allow_writer(action, first, second, *rest)


def _allow_writer(action: int, first: str | None, second: str | None, *_: object) -> int:
    """The log is only ever added to, and the schema stays as it is, for our own code too."""
    log_touched = bool(LOG_TABLES & {first, second})
    if action in _SCHEMA_CHANGES or (log_touched and action in _NEVER_ON_LOG):
        return sqlite3.SQLITE_DENY
    if (action, first) in _ARCHIVING:
        return sqlite3.SQLITE_DENY
    if first == "sqlite_master" and action in _WRITES:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and first == "writable_schema":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _allow_reader(action: int, first: str | None, *_: object) -> int:
    """Readers read."""
    if action in _WRITES or action in _SCHEMA_CHANGES:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and first in ("writable_schema", "query_only"):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


class StoreFile:
    """The open file: a pool of readers and one writer.

    `opened` counts the connections made since the start (a pool that leaks shows here).
    """

    def __init__(self, path: Path, data_key: bytes) -> None:
        self.path = path
        self.data_key = data_key
        self._held_open: BinaryIO | None = None
        self._closed = False
        self.opened = 0
        self.write_lock = threading.Lock()
        self._together = threading.local()
        self._readers = self._engine(_allow_reader, READERS, "BEGIN", query_only=True)
        self._writer = self._engine(_allow_writer, 1, "BEGIN IMMEDIATE", query_only=False)
        self._archivist = self._engine(_allow_archivist, 1, "BEGIN IMMEDIATE", query_only=False)

    def _engine(
        self, allow: Callable[..., int], size: int, begin: str, *, query_only: bool
    ) -> Engine:
        def connect() -> Any:
            if self._closed:  # another file may have this one's name by now
                raise StoreLocked
            self.opened += 1
            raw = open_raw(self.path, self.data_key)
            raw.execute(f"PRAGMA query_only={'ON' if query_only else 'OFF'}")
            raw.set_authorizer(allow)
            return raw

        engine = create_engine(
            "sqlite+pysqlite://",
            module=sqlcipher,
            creator=connect,
            poolclass=QueuePool,
            hide_parameters=True,  # an error text must not carry what somebody typed
            pool_size=size,
            max_overflow=0,  # each holds up to 64 MB of pages; reads are short, so they queue
            pool_timeout=30,
        )

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            statement.cursor_of(connection).execute(begin, ())

        return engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look at the store. Raises StoreTrouble in plain words."""
        if (whole := self._whole) is not None:
            yield whole
            return
        with plain_words(self._readers), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The one writer, in one transaction: all of it or nothing. Raises StoreTrouble."""
        if (whole := self._whole) is not None:
            yield whole
            return
        with self.write_lock, plain_words(self._writer), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[Connection]:
        """Whatever this thread reads and writes inside is one transaction of the one writer, and
        sees what was written in it. Whatever is raised inside has to leave the block: then nothing
        of it was written. Raises StoreTrouble."""
        with self.write_lock, plain_words(self._writer), self._writer.begin() as connection:
            self._together.connection = connection
            try:
                yield connection
            finally:
                self._together.connection = None

    @property
    def _whole(self) -> Connection | None:
        """The transaction this thread is in, where several acts are one."""
        return getattr(self._together, "connection", None)

    @contextmanager
    def archiving(self) -> Iterator[Connection]:
        """The writer that may move old entries of the log into a segment; for
        database/log_archive.py alone (tests/shape checks it). Raises StoreTrouble."""
        with self.write_lock, plain_words(self._archivist), self._archivist.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file, for good. Whoever writes ends first; the WAL is folded in by the last
        connection."""
        with self.write_lock:
            self._closed = True
        for engine in (self._readers, self._writer, self._archivist):
            engine.dispose()
        if self._held_open is not None:
            self._held_open.close()
            self._held_open = None

    def as_bytes(self) -> BinaryIO:
        """The file as it lies on the disk, closed with the store and never before: whoever closes a
        file loses every lock the process has on it, SQLite's too (sqlite.org/howtocorrupt.html,
        2.2)."""
        if self._held_open is None:
            self._held_open = self.path.open("rb", buffering=0)
        return self._held_open


@contextmanager
def plain_words(engine: Engine) -> Iterator[None]:
    """What the driver says, as somebody at a desk can act on it. Raises StoreTrouble."""
    try:
        yield
    except (DBAPIError, sqlcipher.DatabaseError) as trouble:
        driver = getattr(trouble, "orig", None)
        said = as_trouble(driver if isinstance(driver, Exception) else trouble)
        if isinstance(said, StoreDamaged):
            engine.dispose()
        if type(said) is StoreTrouble:  # nothing of the disk or file: the caller's to judge
            raise
        raise said from trouble


def self_test(file: StoreFile) -> None:
    """Refuse to work on a store that is not what it should be. Raises StoreTrouble, LogUnguarded.

    Cipher on and new enough, no plaintext header, the log's triggers in place, word for word.
    """
    # Looked at before SQLite opens it: see `StoreFile.as_bytes`.
    with file.path.open("rb") as opened:
        plain = opened.read(16).startswith(b"SQLite format 3")
    with file.reading() as connection:
        cipher = str(connection.exec_driver_sql("PRAGMA cipher_version").scalar_one())
        status = str(connection.exec_driver_sql("PRAGMA cipher_status").scalar_one())
        triggers = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE type='trigger'"
        ).scalars()
        guards = {_unspaced(sql) for sql in triggers}
    version = tuple(int(part) for part in cipher.split()[0].split(".")[:2])
    if status != "1" or plain or version < OLDEST_CIPHER:
        raise StoreTrouble
    if sqlcipher.sqlite_version_info < OLDEST_SQLITE:
        raise StoreTrouble
    if guards != {_unspaced(sql) for sql in LOG_TRIGGERS}:
        raise LogUnguarded


def _unspaced(sql: str) -> str:
    return "".join(sql.split())
