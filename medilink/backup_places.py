"""Where backups are carried to, as the clinic has chosen it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class PlaceKind(StrEnum):
    """The value is stored: never rename one."""

    FOLDER = "folder"
    STICK = "stick"
    COMPUTER = "sftp"
    BUCKET = "s3"


@dataclass(frozen=True, slots=True)
class ChosenPlace:
    """A place somebody has chosen. `key` names it in what is remembered of backups; `details` is
    what it takes to go there, a password too: it stays in the encrypted store. `since`: when it
    was chosen, milliseconds UTC; `on`: whether backups are carried there now."""

    key: str
    kind: PlaceKind
    name: str
    details: Mapping[str, str] = field(repr=False)
    since: int = 0
    on: bool = True
