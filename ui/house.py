"""The running installation: its keys, its store, its sessions. What `run.py` opens and pages use.

NO_CLINIC --set_up--> OPEN --lock--> LOCKED --unlock--> OPEN
"""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum

from backup.recovery import words_open_backups
from backup.swapping import at_the_door, finish_left, finish_swap
from database.alone import fold_in_alone
from database.store import SqlStore, make_store, open_store
from medilink.acts.network_keys import found_network
from medilink.acts.one_time_link import end_all_links
from medilink.acts.set_up import ClinicForm
from medilink.audit import Act
from medilink.clock import ClockWatch, Doubt
from medilink.config import Config
from medilink.desk import Clock, Desk, Visitor, system_clock
from medilink.errors import (
    FolderReadOnly,
    KeysDamaged,
    KeysMissing,
    NoStoreYet,
    SlotsNotKept,
    StoreLocked,
    StoreRolledBack,
    StoreTrouble,
)
from medilink.log_check import Head
from medilink.one_time import Shelf
from medilink.people import Account, AccountId, Role
from medilink.store import Clinic
from security import slots
from security.codes import new_node_code
from security.key_ring import EphemeralKeys
from security.passwords import Passwords
from security.subkeys import SubKeys
from ui.outside_heads import OutsideHeads
from ui.sessions import Session, Sessions
from ui.standing import Still, forget_half_built, keys_of, log_swap
from ui.wrong_tries import log_wrong_tries, wrong_tries_noted

IDLE_MINUTES_DEFAULT = 15
SYSTEM_WORDS = ("command line on this computer", "MediLink by itself")
SYSTEM_ACCOUNT = Account(AccountId(0), "", SYSTEM_WORDS[0], Role.SYSTEM)
MEDILINK_ITSELF = Account(AccountId(0), "", SYSTEM_WORDS[1], Role.SYSTEM)


class State(StrEnum):
    NO_CLINIC = "no clinic"
    LOCKED = "locked"
    OPEN = "open"


