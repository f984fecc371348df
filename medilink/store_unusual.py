"""What the domain needs of a store about unusual access: flags, and what the rules remember.

The habits of `medilink.store` hold here too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from medilink.activity import Done
from medilink.audit import AuditEntry, AuditEvent, Evidence, LoggedRead
from medilink.people import AccountId, PatientId
from medilink.unusual.facts import Bearer
from medilink.unusual.flags import Flag, FlagState
from medilink.unusual.looking import Looked


class UnusualStore(Protocol):
    """Flags, and how far the log was looked through."""

    def of_memory(self) -> str:
        """What the rules remember (`medilink.unusual.memory`); empty before the first look."""
        ...

    def of_last_look(self) -> tuple[int, int]:
        """Up to which entry the log was looked through, and when that was finished."""
        ...

    def of_entries_after(self, seq: int, limit: int) -> list[AuditEntry]:
        """The log from an entry on, in order."""
        ...

    def of_entries_between(self, since: int, until: int) -> Iterator[Done]:
        """The entries of a time (milliseconds UTC, `until` not included), in the order of the log,
        without their personal detail."""
        ...

    def of_decided(self, keys: Collection[str]) -> frozenset[str]:
        """Which of some flags wait no longer."""
        ...

    def of_open(self) -> Mapping[AccountId | None, int]:
        """How many flags about each account wait; None for those about nobody signed in."""
        ...

    def list_families(self, *, audit: Evidence) -> tuple[dict[str, int], LoggedRead]:
        """Every family name of the register as written, and how many bear it."""
        ...

    def list_bearers(
        self, families: Collection[str], *, audit: Evidence
    ) -> tuple[list[Bearer], LoggedRead]:
        """Who bears one of these family names."""
        ...

    def list_households(
        self, phones: Collection[str], patients: Collection[PatientId], *, audit: Evidence
    ) -> tuple[tuple[list[tuple[PatientId, str]], list[tuple[PatientId, PatientId]]], LoggedRead]:
        """Whoever is registered under one of these numbers, with the number; and (child, guardian)
        wherever one of those, or of `patients`, is either."""
        ...

    def keep_looked(  # noqa: PLR0913 what a look brings
        self,
        looked: Looked,
        memory: str,
        *,
        after: int,
        looked_to: int,
        looked_at: int,
        audit: Sequence[AuditEvent],
    ) -> None:
        """Add new flags, extend open ones, decide those that were reviewed, and remember. Raises
        EditedMeanwhile where somebody else has looked since `after`."""
        ...

    def list_flags(
        self, *, opened: bool, limit: int, audit: Evidence
    ) -> tuple[list[Flag], LoggedRead]:
        """Open flags, or decided ones; the newest first."""
        ...

    def by_number(self, number: int) -> Flag:
        """Raises NotFound."""
        ...

    def decide(  # noqa: PLR0913 what a decision says
        self,
        number: int,
        state: FlagState,
        reason: str,
        by: AccountId,
        *,
        was: FlagState,
        audit: AuditEvent,
    ) -> None:
        """Raises EditedMeanwhile where it is not any more as it was."""
        ...
