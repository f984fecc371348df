"""Ways into the key file and out of it: what changes when somebody or something may unlock, or may
no longer."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace

from medilink.config import Config
from medilink.errors import FolderReadOnly
from security import slots

# Labels of slots in the key file, which are no words for people.
ONE_SHEET, THREE_SHEETS, THIS_COMPUTER = "recovery sheet", "two of three sheets", "this computer"

# Opens nothing: an administrator whose passphrase opened the clinic, whose slot could not be
# written without it, and who has it back at the next sign-in.
_AWAITED = "awaited"


def with_passphrase(held: slots.SlotFile, name: str, slot: slots.Slot | None) -> slots.SlotFile:
    """The passphrase of one administrator replaced by `slot`, or taken away."""
    theirs = {("passphrase", name), (_AWAITED, name)}
    others = tuple(one for one in held.slots if (one.kind, one.label) not in theirs)
    return replace(held, slots=(*others, slot) if slot else others)


def awaited(names: Iterable[str]) -> tuple[slots.Slot, ...]:
    """Slots for administrators who unlock again once they have signed in."""
    nothing = bytes(slots.KEY_BYTES + 8).hex()
    return tuple(
        slots.Slot(_AWAITED, name, secrets.token_hex(slots.SALT_BYTES), nothing)
        for name in sorted(set(names))
    )


def passphrases(held: slots.SlotFile) -> set[str]:
    """User names of administrators whose passphrase opens the store."""
    return {one.label for one in held.slots if one.kind == "passphrase"}


def is_awaited(held: slots.SlotFile, name: str) -> bool:
    """Whether this administrator's next password unlocks."""
    return any((one.kind, one.label) == (_AWAITED, name) for one in held.slots)


def who_unlocked(held: slots.SlotFile) -> set[str]:
    """User names of administrators who unlock, or would at their next sign-in."""
    return {one.label for one in held.slots if one.kind in ("passphrase", _AWAITED)}


def with_machine(config: Config, held: slots.SlotFile, data_key: bytes, now: int) -> slots.SlotFile:
    """This computer unlocks by itself from now on, with a new key of its own that lies outside the
    data folder. Raises FolderReadOnly."""
    key = secrets.token_bytes(slots.KEY_BYTES)
    try:
        config.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        slots.write_safely(slots.machine_key_file(config.keys_dir, held.store_id), key)
    except OSError as trouble:
        raise FolderReadOnly(folder=config.keys_dir) from trouble
    slot = slots.random_slot("machine", data_key, key, THIS_COMPUTER, now)
    return replace(without_machine(held), slots=(*without_machine(held).slots, slot))


def without_machine(held: slots.SlotFile) -> slots.SlotFile:
    """No computer unlocks by itself."""
    return replace(held, slots=tuple(one for one in held.slots if one.kind != "machine"))


def forget_machine_key(config: Config, store_id: str) -> None:
    """Remove the key this computer unlocked with. Raises FolderReadOnly."""
    try:
        slots.machine_key_file(config.keys_dir, store_id).unlink(missing_ok=True)
    except OSError as trouble:
        raise FolderReadOnly(folder=config.keys_dir) from trouble
