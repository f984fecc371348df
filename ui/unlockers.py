"""Who unlocks the clinic: the key file of the running house, read and changed. Nothing unlocks that
did not before unless the log tells of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from backup.recovery import with_one_recovery
from backup.swapping import finish_left
from medilink.acts.back_up import recovery_key_held
from medilink.acts.unlocking import Change, note_change, note_not_changed
from medilink.config import Config
from medilink.desk import Desk
from medilink.errors import (
    DiskFull,
    FolderReadOnly,
    KeysMissing,
    NoStoreYet,
    SlotsNotKept,
    StoreLocked,
)
from medilink.people import Account, Role
from security import slots
from ui.data_folder import finish_begun_store
from ui.key_file import is_awaited, passphrases, with_passphrase

NewSlots = Callable[[slots.SlotFile, bytes], slots.SlotFile]


class Unlockers:
    """Belongs to a house. `opening`: held while its store is opened, closed or replaced;
    `data_key`: what opens the store, empty while the house is not open; `now`: milliseconds."""

    def __init__(
        self,
        config: Config,
        opening: threading.Lock,
        data_key: Callable[[], bytes],
        now: Callable[[], int],
    ) -> None:
        self._config, self._opening = config, opening
        self._data_key, self._now = data_key, now

    def held(self) -> slots.SlotFile:
        """Every way in, as the key file has it; what a crash has left half done is finished first.
        Raises NoStoreYet, KeysMissing, KeysDamaged."""
        config = self._config
        finish_left(config.data_dir)
        if not config.slots_file.is_file():
            raise KeysMissing if config.store_file.is_file() else NoStoreYet
        finish_begun_store(config)
        return slots.read_slots(config.slots_file)

    def change(self, change: NewSlots) -> None:
        """Change the ways in, in one step; `change` is given the file and the data key. Raises
        StoreLocked, SlotsNotKept when the key file cannot be written."""
        with self._opening:
            data_key = self._data_key()
            if not data_key:
                raise StoreLocked
            held = self.held()
            changed = change(held, data_key)
            if changed.slots == held.slots:
                return
            try:
                slots.write_slots(self._config.slots_file, slots.sealed(changed, data_key))
            except OSError as trouble:
                raise SlotsNotKept from trouble

    def change_noted(self, desk: Desk, what: Change, whose: str, change: NewSlots) -> None:
        """The same, in the log before it is made. Raises FolderReadOnly, too."""
        note_change(desk, what, whose)
        try:
            self.change(change)
        except (FolderReadOnly, SlotsNotKept):
            note_not_changed(desk, what)
            raise

    def settle_recovery(self, desk: Desk) -> None:
        """Of two recovery keys in the key file the one stays that backups are sealed to: there are
        two only while one is replaced, or after a power cut then."""
        key = recovery_key_held(desk)
        self.change(lambda held, _: with_one_recovery(held, key))

    def keep_passphrase(self, who: Account, passphrase: str) -> None:
        """An administrator has a new password, and the log tells that it unlocks: it does from now
        on, and no older one. Raises SlotsNotKept when the key file cannot be written."""
        if Role.ADMIN in who.roles:
            self.change(self._with(who.user_name, passphrase))

    def keep_chosen(self, desk: Desk, passphrase: str) -> None:
        """Whoever is at this desk has chosen a new password: an administrator's unlocks from now
        on, and that is in the log where none of theirs did before. Raises SlotsNotKept."""
        who = desk.who
        if Role.ADMIN not in who.roles:
            return
        if who.user_name in passphrases(self.held()):
            self.keep_passphrase(who, passphrase)
            return
        change = self._with(who.user_name, passphrase)
        try:
            self.change_noted(desk, Change.ADMIN_ADDED, who.user_name, change)
        except DiskFull as full:  # the password itself is chosen already
            raise SlotsNotKept from full

    def keep_missing_passphrase(self, desk: Desk, passphrase: str) -> None:
        """An administrator has signed in: if a restore or a new key of the records took away what
        unlocked for them, their password does from now on, and that is in the log. Raises
        SlotsNotKept."""
        who = desk.who
        if Role.ADMIN not in who.roles or who.must_change:
            return
        if not is_awaited(self.held(), who.user_name):
            return
        made = self._with(who.user_name, passphrase)

        def change(held: slots.SlotFile, data_key: bytes) -> slots.SlotFile:
            # Somebody may have removed them meanwhile.
            return made(held, data_key) if is_awaited(held, who.user_name) else held

        self.change_noted(desk, Change.ADMIN_ADDED, who.user_name, change)

    def _with(self, name: str, passphrase: str) -> NewSlots:
        cost, now = self._config.hash_cost, self._now()
        return lambda held, data_key: with_passphrase(
            held, name, slots.passphrase_slot(data_key, passphrase, name, cost, now)
        )

    def drop_passphrase(self, who: Account) -> None:
        """What unlocked for an administrator no longer does: switched off, or password reset."""
        self.drop_passphrases([who])

    def drop_passphrases(self, whose: Sequence[Account]) -> None:
        """For several, in one step."""

        def without(held: slots.SlotFile, _: bytes) -> slots.SlotFile:
            for who in whose:
                held = with_passphrase(held, who.user_name, None)
            return held

        self.change(without)
