"""Backups and restoring as the log tells of them: who may, what was begun, what came of it.

How a backup is made and opened is `backup/`'s business; here is what is decided and written down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medilink.acts.network import say_here
from medilink.acts.refusing import check_task
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.errors import (
    AdministratorNotThen,
    BackupFails,
    ClockBeforeBackup,
    RecoveryNotTyped,
)
from medilink.people import Account, Role
from medilink.permissions import Task
from medilink.statements import BackedUp, Signed
from medilink.store_backup import BackupKey, BackupRow, BackupUse, Restoration
from security.age_files import new_identity, recipient_of
from security.codes import new_epoch

STOPPED = "cancelled"  # as the log says it
_DRILL = b"drill key"


def keep_recovery_key(desk: Desk, recipient: str, slot: bytes) -> None:
    """Somebody has typed the recovery words: backups are sealed to them from now on. `slot` unlocks
    the store's key with them. Part of set-up, and of the first backup of an older store."""
    key = BackupKey(BackupUse.RECOVERY, recipient, slot, desk.now)
    event = desk.event(Act.KEEP_BACKUP_KEY, recipient=recipient)
    desk.store.backups.keep_key(key, audit=event)


def begin_backup(desk: Desk) -> BackupRow:
    """The number of the backup that is about to be made, and which one came before it. Raises
    RecoveryNotTyped where nobody could open it on another computer."""
    check_task(desk, Task.BACK_UP, Act.BACK_UP)
    if recovery_key_held(desk) is None:
        raise RecoveryNotTyped
    drill_identity(desk)
    return desk.store.backups.begin(desk.now, audit=desk.event(Act.BACK_UP))


def recovery_key_held(desk: Desk) -> BackupKey | None:
    """The recovery key backups are sealed to; None where its words were never typed."""
    return _held(desk, BackupUse.RECOVERY)


def backup_keys_kept(desk: Desk) -> tuple[list[BackupKey], list[BackupRow]]:
    """Every key backups are or were sealed to, and every backup there was."""
    check_task(desk, Task.BACK_UP, Act.CHECK_BACKUP)
    return desk.store.backups.of_keys(), desk.store.backups.of_backups()


def drill_identity(desk: Desk) -> str:
    """The keys with which this store opens its own backups, the present one first, a line each; one
    is made where there is none yet. They are in the encrypted store only."""
    if _held(desk, BackupUse.DRILL) is None:
        renew_drill_key(desk)
    keys = (key for key in desk.store.backups.of_keys() if key.use is BackupUse.DRILL)
    return "\n".join(desk.keys.unwrap_private(key.held, _DRILL).decode() for key in keys)


def renew_drill_key(desk: Desk) -> None:
    """Backups are sealed to another drill key from now on: whoever got at the one before, as with a
    stolen laptop, opens none that are made later."""
    identity = new_identity()
    recipient = recipient_of(identity)
    wrapped = desk.keys.wrap_private(identity.encode(), _DRILL)
    key = BackupKey(BackupUse.DRILL, recipient, wrapped, desk.now)
    event = desk.event(Act.KEEP_BACKUP_KEY, recipient=recipient)
    desk.store.backups.keep_key(key, audit=event)


def sealing_keys(desk: Desk) -> list[BackupKey]:
    """The keys a backup is sealed to that is made now, all read at one moment: the recovery key may
    be replaced right after it."""
    return [key for key in desk.store.backups.of_keys() if key.current]


def recipients_of(desk: Desk) -> list[str]:
    """Whom backups are sealed to."""
    return [key.recipient for key in sealing_keys(desk)]


def _held(desk: Desk, use: BackupUse) -> BackupKey | None:
    return next((key for key in sealing_keys(desk) if key.use is use), None)


def say_backup(desk: Desk, says: BackedUp) -> Signed:
    """What a backup holds, signed by this clinic."""
    return say_here(desk, says)


def backup_is_whole(desk: Desk, whole: BackupRow) -> None:
    """It is where it belongs, and was opened and checked there."""
    event = desk.event(
        Act.CHECK_BACKUP, generation=whole.generation, digest=whole.digest.hex(), size=whole.size
    )
    desk.store.backups.finish(whole, audit=event)


def backup_looked_at(desk: Desk, row: BackupRow, *, sound: bool) -> None:
    """A backup was opened again and looked at whole."""
    if sound:
        backup_is_whole(desk, replace(row, verified_at=desk.now))
        return
    event = desk.event(
        Act.CHECK_BACKUP,
        outcome=Outcome.REFUSED,
        why=BackupFails.code,
        generation=row.generation,
    )
    desk.store.log.write(event)


def backup_failed(desk: Desk, begun: BackupRow, why: str, told: str = "") -> None:
    """It did not come about; administrators are told, unless it was stopped, or they were told of
    the same before: `told`. `why`: a short, stable word."""
    outcome = Outcome.COUNTED if why in (told, STOPPED) else Outcome.REFUSED
    event = desk.event(Act.BACK_UP, outcome=outcome, why=why, generation=begun.generation)
    desk.store.log.write(event)


def _check_clock(desk: Desk, says: BackedUp) -> None:
    """Raises ClockBeforeBackup where the clock cannot be right: everything that must not be revived
    is judged by when the store came back."""
    if desk.now < says.at:
        raise ClockBeforeBackup


def came_back(desk: Desk, says: BackedUp, whole: BackupRow, seq: int, accepted: str) -> None:
    """This store was restored, and whoever did it has accepted that it ends there. The first entry
    of its new life, which has an epoch of its own. Raises ClockBeforeBackup."""
    check_task(desk, Task.BACK_UP, Act.RESTORE)
    _check_clock(desk, says)
    at = max(desk.now, desk.store.log.highest_time())
    epoch = new_epoch()
    event = desk.event(
        Act.RESTORE,
        epoch=epoch.hex(),
        generation=says.generation,
        made_at=says.at,
        from_store=says.store,
        digest=whole.digest.hex(),
        last_entry=seq,
        accepted=accepted,
    )
    restored = Restoration(at, says.generation, says.at, seq)
    desk.store.backups.came_back(restored, whole, epoch, audit=event)


def unlocks_from_now_on(desk: Desk, user_name: str, passphrase: str) -> Account:
    """The administrator of a restored store who has the new passphrase; with no name given, the one
    who was there first. Raises AdministratorNotThen."""
    admins = administrators(desk)
    check_administrator([one.user_name for one in admins], user_name)
    wanted = user_name.strip().casefold()
    admin = next(one for one in admins if not wanted or one.user_name == wanted)
    event = desk.event(Act.CHANGE_PASSWORD, account=admin.id, why="restored")
    kept = desk.passwords.hash(passphrase)
    desk.store.accounts.set_password(admin.id, kept, must_change=False, audit=event)
    return admin


def check_administrator(user_names: Sequence[str], wanted: str) -> None:
    """Whoever is to unlock is one of the administrators; no name stands for the first. Raises
    AdministratorNotThen."""
    name = wanted.strip().casefold()
    if name not in user_names and (name or not user_names):
        raise AdministratorNotThen(names=", ".join(user_names) or "–")


def administrators(desk: Desk) -> list[Account]:
    """Who may unlock, the one who was there first at the top."""
    staff = sorted(desk.store.accounts.list_staff(), key=lambda one: one.id)
    return [one for one in staff if Role.ADMIN in one.roles and not one.disabled]
