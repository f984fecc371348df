"""What the domain needs of a store about other clinics: keys, what they said, whose patients visit.

The habits of `medilink.store` hold here too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.people import AccountId, PatientId
from medilink.sharing import GrantId
from medilink.statements import Signed
from medilink.visiting import Visiting, VisitingState
from security.key_ring import Use


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key of this clinic. `wrapped`: its private half under the store's own key; `number`: which
    epoch. `current`: the one to use; others still open what was sealed to them."""

    use: Use
    public: bytes
    wrapped: bytes
    since: int
    current: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True)
class Membership:
    """Which network this clinic belongs to. `founder`: it holds the root key. `news_days`: how old
    news may be before saved codes are refused. `card_address`: the https address under which its
    card keys are published, or empty."""

    root: bytes
    founder: bool
    joined_at: int
    news_days: int
    card_address: str = ""


@dataclass(frozen=True, slots=True)
class NetworkChange:
    """What changes at once: keys added, statements kept, and which waiting keys (by their public
    halves) are the present ones of their uses from now on."""

    membership: Membership | None = None
    keys: Sequence[OwnKey] = ()
    said: Sequence[Signed] = ()
    current: Sequence[bytes] = ()


class NetworkStore(Protocol):
    def of_membership(self) -> Membership | None: ...

    def of_keys(self) -> list[OwnKey]:
        """Every own key, the present one of a use first."""
        ...

    def of_statements(self) -> list[bytes]:
        """Everything said, each newest about its subject."""
        ...

    def change(self, wanted: NetworkChange, *, audit: Sequence[AuditEvent]) -> list[bytes]:
        """All of it or nothing. A new key is the present one of its use. Returns the statements
        that were not known before."""
        ...


class VisitingStore(Protocol):
    def of_share(self, share: bytes) -> Visiting | None: ...

    def of_account(self, who: AccountId, now: int) -> list[Visiting]:
        """What somebody may read now, newest first."""
        ...

    def of_local(self, patient: PatientId) -> Visiting | None:
        """The newest share from which somebody was registered here."""
        ...

    def of_issuers(self, issuers: Collection[bytes]) -> list[bytes]:
        """The open shares these clinics have made."""
        ...

    def count_try(self, shown: Visiting, *, audit: AuditEvent) -> int:
        """Count one try at the digits, committed before anything is compared. Returns how many
        there were; above the limit the share is burnt."""
        ...

    def open(
        self, opened: Visiting, body: bytes, who: AccountId, said: Signed, *, audit: AuditEvent
    ) -> bool:
        """Keep what was opened, with the statement that says so. One compare-and-set: False when
        somebody else was first with a share for one use."""
        ...

    def body(self, share: bytes, *, audit: Evidence) -> tuple[bytes, LoggedRead]:
        """The content of an opened share. Raises NotFound once it is erased."""
        ...

    def name_local(self, share: bytes, patient: PatientId, *, audit: AuditEvent) -> None: ...

    def end(self, shares: Collection[bytes], state: VisitingState, *, audit: AuditEvent) -> int:
        """Erase their content. How many there were to end."""
        ...

    def of_over(self, now: int) -> list[bytes]:
        """Shares whose content must go."""
        ...


class AbroadStore(Protocol):
    """What became elsewhere of what patients of this clinic have shared."""

    def of_withdrawn(self, now: int) -> list[bytes]:
        """The ids of shares that were withdrawn and have not ended yet."""
        ...

    def used_elsewhere(self, grant: GrantId, *, audit: AuditEvent) -> None:
        """Another clinic has opened it: one for one use is used."""
        ...

    def list_consents(
        self, patient: PatientId, *, limit: int, audit: Evidence
    ) -> tuple[list[tuple[GrantId, bytes]], LoggedRead]:
        """What the patient has allowed to other clinics, newest first: CBOR lists of what was
        signed."""
        ...
