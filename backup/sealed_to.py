"""Which backups open with which recovery words, now that some words have been replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medilink.store_backup import BackupKey, BackupRow, BackupUse


@dataclass(frozen=True, slots=True)
class SealedTo:
    """A recovery key and the whole backups that open with its words, the newest first."""

    key: BackupKey
    backups: tuple[BackupRow, ...]


def by_recovery_key(keys: Sequence[BackupKey], backups: Sequence[BackupRow]) -> list[SealedTo]:
    """Every recovery key there was, the present one first, with its backups. A backup belongs to
    the key that was the present one when it was begun; one from before the first to the first."""
    recovery = sorted(
        (key for key in keys if key.use is BackupUse.RECOVERY),
        key=lambda key: (key.current, key.since),
        reverse=True,
    )
    found: dict[str, list[BackupRow]] = {key.recipient: [] for key in recovery}
    for one in sorted(backups, key=lambda one: one.generation, reverse=True):
        begun = [key for key in recovery if key.since <= one.at] or recovery[-1:]
        if one.digest and begun:
            found[max(begun, key=lambda key: key.since).recipient].append(one)
    return [SealedTo(key, tuple(found[key.recipient])) for key in recovery]
