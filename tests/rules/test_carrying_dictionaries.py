"""The dictionaries that ship: never changed, never gone, and of made-up people only."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import zstandard

from medilink.carrying import squeezing
from medilink.carrying.squeezing import NEWEST, dictionary_file, expand, squeeze
from medilink.errors import PayloadTooNew, PayloadUnreadable
from tests.bench.make_dictionary import BYTES, people, samples, train

# Printed codes need them for ever: a line may be added here, none may be changed.
SHIPPED = {1: "2fedf6864ba574ae1434c463f175e9b3bfe47e82ad1007ff4e38407c17d04885"}
MADE_WITH = "0.25"  # the zstandard that made the newest


def test_every_dictionary_is_the_one_that_shipped() -> None:
    found = sorted(Path(squeezing.__file__).parent.glob("dictionaries/*"))
    assert found == [dictionary_file(number) for number in SHIPPED]
    for number, digest in SHIPPED.items():
        assert hashlib.sha256(dictionary_file(number).read_bytes()).hexdigest() == digest
    assert max(SHIPPED) == NEWEST


@pytest.mark.skipif(
    not zstandard.__version__.startswith(MADE_WITH), reason="another zstd trains another one"
)
def test_the_newest_is_made_of_made_up_people_and_word_lists() -> None:
    made = train(samples(people())).as_bytes()
    assert len(made) == BYTES
    assert made == dictionary_file(NEWEST).read_bytes()


def test_what_was_squeezed_expands_with_and_without_a_dictionary() -> None:
    body = b"Amlodipine 5 mg daily, Hydrochlorothiazide 25 mg daily"
    with_it = squeeze(body, dictionary=NEWEST, most=1_000)
    without = squeeze(body, dictionary=squeezing.NO_DICTIONARY, most=1_000)
    assert expand(with_it, most=1_000) == expand(without, most=1_000) == body
    assert len(with_it) < len(without) / 2


@pytest.mark.parametrize("number", [2, 17, 255])
def test_a_dictionary_of_the_future_asks_for_an_update(number: int) -> None:
    with pytest.raises(PayloadTooNew):
        expand(bytes([number]) + b"anything", most=1_000)


@pytest.mark.parametrize("body", [b"", b"\x01", b"\x01\xff\xff\xff", b"\x00no zstd at all"])
def test_what_is_no_frame_is_refused(body: bytes) -> None:
    with pytest.raises(PayloadUnreadable):
        if expand(body, most=1_000) == b"":
            raise PayloadUnreadable  # nothing at all came out: the CBOR reader refuses that


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = squeeze(bytes(1 << 24), dictionary=NEWEST, most=1 << 24)
    assert len(bomb) < 2_000
    with pytest.raises(PayloadUnreadable):
        expand(bomb, most=64 * 1024)
    small_window = squeeze(bytes(64 * 1024 + 1), dictionary=NEWEST, most=64 * 1024)
    with pytest.raises(PayloadUnreadable):
        expand(small_window, most=64 * 1024)
