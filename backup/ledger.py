"""What is remembered of the backups between two rounds: a small file beside the store.

It holds names, times, sizes and hashes of backups, no secret and nothing about anybody. Whoever
loses or damages it gets a new backup and keeps every old one: only what is written here as held can
ever be removed by MediLink.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from backup.kept import Kept
from security.slots import write_safely

FORMAT = "medilink-backups-1"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a place has no new backup: an error's code, how often in a row, and what the running
    total was (`Remembered.ran`) the last time."""

    code: str
    times: int
    at_ran: int


@dataclass(frozen=True, slots=True)
class Opened:
    """The backup that was read from a place and opened last: which, when, and how long it took, in
    milliseconds."""

    generation: int
    at: int
    took: int


@dataclass(frozen=True, slots=True)
class AtPlace:
    """One place: what it holds as far as is known, what went wrong there last, whether it was not
    there when it was wanted last, and what was opened there last."""

    held: tuple[Kept, ...] = ()
    trouble: Trouble | None = None
    away: bool = False
    opened: Opened | None = None

    @property
    def newest_verified(self) -> Kept | None:
        """By generation."""
        good = [one for one in self.held if one.verified_at is not None]
        return max(good, key=lambda one: one.generation, default=None)

    def with_kept(self, kept: Kept) -> AtPlace:
        """Another one there, or a newer look at one that was. A verified one ends all trouble."""
        others = tuple(one for one in self.held if one.name != kept.name)
        trouble = self.trouble if kept.verified_at is None else None
        return replace(self, held=(*others, kept), trouble=trouble, away=False)

    def without(self, names: set[str]) -> AtPlace:
        """Some are no longer there."""
        return replace(self, held=tuple(one for one in self.held if one.name not in names))


@dataclass(frozen=True, slots=True)
class Remembered:
    """`verified_at` and `verified_generation`: of the last verified backup, wherever it is.
    `ran`: all that the running clock has counted, in milliseconds; `ran_at_verified`: what that was
    at the last verified backup. `running` and `seen_at`: the running clock and the wall clock when
    they were looked at last."""

    places: Mapping[str, AtPlace] = field(default_factory=dict)
    verified_at: int | None = None
    verified_generation: int = 0
    ran_at_verified: int = 0
    ran: int = 0
    running: int = 0
    seen_at: int = 0

    def at(self, key: str) -> AtPlace:
        return self.places.get(key, AtPlace())

    def with_place(self, key: str, place: AtPlace) -> Remembered:
        return replace(self, places={**self.places, key: place})


class Ledger(Protocol):
    """Where it is remembered."""

    def read(self) -> Remembered:
        """Nothing remembered where there is nothing, or nothing that can be read."""
        ...

    def write(self, remembered: Remembered) -> None: ...


class LedgerFile:
    """A file, replaced in one step."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Remembered:
        try:
            content = json.loads(self.path.read_bytes())
            return _remembered(content)
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return Remembered()

    def write(self, remembered: Remembered) -> None:
        content = {"format": FORMAT, **asdict(remembered)}
        write_safely(self.path, json.dumps(content, default=bytes.hex, indent=1).encode())


def _remembered(content: dict[str, Any]) -> Remembered:
    if content.pop("format") != FORMAT:
        return Remembered()
    places = {key: _at_place(place) for key, place in content.pop("places").items()}
    numbers = {name: _number(value) for name, value in content.items()}
    return Remembered(places, **numbers)


def _number(value: object) -> Any:
    if value is not None and type(value) is not int:
        raise TypeError
    return value


def _at_place(place: dict[str, Any]) -> AtPlace:
    held = tuple(Kept(**{**one, "digest": bytes.fromhex(one["digest"])}) for one in place["held"])
    trouble, opened = place["trouble"], place.get("opened")
    return AtPlace(
        held,
        Trouble(**trouble) if trouble else None,
        place.get("away") is True,
        Opened(**opened) if opened else None,
    )
