"""What the domain needs of a store about access codes and other grants.

The habits of `medilink.store` hold here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from medilink.audit import AuditEvent
from medilink.people import AccountId, PatientId
from medilink.permissions import CareRelation
from medilink.sharing import Grant, GrantId, GrantState, NewGrant


@dataclass(frozen=True, slots=True)
class TriedCodes:
    """Wrong codes in a row, of one account and of the whole node, and until when to wait."""

    account_wrong: int
    node_wrong: int
    wait_until: int


class GrantStore(Protocol):
    def add(
        self,
        grant: NewGrant,
        code_lookup: bytes | None,
        *,
        consent: bytes | None = None,
        audit: AuditEvent,
    ) -> Grant | None:
        """None when another active grant has this code: draw again. Without a code it always
        goes in."""
        ...

    def of_patient(self, patient: PatientId, now: int) -> list[Grant]: ...

    def of_made_since(self, patient: PatientId, since: int) -> int:
        """How many of a patient's grants were made since, whatever became of them."""
        ...

    def by_code(self, code_lookup: bytes, patient: PatientId | None) -> Grant | None:
        """The active grant with this code, else the one that ended last."""
        ...

    def by_uid(self, uid: bytes) -> Grant | None: ...

    def by_id(self, grant: GrantId) -> Grant | None: ...

    def by_share_id(self, share_id: bytes) -> Grant | None: ...

    def of_tries(self, account: AccountId) -> TriedCodes: ...

    def count_try(
        self, account: AccountId, patient: PatientId | None, wait_until: int, *, audit: AuditEvent
    ) -> None:
        """Count one try, committed before anything is compared. Burns grants at their limit."""
        ...

    def redeem(self, grant: GrantId, account: AccountId, now: int, *, audit: AuditEvent) -> bool:
        """One compare-and-set. False when somebody else was first."""
        ...

    def take_back_try(
        self, account: AccountId, patient: PatientId | None, *, audit: AuditEvent
    ) -> None:
        """The try was right: it no longer counts, for the account or on the patient's codes."""
        ...

    def expire(self, now: int, *, audit: AuditEvent) -> int:
        """Write down which codes have ended, so that no clock brings them back. How many."""
        ...

    def set_state(self, grant: GrantId, state: GrantState, *, audit: AuditEvent) -> bool: ...

    def start_care(self, care: CareRelation, *, audit: AuditEvent) -> None: ...
