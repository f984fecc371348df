"""Other records put in place of the present ones while the house stands still: a backup restored on
this computer, or the same records under a fresh key.

What comes is built and checked beside what is there. Only then does the house stand still, for as
long as it takes to rename a few files; a power cut at any moment leaves the one or the other.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from backup.archive import Progress
from backup.rounds import HOME
from backup.swapping import (
    REPLACED,
    Pair,
    SwapJournal,
    coming,
    commit_swap,
    forget_coming,
    read_journal,
)
from backup.taking import one_at_a_time
from database.rebuilding import check_folded_in
from medilink.acts.replace_store import swap_failed
from medilink.desk import Desk
from medilink.errors import BackupRunning, BackupUnwritten, MediLinkError
from medilink.log_check import Head
from medilink.store_backup import SwapWhy
from security import slots
from security.subkeys import SubKeys
from ui.house import MEDILINK_ITSELF, House, State
from ui.key_file import ONE_SHEET, awaited, who_unlocked
from ui.rounds import rounds_here
from ui.standing import Still, swapped_files


def back_up_first(house: House, progress: Progress) -> None:
    """A backup of what is there now, beside it. Raises BackupTrouble, PlaceTrouble."""
    itself = house.desk().signed_in_as(MEDILINK_ITSELF)
    done = rounds_here(house, itself, (), lambda _part, _place, done, of: progress(done, of)).go(
        at_once=True
    )
    if done.busy:
        raise BackupRunning
    if HOME in done.troubles:
        raise done.troubles[HOME]


@contextmanager
def told_if_it_fails(house: House, desk: Desk) -> Iterator[None]:
    """For somebody whose page may be gone by then: nothing was put in place, and the records that
    stayed say why; where even they cannot be opened, their page does."""
    try:
        yield
    except (MediLinkError, OSError) as trouble:
        why = trouble.code if isinstance(trouble, MediLinkError) else BackupUnwritten.code
        if house.state is State.OPEN:
            swap_failed(replace(house.desk(), account=desk.account, visitor=desk.visitor), why)
        raise


@contextmanager
def building(house: House) -> Iterator[Path]:
    """Where the records that come are built; no backup is made meanwhile. Nothing is left there
    when the block ends."""
    now = house.config.store_file
    parts = swapped_files(house.config, house.store_id)
    with one_at_a_time(now):
        forget_coming(parts)
        try:
            yield coming(now)
        finally:
            # A swap that has begun is finished by whoever opens the house next.
            if read_journal(house.config.data_dir) is None:
                forget_coming(parts)


def kept_ways(held: slots.SlotFile, mine: slots.Slot) -> slots.SlotFile:
    """The key file for restored records: the recovery sheet and this computer as before; of
    administrators only the one who restores, whose password is known to be the one that signs in.
    The others are back at their next sign-in."""
    others = (slot for slot in held.slots if slot.label not in who_unlocked(held))
    return replace(held, slots=(*others, mine, *awaited(who_unlocked(held) - {mine.label})))


def new_ways(
    held: slots.SlotFile, data_key: bytes, words: str, mine: slots.Slot, machine: bytes
) -> slots.SlotFile:
    """The key file for a fresh key: nobody's slot can be written without what opens it, so that
    only these are left: the recovery words that were typed, the administrator who did, and
    `machine`, a new key of this computer, where it had one."""
    sheet = next((slot for slot in held.slots if slot.kind == "recovery"), None)
    label, since = (sheet.label, sheet.since) if sheet else (ONE_SHEET, 0)
    made = [
        mine,
        slots.random_slot("recovery", data_key, slots.recovery_key(words), label, since),
    ]
    if machine:
        made.append(slots.random_slot("machine", data_key, machine, "this computer"))
    return slots.SlotFile(held.store_id, (*made, *awaited(who_unlocked(held) - {mine.label})))


def new_machine_key(held: slots.SlotFile) -> bytes:
    """A fresh key of this computer, where it opens the store by itself."""
    unattended = any(slot.kind == "machine" for slot in held.slots)
    return secrets.token_bytes(slots.KEY_BYTES) if unattended else b""


def put_in_place(  # noqa: PLR0913 what comes, each named by the caller
    house: House,
    still: Still,
    *,
    why: SwapWhy,
    begun: int,
    head: Head,
    ways: slots.SlotFile,
    data_key: bytes,
    machine: bytes = b"",
) -> None:
    """What was built takes the place of what is there, the key file with it. `head`: where the log
    of what comes stands. The caller is in `House.standing_still`."""
    config, keys = house.config, SubKeys(data_key)
    check_folded_in(coming(config.store_file))
    folder = _new_folder(config.data_dir, f"{house.clock():%Y-%m-%d-%H%M%S}")
    slots.write_slots(coming(config.slots_file), slots.sealed(ways, data_key))
    pairs = [
        Pair(path.name, f"{folder}/{path.name}") for path in (config.store_file, config.slots_file)
    ]
    if machine:
        file = slots.machine_key_file(config.keys_dir, ways.store_id)
        slots.write_safely(coming(file), machine)
        pairs.append(Pair(str(file)))
    given_up = tuple(sorted({(one.seq, one.hash.hex()) for one in still.heads}))
    journal = SwapJournal(
        why.value, begun, folder, tuple(pairs), given_up, (head.seq, head.hash.hex())
    )
    try:
        commit_swap(config.data_dir, journal.sealed(keys.sign_swap))
    finally:
        if read_journal(config.data_dir) is not None:
            still.data_key = data_key


def _new_folder(parent: Path, name: str) -> str:
    """A name no folder has yet."""
    number = 1
    while (parent / f"{REPLACED}{name}-{number}").exists():
        number += 1
    return f"{REPLACED}{name}-{number}"
