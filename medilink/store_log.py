"""What the domain needs of a store about archived parts of the log.

The habits of `medilink.store` hold here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from medilink.audit import AuditEvent, ChainedRow


@dataclass(frozen=True, slots=True)
class Segment:
    """An archived part: entries `first` to `last`, the hashes before and after them, this clinic's
    signed word on it, and the packed entries (`medilink.log_archive`)."""

    first: int
    last: int
    before: bytes
    hash: bytes
    signed: bytes
    body: bytes = b""


class ArchiveStore(Protocol):
    def of_segments(self) -> list[Segment]:
        """Every archived part, in order, without its entries."""
        ...

    def of_body(self, first: int) -> bytes:
        """The packed entries of a part."""
        ...

    def of_oldest(self, limit: int) -> Sequence[ChainedRow]:
        """The oldest entries that are not archived, in order."""
        ...

    def archive(self, segment: Segment, *, audit: AuditEvent) -> None:
        """Keep a part and let go of its rows. The entry and all of it, or nothing."""
        ...

    def rewrite(self, segment: Segment, *, audit: AuditEvent) -> None:
        """Keep a part whose personal details were erased instead of the one it was."""
        ...
