"""A store rebuilt from a backup, in a new file, and looked at until nothing is left to doubt.

A backup is good when every step here passes: decrypted and unpacked to the end, every page of a
SQLite file and as many as it says, `integrity_check`, foreign keys, moved forward to today's
tables, its own number in it, its log whole up to the head the clinic has signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backup.archive import Progress, nobody_waits, read_archive
from backup.format import Label
from database.migrate import NEWEST
from database.pages import PAGE, Content
from database.rebuilding import NewFile, check_whole, forget_store
from database.store import SqlStore, open_store
from medilink.errors import (
    BackupChanged,
    BackupDamaged,
    DiskFull,
    StoreNewer,
    StoreTrouble,
)
from medilink.log_check import Witness, check_log
from medilink.log_receipts import log_id
from medilink.store import Store
from security.key_ring import Use
from security.node_keys import SignatureWrong, key_id


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A store that came out of a backup. `digest`: SHA-256 of the backup's file; `entries`: how
    many the log in it has."""

    label: Label
    digest: bytes
    size: int
    entries: int


class _Counted:
    """The new file, and whoever waits for it."""

    def __init__(self, file: NewFile, label: Label, progress: Progress) -> None:
        self.file, self.label, self._progress, self._bytes = file, label, progress, 0

    def write(self, plain: Content) -> None:
        self.file.write(plain)
        self._bytes += len(plain)
        self._progress(self._bytes // PAGE, self.label.says.pages)

    def close(self) -> None:
        self.file.close()


def rebuild_store(
    path: Path,
    identity: str,
    target: Path,
    key_for: Callable[[Label], bytes],
    progress: Progress = nobody_waits,
) -> Rebuilt:
    """The store in the backup at `path` as a new file `target`, under the key `key_for` names.
    `target` is there only if all is well. Raises BackupTrouble, StoreNewer, DiskFull."""
    begun: list[_Counted] = []

    def begin(label: Label) -> _Counted:
        if label.says.version > NEWEST:
            raise StoreNewer(found=label.says.version, known=NEWEST)
        data_key = key_for(label)
        keys.append(data_key)
        begun.append(_Counted(NewFile(target, data_key, label.says.pages), label, progress))
        return begun[0]

    keys: list[bytes] = []
    try:
        digest = read_archive(path, identity, begin)
        label = begun[0].label
        entries = _checked(target, keys[0], label)
    except BaseException as trouble:
        for one in begun:
            one.file.give_up()
        if isinstance(trouble, StoreTrouble) and not isinstance(trouble, DiskFull | StoreNewer):
            raise BackupDamaged from trouble
        raise
    return Rebuilt(label, digest, path.stat().st_size, entries)


def key_for_same(seen: Label, found: Label, key: bytes) -> bytes:
    """The key, where the backup is still the one whose label somebody has seen and accepted. Raises
    BackupChanged."""
    if found.said.raw != seen.said.raw:
        raise BackupChanged(why="it is another backup than it was a moment ago")
    return key


def check_own(store: Store, label: Label) -> None:
    """A backup this clinic has made: its label is signed with a key that is the store's own, in use
    or retired. Raises BackupChanged."""
    signing = [key.public for key in store.network.of_keys() if key.use is Use.SIGN]
    for statement in (label.said, label.head):
        public = next((key for key in signing if key_id(key) == statement.signer), None)
        if public is None:
            raise BackupChanged(why="its label is not of this clinic")
        try:
            statement.check(public)
        except SignatureWrong as trouble:
            raise BackupChanged(why="its label is not signed") from trouble


def check_backup(
    path: Path, identity: str, scratch: Path, key: bytes, progress: Progress = nobody_waits
) -> Rebuilt:
    """Whether a backup can be restored, shown by doing it: into `scratch`, which is gone after."""
    forget_store(scratch)
    try:
        return rebuild_store(path, identity, scratch, lambda _: key, progress)
    finally:
        forget_store(scratch)


def _checked(target: Path, data_key: bytes, label: Label) -> int:
    """How many entries the log has, once everything fits."""
    check_whole(target, data_key)
    store = open_store(target, data_key)
    try:
        _check_label(store, label)
        return _check_log(store, label)
    finally:
        store.close()


def _check_label(store: SqlStore, label: Label) -> None:
    """What the label says is in the store, and signed with a key that is the store's own."""
    says = label.says
    row = next((one for one in store.backups.of_backups()), None)
    if row is None or (row.generation, row.at, row.before) != (
        says.generation,
        says.at,
        says.before,
    ):
        raise BackupChanged(why="it is another backup than it says")
    check_own(store, label)


def _check_log(store: SqlStore, label: Label) -> int:
    log, parts = store.log, store.log_archive.of_segments()
    first = log.at(1)
    if first is None or log_id(first.hash) != label.log.log:
        raise BackupChanged(why="its log is another clinic's")
    said = Witness(label.log.size, label.log.root, label.log.size, label.log.entry)
    verdict = check_log(
        log.rows(),
        (),
        [said],
        blocks=log.of_blocks(),
        archived_to=parts[-1].last if parts else 0,
    )
    if not verdict.sound:
        raise BackupChanged(why=f"the log in it is not whole from entry {verdict.broken_at}")
    return verdict.checked
