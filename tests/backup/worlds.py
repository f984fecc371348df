"""A made-up laptop for the tests of backups: its clocks, its backups, its places.

The rounds, the places and the ledger are the real ones; only what is in a backup is made up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import BinaryIO

from backup.destinations import BEGUN, Place, digest_there
from backup.folder import Folder, FolderRoom, Home, claim_folder
from backup.kept import Kept, archive_name, manifest_name
from backup.ledger import LedgerFile
from backup.rounds import Made, Means, Rounds, claim_file
from backup.schedule import milliseconds
from medilink.errors import CopyDamaged

STORE = "5e1f0a"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class Laptop:
    """`wall` may be wrong, `running` never is; `content` is what the next backup holds."""

    folder: Path
    places: list[Place] = field(default_factory=list)
    wall: datetime = NOON
    running: int = 60_000
    zone: tzinfo = UTC
    content: bytes = b"page " * 1000
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
            self.check,
            LedgerFile(self.folder / "backups.json"),
            lambda: claim_file(self.folder / "backups.lock"),
            lambda: self.wall.astimezone(self.zone),
            lambda: self.running,
        )

    def process(self) -> Rounds:
        return Rounds(self.means())

    def make(self, folder: Path, above: int) -> Made:
        generation = above + 1
        body = f"{generation}:".encode() + self.content
        kept = Kept(
            archive_name(STORE, generation),
            generation,
            milliseconds(self.wall),
            len(body),
            hashlib.sha256(body).digest(),
            None,
        )
        (folder / (kept.name + BEGUN)).write_bytes(body)
        self.made.append(kept)
        return Made(kept, json.dumps({"sha256": kept.digest.hex()}).encode())

    def check(self, kept: Kept, opened: Callable[[], AbstractContextManager[BinaryIO]]) -> None:
        with opened() as file:
            good = hashlib.sha256(file.read()).digest() == kept.digest
        if not good or not self.checked_good:
            raise CopyDamaged

    def known_at(self, place: str) -> list[Kept]:
        return sorted(
            LedgerFile(self.folder / "backups.json").read().at(place).held,
            key=lambda one: one.generation,
        )


def chosen_folder(path: Path) -> Folder:
    path.mkdir(parents=True, exist_ok=True)
    return Folder(path, claim_folder(path))


def whole_backups(folder: Path) -> set[int]:
    """Generations whose archive is whole, by the manifest beside it; nothing else is named so."""
    found = set()
    for archive in folder.glob("medilink-*.age"):
        manifest = json.loads((folder / manifest_name(archive.name)).read_bytes())
        assert digest_there(FolderRoom(folder), archive.name).hex() == manifest["sha256"]
        found.add(int(archive.name.split("-")[2].split(".")[0]))
    return found


@contextmanager
def pulled_out(folder: Path) -> Iterator[None]:
    """While the stick is elsewhere."""
    away = folder.with_name(folder.name + " in a pocket")
    folder.rename(away)
    yield
    away.rename(folder)
