"""Back at work on a new computer: with a backup's file, the recovery words and a new passphrase.

Nothing is there before everything is: the store gets its name once it is checked, moved forward,
and its keys are written. A power cut before that leaves a folder without a clinic.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from backup.archive import Progress, label_of
from backup.format import Label, slot_bytes
from backup.recovery import identity_from, recipient_from, store_key_of
from backup.restoring import Rebuilt, key_for_same, rebuild_store
from database.rebuilding import check_folded_in
from database.store import open_store
from medilink.acts.back_up import (
    came_back,
    check_administrator,
    keep_recovery_key,
    renew_drill_key,
    unlocks_from_now_on,
)
from medilink.acts.network_keys import renew_after_restore
from medilink.acts.replace_store import move_keys
from medilink.acts.sign_in import check_new_password
from medilink.config import IN_USE, Config
from medilink.desk import Clock, Desk
from medilink.errors import BackupChanged, FolderTaken, RestoreNotAccepted
from medilink.people import Account
from medilink.store_backup import BackupRow
from security import slots
from security.certificate import CERTIFICATE, KEY_OF_CERTIFICATE
from security.passwords import Passwords
from security.subkeys import SubKeys, TokenUnreadable
from ui.data_folder import MAY_WRITE, finish_begun_store, forget_begun_store, make_folder
from ui.house import SYSTEM_ACCOUNT
from ui.outside_heads import read_head
from ui.standing import keys_of

BEFORE_THERE_IS_A_CLINIC = (IN_USE, CERTIFICATE, KEY_OF_CERTIFICATE)


@dataclass(frozen=True, slots=True)
class ComingBack:
    """What somebody brings. `user_name`: the administrator who unlocks from now on, with
    `passphrase`; `accepted`: the day of the backup, typed, because what came after it is lost."""

    file: Path
    words: str = field(repr=False)
    user_name: str
    passphrase: str = field(repr=False)
    again: str = field(repr=False)
    accepted: str


def look_into(file: Path, words: str) -> Label:
    """What a backup says of itself. Raises WrongRecoveryWords, BackupTrouble."""
    return label_of(file, identity_from(words))


def come_back(config: Config, brought: ComingBack, clock: Clock, progress: Progress) -> Rebuilt:
    """Make the clinic in `config`'s folder out of a backup. Raises WrongRecoveryWords,
    BackupTrouble, AdministratorNotThen, StoreNewer, DiskFull, PasswordWeak, PasswordsDiffer."""
    check_free(config)
    label = look_into(brought.file, brought.words)
    check_accepted(label, brought.accepted)
    check_known_then(label, brought.user_name)
    check_new_password(brought.passphrase, brought.again, (label.says.clinic, brought.user_name))
    opens = _fresh(label, brought.words)
    make_folder(config)
    forget_begun_store(config)
    try:
        rebuilt = rebuild_store(
            brought.file,
            identity_from(brought.words),
            config.begun_store_file,
            lambda found: key_for_same(label, found, opens.fresh),
            progress,
        )
        admin = _begin_new_life(config, brought, rebuilt, opens, clock)
        check_folded_in(config.begun_store_file)
    except BaseException:
        forget_begun_store(config)
        raise
    now = int(clock().timestamp() * 1000)
    name, cost = admin.user_name, config.hash_cost
    made = (
        slots.passphrase_slot(opens.fresh, brought.passphrase, name, cost, now),
        opens.recovery,
    )
    # A name of its own: what the lost laptop still writes is another store's from now on.
    held = slots.SlotFile(uuid.uuid4().hex, made)
    if config.slots_file.exists():  # somebody has set a clinic up here meanwhile
        forget_begun_store(config)
        raise FolderTaken(folder=config.data_dir)
    slots.write_slots(config.slots_file, slots.sealed(held, opens.fresh))
    finish_begun_store(config)
    return rebuilt


def check_free(config: Config) -> None:
    """Nothing but what an interrupted restore has left may be there, what MediLink needs before
    there is a clinic, and backups. Raises FolderTaken."""
    begun, slots_new = config.begun_store_file.name, f"{config.slots_file.name}.new"
    ours = (begun, slots_new, MAY_WRITE, *BEFORE_THERE_IS_A_CLINIC)
    backups = config.backups_dir
    if config.data_dir.exists() and not all(
        path.name.startswith(ours) or (path == backups and path.is_dir())
        for path in config.data_dir.iterdir()
    ):
        raise FolderTaken(folder=config.data_dir)


def check_accepted(label: Label, typed: str) -> None:
    """Raises RestoreNotAccepted where the day of the backup was not typed."""
    if typed != day_of(label):
        raise RestoreNotAccepted(day=day_of(label))


def check_known_then(label: Label, user_name: str) -> None:
    """Raises AdministratorNotThen where the backup says who its administrators are, and this is
    none of them. Older ones do not say: then it turns out in the restored store."""
    if label.administrators:
        check_administrator(label.administrators, user_name)


def day_of(label: Label) -> str:
    """The day a backup was made, in UTC, as it has to be typed."""
    return f"{made_at(label):%Y-%m-%d}"


class _Opens(NamedTuple):
    """`lost`: what the lost laptop opens its records with; `fresh`: what these are under;
    `recovery`: how the typed words open them."""

    lost: bytes
    fresh: bytes
    recovery: slots.Slot


def _fresh(label: Label, words: str) -> _Opens:
    """A key nobody has yet. Raises WrongRecoveryWords."""
    lost, fresh, sheet = store_key_of(label, words), slots.new_data_key(), label.slot
    key = slots.recovery_key(words)
    return _Opens(lost, fresh, slots.random_slot("recovery", fresh, key, sheet.label, sheet.since))


def _begin_new_life(
    config: Config, brought: ComingBack, rebuilt: Rebuilt, opens: _Opens, clock: Clock
) -> Account:
    """The first entries after the restore, and the administrator who unlocks."""
    store = open_store(config.begun_store_file, opens.fresh)
    try:
        clinic, passwords = store.settings.of_clinic(), Passwords(config.hash_cost)
        lost = keys_of(store, opens.lost)
        desk = Desk(store, clinic, lost, passwords, clock, SYSTEM_ACCOUNT)
        says = rebuilt.label.says
        whole = BackupRow(
            says.generation,
            says.at,
            says.before,
            brought.file.name,
            rebuilt.size,
            rebuilt.digest,
            desk.now,
        )
        came_back(desk, says, whole, rebuilt.entries, brought.accepted)
        keep_recovery_key(desk, recipient_from(brought.words), slot_bytes(opens.recovery))
        desk = move_keys(desk, lost.moved_to(opens.fresh), slot_bytes(opens.recovery), "restored")
        renew_drill_key(desk)
        renew_after_restore(desk)
        return unlocks_from_now_on(desk, brought.user_name, brought.passphrase)
    finally:
        store.close()


def made_at(label: Label) -> datetime:
    """When a backup was made."""
    return datetime.fromtimestamp(label.says.at / 1000, UTC)


def entries_lost(config: Config, label: Label, words: str) -> int:
    """How many entries of the log this computer knows of that the backup has not, where it is the
    one the store was on; 0 elsewhere."""
    try:
        keys = SubKeys.of_store(store_key_of(label, words), label.root)
    except TokenUnreadable as trouble:
        raise BackupChanged(why="what its keys hang on is not of this clinic") from trouble
    head = read_head(config.keys_dir / f"{label.says.store}.head", keys)
    return max(head.seq - label.log.size, 0) if head else 0
