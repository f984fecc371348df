"""The desk somebody acts from: who is signed in, where, when, on which store.

Every act takes one first. It also writes the log's entry for the act, so that no act has to
remember what an entry needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from medilink.audit import Act, Actor, AuditEvent, LoggedRead, Method, Outcome
from medilink.errors import NotSignedIn
from medilink.people import Account, PatientId
from medilink.records import Section
from medilink.store import Clinic, Store
from security.key_ring import EphemeralKeys
from security.passwords import Passwords
from security.subkeys import SubKeys

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where somebody sits: session (a public id, never the cookie), address, browser."""

    session: str = ""
    ip: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class SeenRead:
    """A read that is in the log: when, which sections, and where its entry is."""

    at: int
    sections: frozenset[Section]
    entry: LoggedRead


@dataclass(frozen=True, slots=True)
class Desk:
    """`seen` remembers reads that are already logged, so that a redraw is not a second access.
    `doubted`: what is written now says that the clock could not be believed. `waiting`: keys of
    questions to patients that are not answered yet."""

    store: Store
    clinic: Clinic
    keys: SubKeys
    passwords: Passwords
    clock: Clock
    account: Account | None = None
    visitor: Visitor = Visitor()
    seen: dict[tuple[object, ...], SeenRead] = field(default_factory=dict)
    doubted: bool = False
    waiting: EphemeralKeys = field(default_factory=EphemeralKeys)

    @property
    def now(self) -> int:
        """Milliseconds since 1970-01-01 UTC."""
        return int(self.clock().timestamp() * 1000)

    @property
    def who(self) -> Account:
        """The account that acts. Raises NotSignedIn."""
        if self.account is None:
            raise NotSignedIn
        return self.account

    def signed_in_as(self, account: Account) -> Desk:
        """The same desk with somebody else at it."""
        return replace(self, account=account)

    def event(  # noqa: PLR0913 what an entry says, each named by the caller
        self,
        act: Act,
        patient: PatientId | None = None,
        *,
        outcome: Outcome = Outcome.DONE,
        method: Method = Method.NONE,
        sections: Iterable[Section] = (),
        why: str = "",
        **extra: object,
    ) -> AuditEvent:
        """The log entry for something done at this desk, now."""
        who = self.account
        if self.doubted:
            extra["doubted"] = 1
        actor = Actor(who.id, who.title, who.role) if who else Actor(None, "", None)
        return AuditEvent(
            at=self.now,
            act=act,
            outcome=outcome,
            actor=actor,
            patient=patient,
            method=method,
            sections=frozenset(sections),
            why=why,
            session=self.visitor.session,
            ip=self.visitor.ip,
            agent=self.visitor.agent[:200],
            node=self.clinic.node_code,
            extra=tuple(sorted((key, str(value)) for key, value in extra.items())),
        )
