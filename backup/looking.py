"""Whether backups still open: one of each recovery key with the store's own key, and any one with
words that somebody types. Nothing is restored."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from backup.archive import Progress, label_of, nobody_waits
from backup.format import Label, slot_bytes
from backup.found import Found
from backup.recovery import identity_from, store_key_of
from backup.restoring import check_backup
from backup.sealed_to import SealedTo
from backup.taking import KEY_BYTES, one_at_a_time, scratch_file
from database.store import SqlStore
from medilink.acts.back_up import backup_looked_at, drill_identity
from medilink.desk import Desk
from medilink.errors import BackupOtherKey, BackupTrouble, BackupUnreadable
from medilink.store_backup import BackupRow


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of one backup of a recovery key. `row` None: none of its backups is within reach;
    `trouble` None: it opened, was checked whole, and says that it is this key's."""

    sealed: SealedTo
    row: BackupRow | None = None
    trouble: BackupTrouble | None = None


def one_of_each(
    desk: Desk,
    store: SqlStore,
    sealed: Sequence[SealedTo],
    found: Iterable[Found],
    progress: Progress = nobody_waits,
) -> list[Looked]:
    """The newest backup within reach of every recovery key, opened and looked at whole with the key
    this store has for it. Raises BackupRunning."""
    where = {one.path.name: one.path for one in found}
    looked = []
    for one in sealed:
        row = next((row for row in one.backups if row.name in where), None)
        if row is None:
            looked.append(Looked(one))
            continue
        trouble = _trouble_with(desk, store, one, where[row.name], progress)
        backup_looked_at(desk, row, sound=trouble is None)
        looked.append(Looked(one, row, trouble))
    return looked


def _trouble_with(
    desk: Desk, store: SqlStore, sealed: SealedTo, path: Path, progress: Progress
) -> BackupTrouble | None:
    scratch, key = scratch_file(store.file.path), secrets.token_bytes(KEY_BYTES)
    with one_at_a_time(store.file.path):
        try:
            label = check_backup(path, drill_identity(desk), scratch, key, progress).label
        except BackupTrouble as trouble:
            return trouble
    return None if slot_bytes(label.slot) == sealed.key.held else BackupOtherKey()


def open_with_words(path: Path, words: str) -> Label:
    """What a backup says of itself to whoever has its recovery words; that its store's key comes
    out of them was tried, too. Raises WrongRecoveryWords, BackupTrouble."""
    if not path.is_file():
        raise BackupUnreadable(why="no such file")
    try:
        label = label_of(path, identity_from(words))
    except OSError as trouble:
        raise BackupUnreadable(why=trouble.strerror or "it cannot be read") from trouble
    store_key_of(label, words)
    return label
