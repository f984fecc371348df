"""A backup restored on the computer it is from, or on one that has a clinic already.

The clinic keeps its ways in: data key, recovery sheet, this computer's own key; and the key that
opens its backups. So a backup of this very store needs no recovery words; one of another store, or
from before the records got a new key, is opened with the words of that time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from backup.archive import Progress, label_of
from backup.format import Label
from backup.found import Found as BackupFile
from backup.found import backups_found
from backup.recovery import identity_from, store_key_of
from backup.restoring import Rebuilt, check_own, key_for_same, rebuild_store
from database.migrate import NEWEST
from database.store import SqlStore, open_store
from medilink.acts.back_up import came_back, drill_identity, unlocks_from_now_on
from medilink.acts.replace_store import accept_restore, go_on_from, going_on, move_keys
from medilink.acts.unlocking import choose_anew_after_restore, note_unlocks
from medilink.desk import Desk
from medilink.errors import (
    BackupChanged,
    BackupOtherKey,
    BackupTrouble,
    BackupUnreadable,
    ChangedMeanwhile,
    MediLinkError,
    NoAdministratorThen,
    StoreNewer,
    WordsNeeded,
)
from medilink.log_check import Head
from medilink.people import Account
from medilink.store_backup import BackupRow, GoingOn, SwapWhy
from security import slots
from ui.coming_back import day_of
from ui.house import SYSTEM_ACCOUNT, House
from ui.key_file import passphrases
from ui.replacing import back_up_first, building, kept_ways, put_in_place, told_if_it_fails
from ui.standing import Still, keys_of

Step = Callable[[str], Progress]
SAVING, READING = "saving", "reading"


@dataclass(frozen=True, slots=True)
class Found:
    """A backup's file. `size` in bytes; `label`: what it says of itself, None where only recovery
    words tell."""

    path: Path
    generation: int
    size: int
    label: Label | None
    trouble: MediLinkError | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an administrator has chosen and typed. `words` empty: the store's own key opens it."""

    file: Path
    words: str = field(repr=False)
    password: str = field(repr=False)
    accepted: str


def backups_in(desk: Desk, folder: Path) -> list[Found]:
    """Every backup that lies there or in a folder of backups in it, the newest first. Raises
    OSError."""
    folder.stat()  # one that cannot be read is told, not taken for an empty one
    identity = drill_identity(desk)
    found = [_look(one, identity) for one in backups_found([folder])]
    return sorted(found, key=lambda one: (one.label.says.at if one.label else 0, one.generation))[
        ::-1
    ]


def _look(file: BackupFile, identity: str) -> Found:
    """One that cannot be read hides no other."""
    found = Found(file.path, file.generation, file.size, None)
    try:
        return replace(found, label=label_of(file.path, identity))
    except BackupOtherKey:
        return found
    except BackupTrouble as trouble:
        return replace(found, trouble=trouble)
    except OSError as trouble:
        return replace(found, trouble=BackupUnreadable(why=trouble.strerror or "disk"))


def label_with(desk: Desk, file: Path, words: str) -> Label:
    """What a backup says of itself, once it is sure that it can be restored here. Raises
    WordsNeeded, WrongRecoveryWords, StoreNewer, NoAdministratorThen, BackupTrouble."""
    try:
        label = label_of(file, identity_from(words) if words else drill_identity(desk))
    except BackupOtherKey as trouble:
        raise (trouble if words else WordsNeeded()) from trouble
    if label.says.version > NEWEST:
        raise StoreNewer(found=label.says.version, known=NEWEST)
    if not words:
        if other_key(desk, label):
            raise WordsNeeded
        try:
            check_own(desk.store, label)
        except BackupChanged as trouble:
            raise WordsNeeded from trouble
        # One that does not say who was is opened first, and refused then.
        if label.administrators and desk.who.user_name not in ("", *label.administrators):
            raise NoAdministratorThen
    return label


def other_key(desk: Desk, label: Label) -> bool:
    """Whether the records were under another key when the backup was made."""
    if label.key:
        return label.key != desk.keys.name
    return bool(desk.store.backups.of_life().root)


def begin_restore(house: House, desk: Desk, asked: Asked, step: Step) -> None:
    """`restore_here`; the log tells it, too, if it fails."""
    with told_if_it_fails(house, desk):
        restore_here(house, desk, asked, step)


