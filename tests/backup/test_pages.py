"""The pages read and written outside SQLCipher are SQLCipher's own."""

from __future__ import annotations

import os
import random
import sqlite3
from io import BytesIO
from pathlib import Path

import pytest

from database.engine import open_raw
from database.pages import AT_ONCE, LOCK_PAGE, PAGE, PageCodec, plain_pages
from database.rebuilding import NewFile, check_whole
from medilink.errors import StoreDamaged
from tests.counts import times

FILES = times(12, 100)


def random_store(path: Path, chance: random.Random) -> tuple[bytes, list[tuple[int, bytes]]]:
    """A file SQLCipher made, of any size from two pages to some megabytes."""
    key = chance.randbytes(32)
    raw = open_raw(path, key, create=True)
    raw.execute("CREATE TABLE t (x INTEGER PRIMARY KEY, y BLOB)")
    rows = [
        (number, chance.randbytes(chance.randrange(6000)))
        for number in range(chance.randrange(1, chance.choice((3, 300, 1500))))
    ]
    raw.execute("BEGIN")
    raw.executemany("INSERT INTO t VALUES (?, ?)", rows)
    raw.execute("COMMIT")
    if chance.random() < 0.5:
        raw.execute("DELETE FROM t WHERE x % 3 = 0")  # free pages, too
        rows = [row for row in rows if row[0] % 3]
    raw.close()
    return key, rows


@pytest.mark.parametrize("seed", range(FILES))
def test_a_random_file_is_read_in_the_open_and_written_back(tmp_path: Path, seed: int) -> None:
    path, again = tmp_path / "store.db", tmp_path / "again.db"
    key, rows = random_store(path, random.Random(seed))
    with path.open("rb") as file:
        pieces = list(plain_pages(file, key))
    plain = sqlite3.connect(":memory:")
    plain.deserialize(b"".join(pieces))
    assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert plain.execute("SELECT x, y FROM t ORDER BY x").fetchall() == rows
    plain.close()
    new_key = os.urandom(32)
    new = NewFile(again, new_key, path.stat().st_size // PAGE)
    for piece in pieces:
        new.write(piece[:1000])
        new.write(piece[1000:])
    new.close()
    check_whole(again, new_key)
    raw = open_raw(again, new_key)
    assert raw.execute("PRAGMA cipher_integrity_check").fetchall() == []
    assert raw.execute("SELECT x, y FROM t ORDER BY x").fetchall() == rows
    raw.close()


def test_one_changed_bit_anywhere_in_the_store_stops_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    key, _ = random_store(path, random.Random(1))
    content, chance = path.read_bytes(), random.Random(2)
    for _ in range(300):
        place, bit = chance.randrange(len(content)), chance.randrange(8)
        changed = bytearray(content)
        changed[place] ^= 1 << bit
        with pytest.raises(StoreDamaged):
            list(plain_pages(BytesIO(changed), key))
    for length in (0, 1, PAGE - 1, PAGE, len(content) - PAGE, len(content) - 1):
        with pytest.raises(StoreDamaged):
            list(plain_pages(BytesIO(content[:length]), key))


def test_pages_swapped_within_a_file_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    key, _ = random_store(path, random.Random(1))
    content = path.read_bytes()
    one, other = content[PAGE : 2 * PAGE], content[2 * PAGE : 3 * PAGE]
    with pytest.raises(StoreDamaged):
        list(plain_pages(BytesIO(content[:PAGE] + other + one + content[3 * PAGE :]), key))


def test_the_page_where_sqlite_keeps_its_locks_is_zeros_on_both_sides() -> None:
    """No file of 1 GiB is made for it: what is before and after is closed as in one."""
    codec, first = PageCodec(bytes(32), b"s" * 16), LOCK_PAGE - 1
    plain = b"".join(bytes([fill]) * (PAGE - 80) + bytes(80) for fill in (1, 2, 3))
    sealed = bytes(codec.close_pages(first, plain))
    assert sealed[PAGE : 2 * PAGE] == bytes(PAGE)
    opened = codec.open_pages(first, sealed)
    assert opened == plain[:PAGE] + bytes(PAGE) + plain[2 * PAGE :]


def test_no_two_pages_are_closed_alike() -> None:
    codec = PageCodec(bytes(32), b"s" * 16)
    sealed = bytes(codec.close_pages(2, bytes(PAGE) * AT_ONCE))
    ivs = {sealed[start + PAGE - 80 : start + PAGE - 64] for start in range(0, len(sealed), PAGE)}
    assert len(ivs) == AT_ONCE
    assert codec.close_pages(2, bytes(PAGE) * AT_ONCE) != sealed