class House:
    """One installation in one process. `clinic` and `store` exist while it is open; `trouble` is
    why it could not open by itself."""

    def __init__(self, config: Config, clock: Clock = system_clock) -> None:
        self.config, self.wall, self.clock = config, clock, ClockWatch(clock)
        self.passwords = Passwords(config.hash_cost)
        self.sessions = Sessions(self._now, lambda: self.idle_minutes * 60_000)
        self._store: SqlStore | None = None
        self._keys: SubKeys | None = None
        self._data_key = b""
        self.clinic: Clinic | None = None
        self.trouble: StoreTrouble | None = None
        self._opening = threading.Lock()
        self.stands_still = False
        self.stood_still = 0  # when everybody was signed out for it, as sessions tell time
        self._waiting = EphemeralKeys()
        self.shelf = Shelf()

    def _now(self) -> int:
        """For sessions: idle time is counted by the wall, which ticks even when it is wrong."""
        return int(self.wall().timestamp() * 1000)

    # ---- what state it is in

    @property
    def state(self) -> State:
        if self._store is not None:
            return State.OPEN
        config = self.config
        begun = config.slots_file.is_file() or config.store_file.is_file()
        return State.LOCKED if begun else State.NO_CLINIC

    @property
    def store(self) -> SqlStore:
        """Raises StoreLocked, NoStoreYet."""
        if self._store is None:
            raise StoreLocked if self.state is State.LOCKED else NoStoreYet
        return self._store

    @property
    def stood_still_lately(self) -> bool:
        """Whether that may be why somebody is signed out."""
        return 0 <= self._now() - self.stood_still < self.idle_minutes * 60_000

    @property
    def idle_minutes(self) -> int:
        return self.clinic.idle_minutes if self.clinic else IDLE_MINUTES_DEFAULT

    # ---- opening

    def set_up(self, form: ClinicForm, words: tuple[str, ...], *, unattended: bool) -> None:
        """Make keys, store, clinic and first administrator; leaves the house open."""
        config = self.config
        make_folder(config)
        with self._opening:
            if self.state is not State.NO_CLINIC:
                return
            data_key = slots.new_data_key()
            made = [
                slots.passphrase_slot(data_key, form.passphrase, form.user_name, config.hash_cost),
                slots.random_slot(
                    "recovery", data_key, slots.recovery_key(" ".join(words)), "recovery sheet"
                ),
            ]
            held = slots.SlotFile(uuid.uuid4().hex, tuple(made))
            if unattended:
                held = self._with_machine_slot(held, data_key)
            # Keeping the keys is the moment the clinic exists. A store begun before and never
            # finished has no keys: nothing in it can be read, by anybody.
            forget_begun_store(config)
            store = make_store(config.begun_store_file, data_key)
            self._furnish(store, data_key, form)
            store.close()
            slots.write_slots(config.slots_file, slots.sealed(held, data_key))
            finish_begun_store(config)
            self._move_in(open_store(config.store_file, data_key), data_key)
            words_open_backups(self.desk(), held, " ".join(words))

    def _with_machine_slot(self, held: slots.SlotFile, data_key: bytes) -> slots.SlotFile:
        key = secrets.token_bytes(slots.KEY_BYTES)
        try:
            self.config.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            slots.write_safely(slots.machine_key_file(self.config.keys_dir, held.store_id), key)
        except OSError as trouble:
            raise FolderReadOnly(folder=self.config.keys_dir) from trouble
        slot = slots.random_slot("machine", data_key, key, "this computer")
        return replace(held, slots=(*held.slots, slot))

    def _furnish(self, store: SqlStore, data_key: bytes, form: ClinicForm) -> None:
        clinic = Clinic(
            form.name, form.country, form.language, new_node_code(), IDLE_MINUTES_DEFAULT
        )
        desk = Desk(store, clinic, SubKeys(data_key), self.passwords, self.clock)
        store.settings.set_up(clinic, audit=desk.event(Act.SET_UP))
        admin = Account(AccountId(0), form.user_name, form.admin_name, Role.ADMIN)
        kept = self.passwords.hash(form.passphrase)
        store.accounts.add(admin, kept, audit=desk.event(Act.ADD_ACCOUNT, role="admin"))

    def unlock(self, passphrase: str) -> None:
        """Open with an administrator's passphrase. Raises WrongPassphrase, StoreTrouble."""
        held = self._slots()
        with wrong_tries_noted(self.config, self.clock):
            key, label = slots.unlock_with_passphrase(held, passphrase)
        self._open(key, f"passphrase of {label}")

    def unlock_with_words(self, words: str) -> None:
        """Open with the recovery sheet. Raises WrongRecoveryWords, StoreTrouble."""
        with wrong_tries_noted(self.config, self.clock):
            key = slots.unlock_with_words(self._slots(), words)
        self._open(key, "recovery sheet")

    def unlock_by_itself(self) -> bool:
        """Open with this machine's own key, where that was chosen."""
        if self.state is not State.LOCKED:
            return self.state is State.OPEN
        held = self._slots()
        machine_key = slots.read_machine_key(self.config.keys_dir, held.store_id)
        key = slots.unlock_with_random(held, "machine", machine_key) if machine_key else None
        if key is None:
            return False
        self._open(key, "this computer")
        return True

    def try_to_open(self) -> None:
        """Open by itself if that was chosen; what stands in the way is kept as `trouble`."""
        try:
            self.unlock_by_itself()
        except StoreTrouble as trouble:
            self.trouble = trouble

    def _slots(self) -> slots.SlotFile:
        finish_left(self.config.data_dir)
        if not self.config.slots_file.is_file():
            raise KeysMissing if self.config.store_file.is_file() else NoStoreYet
        finish_begun_store(self.config)
        return slots.read_slots(self.config.slots_file)

    def _open(self, data_key: bytes, how: str) -> None:
        with self._opening, at_the_door(self.config.data_dir):
            if self._store is not None:
                return
            self._open_here(data_key)
        log_wrong_tries(self.desk(), self.config)
        self.store.log.write(self.desk().event(Act.UNLOCK, why=how))

    def _open_here(self, data_key: bytes, *, resumed: bool = True) -> None:
        """Nobody else opens or replaces the store meanwhile."""
        finish_swap(self.config.data_dir)
        forget_half_built(self.config, self.store_id)
        try:
            store = open_store(self.config.store_file, data_key)
        except FileNotFoundError as missing:
            raise KeysDamaged from missing
        try:
            self._heads().check(store, keys_of(store, data_key))
        except BaseException:
            store.close()
            raise
        self._move_in(store, data_key)
        log_swap(self.desk(), self.config, resumed=resumed)

    @contextmanager
    def standing_still(self) -> Iterator[Still]:
        """Nobody works: sessions are over, the store is closed and nobody opens it, in whatever
        process, until the block ends; then it is opened again, with the key the block has left in
        `Still.data_key`. Raises StoreInUse, StoreLocked, StoreRolledBack."""
        with self._opening, at_the_door(self.config.data_dir):
            keys, data_key = self._keys, self._data_key
            self.keep_head_outside()
            if keys is None or self._store is None:
                raise self.trouble or StoreLocked
            self.stood_still, self.stands_still = self._now(), True
            still = Still(data_key, keys)
            try:
                self.close()
                still.heads = self._heads().read(keys)
                fold_in_alone(self.config.store_file, data_key)
                yield still
            finally:
                self.stands_still = False
                try:
                    self._open_here(still.data_key, resumed=False)
                except StoreTrouble as trouble:
                    self.trouble = trouble
                    raise

    def _move_in(self, store: SqlStore, data_key: bytes) -> None:
        self.clinic = store.settings.of_clinic()
        self._keys, self._data_key = keys_of(store, data_key), data_key
        self._store = store
        if (newest := store.log.newest_time()) is not None:
            self.clock.learn(newest)
        # A store from before there were networks gets its keys at its first opening.
        found_network(self.desk())
        self.keep_head_outside()

    def close(self) -> None:
        """Note the head, end all sessions, let go of the store and of the keys."""
        if self._store is None:
            return
        self.sessions.end_everything()
        try:
            end_all_links(self.desk(), self.shelf)
        finally:  # a full disk must not keep the store open
            self.keep_head_outside()
            if self._store is not None:
                self._store.close()
            self._store, self._keys, self._data_key = None, None, b""

    # ---- the head of the log, kept outside the store

    def keep_head_outside(self) -> None:
        """Write number and hash of the newest entry beside the store, authenticated; but never over
        one that no longer fits: then work stops, and what was noted stays."""
        if self._store is None or self._keys is None:
            return
        heads = self._heads()
        try:
            heads.check(self._store, self._keys)
        except StoreRolledBack as trouble:
            self._stop(trouble)
            return
        heads.write(self._store.log.head(), self._keys)

    def _heads(self) -> OutsideHeads:
        return OutsideHeads(self.config, self.store_id)

    def outside_head(self) -> Head | None:
        """The newest head that was noted; None when there is none by this store's key."""
        found = self._heads().read(self._keys) if self._keys else []
        return max(found, key=lambda one: one.seq, default=None)

    def _stop(self, trouble: StoreTrouble) -> None:
        """The log is not what it was a moment ago: nobody works on. The page says why."""
        self.sessions.end_everything()
        self.shelf = Shelf()
        self.trouble = trouble
        if self._store is not None:
            self._store.close()
        self._store, self._keys, self._data_key = None, None, b""

    # ---- desks

    def desk(self, session: Session | None = None, visitor: Visitor = Visitor()) -> Desk:  # noqa: B008
        """A desk for a session, or for somebody not signed in. Raises StoreLocked."""
        store = self.store
        if self.clinic is None or self._keys is None:
            raise StoreLocked
        desk = Desk(
            store,
            self.clinic,
            self._keys,
            self.passwords,
            self.clock,
            None,
            visitor,
            doubted=self.clock.doubt is not Doubt.NONE,
            waiting=self._waiting,
        )
        if session is None:
            return desk
        return replace(desk, account=session.account, visitor=session.visitor, seen=session.seen)

    @property
    def store_id(self) -> str:
        """What this installation's store is called."""
        return self._slots().store_id

    def system_desk(self) -> Desk:
        """The desk of the command line: whoever could unlock the store on this computer."""
        return self.desk().signed_in_as(SYSTEM_ACCOUNT)

    def clinic_changed(self) -> None:
        """Read the clinic's decisions again."""
        self.clinic = self.store.settings.of_clinic()

    def keep_passphrase(self, who: Account, passphrase: str) -> None:
        """An administrator has chosen a password: it unlocks the store from now on, and no older
        one does. Raises SlotsNotKept when the key file cannot be written."""
        if Role.ADMIN not in who.roles:
            return
        self._replace_slot(who.user_name, passphrase)

    def drop_passphrase(self, who: Account) -> None:
        """What unlocked for an administrator no longer does: switched off, or password reset."""
        self._replace_slot(who.user_name, "")

    def keep_missing_passphrase(self, who: Account, passphrase: str) -> None:
        """An administrator has signed in: if nothing unlocks for them, as after a restore or a new
        key of the records, their password does from now on. Raises SlotsNotKept."""
        if Role.ADMIN not in who.roles or who.must_change:
            return
        held = {one.label for one in self._slots().slots if one.kind == "passphrase"}
        if who.user_name not in held:
            self.keep_passphrase(who, passphrase)

    def _replace_slot(self, label: str, passphrase: str) -> None:
        """`passphrase` empty: nothing unlocks for them."""
        with self._opening:
            if self._store is None:
                raise StoreLocked
            held, key, cost = self._slots(), self._data_key, self.config.hash_cost
            others = tuple(
                one for one in held.slots if (one.kind, one.label) != ("passphrase", label)
            )
            new = [slots.passphrase_slot(key, passphrase, label, cost)] if passphrase else []
            changed = replace(held, slots=(*others, *new))
            if changed.slots == held.slots:
                return
            try:
                slots.write_slots(self.config.slots_file, slots.sealed(changed, key))
            except OSError as trouble:
                raise SlotsNotKept from trouble


def forget_begun_store(config: Config) -> None:
    """Remove a store that was begun and never finished."""
    for part in ("", "-wal", "-shm"):
        path = config.begun_store_file
        path.with_name(path.name + part).unlink(missing_ok=True)


def finish_begun_store(config: Config) -> None:
    """The last step of set-up, also after a power cut before it."""
    if config.begun_store_file.is_file() and not config.store_file.exists():
        config.begun_store_file.rename(config.store_file)


def make_folder(config: Config) -> None:
    """Make the data folder, for its owner only. Raises FolderReadOnly."""
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = config.data_dir / ".may-write"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as trouble:
        raise FolderReadOnly(folder=config.data_dir) from trouble


# The one house of this process; Streamlit's script finds it here.
_HOUSE: list[House] = []


def open_house(config: Config, clock: Clock = system_clock) -> House:
    """Make the process's house. Called once, by whoever starts the process."""
    _HOUSE[:] = [House(config, clock)]
    return _HOUSE[0]


def the_house() -> House:
    """The house this process was started with."""
    return _HOUSE[0]
