"""A transfer in frames: whole from any of them in any order, and nothing a camera sees harms it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import base45
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.carrying.frames import (
    MOST_BYTES,
    OTHERS_UNTIL_ANEW,
    SYMBOL_BY_VERSION,
    TAG,
    Catcher,
    make_frames,
    transfer_id,
)

ROOT = Path(__file__).resolve().parents[2]
SYMBOL = 488
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def content_of(seed: int, size: int) -> bytes:
    return Random(seed).randbytes(size)


def frame(head: bytes, packet: bytes) -> str:
    return TAG + base45.b45encode(head + packet).decode()


@given(st.integers(1, 20_000), st.sampled_from([64, 240, 488, 1216]), st.randoms())
def test_any_frames_in_any_order_make_it_whole(size: int, symbol: int, chance: Random) -> None:
    content = content_of(size, size)
    frames = make_frames(content, symbol, spare=2)
    chance.shuffle(frames)
    catcher = Catcher()
    for text in frames:
        progress = catcher.take(text)
        if catcher.content is not None:
            break
    assert catcher.content == content
    assert progress.share == 1
    assert len(catcher._seen) <= progress.needed + 2


def test_every_frame_has_one_length_whatever_is_in_it() -> None:
    for content in (bytes(10_000), content_of(1, 10_001)):
        frames = make_frames(content, SYMBOL)
        assert len({len(text) for text in frames}) == 1
        assert len(frames) == 2 * -(-len(content) // SYMBOL)
        assert set("".join(frames)) <= set(ALPHANUMERIC)


def test_progress_counts_what_is_new_only() -> None:
    frames, catcher = make_frames(content_of(2, 5_000), SYMBOL), Catcher()
    first = catcher.take(frames[0])
    assert (first.got, first.needed, first.taken) == (1, 11, True)
    again = catcher.take(frames[0])
    assert (again.got, again.taken) == (1, False)
    shares = [catcher.take(text).share for text in frames]
    assert shares == sorted(shares)
    assert catcher.content is not None
    after = catcher.take(frames[-1])
    assert (after.share, after.taken) == (1.0, False)


def test_the_same_content_makes_the_same_frames() -> None:
    content = content_of(3, 3_000)
    assert make_frames(content, SYMBOL) == make_frames(content, SYMBOL)


@pytest.mark.parametrize(
    ("content", "symbol"),
    [(b"", 488), (b"x", 60), (b"x", 489), (bytes(MOST_BYTES + 1), 1216), (bytes(2_000_000), 64)],
)
def test_what_cannot_be_shown_is_not_begun(content: bytes, symbol: int) -> None:
    with pytest.raises(ValueError, match="cannot be shown"):
        make_frames(content, symbol)


@pytest.mark.slow
def test_eight_megabytes_go_through() -> None:
    content = content_of(4, MOST_BYTES)
    frames, catcher = make_frames(content, 1216, spare=0.02), Catcher()
    Random(4).shuffle(frames)
    for text in frames:
        catcher.take(text)
    assert catcher.content == content


# ---- two transfers before one camera


def test_another_transfer_waits_until_the_first_is_gone() -> None:
    ours, theirs = (make_frames(content_of(seed, 30_000), SYMBOL) for seed in (5, 6))
    catcher = Catcher()
    for mine, other in zip(ours[:50], theirs[:50], strict=True):
        assert catcher.take(mine).taken
        assert not catcher.take(other).taken
    assert catcher.progress.got == 50
    for text in ours[50:]:
        catcher.take(text)
    assert catcher.content == content_of(5, 30_000), "the first one seen stays"


def test_it_goes_over_to_another_when_the_first_is_idle_or_on_request() -> None:
    ours, theirs = (make_frames(content_of(seed, 30_000), SYMBOL) for seed in (5, 6))
    catcher = Catcher()
    catcher.take(ours[0])
    for text in theirs[: OTHERS_UNTIL_ANEW - 1]:
        assert not catcher.take(text).taken
    for text in theirs[OTHERS_UNTIL_ANEW:]:
        catcher.take(text)
    assert catcher.content == content_of(6, 30_000)
    catcher.reset()
    assert catcher.progress.needed == 0
    assert catcher.take(ours[0]).got == 1


# ---- what nobody should show it


def test_frames_of_another_length_or_size_are_not_taken() -> None:
    content = content_of(7, 5_000)
    frames, catcher = make_frames(content, SYMBOL), Catcher()
    catcher.take(frames[0])
    head = b"\x01" + transfer_id(content)
    lying = frame(head + (4_999).to_bytes(4, "big"), bytes(4) + bytes(SYMBOL))
    other = frame(head + (5_000).to_bytes(4, "big"), bytes(4) + bytes(SYMBOL + 8))
    beyond = frame(head + (5_000).to_bytes(4, "big"), b"\x01\0\0\x02" + bytes(SYMBOL))
    for text in (lying, other, beyond):
        assert not catcher.take(text).taken
    assert Catcher().take(beyond).needed == 0, "nor does it begin a transfer"
    for text in frames:
        catcher.take(text)
    assert catcher.content == content


def test_a_swapped_piece_is_found_by_the_hash_and_all_begins_anew() -> None:
    content = content_of(8, 1_000)
    head = b"\x01" + transfer_id(content) + (1_000).to_bytes(4, "big")
    catcher = Catcher()
    for number in range(3):
        catcher.take(frame(head, number.to_bytes(4, "big") + bytes(SYMBOL)))
    assert catcher.content is None
    assert catcher.progress.got == 0
    for text in make_frames(content, SYMBOL):
        catcher.take(text)
    assert catcher.content == content


@given(st.text(max_size=60) | st.text("0123456789ABC $%*+-./:", max_size=200))
def test_any_text_is_just_not_a_frame(text: str) -> None:
    assert Catcher().take(TAG + text).needed == 0
    assert Catcher().take(text).needed == 0


HOSTILE = """\
import re
from pathlib import Path
from random import Random
import base45
from medilink.carrying.frames import TAG, Catcher, make_frames

