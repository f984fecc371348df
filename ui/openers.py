"""What opens this clinic, as an administrator sees and changes it. Every change needs their own
password again, is in the log before it is made, and is told to the other administrators."""

from __future__ import annotations

from dataclasses import dataclass, replace

from backup.format import slot_bytes
from backup.found import backups_found, folders_to_look_in
from backup.looking import Looked, one_of_each
from backup.recovery import recipient_from
from backup.sealed_to import SealedTo
from medilink.acts.unlocking import (
    Change,
    check_another_left,
    check_may_change,
    replace_recovery_key,
)
from medilink.desk import Desk
from medilink.errors import (
    KeyFileUnwritten,
    OldWordsStillOpen,
    SlotsNotKept,
)
from medilink.people import Account, Role
from security import slots
from security.shares import split_in_three
from ui.house import House
from ui.key_file import (
    ONE_SHEET,
    THREE_SHEETS,
    forget_machine_key,
    passphrases,
    with_machine,
    with_passphrase,
    without_machine,
)
from ui.unlockers import NewSlots


def able_to_unlock(house: House, staff: list[Account]) -> set[str]:
    """The user names of administrators whose passphrase opens the clinic."""
    admins = {one.user_name for one in staff if Role.ADMIN in one.roles and not one.disabled}
    return admins & passphrases(house.unlockers.held())


def switch_by_itself(house: House, desk: Desk, password: str, *, on: bool) -> None:
    """This computer opens the clinic by itself, or does not any more. Raises Refused,
    KeyFileUnwritten, FolderReadOnly."""
    check_may_change(desk, password)
    if not on:
        _change(house, desk, Change.MACHINE_OFF, "", lambda held, _: without_machine(held))
        forget_machine_key(house.config, house.store_id)
        return
    _change(
        house,
        desk,
        Change.MACHINE_ON,
        "",
        lambda held, key: with_machine(house.config, held, key, desk.now),
    )


def let_own_passphrase_open(house: House, desk: Desk, password: str) -> None:
    """The password of whoever asks opens the clinic from now on, too. Raises Refused,
    KeyFileUnwritten."""
    check_may_change(desk, password)
    name, cost = desk.who.user_name, house.config.hash_cost

    def add(held: slots.SlotFile, key: bytes) -> slots.SlotFile:
        made = slots.passphrase_slot(key, password, name, cost, desk.now)
        return with_passphrase(held, name, made)

    _change(house, desk, Change.ADMIN_ADDED, name, add)


def remove_passphrase(house: House, desk: Desk, password: str, name: str) -> None:
    """An administrator's passphrase does not open the clinic any more; never the last one. Raises
    Refused, LastPassphrase, KeyFileUnwritten."""
    check_may_change(desk, password)
    check_another_left(desk, sorted(passphrases(house.unlockers.held()) - {name}))
    _change(
        house,
        desk,
        Change.ADMIN_REMOVED,
        name,
        lambda held, _: with_passphrase(held, name, None),
    )


def _change(house: House, desk: Desk, what: Change, whose: str, change: NewSlots) -> None:
    try:
        house.unlockers.change_noted(desk, what, whose, change)
    except SlotsNotKept as trouble:
        raise KeyFileUnwritten from trouble
    house.keep_head_outside()


# ---- the recovery key


@dataclass(frozen=True, slots=True)
class NewRecovery:
    """Recovery words that do not count yet. `sheets`: the words on each sheet, one or three."""

    words: str
    sheets: tuple[tuple[str, ...], ...]

    @property
    def split(self) -> bool:
        return len(self.sheets) > 1


def new_recovery(*, split: bool) -> NewRecovery:
    """New words, on one sheet or spread over three."""
    words = slots.new_recovery_words()
    sheets: tuple[tuple[str, ...], ...] = (words,)
    if split:
        shares = split_in_three(slots.recovery_key(" ".join(words)))
        sheets = tuple(tuple(share.split()) for share in shares)
    return NewRecovery(" ".join(words), sheets)


def replace_recovery(house: House, desk: Desk, password: str, new: NewRecovery) -> None:
    """The new words count, and the old ones do not any more, except for older backups.

    First both open the clinic, then backups are sealed to the new ones (that is the moment it is
    done), then only the new ones open the clinic. After a power cut in between, the next start
    keeps the words backups are sealed to: the old ones before that moment, the new ones after it.
    Raises Refused, KeyFileUnwritten, OldWordsStillOpen.
    """
    check_may_change(desk, password)
    made: list[slots.Slot] = []

    def add(held: slots.SlotFile, data_key: bytes) -> slots.SlotFile:
        key = slots.recovery_key(new.words)
        label = THREE_SHEETS if new.split else ONE_SHEET
        made.append(slots.random_slot("recovery", data_key, key, label, desk.now))
        return replace(held, slots=(*held.slots, made[0]))

    try:
        house.unlockers.change(add)
    except SlotsNotKept as trouble:
        raise KeyFileUnwritten from trouble
    replace_recovery_key(desk, recipient_from(new.words), slot_bytes(made[0]))
    try:
        house.unlockers.settle_recovery(house.desk())
    except SlotsNotKept as trouble:
        raise OldWordsStillOpen from trouble
    house.keep_head_outside()


def open_one_of_each(house: House, desk: Desk, sealed: list[SealedTo]) -> list[Looked]:
    """One backup of every recovery key, as far as one is within reach, opened and looked at whole.
    Raises BackupRunning."""
    found = backups_found(folders_to_look_in(house.config.data_dir))
    return one_of_each(desk, house.store, sealed, found)
