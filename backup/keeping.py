"""What is done with whole backups at one place: looked through, carried on, removed, read again."""

from __future__ import annotations

from dataclasses import replace

from backup.destinations import BEGUN, Progress, Room, Wanted, plain_trouble, put
from backup.kept import Kept, read_name
from backup.ledger import AtPlace
from backup.retention import Policy, removable
from medilink.days import DAY_MS

READ_AGAIN_MS = 7 * DAY_MS  # media fade silently; a month of daily backups is read once in a month
NIGHTLY_MS = 30 * 60_000  # what takes longer to open is opened once a week, not every night


def look_through(room: Room, at: AtPlace, store_id: str) -> AtPlace:
    """What of the backups known here is still here. Removes what interrupted rounds left; the
    caller holds the lock, so nobody is at it."""
    with plain_trouble(0):
        names = room.names()
        for name in names:
            found = read_name(name.removesuffix(BEGUN))
            if name.endswith(BEGUN) and found and found[0] == store_id:
                room.remove(name)
    return at.without({one.name for one in at.held if names.get(one.name) != one.size})


def carry(kept: Kept, source: Room, target: Room, progress: Progress) -> None:
    """Copy a backup from one place to another. Raises PlaceTrouble."""
    with plain_trouble(kept.size), source.read(kept.name) as file:
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


def to_be_opened(at: AtPlace, now: int, *, quiet: bool) -> Kept | None:
    """The newest backup here, if it is time to open it: once a week, and each new one in quiet
    hours if the last one took no longer than half an hour. A date later than now is long ago."""
    newest, opened = at.newest_verified, at.opened
    if newest is None or opened is None:
        return newest
    if not 0 <= now - opened.at <= READ_AGAIN_MS:
        return newest
    tonight = quiet and opened.took <= NIGHTLY_MS
    return newest if tonight and opened.generation != newest.generation else None


def thin_out(room: Room, at: AtPlace, policy: Policy) -> AtPlace:
    """Remove what the policy does not ask for. Raises PlaceTrouble."""
    gone = removable(at.held, policy)
    with plain_trouble(0):
        for one in gone:
            room.remove(one.name)
    return at.without({one.name for one in gone})
