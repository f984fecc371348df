"""The recovery words and what they open: a backup's seal, and the store's own key in its label."""

from __future__ import annotations

from dataclasses import replace

from backup.format import Label, slot_bytes
from medilink.acts.back_up import keep_recovery_key
from medilink.desk import Desk
from medilink.errors import BackupOtherKey, WrongRecoveryWords
from medilink.store_backup import BackupKey
from security.age_files import identity_of, recipient_of
from security.slots import SlotFile, recovery_key, unwrap_random


def words_open_backups(desk: Desk, held: SlotFile, words: str) -> None:
    """From now on backups are sealed to these recovery words. Raises WrongRecoveryWords where they
    are not this clinic's."""
    key = recovery_key(words)
    recovery = [slot for slot in held.slots if slot.kind == "recovery"]
    slot = next((slot for slot in recovery if unwrap_random(slot, key)), None)
    if slot is None:
        raise WrongRecoveryWords
    keep_recovery_key(desk, recipient_of(identity_of(key)), slot_bytes(slot))


def identity_from(words: str) -> str:
    """The key of age the recovery words stand for. Raises WrongRecoveryWords."""
    return identity_of(recovery_key(words))


def recipient_from(words: str) -> str:
    """Whom backups are sealed to that these words open. Raises WrongRecoveryWords."""
    return recipient_of(identity_from(words))


def store_key_of(label: Label, words: str) -> bytes:
    """The key the store in a backup had. Raises BackupOtherKey."""
    found = unwrap_random(label.slot, recovery_key(words))
    if found is None:
        raise BackupOtherKey
    return found


def with_one_recovery(held: SlotFile, key: BackupKey | None) -> SlotFile:
    """The key file with one recovery key in it, which is the one backups are sealed to; as it is
    where that one is not in it."""
    recovery = [slot for slot in held.slots if slot.kind == "recovery"]
    mine = [slot for slot in recovery if key and slot_bytes(slot) == key.held]
    if not mine:
        return held
    kept = tuple(slot for slot in held.slots if slot.kind != "recovery" or slot in mine)
    return replace(held, slots=kept)
