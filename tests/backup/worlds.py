"""A made-up laptop for the tests of backups: its clocks, its backups, its places.

The rounds, the places and the ledger are the real ones; only what is in a backup is made up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from backup.destinations import Place
from backup.folder import Folder, Home, claim_folder
from backup.kept import Kept, name_of
from backup.ledger import LedgerFile
from backup.rounds import Means, Rounds, claim_file
from backup.schedule import milliseconds
from medilink.errors import CopyDamaged

STORE = "5e1f0a" + 26 * "0"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Laptop:
    """`wall` may be wrong, `running` never is."""

    folder: Path
    places: list[Place] = field(default_factory=list)
    wall: datetime = NOON
    running: int = 60_000
    zone: tzinfo = UTC
    checked_good: bool = True
    made: list[Kept] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "backups"

    def passes(self, time: timedelta, *, wall: timedelta | None = None) -> None:
        self.running += time // timedelta(milliseconds=1)
        self.wall += time if wall is None else wall

    def means(self) -> Means:
        self.folder.mkdir(exist_ok=True)
        return Means(
            STORE,
            Home(self.home),
            lambda: self.places,
            self.make,
            LedgerFile(self.folder / "backups.json"),
            lambda: claim_file(self.folder / "backups.lock"),
            lambda: self.wall.astimezone(self.zone),
            lambda: self.running,
        )

    def process(self) -> Rounds:
        return Rounds(self.means())

    def make(self, folder: Path) -> Kept:
        if not self.checked_good:
            raise CopyDamaged
        generation = max((one.generation for one in self.made), default=0) + 1
        body = body_of(generation)
        name, at = name_of(STORE, generation), milliseconds(self.wall)
        kept = Kept(name, generation, at, len(body), hashlib.sha256(body).digest(), at)
        begun = folder / f"{name}.begun"  # under its name once it is whole, as real ones
        begun.write_bytes(body)
        begun.replace(folder / name)
        self.made.append(kept)
        return kept

    def known_at(self, place: str) -> list[Kept]:
        return sorted(
            LedgerFile(self.folder / "backups.json").read().at(place).held,
            key=lambda one: one.generation,
        )


def chosen_folder(path: Path) -> Folder:
    path.mkdir(parents=True, exist_ok=True)
    return Folder(path, claim_folder(path))


def whole_backups(folder: Path) -> set[int]:
    """The generations that lie there; every one of them is whole."""
    found = {int(file.name[-19:-11]): file for file in folder.glob("medilink-*.age")}
    for generation, file in found.items():
        assert file.read_bytes() == body_of(generation)
    return set(found)


def body_of(generation: int) -> bytes:
    """What a made-up backup holds."""
    return f"{generation}:".encode() + b"page " * 100


@contextmanager
def pulled_out(folder: Path) -> Iterator[None]:
    """While the stick is elsewhere."""
    away = folder.with_name(folder.name + " in a pocket")
    folder.rename(away)
    yield
    away.rename(folder)
