"""Which clinics trust each other, computed from what they have said.

Pure. A network is its root key and the statements made in it; nothing else is kept. The root says
who belongs, which keys count and who was removed; every clinic says what its patients withdrew and
what was opened there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from medilink.days import DAY_MS
from medilink.errors import (
    ForAnotherNetwork,
    IssuerRemoved,
    IssuerUnknown,
    MemberRemoved,
    NotAMember,
    StatementForged,
)
from medilink.statements import (
    LONGEST_TEXT,
    Certificate,
    Epoch,
    EpochFor,
    Founded,
    JoinRequest,
    Left,
    LogHead,
    Opened,
    PutBack,
    Removed,
    Signed,
    UsedTwice,
    Withdrawn,
)
from security.node_keys import SHORT_ID_BYTES, SignatureWrong, key_id

CERTIFICATE_DAYS = 730
RENEWED_DAYS = 365  # a certificate with less left is made anew with the next news
REQUEST_DAYS = 30
NEWS_LIMIT_DAYS = 7  # a clinic may choose another number
MOST_AHEAD_MS = 400 * DAY_MS  # a time further ahead than this is a wrong clock, not a late clinic
CLOCKS_DIFFER_MS = 26 * 3_600_000  # two clocks that nobody compares, one of them in the wrong zone

BY_ROOT = (Founded, Certificate, Epoch, EpochFor, Removed)
BY_MEMBERS = (Withdrawn, Opened, UsedTwice, Left, PutBack, LogHead)
NEWS = (*BY_ROOT, *BY_MEMBERS)  # what is taken in and told on; the rest is shown face to face
LONGEST_SHARE_MS = 366 * DAY_MS
NAMED_AFTER = "Network of {clinic}"  # until its founder gives it another name


@dataclass(frozen=True, slots=True)
class Member:
    """A clinic of the network. `removed_at`: when it was removed, or left (`left`); None while it
    belongs."""

    says: Certificate
    raw: bytes
    removed_at: int | None = None
    left: bool = False

    @property
    def id(self) -> bytes:
        """The id of its signing key, 8 bytes."""
        return key_id(self.says.signing)


@dataclass(frozen=True, slots=True)
class Network:
    """What is known of a network. `founder`: the id of the clinic that holds the root key.
    `withdrawn`: by clinic, as of when, and which shares. `heard`: the newest time the founder has
    signed: it is at least this late."""

    name: str
    root: bytes
    founder: bytes = b""
    members: dict[bytes, Member] = field(default_factory=dict)
    epochs: tuple[Epoch, ...] = ()
    withdrawn: dict[bytes, Withdrawn] = field(default_factory=dict)
    opened: tuple[Signed, ...] = ()
    heard: int = 0

    @property
    def id(self) -> bytes:
        """The id of its root key."""
        return key_id(self.root)

    def epoch_at(self, now: int) -> Epoch | None:
        """The newest epoch that has begun; the first one for a clock that is behind."""
        first = min(self.epochs, key=lambda one: one.number, default=None)
        begun = [one for one in self.epochs if one.begins <= now]
        return max(begun, key=lambda one: one.number, default=first)

    def called(self, short: bytes) -> list[Member]:
        """The clinics whose key id begins like this: nearly always one."""
        return [one for one in self.members.values() if one.id[:SHORT_ID_BYTES] == short]

    def present(self, now: int) -> list[Member]:
        """Clinics that belong now, by name."""
        belong = [
            one
            for one in self.members.values()
            if one.removed_at is None and now < one.says.until and self.replaced_at(one.id) is None
        ]
        return sorted(belong, key=lambda one: one.says.name.casefold())

    def alone(self, clinic: bytes, now: int) -> bool:
        """Whether this clinic founded it and nobody else belongs."""
        return self.founder == clinic and all(one.id == clinic for one in self.present(now))

    def removed_at(self, clinic: bytes) -> int | None:
        """When a clinic was removed, or left; None while it belongs."""
        member = self.members.get(clinic)
        return member.removed_at if member else None

    def openings_of(self, share: bytes) -> list[Signed]:
        """Where a share was opened, as far as it was told."""
        return [
            one for one in self.opened if isinstance(one.says, Opened) and one.says.share == share
        ]

    def known_as(self, clinic: bytes) -> frozenset[bytes]:
        """Every id a clinic has had: its keys replace each other."""
        found, looked = {clinic}, [clinic]
        while looked:
            one = looked.pop()
            near = {m.id for m in self.members.values() if m.says.replaces == one}
            if one in self.members and self.members[one].says.replaces:
                near.add(self.members[one].says.replaces)
            looked += near - found
            found |= near
        return frozenset(found)

    def replaced_at(self, clinic: bytes) -> int | None:
        """When a clinic began to use another key; None while this is the present one."""
        by = [m.says.since for m in self.members.values() if m.says.replaces == clinic]
        return min(by, default=None)

    def name_of(self, clinic: bytes) -> str:
        """What the founder has certified that a clinic is called; empty for none."""
        member = self.members.get(clinic)
        return member.says.name if member else ""

    def last_withdrawn(self, clinic: bytes) -> Withdrawn | None:
        """What a clinic's patients have withdrawn, as it said last, under whichever of its keys."""
        said = [self.withdrawn[one] for one in self.known_as(clinic) if one in self.withdrawn]
        return max(said, key=lambda one: one.at, default=None)

    def heard_from(self, clinic: bytes) -> int | None:
        """As of when it is known what a clinic's patients have withdrawn; None: never heard."""
        said = self.last_withdrawn(clinic)
        return said.at if said else None

    def days_silent(self, clinic: bytes, now: int) -> int:
        """How many days ago this clinic's withdrawals were last heard of; before that, how long it
        has belonged."""
        since = self.heard_from(clinic)
        if since is None:
            since = self.members[clinic].says.since
        return (now - since) // DAY_MS


