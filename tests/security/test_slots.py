"""The key file: who opens the store, and three different findings when somebody does not."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.errors import KeysDamaged, WrongPassphrase, WrongRecoveryWords
from security import slots
from security.subkeys import SubKeys, TokenUnreadable

PASSPHRASE = "mango river lantern quiet"


@pytest.fixture
def held() -> tuple[slots.SlotFile, bytes, tuple[str, ...]]:
    key, words = slots.new_data_key(), slots.new_recovery_words()
    made = (
        slots.passphrase_slot(key, PASSPHRASE, "grace", "light"),
        slots.passphrase_slot(key, "another good passphrase", "ben", "light"),
        slots.random_slot("recovery", key, slots.recovery_key(" ".join(words)), "sheet"),
    )
    return slots.sealed(slots.SlotFile("store", made), key), key, words


def test_each_way_in_gives_the_same_key(
    held: tuple[slots.SlotFile, bytes, tuple[str, ...]],
) -> None:
    file, key, words = held
    assert slots.unlock_with_passphrase(file, PASSPHRASE) == (key, "grace")
    assert slots.unlock_with_passphrase(file, "another good passphrase") == (key, "ben")
    assert slots.unlock_with_words(file, "  " + " ".join(words).upper() + "\n") == key


def test_wrong_passphrase_wrong_words_and_changed_file_are_told_apart(
    held: tuple[slots.SlotFile, bytes, tuple[str, ...]],
) -> None:
    file, _, words = held
    with pytest.raises(WrongPassphrase):
        slots.unlock_with_passphrase(file, "not this one")
    with pytest.raises(WrongRecoveryWords):
        slots.unlock_with_words(file, " ".join(reversed(words)))
    with pytest.raises(WrongRecoveryWords):
        slots.unlock_with_words(file, " ".join(slots.new_recovery_words()))
    renamed = replace(file, slots=(replace(file.slots[0], label="mallory"), *file.slots[1:]))
    with pytest.raises(KeysDamaged):
        slots.unlock_with_passphrase(renamed, PASSPHRASE)
    fewer = replace(file, slots=file.slots[:1])
    with pytest.raises(KeysDamaged):
        slots.unlock_with_passphrase(fewer, PASSPHRASE)


def test_the_file_survives_writing_and_holds_no_key(
    held: tuple[slots.SlotFile, bytes, tuple[str, ...]], tmp_path: Path
) -> None:
    file, key, words = held
    path = tmp_path / "keys.json"
    slots.write_slots(path, file)
    assert slots.read_slots(path) == file
    text = path.read_text()
    assert key.hex() not in text
    assert PASSPHRASE not in text
    assert words[3] not in json.loads(text)["store_id"]
    assert path.stat().st_mode & 0o077 == 0


_KEY = bytes(32)
_FILE = slots.sealed(
    slots.SlotFile("s", (slots.random_slot("machine", _KEY, b"m" * 32, "here"),)), _KEY
)


@given(st.integers(0, 5_000), st.integers(1, 255))
def test_any_flipped_byte_in_the_file_is_a_clear_refusal(place: int, flip: int) -> None:
    content = bytearray(json.dumps({"format": 1, **asdict(_FILE)}).encode())
    content[place % len(content)] ^= flip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "keys.json"
        path.write_bytes(content)
        try:
            found = slots.read_slots(path)
            opened = slots.unlock_with_random(found, "machine", b"m" * 32)
        except KeysDamaged:
            return
    assert opened is None or found == _FILE


@pytest.mark.parametrize("cost", [{"memory_kib": 2**40}, {"passes": 10**9}, {"lanes": 0}])
def test_a_cost_that_would_eat_the_laptop_is_refused(cost: dict[str, int], tmp_path: Path) -> None:
    slot = replace(slots.passphrase_slot(_KEY, PASSPHRASE, "grace", "light"), **cost)
    slots.write_slots(tmp_path / "keys.json", slots.SlotFile("s", (slot,), "mac"))
    with pytest.raises(KeysDamaged):
        slots.read_slots(tmp_path / "keys.json")


@given(st.binary(max_size=64), st.data())
def test_a_sealed_token_opens_unchanged_or_not_at_all(content: bytes, data: st.DataObject) -> None:
    keys = SubKeys(bytes(32))
    token = keys.seal_token(content, b"grant")
    assert keys.open_token(token, b"grant") == content
    with pytest.raises(TokenUnreadable):
        keys.open_token(token, b"other")
    with pytest.raises(TokenUnreadable):
        SubKeys(bytes([1]) * 32).open_token(token, b"grant")
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
    if token[place] != letter:
        with pytest.raises(TokenUnreadable):
            keys.open_token(token[:place] + letter + token[place + 1 :], b"grant")


@given(st.text(max_size=300))
def test_any_text_as_a_token_is_refused_quietly(text: str) -> None:
    with pytest.raises(TokenUnreadable):
        SubKeys(bytes(32)).open_token(text, b"grant")