def restore_here(house: House, desk: Desk, asked: Asked, step: Step) -> Rebuilt:
    """Put a backup in place of everything. When this returns, nobody is signed in and the restored
    records are open. Raises what `label_with` raises, OwnPasswordWrong, RestoreNotAccepted,
    DiskFull, StoreInUse, ChangedMeanwhile, NoAdministratorThen; then everything is as it was."""
    label = label_with(desk, asked.file, asked.words)
    accept_restore(desk, asked.password, label.says, day_of(label), asked.accepted)
    back_up_first(house, step(SAVING))
    begun = desk.now
    with building(house) as target:
        identity = identity_from(asked.words) if asked.words else drill_identity(desk)
        data_key = house.store.file.data_key
        rebuilt = rebuild_store(
            asked.file,
            identity,
            target,
            lambda found: key_for_same(label, found, data_key),
            step(READING),
        )
        present = _Present(house.unlockers.held(), going_on(desk))
        came = open_store(target, data_key)
        admin, head = _begin_new_life(came, desk, asked, rebuilt, present)
        name, cost = admin.user_name, house.config.hash_cost
        mine = slots.passphrase_slot(data_key, asked.password, name, cost, desk.now)
        ways = kept_ways(present.ways, mine)
        with house.standing_still() as still:
            _check_same(house, still, desk, present)
            put_in_place(
                house,
                still,
                why=SwapWhy.RESTORE,
                begun=begun,
                head=head,
                ways=ways,
                data_key=data_key,
            )
    return rebuilt


@dataclass(frozen=True, slots=True)
class _Present:
    """What the store that is there hands on to the one that comes."""

    ways: slots.SlotFile
    going_on: GoingOn


def _check_same(house: House, still: Still, desk: Desk, handed_on: _Present) -> None:
    """Raises ChangedMeanwhile where somebody has changed it since it was read: nobody does any
    more."""
    store = open_store(house.config.store_file, still.data_key)
    try:
        now = _Present(house.unlockers.held(), going_on(replace(desk, store=store)))
    finally:
        store.close()
    if now != handed_on:
        raise ChangedMeanwhile


def _begin_new_life(
    store: SqlStore, desk: Desk, asked: Asked, rebuilt: Rebuilt, present: _Present
) -> tuple[Account, Head]:
    """The first entries after the restore, in the store that is not in place yet: who may unlock,
    and where its log stands then."""
    label, says = rebuilt.label, rebuilt.label.says
    try:
        there = _desk_in(store, desk, asked, label)
        there = there.signed_in_as(_acting(there, desk.who, strict=not asked.words))
        whole = BackupRow(
            says.generation,
            says.at,
            says.before,
            asked.file.name,
            rebuilt.size,
            rebuilt.digest,
            desk.now,
        )
        came_back(there, says, whole, rebuilt.entries, asked.accepted)
        go_on_from(there, present.going_on)
        user_name = "" if there.who.id == SYSTEM_ACCOUNT.id else there.who.user_name
        admin = unlocks_from_now_on(there, user_name, asked.password)
        note_unlocks(there, admin.user_name, passphrases(present.ways))
        choose_anew_after_restore(there, desk, admin)
        return admin, store.log.head()
    finally:
        store.close()


def _desk_in(store: SqlStore, desk: Desk, asked: Asked, label: Label) -> Desk:
    """A desk in the store that comes, which is under the present key by now, and so is all it keeps
    wrapped."""
    data_key, clinic = store.file.data_key, store.settings.of_clinic()
    there = replace(desk, store=store, clinic=clinic, account=SYSTEM_ACCOUNT, seen={})
    if not (asked.words and other_key(desk, label)):
        return replace(there, keys=keys_of(store, data_key))
    before = keys_of(store, store_key_of(label, asked.words))
    return move_keys(replace(there, keys=before), before.moved_to(data_key), None, "restored")


def _acting(there: Desk, who: Account, *, strict: bool) -> Account:
    """Who restores, as the restored records know them. In those of another clinic, opened with its
    recovery words, that is nobody."""
    known = there.store.accounts.by_user_name(who.user_name)
    if known and who.role in known.account.roles and not known.account.disabled:
        return replace(known.account, role=who.role) if who.role else known.account
    if strict:
        raise NoAdministratorThen
    return SYSTEM_ACCOUNT
