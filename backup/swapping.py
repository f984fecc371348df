"""Files that take the place of others, all of them or none, whenever the power goes.

    records.db.coming     built beside, checked, on the disk
    swap.json  "ready"    from here on it is done, by whoever comes next
    records.db            → replaced-…/records.db, with its -wal and -shm where there are any
    records.db.coming     → records.db, and so on for each pair
    swap.json  "moved"    until the house has opened what is there now, and noted its head outside

Before "ready" is written nothing has happened; what was built is removed at the next start. A
journal in the folder is no licence to put old records in place: that heads of the log outside the
store may be passed over, it says under the store's own key, and only of the very heads that were
there at that moment (`SwapJournal.given_up`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from backup.folder import make_lasting
from database.rebuilding import forget_store
from medilink.errors import StoreInUse, SwapBroken
from medilink.log_check import Head
from security.slots import write_safely

COMING, JOURNAL, LOCK = ".coming", "swap.json", "opening.lock"
REPLACED = "replaced-"
READY, MOVED = "ready", "moved"
FORMAT = "medilink-swap-1"
_HERE = ("records.db", "keys.json")
_FOLDER, _KEY = re.compile(r"replaced-[0-9-]{10,40}"), re.compile(r"[0-9a-f]{32}\.key")
_BESIDE = ("-wal", "-shm", "-journal")
_LOCK_WAIT_S = 30
Sign = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A new file `….coming` takes the place of `now`. `kept`: where the present one goes, empty
    where nothing of it may stay. Paths from the data folder, absolute where they lie elsewhere."""

    now: str
    kept: str = ""


@dataclass(frozen=True, slots=True)
class SwapJournal:
    """What is under way. `given_up`: the heads of the log outside the store that what comes does
    not lead to, as (number, hash); `head`: where its own log stands. `begun`: milliseconds UTC."""

    why: str
    begun: int
    folder: str
    pairs: tuple[Pair, ...]
    given_up: tuple[tuple[int, str], ...]
    head: tuple[int, str]
    state: str = READY
    mac: str = ""

    def sealed(self, sign: Sign) -> SwapJournal:
        """The same, said under the key of the store that comes."""
        return replace(self, mac=sign(self._said()))

    def passes_over(self, outside: Head, sign: Sign) -> bool:
        """Whether a head noted outside was given up on purpose, by somebody who had the store."""
        said = (outside.seq, outside.hash.hex()) in self.given_up
        return said and self.mac == sign(self._said())

    def _said(self) -> bytes:
        return json.dumps([self.why, self.begun, self.given_up, self.head]).encode()


def coming(path: Path) -> Path:
    """Where what takes a file's place is built."""
    return path.with_name(path.name + COMING)


@contextmanager
def at_the_door(folder: Path) -> Iterator[None]:
    """Nobody else opens or replaces the store, in whatever process, while the block runs. Raises
    StoreInUse."""
    lock = FileLock(folder / LOCK, timeout=_LOCK_WAIT_S, mode=0o600)
    try:
        lock.acquire()
    except Timeout as taken:
        raise StoreInUse from taken
    try:
        yield
    finally:
        lock.release()


def commit_swap(folder: Path, journal: SwapJournal) -> None:
    """From the moment this has written the journal, the swap happens, whatever happens. The caller
    is at the door, and nobody has the files open."""
    for pair in journal.pairs:
        _to_disk(coming(folder / pair.now))
    (folder / journal.folder).mkdir(mode=0o700)
    _make_lasting(folder, journal)
    _write(folder, journal)
    finish_swap(folder)


def finish_left(folder: Path) -> None:
    """A swap that a crash has interrupted is finished before anything is read. Where one is going
    on, it is waited for. Raises StoreInUse, SwapBroken."""
    journal = read_journal(folder)
    if journal is not None and journal.state == READY:
        with at_the_door(folder):
            finish_swap(folder)


def finish_swap(folder: Path) -> None:
    """Go on from wherever a swap was left. The caller is at the door. Raises SwapBroken where a
    file is gone that nobody but MediLink has to do with."""
    journal = read_journal(folder)
    if journal is None or journal.state != READY:
        return
    for pair in journal.pairs:
        _exchange(folder / pair.now, folder / pair.kept if pair.kept else None)
    _make_lasting(folder, journal)
    _write(folder, replace(journal, state=MOVED))


def _make_lasting(folder: Path, journal: SwapJournal) -> None:
    parents = {(folder / pair.now).parent for pair in journal.pairs}
    for place in {folder, folder / journal.folder, *parents}:
        make_lasting(place)


def _exchange(now: Path, kept: Path | None) -> None:
    """One file for another; every step of it may have been done before."""
    if not coming(now).exists():
        if not now.exists():
            raise SwapBroken
        return
    if kept is not None:
        _put_aside(now, kept)
    os.replace(coming(now), now)


def _put_aside(now: Path, kept: Path) -> None:
    """The present file and what SQLite keeps beside it, which must never meet the new one."""
    if now.exists():
        if kept.exists():
            raise SwapBroken
        os.replace(now, kept)
    for tail in _BESIDE:
        beside = now.with_name(now.name + tail)
        if beside.exists():
            os.replace(beside, kept.with_name(kept.name + tail))


def swap_is_over(folder: Path) -> None:
    """What is there now was opened, and its head noted."""
    (folder / JOURNAL).unlink(missing_ok=True)
    make_lasting(folder)


def forget_coming(files: Sequence[Path]) -> None:
    """Remove what was being built when something went wrong before "ready"."""
    for path in files:
        forget_store(coming(path))
        coming(path).with_name(coming(path).name + ".new").unlink(missing_ok=True)


def read_journal(folder: Path) -> SwapJournal | None:
    """The swap under way, if there is one. Raises SwapBroken where it cannot be read: guessing
    could lose either store."""
    try:
        found: dict[str, Any] = json.loads((folder / JOURNAL).read_text("utf-8"))
        if found.pop("format") != FORMAT:
            raise SwapBroken
        pairs = tuple(Pair(**pair) for pair in found.pop("pairs"))
        given_up = tuple((int(seq), str(text)) for seq, text in found.pop("given_up"))
        seq, text = found.pop("head")
        read = SwapJournal(pairs=pairs, given_up=given_up, head=(int(seq), str(text)), **found)
        if not _well_formed(read):
            raise SwapBroken
        return read
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as trouble:
        raise SwapBroken from trouble


def _well_formed(journal: SwapJournal) -> bool:
    """Nothing but the files of a store is ever moved, and only into a folder beside it: whoever can
    write in the data folder must not get files elsewhere by it."""
    return bool(_FOLDER.fullmatch(journal.folder)) and all(
        one.kept == f"{journal.folder}/{one.now}"
        if one.now in _HERE
        else not one.kept and _KEY.fullmatch(Path(one.now).name)
        for one in journal.pairs
    )


def _write(folder: Path, journal: SwapJournal) -> None:
    content = {"format": FORMAT, **asdict(journal)}
    write_safely(folder / JOURNAL, json.dumps(content, indent=1).encode())
    make_lasting(folder)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
