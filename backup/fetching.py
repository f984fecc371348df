"""A backup brought from another computer or a store on the internet, where nothing is known of it
but what lies there: before there is a clinic, or where its records are gone.

What it is, and whether it is whole, only opening it tells.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backup.archive import Progress
from backup.destinations import BEGUN, CHUNK, Wanted, check_fits, plain_trouble
from backup.folder import Home
from backup.kept import read_name
from backup.patience import Bounded
from medilink.errors import FarAway, FetchedUneven, NoBackupsThere, PlaceAway


@dataclass(frozen=True, slots=True)
class Lying:
    """A file named like a backup. `changed`: when it came there, in seconds UTC, as that place
    tells."""

    name: str
    generation: int
    size: int
    changed: float


def backups_lying(place: Bounded) -> list[Lying]:
    """What lies there, the newest first. Raises FarAway, NoBackupsThere, PlaceTrouble."""
    with reaching(), plain_trouble(0), place.enter() as room:
        when = room.when()
        names = [(read_name(name), name, size) for name, size in room.names().items()]
    found = [Lying(name, read[1], size, when.get(name, 0.0)) for read, name, size in names if read]
    if not found:
        raise NoBackupsThere
    return sorted(found, key=lambda one: (one.changed, one.generation), reverse=True)


def bring_here(place: Bounded, lying: Lying, folder: Path, progress: Progress) -> Path:
    """Copy it into a folder on this computer, where it has its name once all of it is there; the
    file. `progress` may raise to call it off. Raises FarAway, PlaceTrouble."""
    begun = lying.name + BEGUN
    with reaching(), plain_trouble(lying.size), Home(folder).enter() as home:
        for name in home.names():  # what a power cut left of another try
            if name.endswith(BEGUN) and read_name(name.removesuffix(BEGUN)):
                home.remove(name)
        check_fits(home, Wanted(lying.name, lying.size, b""))
        try:
            with place.enter() as room, room.read(lying.name) as source, home.write(begun) as file:
                done = 0
                while part := source.read(CHUNK):
                    done += len(part)
                    if done > lying.size:  # it may send without end
                        raise FetchedUneven
                    file.write(part)
                    progress(done, lying.size)
            if done != lying.size:
                raise FetchedUneven
            os.replace(folder / begun, folder / lying.name)
        except BaseException:
            with contextlib.suppress(OSError):  # the first trouble is the one to tell
                home.remove(begun)
            raise
        with contextlib.suppress(OSError, OverflowError):  # a date is no reason to have no backup
            os.utime(folder / lying.name, (lying.changed, lying.changed))
    return folder / lying.name


@contextlib.contextmanager
def reaching() -> Iterator[None]:
    """What a place says that is chosen for good, in words for somebody who only fetches."""
    try:
        yield
    except PlaceAway as away:
        raise FarAway from away
