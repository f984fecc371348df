"""The same records under a fresh key: written anew page by page, checked, put in place.

For when somebody may know what opened them: a passphrase that was seen, a key file that was copied
together with it. Backups made before stay under the recovery words they were made with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from backup.archive import Progress
from backup.format import slot_bytes
from backup.recovery import recipient_from
from database.engine import StoreFile
from database.pages import PAGE
from database.rebuilding import NewFile, check_whole
from database.snapshot import frozen
from database.store import SqlStore, open_store
from medilink.acts.back_up import recovery_key_held, renew_drill_key
from medilink.acts.replace_store import accept_new_key, move_keys
from medilink.acts.unlocking import note_unlocks, others_choose_anew
from medilink.desk import Desk
from medilink.errors import ChangedMeanwhile, StoreRolledBack, WrongRecoveryWords
from medilink.log_check import Head
from medilink.store_backup import SwapWhy
from security import slots
from ui.house import House
from ui.key_file import passphrases
from ui.replacing import (
    back_up_first,
    building,
    new_machine_key,
    new_ways,
    put_in_place,
    told_if_it_fails,
)
from ui.restoring_here import READING, SAVING, Step
from ui.standing import Still


@dataclass(frozen=True, slots=True)
class NewKeyAsked:
    """What an administrator has typed. `choose_anew`: the other administrators choose a new
    password at their next sign-in, because somebody may have seen the one they have."""

    words: str = field(repr=False)
    password: str = field(repr=False)
    choose_anew: bool = True


def begin_new_key(house: House, desk: Desk, asked: NewKeyAsked, step: Step) -> None:
    """`give_new_key`; the log tells it, too, if it fails."""
    with told_if_it_fails(house, desk):
        give_new_key(house, desk, asked, step)


def give_new_key(house: House, desk: Desk, asked: NewKeyAsked, step: Step) -> None:
    """Put the records under a fresh key. When this returns, nobody is signed in; the passphrase of
    this administrator, the recovery words and this computer's own key open them, and nothing of
    before does. Raises OwnPasswordWrong, TooManyTries, WrongRecoveryWords, BackupTrouble, DiskFull,
    StoreInUse, ChangedMeanwhile; then everything is as it was."""
    accept_new_key(desk, asked.password)
    held = house.unlockers.held()
    slots.unlock_with_words(held, asked.words)
    sealed_to = recovery_key_held(desk)
    if sealed_to is None or sealed_to.recipient != recipient_from(asked.words):
        raise WrongRecoveryWords  # those of a sheet that is just being replaced
    back_up_first(house, step(SAVING))
    data_key, cost = slots.new_data_key(), house.config.hash_cost
    name = desk.who.user_name
    mine = slots.passphrase_slot(data_key, asked.password, name, cost, desk.now)
    machine = new_machine_key(held)
    ways = new_ways(held, data_key, asked.words, mine, machine)
    [recovery] = [slot_bytes(slot) for slot in ways.slots if slot.kind == "recovery"]

    def who_unlocks(there: Desk) -> None:
        note_unlocks(there, desk.who.user_name, passphrases(held))
        if asked.choose_anew:
            others_choose_anew(there)

    with building(house) as target, house.standing_still() as still:
        begun = desk.now  # nobody works from here on
        if house.unlockers.held().slots != held.slots:
            raise ChangedMeanwhile
        _write_anew(house.config.store_file, still.data_key, target, data_key, step(READING))
        head = _move_keys(desk, still, open_store(target, data_key), recovery, who_unlocks)
        put_in_place(
            house,
            still,
            why=SwapWhy.NEW_KEY,
            begun=begun,
            head=head,
            ways=ways,
            data_key=data_key,
            machine=machine,
        )


def _write_anew(
    store: Path, old_key: bytes, target: Path, new_key: bytes, progress: Progress
) -> None:
    """Every page of a store under another key; in the open they are in memory only."""
    file = StoreFile(store, old_key)
    try:
        with frozen(file) as snapshot:
            new = NewFile(target, new_key, snapshot.count)
            done = 0
            for plain in snapshot.pages:
                new.write(plain)
                done += len(plain) // PAGE
                progress(done, snapshot.count)
            new.close()
    finally:
        file.close()
    check_whole(target, new_key)


def _move_keys(
    desk: Desk,
    still: Still,
    store: SqlStore,
    recovery: bytes,
    who_unlocks: Callable[[Desk], None],
) -> Head:
    """What the store keeps wrapped follows, and its log tells what changes; where it stands then.
    Raises StoreRolledBack where the log is not the one that was noted outside."""
    try:
        for outside in still.heads:
            if store.log.at(outside.seq) != outside:
                raise StoreRolledBack(seq=outside.seq)
        there = replace(desk, store=store, keys=still.keys)
        keys = still.keys.moved_to(store.file.data_key)
        moved = move_keys(there, keys, recovery, "new key")
        renew_drill_key(moved)
        who_unlocks(moved)
        return store.log.head()
    finally:
        store.close()
