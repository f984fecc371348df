"""What the domain needs of a store about archived parts of the log, and what is kept beside it.

The habits of `medilink.store` hold here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from medilink.audit import AuditEvent, ChainedRow
from medilink.people import AccountId


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

    def of_times(self, first: int, last: int) -> tuple[int, int]:
        """The earliest and the latest time among the entries of an archived part."""
        ...

    def of_oldest(self, limit: int) -> Sequence[ChainedRow]:
        """The oldest entries that are not archived, in order."""
        ...

    def of_live_times(self) -> Sequence[int]:
        """When each entry that is not archived was written, in order."""
        ...

    def archive(self, segment: Segment, *, audit: AuditEvent) -> None:
        """Keep a part and let go of its rows. The entry and all of it, or nothing."""
        ...

    def rewrite(self, segment: Segment, *, audit: AuditEvent) -> None:
        """Keep a part whose personal details were erased instead of the one it was."""
        ...


@dataclass(frozen=True, slots=True)
class KeptFilter:
    """A filter an administrator has kept. `body` is text of `medilink.log_views`."""

    name: str
    body: str


class FilterStore(Protocol):
    """Filters of the log, one administrator's each."""

    def of_account(self, who: AccountId) -> list[KeptFilter]:
        """In alphabetical order."""
        ...

    def keep(self, who: AccountId, kept: KeptFilter, *, audit: AuditEvent) -> None:
        """Instead of one of the same name."""
        ...

    def drop(self, who: AccountId, name: str, *, audit: AuditEvent) -> None:
        """Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A monthly report. `month` like 2026-03; `body` is text of `medilink.compliance`."""

    month: str
    made_at: int
    body: str


class ReportStore(Protocol):
    """Monthly reports MediLink has written by itself."""

    def of_months(self) -> dict[str, int]:
        """Which months there are, the newest first, and when each was written."""
        ...

    def by_month(self, month: str) -> KeptReport:
        """Raises NotFound."""
        ...

    def keep(self, report: KeptReport, *, audit: AuditEvent) -> None:
        """Raises AlreadySaid where the month has one."""
        ...
