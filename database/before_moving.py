"""The store as it was before a newer MediLink moves it forward, kept beside it for a while.

The code that makes backups knows today's tables only, so an older store is copied as it is,
encrypted as it is: an older MediLink opens the copy under the store's name.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from database.engine import as_trouble, open_raw
from database.migrate import NEWEST
from database.rebuilding import forget_store
from database.snapshot import copy_store
from medilink.days import DAY_MS
from medilink.errors import DiskFull

KEPT_MS = 7 * DAY_MS  # long enough for somebody to notice that an update went wrong
_BEFORE = "-before-"


class Old(StrEnum):
    """What became of the store as it was."""

    NONE = "it is not older than this program"
    KEPT = "kept"
    NO_ROOM = "there was no room to keep it"


def keep_old_store(path: Path, data_key: bytes) -> Old:
    """Keep a copy of the store if it is about to be moved forward. Without room it goes on without:
    the move itself is one transaction. Raises StoreTrouble, FileNotFoundError."""
    connection = open_raw(path, data_key)
    try:
        version = _version(connection)
        if not version or version >= NEWEST:
            return Old.NONE
        return _keep(connection, path, data_key, version)
    except sqlcipher.DatabaseError as trouble:
        raise as_trouble(trouble) from trouble
    finally:
        connection.close()


def forget_old_stores(path: Path, now: int) -> None:
    """Remove copies that are more than a week old. For after a verified backup, which is one even
    if the disk does not let them go: then the next one does. `now` in milliseconds UTC."""
    with contextlib.suppress(OSError):
        for copy in path.parent.glob(f"{path.name}{_BEFORE}*"):
            if now - copy.stat().st_mtime * 1000 > KEPT_MS:
                copy.unlink(missing_ok=True)


def _version(connection: Any) -> str:
    there = "SELECT count(*) FROM sqlite_master WHERE name='alembic_version'"
    if not connection.execute(there).fetchone()[0]:
        return ""
    return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _keep(connection: Any, path: Path, data_key: bytes, version: str) -> Old:
    if shutil.disk_usage(path.parent).free < path.stat().st_size * 2:
        return Old.NO_ROOM
    kept = path.with_name(f"{path.name}{_BEFORE}{NEWEST}-at-{version}")
    begun = path.with_name(f"{path.name}-copied")
    try:
        copy_store(connection, begun, data_key)
        with begun.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(begun, kept)
    except sqlcipher.DatabaseError as trouble:
        if isinstance(as_trouble(trouble), DiskFull):
            return Old.NO_ROOM
        raise
    finally:
        forget_store(begun)
    return Old.KEPT
