"""What is done with whole backups at one place: looked through, put there, removed, thinned out.

A backup is two files, the archive and its small signed manifest. The manifest is put first and
removed last, so an archive never stands without one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO

from backup.destinations import BEGUN, Progress, Room, Wanted, plain_trouble, put
from backup.kept import Kept, generation_in, manifest_name, store_prefix
from backup.ledger import AtPlace
from backup.retention import Policy, removable
from medilink.days import DAY_MS

LARGEST_MANIFEST = 1 << 20
READ_AGAIN_MS = 7 * DAY_MS  # media fade silently; a month of daily backups is read once in a month


def look_through(room: Room, at: AtPlace, store_id: str) -> tuple[AtPlace, int]:
    """What of the backups known here is still here, and the highest generation any file here
    tells. Removes what interrupted rounds left; the caller holds the lock, so nobody is at it."""
    with plain_trouble(0):
        names = room.names()
        for name in names:
            if name.startswith(store_prefix(store_id)) and _left_over(name, names):
                room.remove(name)
    gone = {one.name for one in at.held if names.get(one.name) != one.size}
    generations = (generation_in(name, store_id) or 0 for name in names)
    return at.without(gone), max(generations, default=0)


def _left_over(name: str, names: dict[str, int]) -> bool:
    archive = name.removesuffix(manifest_name(""))
    return name.endswith(BEGUN) or (archive != name and archive not in names)


def put_manifest(room: Room, archive: str, manifest: bytes) -> None:
    """Put the small file that tells what the archive is. Raises PlaceTrouble."""
    digest = hashlib.sha256(manifest).digest()
    put(room, Wanted(manifest_name(archive), len(manifest), digest), BytesIO(manifest))


def carry(kept: Kept, source: Room, target: Room, progress: Progress) -> None:
    """Copy a backup from one place to another. Raises PlaceTrouble."""
    with plain_trouble(kept.size):
        with source.read(manifest_name(kept.name)) as file:
            manifest = file.read(LARGEST_MANIFEST)
        archive = source.read(kept.name)
    put_manifest(target, kept.name, manifest)
    with archive as file:
        put(target, wanted(kept), file, progress)


def wanted(kept: Kept) -> Wanted:
    """The archive as it has to be wherever it is."""
    return Wanted(kept.name, kept.size, kept.digest)


def verified(kept: Kept, at: int) -> Kept:
    """The same backup, read back and found good."""
    return replace(kept, verified_at=at)


def longest_unread(at: AtPlace, now: int) -> Kept | None:
    """The verified backup that was read longest ago, if that is more than a week; one dated later
    than now counts as long ago."""
    unread = [one for one in at.held if one.verified_at is not None]
    since = {one.name: now - (one.verified_at or 0) for one in unread}
    due = [one for one in unread if not 0 <= since[one.name] <= READ_AGAIN_MS]
    return max(due, key=lambda one: abs(since[one.name]), default=None)


def thin_out(room: Room, at: AtPlace, policy: Policy) -> AtPlace:
    """Remove what the policy does not ask for. Raises PlaceTrouble."""
    return drop(room, at, removable(at.held, policy))


def drop_unverified(room: Room, at: AtPlace, but: Kept) -> AtPlace:
    """Remove earlier tries that never became a verified backup, so that failing every hour does not
    fill the disk; the last try stays, it may be all there is."""
    newest = at.newest_verified
    since = newest.generation if newest else 0
    tries = [one for one in at.held if one.verified_at is None and one.generation > since]
    return drop(room, at, [one for one in tries if one.name != but.name])


def drop(room: Room, at: AtPlace, gone: list[Kept]) -> AtPlace:
    """Remove these. Raises PlaceTrouble."""
    with plain_trouble(0):
        for one in gone:
            room.remove(one.name)
            room.remove(manifest_name(one.name))
    return at.without({one.name for one in gone})


def opener(room: Room, name: str) -> Callable[[], AbstractContextManager[BinaryIO]]:
    """How whoever checks a backup gets at its bytes, as often as needed."""
    return lambda: room.read(name)
