"""What the domain needs of a store about its own backups: keys, generations, and being restored.

The habits of `medilink.store` hold here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from medilink.audit import AuditEvent
from medilink.backup_places import ChosenPlace

FIRST_BEFORE = bytes(32)  # what the first backup has in place of the digest of the one before it


class BackupUse(StrEnum):
    """Whom a backup is sealed to. The value is stored: never rename one."""

    RECOVERY = "recovery"  # the words on the recovery sheet
    DRILL = "drill"  # this store itself, so that it can check what it made


@dataclass(frozen=True, slots=True)
class BackupKey:
    """A key backups are sealed to. `held`: for DRILL its private half, wrapped; for RECOVERY what
    the recovery words unlock the store's own key with (a slot of the key file as JSON)."""

    use: BackupUse
    recipient: str
    held: bytes
    since: int
    current: bool = True


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup, noted before it is made and again once it is checked. `before`: SHA-256 of the
    one before it. Times in milliseconds UTC; `digest` is empty while it is not whole."""

    generation: int
    at: int
    before: bytes
    name: str = ""
    size: int = 0
    digest: bytes = b""
    verified_at: int | None = None


@dataclass(frozen=True, slots=True)
class Restoration:
    """This store came out of a backup. `at`: when; `made_at`: when the backup was made; `seq`: the
    newest entry of the log that was in it."""

    at: int
    generation: int
    made_at: int
    seq: int


@dataclass(frozen=True, slots=True)
class KeptDrill:
    """A restore drill as it is kept (`medilink.drills`). `body`: all of it, as text."""

    number: int
    at: int
    passed: bool
    body: str


class SwapWhy(StrEnum):
    """Why another file took the place of the store. The value is stored: never rename one."""

    RESTORE = "restore"
    NEW_KEY = "new key"


@dataclass(frozen=True, slots=True)
class Swap:
    """Another file took the place of the store. `took`: milliseconds from the first byte to back
    at work, 0 where it was interrupted; `size`: bytes of the file; `folder`: where the one before
    lies, until `deleted_at`."""

    at: int
    why: SwapWhy
    took: int
    size: int
    folder: str
    deleted_at: int | None = None


@dataclass(frozen=True, slots=True)
class Life:
    """Which store this is. `epoch`: another one after every restore, so that whoever remembers what
    it was sent, or has sent, before the restore can tell and offers everything again. `root`: see
    `security.subkeys`; empty where nothing was moved."""

    epoch: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """What is kept wrapped under the store's own key, wrapped under another: own private keys by
    their public half, the keys of backups, and the root."""

    own_keys: tuple[tuple[bytes, bytes], ...]
    backup_keys: tuple[BackupKey, ...]
    root: bytes


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What a store knows of its backups that an older one taking its place cannot know: whom they
    are sealed to, those made, what was replaced, where they go."""

    keys: tuple[BackupKey, ...]
    rows: tuple[BackupRow, ...]
    swaps: tuple[Swap, ...]
    places: tuple[ChosenPlace, ...]


class BackupStore(Protocol):
    def of_keys(self) -> list[BackupKey]:
        """Every key backups are or were sealed to, the present one of a use first."""
        ...

    def of_backups(self) -> list[BackupRow]:
        """The newest first."""
        ...

    def of_restorations(self) -> list[Restoration]:
        """The newest first."""
        ...

    def of_places(self) -> list[ChosenPlace]:
        """The one that was chosen first, first."""
        ...

    def of_drills(self) -> list[KeptDrill]:
        """The newest first."""
        ...

    def keep_drill(self, kept: KeptDrill, *, audit: AuditEvent) -> int:
        """A drill is over; its number, which is given here."""
        ...

    def keep_key(self, key: BackupKey, *, audit: AuditEvent) -> None:
        """The present one of its use from now on. The same key again takes the place of itself,
        and is as old as it was."""
        ...

    def begin(self, at: int, *, audit: AuditEvent) -> BackupRow:
        """The next generation, noted in the store before it is made: so a backup knows its own
        number, and which one came before."""
        ...

    def finish(self, whole: BackupRow, *, audit: AuditEvent) -> None:
        """It is written and checked."""
        ...

    def came_back(
        self, restored: Restoration, whole: BackupRow, epoch: bytes, *, audit: AuditEvent
    ) -> None:
        """This store was restored from the backup `whole`, and has a new epoch. Codes to type and
        scan that were open in it are over: some may have been used or withdrawn since."""
        ...

    def of_life(self) -> Life: ...

    def of_swaps(self) -> list[Swap]:
        """The newest first."""
        ...

    def of_acts_after(self, seq: int) -> dict[str, int]:
        """How many entries of each act the log has after one, refused ones apart. No content."""
        ...

    def swapped(self, swap: Swap, *, audit: AuditEvent) -> None:
        """This store's file has taken the place of another."""
        ...

    def replaced_deleted(self, folder: str, at: int, *, audit: AuditEvent) -> None:
        """What lay in `folder` is gone."""
        ...

    def go_on(self, before: GoingOn, *, audit: AuditEvent) -> None:
        """What the store that was here before knew of its backups takes the place of what this
        older one does. The numbers go on."""
        ...

    def rewrap(self, anew: Rewrapped, *, audit: AuditEvent) -> None:
        """The store is under another key."""
        ...

    def keep_place(self, place: ChosenPlace, *, audit: AuditEvent) -> None:
        """A place to carry backups to; the same key again takes the place of itself."""
        ...

    def forget_place(self, key: str, *, audit: AuditEvent) -> None: ...
