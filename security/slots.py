"""The key file: who can unlock the store, in slots like LUKS's.

A random 32-byte data key opens the store. Each slot wraps it (AES-KW, RFC 3394) under a key of its
own: from a passphrase by Argon2id (RFC 9106), from the recovery key (24 words, BIP 39, or two
sheets of three, SLIP 39), or from a random machine key kept elsewhere. The file carries an HMAC
under a sub-key of the data key, so that a wrong passphrase, a changed key file and a damaged store
are three different findings.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from mnemonic import Mnemonic

from medilink.errors import (
    KeysDamaged,
    RecoveryWordsCount,
    RecoveryWordUnknown,
    WrongPassphrase,
    WrongRecoveryWords,
)
from security.shares import join_shares
from security.subkeys import derive

KEY_BYTES = 32
SALT_BYTES = 16
FORMAT = 1

# RFC 9106 section 4, second recommended option; "light" only for throwaway stores and tests.
COSTS: dict[str, dict[str, int]] = {
    "full": {"memory_kib": 65_536, "passes": 3, "lanes": 4},
    "light": {"memory_kib": 64, "passes": 1, "lanes": 1},
}


@dataclass(frozen=True, slots=True)
class Slot:
    """One way in. `kind`: passphrase, recovery or machine; `label` names the person or device;
    `since`: when it was made, in milliseconds UTC, 0 where that was not noted yet."""

    kind: str
    label: str
    salt: str
    wrapped: str
    memory_kib: int = 0
    passes: int = 0
    lanes: int = 0
    since: int = 0

    def fields(self) -> dict[str, Any]:
        """As it is written and authenticated: what was not noted yet is left out."""
        return {name: value for name, value in asdict(self).items() if name != "since" or value}


@dataclass(frozen=True, slots=True)
class SlotFile:
    """All ways in, and the store they belong to."""

    store_id: str
    slots: tuple[Slot, ...]
    mac: str = ""


# ---- keys from what people have


def _passphrase_key(passphrase: str, slot: Slot) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        bytes.fromhex(slot.salt),
        time_cost=slot.passes,
        memory_cost=slot.memory_kib,
        parallelism=slot.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _random_key(key: bytes, slot: Slot) -> bytes:
    """A wrapping key from one that is random already: no stretching needed."""
    return derive(key, f"{slot.kind} slot {slot.salt}")


_WORDS = Mnemonic("english")
WORDS = 24
_MOST_TYPED = 28  # more than these are words of sheets of three


def new_recovery_words() -> tuple[str, ...]:
    """24 words that stand for a random 256-bit key (BIP 39, with its checksum)."""
    return tuple(_WORDS.to_mnemonic(secrets.token_bytes(KEY_BYTES)).split())


def recovery_key(words: str) -> bytes:
    """The key that typed words stand for: the 24 of a recovery sheet, or those of two sheets of
    three. Raises WrongRecoveryWords (a checksum tells a slip), and says which word where it can."""
    typed = words.lower().split()
    if len(typed) > _MOST_TYPED:
        return join_shares(typed)
    if len(typed) != WORDS:
        raise RecoveryWordsCount(found=len(typed))
    for number, word in enumerate(typed, start=1):
        if word not in _WORDS.wordlist:
            raise RecoveryWordUnknown(number=number)
    try:
        return bytes(_WORDS.to_entropy(typed))
    except (ValueError, LookupError) as trouble:
        raise WrongRecoveryWords from trouble


# ---- making and opening


def new_data_key() -> bytes:
    """A fresh key for a new store."""
    return secrets.token_bytes(KEY_BYTES)


def passphrase_slot(
    data_key: bytes, passphrase: str, label: str, cost: str = "full", since: int = 0
) -> Slot:
    """A slot somebody opens with a passphrase; `label` is their user name."""
    salt = os.urandom(SALT_BYTES).hex()
    slot = Slot("passphrase", label, salt, "", **COSTS[cost], since=since)
    return replace(slot, wrapped=aes_key_wrap(_passphrase_key(passphrase, slot), data_key).hex())


def random_slot(kind: str, data_key: bytes, key: bytes, label: str, since: int = 0) -> Slot:
    """A recovery or machine slot: opened with a random key."""
    slot = Slot(kind, label, os.urandom(SALT_BYTES).hex(), "", since=since)
    return replace(slot, wrapped=aes_key_wrap(_random_key(key, slot), data_key).hex())


def _unwrap(slot: Slot, wrapping_key: bytes) -> bytes | None:
    try:
        return aes_key_unwrap(wrapping_key, bytes.fromhex(slot.wrapped))
    except InvalidUnwrap:
        return None


def unlock_with_passphrase(held: SlotFile, passphrase: str) -> tuple[bytes, str]:
    """(data key, label of the slot that opened). Raises WrongPassphrase, KeysDamaged."""
    for slot in held.slots:
        if slot.kind == "passphrase":
            key = _unwrap(slot, _passphrase_key(passphrase, slot))
            if key:
                return _checked(held, key), slot.label
    raise WrongPassphrase


def unlock_with_words(held: SlotFile, words: str) -> bytes:
    """The data key by the recovery sheet. Raises WrongRecoveryWords, KeysDamaged."""
    key = unlock_with_random(held, "recovery", recovery_key(words))
    if key is None:
        raise WrongRecoveryWords
    return key


def unlock_with_random(held: SlotFile, kind: str, random_key: bytes) -> bytes | None:
    """The data key by a random key of one kind; None where no slot of the kind fits."""
    for slot in held.slots:
        if slot.kind == kind:
            key = unwrap_random(slot, random_key)
            if key:
                return _checked(held, key)
    return None


def unwrap_random(slot: Slot, random_key: bytes) -> bytes | None:
    """The data key in one slot by a random key; None where it does not fit."""
    return _unwrap(slot, _random_key(random_key, slot)) if _well_formed(slot) else None


def _checked(held: SlotFile, data_key: bytes) -> bytes:
    if not hmac.compare_digest(held.mac, _mac(held, data_key)):
        raise KeysDamaged
    return data_key


# ---- the file


def _mac(held: SlotFile, data_key: bytes) -> str:
    content = json.dumps([held.store_id, [slot.fields() for slot in held.slots]], sort_keys=True)
    return hmac.digest(derive(data_key, "key file"), content.encode(), "sha256").hex()


def sealed(held: SlotFile, data_key: bytes) -> SlotFile:
    """The file with its HMAC over every slot."""
    return replace(held, mac=_mac(held, data_key))


def read_slots(path: Path) -> SlotFile:
    """The key file. Raises KeysDamaged for anything that is not one."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        slots = tuple(Slot(**slot) for slot in found["slots"])
        texts = (found["store_id"], found["mac"], *(slot.label for slot in slots))
        readable = found["format"] == FORMAT and all(isinstance(text, str) for text in texts)
        if not readable or not all(map(_well_formed, slots)):
            raise KeysDamaged
        return SlotFile(found["store_id"], slots, found["mac"])
    except (ValueError, KeyError, TypeError) as trouble:
        raise KeysDamaged from trouble


