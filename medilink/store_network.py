"""What the domain needs of a store about other clinics: keys, what they said, whose patients visit.

The habits of `medilink.store` hold here too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.people import AccountId, PatientId
from medilink.sharing import GrantId, GrantKind
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


@dataclass(frozen=True, slots=True)
class EnvelopeSeen:
    """Tries at the digits of a saved code, and whether it was shown after its end."""

    tries: int = 0
    over: bool = False


class NetworkStore(Protocol):
    def of_membership(self) -> Membership | None: ...

    def of_keys(self) -> list[OwnKey]:
        """Every own key, the present one of a use first."""
        ...

    def of_statements(self) -> list[bytes]:
        """Everything said, each newest about its subject."""
        ...

    def of_withdrawal(self, issuers: Collection[bytes], share: bytes) -> bool:
        """Whether one of these (a clinic under its several keys) has ever withdrawn a share."""
        ...

    def change(self, wanted: NetworkChange, *, audit: Sequence[AuditEvent]) -> list[bytes]:
        """All of it or nothing. A new key is the present one of its use. Returns the statements
        that were not known before."""
        ...


class VisitingStore(Protocol):
    def of_key(self, key: bytes) -> Visiting | None: ...

    def of_visitor(self, issuer: bytes, uid: bytes) -> PatientId | None:
        """Who was registered here from a share of this clinic under this uid before."""
        ...

    def of_account(self, who: AccountId, now: int) -> list[Visiting]:
        """What somebody may read now, newest first."""
        ...

    def of_local(self, number: PatientId) -> list[Visiting]:
        """The shares from which somebody was registered here, newest first."""
        ...

    def of_issuers(self, issuers: Collection[bytes]) -> list[Visiting]:
        """The open shares these clinics have made."""
        ...

    def of_envelope(self, envelope: bytes) -> EnvelopeSeen:
        """What is known of one saved code, by the SHA-256 of its envelope."""
        ...

    def of_secret(self, key: bytes) -> bytes:
        """What only its clinic and whoever opened it know of an opened share; kept after its
        content is erased, for a visit that goes home later."""
        ...

    def mark_over(self, envelope: bytes, *, audit: AuditEvent) -> None:
        """It was shown after its end: no clock brings it back."""
        ...

    def count_try(self, envelope: bytes, *, audit: AuditEvent) -> int:
        """Count one try at the digits, committed before anything is compared. Returns how many
        there were."""
        ...

    def forget_tries(self, envelope: bytes, *, audit: AuditEvent) -> None:
        """The digits were right."""
        ...

    def open(
        self,
        opened: Visiting,
        content: tuple[bytes, bytes],
        who: AccountId,
        said: Signed,
        *,
        audit: AuditEvent,
    ) -> bool:
        """Keep what was opened (its secret and its content), with the statement that says so. One
        compare-and-set: False when somebody else was first with a share for one use, or it is not
        what was opened before."""
        ...

    def body(self, key: bytes, *, audit: Evidence) -> tuple[bytes, LoggedRead]:
        """The content of an opened share. Raises NotFound once it is erased."""
        ...

    def bodies(
        self, keys: Collection[bytes], *, audit: Evidence
    ) -> tuple[dict[bytes, bytes], LoggedRead]:
        """The contents of opened shares by their keys; of those that are not erased yet."""
        ...

    def name_local(self, key: bytes, patient: PatientId, *, audit: AuditEvent) -> None: ...

    def end(self, keys: Collection[bytes], state: VisitingState, *, audit: AuditEvent) -> int:
        """Erase their content. How many there were to end."""
        ...

    def of_over(self, now: int) -> list[bytes]:
        """Keys of shares whose content must go."""
        ...


class AbroadStore(Protocol):
    """What became elsewhere of what patients of this clinic have shared."""

    def of_withdrawn(self, now: int, kinds: Collection[GrantKind]) -> list[bytes]:
        """The ids of shares of these kinds that were withdrawn and have not ended yet; those that
        end last, where they are more than one list may hold."""
        ...

    def of_consents(self, grants: Collection[GrantId]) -> dict[GrantId, bytes]:
        """What was signed when these were given, as `list_consents` has it."""
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
