"""Files that wait to be fetched once: in memory only, for an hour at most.

A file is known by the SHA-256 of its link's token, so that nothing kept here is a link, and how
long a look takes says nothing about one. A restart forgets all of them.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field

from medilink.errors import TooBigForLink, TooManyLinks
from medilink.people import AccountId, PatientId

LONGEST_MS = 3_600_000
MEGABYTE = 1_000_000
MOST_MEGABYTES = 50  # one file: a record with many papers
MOST_TOGETHER_MEGABYTES = 200  # all: what a small laptop can spare
MOST_OF_ONE_MEGABYTES = 100  # of one maker: nobody keeps the others from sharing


@dataclass(frozen=True, slots=True)
class OneTimeFile:
    """A file that waits. `until` in milliseconds UTC."""

    digest: bytes
    name: str
    media: str
    content: bytes = field(repr=False)
    patient: PatientId
    maker: AccountId
    until: int

    def waits(self, now: int) -> bool:
        """Whether it can still be fetched. Further off than it can be was set by a clock that ran
        ahead then."""
        return now < self.until <= now + LONGEST_MS


def token_digest(token: str) -> bytes:
    """What a link's token is known by."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


class Shelf:
    """All files of this process that wait. Thread-safe: whoever takes one is the only one."""

    def __init__(self) -> None:
        self._files: dict[bytes, OneTimeFile] = {}
        self._lock = threading.Lock()

    def put(self, file: OneTimeFile) -> None:
        """Let a file wait. Raises TooBigForLink, TooManyLinks."""
        size = len(file.content)
        if size > MOST_MEGABYTES * MEGABYTE:
            found = f"{size / MEGABYTE:.1f}"
            raise TooBigForLink(found=found, limit=MOST_MEGABYTES)
        with self._lock:
            held = sum(len(one.content) for one in self._files.values())
            own = sum(len(one.content) for one in self._files.values() if one.maker == file.maker)
            if held + size > MOST_TOGETHER_MEGABYTES * MEGABYTE:
                raise TooManyLinks
            if own + size > MOST_OF_ONE_MEGABYTES * MEGABYTE:
                raise TooManyLinks
            self._files[file.digest] = file

    def put_back(self, file: OneTimeFile) -> None:
        """Take back that it was taken: nothing of it has left."""
        with self._lock:
            self._files[file.digest] = file

    def holds(self, digest: bytes, now: int) -> OneTimeFile | None:
        """The file that waits under a digest."""
        with self._lock:
            found = self._files.get(digest)
        return found if found and found.waits(now) else None

    def take(self, digest: bytes, now: int) -> OneTimeFile | None:
        """The same, which then waits no more."""
        with self._lock:
            found = self._files.get(digest)
            return self._files.pop(digest) if found and found.waits(now) else None

    def drop(self, digest: bytes) -> OneTimeFile | None:
        """Forget a file, whether its time is over or not."""
        with self._lock:
            return self._files.pop(digest, None)

    def over(self, now: int) -> list[bytes]:
        """The digests of those that nobody has fetched in time."""
        with self._lock:
            return [digest for digest, one in self._files.items() if not one.waits(now)]

    def all(self) -> list[bytes]:
        """The digests of everything that is here."""
        with self._lock:
            return list(self._files)