def network_from(root: bytes, said: Iterable[Signed]) -> Network:
    """The network with this root, from statements that were checked when they came."""
    said, number = list(said), key_id(root)
    by_root = [one for one in said if one.signer == number]
    founded = next((one.says for one in by_root if isinstance(one.says, Founded)), None)
    founder = founded.clinic if founded else b""
    left = {
        one.signer: one.says.at
        for one in said
        if isinstance(one.says, Left) and one.says.root == root and one.signer != founder
    }
    removed = {one.says.clinic: one.says.at for one in by_root if isinstance(one.says, Removed)}
    gone = {**left, **removed}
    certified = [Member(one.says, one.raw) for one in by_root if isinstance(one.says, Certificate)]
    members = {
        one.id: replace(one, removed_at=gone.get(one.id), left=one.id in left) for one in certified
    }
    return Network(
        name=_name_of(founded, members.get(founder)),
        root=root,
        founder=founder,
        members=members,
        epochs=tuple(one.says for one in by_root if isinstance(one.says, Epoch)),
        withdrawn={one.signer: one.says for one in said if isinstance(one.says, Withdrawn)},
        opened=tuple(one for one in said if isinstance(one.says, Opened)),
        heard=max((said_at(one) for one in said if one.signer in (number, founder)), default=0),
    )


def named_after(clinic: str) -> str:
    """What the network of a clinic is called until somebody names it."""
    return NAMED_AFTER.format(clinic=clinic)[:LONGEST_TEXT]


def _name_of(founded: Founded | None, founder: Member | None) -> str:
    """Networks were once called like the clinic that founded them."""
    if founded is None:
        return ""
    unnamed = founder is not None and founded.name == founder.says.name
    return named_after(founded.name) if unnamed else founded.name


def concerns(one: Signed, network: Network) -> bool:
    """Whether a statement was made in this network, by somebody whose word counts there: what a
    clinic brings from an earlier network, or heard from one that was removed since, is nobody's
    business."""
    if isinstance(one.says, BY_ROOT):
        return one.signer == network.id
    if isinstance(one.says, Left):
        return one.says.root == network.root
    member = network.members.get(one.signer)
    return member is not None and member.removed_at is None


def said_at(one: Signed) -> int:
    """When a statement says it was made; 0 where it does not say."""
    if isinstance(one.says, Certificate):
        return one.says.since
    return int(getattr(one.says, "at", 0))


def newness(one: Signed) -> int:
    """Of two statements about the same the one with more of it counts: the later one, but of a log
    the longer one, so that a clinic put back to before does not talk its own head away."""
    return one.says.size if isinstance(one.says, LogHead) else said_at(one)


def check_said(one: Signed, network: Network, now: int) -> None:
    """Whether a statement may be believed: signed by whom it has to be signed, who still belongs.

    Raises StatementForged, ForAnotherNetwork, NotAMember, MemberRemoved.
    """
    if isinstance(one.says, JoinRequest):
        if one.signer != key_id(one.says.signing):
            raise StatementForged
        _check_by(one, one.says.signing)
    elif isinstance(one.says, BY_ROOT):
        if one.signer != network.id:
            raise ForAnotherNetwork
        _check_by(one, network.root)
        if said_at(one) > now + MOST_AHEAD_MS:
            raise StatementForged
    else:
        if isinstance(one.says, Left) and one.says.root != network.root:
            raise ForAnotherNetwork
        _check_by(one, member_who_said(one, network, now).says.signing)
        _check_times(one, max(now, network.heard))


def _check_times(one: Signed, now: int) -> None:
    """A member's word is never from the future: it would hide what the clinic says later."""
    at = said_at(one)
    too_long = isinstance(one.says, Opened) and one.says.until > at + LONGEST_SHARE_MS
    if at > now + CLOCKS_DIFFER_MS or too_long:
        raise StatementForged


def member_who_said(one: Signed, network: Network, now: int) -> Member:
    """The clinic that signed, with a key that counted then. Raises NotAMember, MemberRemoved."""
    member = network.members.get(one.signer)
    if member is None or now >= member.says.until:
        raise NotAMember
    if isinstance(one.says, Left):
        return member  # also who was removed since may say so: it changes nothing
    replaced = network.replaced_at(one.signer)
    if member.removed_at is not None or (replaced is not None and said_at(one) > replaced):
        raise MemberRemoved
    return member


def _check_by(one: Signed, public: bytes) -> None:
    try:
        one.check(public)
    except SignatureWrong as trouble:
        raise StatementForged from trouble


def issuers(network: Network, short: bytes, made: int) -> Sequence[Member]:
    """The clinics that may have made a share. A removed clinic makes none, whenever it says it did:
    whoever stole its laptop can write any date. Raises IssuerUnknown, IssuerRemoved."""
    called = network.called(short)
    if not called:
        raise IssuerUnknown
    belong = [one for one in called if one.removed_at is None]
    if not belong:
        raise IssuerRemoved
    return [one for one in belong if made < min(one.says.until, _replaced(network, one))]


def _replaced(network: Network, member: Member) -> int:
    """A key that was replaced makes no share after that."""
    return network.replaced_at(member.id) or member.says.until
