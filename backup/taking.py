"""Making a backup: begun in the log, written while others work, opened and checked, and only then
given its name. Whatever goes wrong, nothing is left that looks like a backup.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from backup.archive import Progress, nobody_waits, write_archive
from backup.format import label_frame, name_administrators
from backup.kept import Kept, name_of, read_name
from backup.restoring import Rebuilt, check_backup
from database.before_moving import forget_old_stores
from database.snapshot import Frozen, frozen
from database.store import SqlStore
from medilink.acts.back_up import (
    STOPPED,
    administrators,
    backup_failed,
    backup_is_whole,
    begin_backup,
    drill_identity,
    say_backup,
    sealing_keys,
)
from medilink.acts.log_proof import say_head
from medilink.desk import Desk
from medilink.errors import (
    BackupFails,
    BackupNameTaken,
    BackupRunning,
    BackupTrouble,
    BackupUnwritten,
    MediLinkError,
    RecoveryNotTyped,
)
from medilink.statements import BackedUp, Signed
from medilink.store_backup import BackupKey, BackupRow, BackupUse

PART = ".part"
KEY_BYTES = 32


def take_backup(  # noqa: PLR0913 of what, where to, and who waits
    desk: Desk,
    store: SqlStore,
    store_id: str,
    folder: Path,
    progress: Progress = nobody_waits,
    *,
    told: str = "",
) -> Kept:
    """A new backup in `folder`, opened and checked there. `told`: the trouble administrators know
    of already. Raises RecoveryNotTyped, BackupRunning, BackupUnwritten, BackupFails,
    StoreTrouble."""
    with one_at_a_time(store.file.path):
        begun = begin_backup(desk)
        named = replace(begun, name=name_of(store_id, begun.generation))
        try:
            rebuilt = _write(desk, store, store_id, folder / named.name, named, progress)
        except BaseException as trouble:
            backup_failed(desk, begun, _why(trouble), told)
            if isinstance(trouble, OSError):
                why = trouble.strerror or "it cannot be reached"
                raise BackupUnwritten(folder=folder, why=why) from trouble
            raise
        whole = replace(named, size=rebuilt.size, digest=rebuilt.digest, verified_at=desk.now)
        backup_is_whole(desk, whole)
        forget_old_stores(store.file.path, desk.now)
    return as_kept(whole)


def as_kept(row: BackupRow) -> Kept:
    """A backup as the store knows it."""
    return Kept(row.name, row.generation, row.at, row.size, row.digest, row.verified_at)


@contextmanager
def one_at_a_time(store: Path) -> Iterator[None]:
    """Hold the store's backups for this process. Raises BackupRunning."""
    lock = FileLock(store.with_name("backup.lock"), mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as taken:
        raise BackupRunning from taken
    try:
        yield
    finally:
        lock.release()


def _write(  # noqa: PLR0913 where to, and which
    desk: Desk, store: SqlStore, store_id: str, path: Path, begun: BackupRow, progress: Progress
) -> Rebuilt:
    """The file under its name, once what was written has been opened again from the disk."""
    clear_parts(path.parent, store_id)
    if path.exists():  # where an older copy of the store counts on: that one knows what this lost
        raise BackupNameTaken
    part = path.with_name(path.name + PART)
    try:
        head = say_head(desk)  # before the moment that is kept: what it says is then in it
        with frozen(store.file) as snapshot, _new_file(part) as file:
            keys = sealing_keys(desk)
            label = _label(desk, store_id, begun, snapshot, head, _recovery_key(keys))
            write_archive(snapshot, label, [key.recipient for key in keys], file, progress)
        rebuilt = _read_again(desk, store, part, progress)
        os.replace(part, path)
        sync_folder(path.parent)
    except BaseException:
        for left in (part, path):  # one that nobody knows of would lie there for ever
            left.unlink(missing_ok=True)
        raise
    return rebuilt


def _recovery_key(keys: Iterable[BackupKey]) -> BackupKey:
    for key in keys:
        if key.use is BackupUse.RECOVERY:
            return key
    raise RecoveryNotTyped


def _label(  # noqa: PLR0913 what it tells of, and by whose words that opens
    desk: Desk,
    store_id: str,
    begun: BackupRow,
    snapshot: Frozen,
    head: Signed,
    recovery: BackupKey,
) -> bytes:
    says = BackedUp(
        store_id,
        desk.clinic.name,
        begun.generation,
        begun.at,
        snapshot.version,
        snapshot.count,
        snapshot.patients,
        begun.before,
    )
    life = desk.store.backups.of_life()
    said = say_backup(desk, says)
    admins = name_administrators([one.user_name for one in administrators(desk)])
    return label_frame(recovery.held, said, head, life.epoch, desk.keys.name, life.root, admins)


def _read_again(desk: Desk, store: SqlStore, part: Path, progress: Progress) -> Rebuilt:
    key = secrets.token_bytes(KEY_BYTES)
    try:
        scratch = scratch_file(store.file.path)
        return check_backup(part, drill_identity(desk), scratch, key, progress)
    except BackupTrouble as trouble:
        raise BackupFails(why=trouble.code) from trouble


def scratch_file(store: Path) -> Path:
    """Where a backup is rebuilt to be looked at, encrypted, under a key nobody keeps."""
    return store.with_name(store.name + "-checked")


@contextmanager
def _new_file(part: Path) -> Iterator[BinaryIO]:
    """A file for its owner only; on the disk when the block ends."""
    with open(part, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def clear_parts(folder: Path, store_id: str) -> None:
    """Remove what a power cut left of this store's backups."""
    for path in folder.glob(f"*{PART}"):
        found = read_name(path.name.removesuffix(PART))
        if found and found[0] == store_id:
            path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """A file's new name survives a power cut, where the system can promise that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _why(trouble: BaseException) -> str:
    """A short, stable word for the log."""
    if isinstance(trouble, OSError):
        return BackupUnwritten.code
    if isinstance(trouble, MediLinkError):
        return trouble.code
    return "failed" if isinstance(trouble, Exception) else STOPPED