chance = Random(11)
right = make_frames(chance.randbytes(40_000), 488)
letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
catcher, alone = Catcher(), Catcher()
for number in range(10_000):
    kind = number % 4
    if kind == 0:
        text = TAG + "".join(chance.choices(letters, k=chance.randrange(400)))
    elif kind == 1:
        body = bytearray(base45.b45decode(chance.choice(right)[4:]))
        for _ in range(chance.randint(1, 4)):
            body[chance.randrange(13)] = chance.randrange(256)
        text = TAG + base45.b45encode(bytes(body)).decode()
    elif kind == 2:
        length = chance.choice((1, 8 << 20, (8 << 20) + 1, 2**32 - 1, chance.randrange(2**23)))
        head = b"\\x01" + chance.randbytes(4) + length.to_bytes(4, "big")
        packet = chance.randbytes(4 + 8 * chance.randrange(200))
        text = TAG + base45.b45encode(head + packet).decode()
    else:
        text = chance.choice(right)
        text = text[: chance.randrange(len(text))] + chance.choice(letters)
    catcher.take(text)
    alone.reset()
    alone.take(text)
# Not ru_maxrss: a child of a large process begins with its parent's.
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_ten_thousand_hostile_frames_neither_crash_nor_fill_the_memory() -> None:
    command = [sys.executable, "-c", HOSTILE]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(told.stdout) < 200, "megabytes, those of Python itself included"
    assert "panicked" not in told.stderr


def test_an_endless_transfer_is_given_up_before_it_fills_the_memory() -> None:
    catcher, most = Catcher(), 0
    head = b"\x01" + b"abcd" + (64 * 100).to_bytes(4, "big")
    for number in range(2_000):
        packet = (number + 100_000).to_bytes(4, "big") + os.urandom(64)
        catcher.take(frame(head, packet))
        most = max(most, len(catcher._seen))
    assert catcher.content is None
    assert most < 2 * 100 + 17


def test_symbols_fill_the_code_they_are_named_for() -> None:
    capacity = {10: 260, 15: 502, 20: 830, 25: 1232, 30: 1677}  # bytes after the tag, level L
    for version, symbol in SYMBOL_BY_VERSION.items():
        assert symbol % 8 == 0
        assert capacity[version] - 30 < symbol + 13 <= capacity[version]
