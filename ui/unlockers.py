"""Who unlocks the clinic: the key file of the running house, read and changed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from backup.recovery import with_one_recovery
from backup.swapping import finish_left
from medilink.acts.back_up import recovery_key_held
from medilink.config import Config
from medilink.desk import Desk
from medilink.errors import KeysMissing, NoStoreYet, SlotsNotKept, StoreLocked
from medilink.people import Account, Role
from security import slots
from ui.data_folder import finish_begun_store
from ui.key_file import is_awaited, with_passphrase


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

    def change(self, change: Callable[[slots.SlotFile, bytes], slots.SlotFile]) -> None:
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

    def settle_recovery(self, desk: Desk) -> None:
        """Of two recovery keys in the key file the one stays that backups are sealed to: there are
        two only while one is replaced, or after a power cut then."""
        key = recovery_key_held(desk)
        self.change(lambda held, _: with_one_recovery(held, key))

    def keep_passphrase(self, who: Account, passphrase: str) -> None:
        """An administrator has chosen a password: it unlocks the store from now on, and no older
        one does. Raises SlotsNotKept when the key file cannot be written."""
        if Role.ADMIN not in who.roles:
            return
        name, cost, now = who.user_name, self._config.hash_cost, self._now()
        self.change(
            lambda held, key: with_passphrase(
                held, name, slots.passphrase_slot(key, passphrase, name, cost, now)
            )
        )

    def keep_missing_passphrase(self, who: Account, passphrase: str) -> None:
        """An administrator has signed in: if a restore or a new key of the records took away what
        unlocked for them, their password does from now on. Raises SlotsNotKept."""
        if Role.ADMIN not in who.roles or who.must_change:
            return
        if is_awaited(self.held(), who.user_name):
            self.keep_passphrase(who, passphrase)

    def drop_passphrase(self, who: Account) -> None:
        """What unlocked for an administrator no longer does: switched off, or password reset."""
        self.change(lambda held, _: with_passphrase(held, who.user_name, None))