_SALT_FORM, _WRAPPED_FORM = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{80}")
MOST_MEMORY_KIB, MOST_PASSES, MOST_LANES = 1_048_576, 20, 16


def _well_formed(slot: Slot) -> bool:
    """Checked before a slot is used: a changed cost must not eat the memory of the laptop."""
    return bool(
        _SALT_FORM.fullmatch(slot.salt)
        and _WRAPPED_FORM.fullmatch(slot.wrapped)
        and 0 <= slot.memory_kib <= MOST_MEMORY_KIB
        and 0 <= slot.passes <= MOST_PASSES
        and 0 <= slot.lanes <= MOST_LANES
        and type(slot.since) is int
        and (slot.kind != "passphrase" or slot.memory_kib >= 8 * slot.lanes > 0 < slot.passes)
    )


def write_slots(path: Path, held: SlotFile) -> None:
    """Write the key file so that a power cut leaves the old or the new one, never half."""
    kept = [slot.fields() for slot in held.slots]
    content = {"format": FORMAT, "store_id": held.store_id, "slots": kept, "mac": held.mac}
    write_safely(path, json.dumps(content, indent=1).encode())


def write_safely(path: Path, content: bytes) -> None:
    """Replace a file in one step, readable by its owner only (0600 where the system knows it)."""
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


# ---- unattended


def machine_key_file(keys_dir: Path, store_id: str) -> Path:
    """Where the key for unattended starts lies: outside the data folder, so that a copied data
    folder does not open itself."""
    return keys_dir / f"{store_id}.key"


def read_machine_key(keys_dir: Path, store_id: str) -> bytes | None:
    """The machine's key, if this machine unlocks by itself."""
    path = machine_key_file(keys_dir, store_id)
    if not path.is_file():
        return None
    content = path.read_bytes()
    return content if len(content) == KEY_BYTES else None
