"""The running installation: its keys, its store, its sessions. What `run.py` opens and pages use.

NO_CLINIC --set_up--> OPEN --lock--> LOCKED --unlock--> OPEN
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum

from backup.recovery import words_open_backups
from backup.swapping import at_the_door, finish_swap
from database.alone import fold_in_alone
from database.before_moving import Old, keep_old_store
from database.rebuilding import check_folded_in
from database.store import SqlStore, make_store, open_store
from medilink.acts.back_up_places import place_has_trouble
from medilink.acts.network_keys import found_network
from medilink.acts.one_time_link import end_all_links
from medilink.acts.set_up import ClinicForm
from medilink.audit import Act
from medilink.clock import ClockWatch, Doubt
from medilink.config import Config
from medilink.desk import Clock, Desk, Visitor, system_clock
from medilink.errors import (
    DiskFull,
    KeysDamaged,
    NoStoreYet,
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
from ui.backing_up import BackingUp
from ui.bringing import Bringing
from ui.data_folder import finish_begun_store, forget_begun_store, make_folder
from ui.key_file import ONE_SHEET, with_machine
from ui.outside_heads import OutsideHeads
from ui.sessions import Session, Sessions
from ui.standing import Still, forget_half_built, keys_of, log_swap
from ui.unlockers import Unlockers
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
        self._opening, self._noting = threading.Lock(), threading.Lock()
        self.stands_still, self.lives = False, 1  # another life each time it stood still
        self.stood_still = 0  # when everybody was signed out for it, as sessions tell time
        self.unlockers = Unlockers(config, self._opening, lambda: self._data_key, self._now)
        self._waiting = EphemeralKeys()
        self.shelf = Shelf()
        self.backing_up, self.bringing = BackingUp(), Bringing()

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
            data_key, now = slots.new_data_key(), self._now()
            key = slots.recovery_key(" ".join(words))
            made = (
                slots.passphrase_slot(
                    data_key, form.passphrase, form.user_name, config.hash_cost, now
                ),
                slots.random_slot("recovery", data_key, key, ONE_SHEET, now),
            )
            held = slots.SlotFile(uuid.uuid4().hex, made)
            if unattended:
                held = with_machine(config, held, data_key, now)
            # Keeping the keys is the moment the clinic exists. A store begun before and never
            # finished has no keys: nothing in it can be read, by anybody.
            forget_begun_store(config)
            store = make_store(config.begun_store_file, data_key)
            self._furnish(store, data_key, form)
            store.close()
            check_folded_in(config.begun_store_file)
            slots.write_slots(config.slots_file, slots.sealed(held, data_key))
            finish_begun_store(config)
            self._move_in(open_store(config.store_file, data_key), data_key)
            words_open_backups(self.desk(), held, " ".join(words))

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
        held = self.unlockers.held()
        with wrong_tries_noted(self.config, self.clock):
            key, label = slots.unlock_with_passphrase(held, passphrase)
        self._open(key, f"passphrase of {label}")

    def unlock_with_words(self, words: str) -> None:
        """Open with the recovery sheet. Raises WrongRecoveryWords, StoreTrouble."""
        with wrong_tries_noted(self.config, self.clock):
            key = slots.unlock_with_words(self.unlockers.held(), words)
        self._open(key, "recovery sheet")

    def unlock_by_itself(self) -> bool:
        """Open with this machine's own key, where that was chosen."""
        if self.state is not State.LOCKED:
            return self.state is State.OPEN
        held = self.unlockers.held()
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

    def _open(self, data_key: bytes, how: str) -> None:
        with self._opening, at_the_door(self.config.data_dir):
            if self._store is not None:
                return
            old = self._open_here(data_key)
        self.unlockers.settle_recovery(self.desk())
        log_wrong_tries(self.desk(), self.config)
        self.store.log.write(self.desk().event(Act.UNLOCK, why=how))
        if old is Old.NO_ROOM:
            place_has_trouble(self.desk(), "before-update", DiskFull.code, again=False)

    def _open_here(self, data_key: bytes, *, resumed: bool = True) -> Old:
        """Nobody else opens or replaces the store meanwhile. Tells what was kept of it as it was
        before it is moved forward."""
        finish_swap(self.config.data_dir)
        forget_half_built(self.config, self.store_id)
        try:
            old = keep_old_store(self.config.store_file, data_key)
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
        return old

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
            self.lives += 1
            still = Still(data_key, keys)
            try:
                self.close()
                still.heads = self._heads().read(keys)
                fold_in_alone(self.config.store_file, data_key)
                yield still
            finally:
                self.sessions.end_everything()  # begun meanwhile, by the records of before
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
        try:
            if (newest := store.log.newest_time()) is not None:
                self.clock.learn(newest)
            # A store from before there were networks gets its keys at its first opening.
            found_network(self.desk())
            self.keep_head_outside()
        except BaseException:  # moved in, or not at all
            store.close()
            self._store, self._keys, self._data_key = None, None, b""
            raise
        self.backing_up.allow()

    def close(self) -> None:
        """Note the head, end all sessions, a round of backups and a backup that is on its way here;
        let go of the store and keys."""
        if self._store is None:
            return
        self.backing_up.stop()
        self.bringing.stop()
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
        with self._noting:  # two threads would take each other's half-written file away
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
        self.backing_up.stop()
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
        return self.unlockers.held().store_id

    def system_desk(self) -> Desk:
        """The desk of the command line: whoever could unlock the store on this computer."""
        return self.desk().signed_in_as(SYSTEM_ACCOUNT)

    def clinic_changed(self) -> None:
        """Read the clinic's decisions again."""
        self.clinic = self.store.settings.of_clinic()


# The one house of this process; Streamlit's script finds it here.
_HOUSE: list[House] = []


def open_house(config: Config, clock: Clock = system_clock) -> House:
    """Make the process's house. Called once, by whoever starts the process."""
    _HOUSE[:] = [House(config, clock)]
    return _HOUSE[0]


def the_house() -> House:
    """The house this process was started with."""
    return _HOUSE[0]
