"""Other records in place of the present ones, as the log tells of it: a restore on this computer,
and a fresh key for the records.

What is built, checked and moved is `backup/`'s and `ui/`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from medilink.acts.network import ring_of
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.sign_in import check_own_password
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.earlier_life import Lived, lived_in
from medilink.errors import BackupOtherKey, KeysDamaged, Refused, RestoreNotAccepted
from medilink.people import Role
from medilink.permissions import Task
from medilink.statements import BackedUp, LogHead
from medilink.store_backup import (
    BackupKey,
    BackupUse,
    GoingOn,
    Life,
    Rewrapped,
    Swap,
)
from security.subkeys import SubKeys, TokenUnreadable

_DRILL = b"drill key"
_VISITS = (Act.WRITE_RECORD,)
_PEOPLE = (Act.REGISTER_PATIENT, Act.REGISTER_VISITING)
_CHANGES = (Act.AMEND, Act.CHANGE_PATIENT, Act.CHANGE_PROFILE, Act.IMPORT, Act.TAKE_RETURN)


@dataclass(frozen=True, slots=True)
class Lost:
    """What of the present records is not in a backup. `known` False: the backup is not of the same
    line of records, so nothing can be counted."""

    known: bool
    entries: int = 0
    written: int = 0
    people: int = 0
    changed: int = 0


def lost_since(desk: Desk, log: LogHead) -> Lost:
    """How much was written after a backup was made, counted from the log."""
    check_task(desk, Task.BACK_UP, Act.RESTORE)
    there = desk.store.log.at(log.size)
    if there is None or there.hash != log.entry:
        return Lost(known=False)
    acts = desk.store.backups.of_acts_after(log.size)
    return Lost(
        known=True,
        entries=desk.store.log.head().seq - log.size,
        written=sum(acts.get(act.value, 0) for act in _VISITS),
        people=sum(acts.get(act.value, 0) for act in _PEOPLE),
        changed=sum(acts.get(act.value, 0) for act in _CHANGES),
    )


def life_of_backup(desk: Desk, made_at: int, epoch: bytes = b"") -> Lived:
    """Which life of these records a backup of them is from (`medilink.earlier_life`)."""
    check_task(desk, Task.BACK_UP, Act.RESTORE)
    backups = desk.store.backups
    return lived_in(made_at, epoch, backups.of_life(), backups.of_restorations())


def accept_restore(desk: Desk, password: str, says: BackedUp, day: str, typed: str) -> None:
    """The administrator shows again who they are, and types the day of the backup: whatever came
    after it is given up. Noted in the records that will be replaced. Raises OwnPasswordWrong,
    TooManyTries, RestoreNotAccepted."""
    check_task(desk, Task.BACK_UP, Act.ASK_RESTORE)
    check_own_password(desk, password)
    if typed.strip() != day:
        raise RestoreNotAccepted(day=day)
    event = desk.event(
        Act.ASK_RESTORE, generation=says.generation, from_store=says.store, accepted=day
    )
    desk.store.log.write(event)


def accept_new_key(desk: Desk, password: str) -> None:
    """The same before the records get a fresh key. Raises OwnPasswordWrong, TooManyTries."""
    check_task(desk, Task.BACK_UP, Act.NEW_DATA_KEY)
    check_own_password(desk, password)


def going_on(desk: Desk) -> GoingOn:
    """What this store knows of its backups that an older one cannot know."""
    backups = desk.store.backups
    return GoingOn(
        tuple(backups.of_keys()),
        tuple(backups.of_backups()),
        tuple(backups.of_swaps()),
        tuple(backups.of_places()),
    )


def go_on_from(desk: Desk, before: GoingOn) -> None:
    """The store at this desk goes on where the one before it was: backups are sealed to the same
    keys and go to the same places, their numbers never come twice, and it is known where replaced
    records lie."""
    check_task(desk, Task.BACK_UP, Act.RESTORE)
    event = desk.event(Act.KEEP_BACKUP_KEY, why="restored")
    desk.store.backups.go_on(before, audit=event)


def move_keys(desk: Desk, new: SubKeys, held: bytes | None, why: str) -> Desk:
    """What the store at this desk keeps wrapped under its own key is wrapped under another; the
    desk with that. `held`: what the recovery words open the new key with, where they do. Raises
    BackupOtherKey where this desk's keys are not the store's, KeysDamaged where something does not
    open afterwards."""
    check_task(desk, Task.BACK_UP, Act.NEW_DATA_KEY)
    keys = desk.keys
    try:
        own = tuple(
            (one.public, _anew(keys, new, one.wrapped, one.use.value.encode()))
            for one in desk.store.network.of_keys()
        )
        sealed = [_moved(keys, new, one, held) for one in desk.store.backups.of_keys()]
    except TokenUnreadable as trouble:
        raise BackupOtherKey from trouble
    anew = Rewrapped(own, tuple(one for one in sealed if one), new.wrapped_root())
    event = desk.event(Act.NEW_DATA_KEY, why=why, keys=len(own) + len(anew.backup_keys))
    desk.store.backups.rewrap(anew, audit=event)
    moved = replace(desk, keys=new)
    _check_opens(moved)
    return moved


def _anew(old: SubKeys, new: SubKeys, wrapped: bytes, context: bytes) -> bytes:
    return new.wrap_private(old.unwrap_private(wrapped, context), context)


def _moved(old: SubKeys, new: SubKeys, one: BackupKey, held: bytes | None) -> BackupKey | None:
    """Recovery keys of before keep what they opened: the backups of that time have it too."""
    if one.use is BackupUse.DRILL:
        return replace(one, held=_anew(old, new, one.held, _DRILL))
    return replace(one, held=held) if held is not None and one.current else None


def _check_opens(desk: Desk) -> None:
    """Nothing is left behind under the old key."""
    life: Life = desk.store.backups.of_life()
    try:
        ring_of(desk)
        for one in desk.store.backups.of_keys():
            if one.use is BackupUse.DRILL:
                desk.keys.unwrap_private(one.held, _DRILL)
        desk.keys.unwrap_private(life.root, b"root")
    except TokenUnreadable as trouble:
        raise KeysDamaged from trouble


def swap_is_done(desk: Desk, swap: Swap) -> None:
    """Other records are in place, and open. Written by the house itself."""
    event = desk.event(Act.SWAP_STORE, why=swap.why.value, took=swap.took, size=swap.size)
    desk.store.backups.swapped(swap, audit=event)


def swap_failed(desk: Desk, why: str) -> None:
    """Nothing was put in place. `why`: a short, stable word."""
    event = desk.event(Act.SWAP_STORE, outcome=Outcome.REFUSED, why=why)
    desk.store.log.write(event)


def swaps_known(desk: Desk) -> list[Swap]:
    """When other records were put in place, the newest first. For administrators."""
    with refusals_logged(desk, Act.READ_LOG):
        if desk.who.role is not Role.ADMIN:
            raise Refused
    return desk.store.backups.of_swaps()


def replaced_is_deleted(desk: Desk, folder: str) -> None:
    """An administrator has decided that replaced records are not needed any more. Said before they
    are deleted: a crash leaves a folder too many, never a deletion nobody knows of."""
    check_task(desk, Task.BACK_UP, Act.DELETE_REPLACED)
    event = desk.event(Act.DELETE_REPLACED, folder=folder)
    desk.store.backups.replaced_deleted(folder, desk.now, audit=event)
