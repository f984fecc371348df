"""A backup opened where it lies, as a restore would: read whole from its place, all checks made."""

from __future__ import annotations

import secrets
from pathlib import Path

from backup.archive import Progress, nobody_waits
from backup.destinations import CHUNK, Room, plain_trouble
from backup.folder import FolderRoom
from backup.kept import Kept
from backup.restoring import check_backup
from backup.taking import KEY_BYTES, one_at_a_time, scratch_file
from database.store import SqlStore
from medilink.acts.back_up import drill_identity
from medilink.desk import Desk
from medilink.errors import CopyDamaged


def open_copy(
    desk: Desk, store: SqlStore, room: Room, kept: Kept, progress: Progress = nobody_waits
) -> None:
    """Whether this backup can be restored from there, shown by doing it. Raises BackupTrouble,
    PlaceTrouble, StoreTrouble."""
    with one_at_a_time(store.file.path):
        fetched = fetched_file(store.file.path)
        try:
            path = _as_file(room, kept, fetched)
            key = secrets.token_bytes(KEY_BYTES)
            scratch = scratch_file(store.file.path)
            rebuilt = check_backup(path, drill_identity(desk), scratch, key, progress)
        finally:
            fetched.unlink(missing_ok=True)
    if rebuilt.digest != kept.digest:
        raise CopyDamaged


def fetched_file(store: Path) -> Path:
    """Where a backup from another computer lies while it is looked at, sealed as it is."""
    return store.with_name(store.name + "-fetched")


def _as_file(room: Room, kept: Kept, fetched: Path) -> Path:
    if isinstance(room, FolderRoom):
        return room.folder / kept.name
    with plain_trouble(kept.size), room.read(kept.name) as source, fetched.open("wb") as file:
        done = 0
        while part := source.read(CHUNK):
            done += len(part)
            if done > kept.size:
                raise CopyDamaged
            file.write(part)
    return fetched
