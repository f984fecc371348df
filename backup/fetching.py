"""A backup brought to this computer from another one or from a store on the internet.

Before there is a clinic, or where its records are gone, nothing is known of it but what lies there;
then only opening it tells what it is, and whether it is whole.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from backup.archive import Progress
from backup.destinations import (
    BEGUN,
    FULL,
    Place,
    Wanted,
    check_fits,
    digest_there,
    megabytes,
    plain_trouble,
)
from backup.folder import Home, make_lasting
from backup.kept import read_name
from backup.patience import Bounded
from medilink.errors import (
    BackupUnwritten,
    FarAway,
    FetchBroken,
    FetchedDamaged,
    FetchedUneven,
    FetchRefused,
    FetchTooSlow,
    FetchTrouble,
    NoBackupsThere,
    NoFolderThere,
    NoRoomHere,
    PlaceAway,
    PlaceFull,
    PlaceReadOnly,
    PlaceTooSlow,
    PlaceTrouble,
    PlaceVanished,
)

COMING = "coming"
PART = 1 << 17  # on a line of 12 KB/s something is seen to come every ten seconds


@dataclass(frozen=True, slots=True)
class Lying:
    """A file named like a backup. `changed`: when it came there, in seconds UTC, as that place
    tells; `digest`: its SHA-256, empty where that is not known."""

    name: str
    generation: int
    size: int
    changed: float
    digest: bytes = b""


def backups_lying(place: Bounded) -> list[Lying]:
    """What lies there, the newest first. Raises NoBackupsThere, NoFolderThere, PlaceTrouble."""
    with reaching(), plain_trouble(0):
        try:
            with place.enter() as room:
                when = room.when()
                names = [(read_name(name), name, size) for name, size in room.names().items()]
        except FileNotFoundError as missing:
            raise NoFolderThere from missing
    found = [Lying(name, read[1], size, when.get(name, 0.0)) for read, name, size in names if read]
    if not found:
        raise NoBackupsThere
    return sorted(found, key=lambda one: (one.changed, one.generation), reverse=True)


def bring_here(place: Place, lying: Lying, folder: Path, progress: Progress) -> Path:
    """Copy it into a folder on this computer, where it has its name once all of it is there, in the
    place of one that may be damaged; the file. One at a time. `progress` may raise to call it off.
    Raises PlaceTrouble, BackupUnwritten."""
    coming = folder / COMING  # out of the way of rounds, which tidy up in the folder itself
    try:
        _bring(place, lying, coming, progress)
    finally:
        with contextlib.suppress(OSError):
            coming.rmdir()
    return folder / lying.name


def _bring(place: Place, lying: Lying, coming: Path, progress: Progress) -> None:
    begun, file_here = lying.name + BEGUN, coming.parent / lying.name
    kept_in = _kept_in(coming.parent, lying.size)
    with kept_in, Home(coming.parent).enter(), Home(coming).enter() as home:
        for name in home.names():  # what a power cut left of another try
            home.remove(name)
        check_fits(home, Wanted(lying.name, lying.size, lying.digest))
        try:
            done = 0
            with contextlib.closing(_coming(place, lying)) as parts, home.write(begun) as file:
                for part in parts:
                    file.write(part)
                    done += len(part)
                    progress(done, lying.size)
            if lying.digest and digest_there(home, begun, lying.size) != lying.digest:
                raise FetchedDamaged
            os.replace(coming / begun, file_here)
            make_lasting(coming.parent)
        except BaseException:
            with contextlib.suppress(OSError):  # the first trouble is the one to tell
                home.remove(begun)
            raise
        with contextlib.suppress(OSError, OverflowError):  # a date is no reason to have no backup
            os.utime(file_here, (lying.changed, lying.changed))


def _coming(place: Place, lying: Lying) -> Generator[bytes]:
    """As many bytes as it is said to have. Raises FetchedUneven, PlaceTrouble."""
    done = 0
    with reaching(), plain_trouble(lying.size):
        with place.enter() as room, room.read(lying.name) as source:
            while part := source.read(PART):
                done += len(part)
                if done > lying.size:  # it may send without end
                    raise FetchedUneven
                yield part
        if done != lying.size:
            raise FetchedUneven


@contextlib.contextmanager
def _kept_in(folder: Path, size: int) -> Iterator[None]:
    """What is wrong with this computer is not told as if the other one were at fault."""
    try:
        yield
    except PlaceFull as full:
        raise NoRoomHere(needed=megabytes(size)) from full
    except OSError as trouble:
        if trouble.errno in FULL:
            raise NoRoomHere(needed=megabytes(size)) from trouble
        why = trouble.strerror or "it cannot be reached"
        raise BackupUnwritten(folder=folder, why=why) from trouble


_SAID: dict[type[PlaceTrouble], type[PlaceTrouble]] = {
    PlaceAway: FarAway,
    PlaceVanished: FetchBroken,
    PlaceTooSlow: FetchTooSlow,
    PlaceReadOnly: FetchRefused,
    PlaceTrouble: FetchTrouble,
}


@contextlib.contextmanager
def reaching() -> Iterator[None]:
    """What a place says that is chosen for good, in words for somebody who only fetches."""
    try:
        yield
    except PlaceTrouble as trouble:
        if said := _SAID.get(type(trouble)):
            raise said from trouble
        raise
