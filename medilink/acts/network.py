"""Which network of clinics this one belongs to: founding, joining, admitting, removing, news.

Everything clinics say to each other is a signed statement; how it travels does not matter. A lone
clinic is a network of one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.bundles import bundle_text
from medilink.desk import Desk
from medilink.errors import (
    AddressNotSecure,
    LastMember,
    NotAMember,
    NotTheRoot,
    RequestTooOld,
    StatementForged,
    StatementUnreadable,
)
from medilink.network import (
    CERTIFICATE_DAYS,
    DAY_MS,
    NEWS_LIMIT_DAYS,
    RENEWED_DAYS,
    REQUEST_DAYS,
    Member,
    Network,
    check_said,
    network_from,
)
from medilink.permissions import Task
from medilink.statements import (
    Certificate,
    Epoch,
    EpochFor,
    Founded,
    JoinRequest,
    Removed,
    Signed,
    Statement,
    Withdrawn,
    as_payload,
    read_statement,
)
from medilink.store_network import Membership, NetworkChange, OwnKey
from security.key_ring import KeyRing, Use, new_keypair
from security.node_keys import Keypair, key_id, seal_to

NODE_USES = (Use.SIGN, Use.SEAL, Use.CARD)


def ring_of(desk: Desk) -> KeyRing:
    """This clinic's own keys, ready for use."""
    keys: dict[Use, list[Keypair]] = {use: [] for use in Use}
    epochs: dict[int, Keypair] = {}
    for held in desk.store.network.of_keys():
        pair = Keypair(desk.keys.unwrap_private(held.wrapped, held.use.encode()), held.public)
        keys[held.use].append(pair)
        if held.use is Use.EPOCH:
            epochs[held.number] = pair
    return KeyRing(keys, epochs)


def network_here(desk: Desk) -> Network:
    """The network this clinic belongs to, as far as it has heard."""
    held = desk.store.network.of_membership()
    if held is None:
        raise NotAMember
    return network_from(held.root, map(read_statement, desk.store.network.of_statements()))


def own_id(desk: Desk) -> bytes:
    """The id of the key this clinic signs with: what others call it by."""
    return ring_of(desk).id_of(Use.SIGN)


def own_key(desk: Desk) -> bytes:
    """The public key this clinic signs with, to be compared by its words."""
    return ring_of(desk).public(Use.SIGN)


def membership_here(desk: Desk) -> Membership | None:
    """Which network this clinic belongs to, and its rules."""
    return desk.store.network.of_membership()


def say_here(desk: Desk, says: Statement, use: Use = Use.SIGN) -> Signed:
    """A statement signed with a key of this clinic."""
    return read_statement(ring_of(desk).sign(as_payload(says), use))


def floor_now(desk: Desk, network: Network) -> int:
    """The time for what other clinics have dated: never earlier than anything this clinic has
    written or its network's founder has signed, so that no clock set back revives a share."""
    return max(desk.now, desk.store.log.newest_time() or 0, network.heard)


# ---- founding


def found_network(desk: Desk) -> None:
    """Make this clinic's keys and a network of its own, unless that was done. Part of set-up and of
    every start."""
    if desk.store.network.of_membership() is not None:
        renew_certificates(desk)
        return
    root, now = new_keypair(Use.ROOT), desk.now
    pairs = {use: new_keypair(use) for use in NODE_USES}
    signing = key_id(pairs[Use.SIGN].public)
    first = KeyRing({Use.ROOT: [root]})
    name = desk.clinic.name
    founded: list[Statement] = [
        Founded(name, root.public, signing, now),
        _certificate(_own_request(desk, pairs), now),
    ]
    event = desk.event(Act.MAKE_KEYS, network=root_words(root.public))
    change = NetworkChange(
        Membership(root.public, True, now, NEWS_LIMIT_DAYS),
        [_own(desk, use, pair) for use, pair in {**pairs, Use.ROOT: root}.items()],
        [read_statement(first.sign(as_payload(one), Use.ROOT)) for one in founded],
    )
    desk.store.network.change(change, audit=[event])
    _begin_epoch(desk, 1)


def renew_certificates(desk: Desk) -> int:
    """The founder makes certificates anew that have less than a year left: whoever hears from it at
    least once a year never falls out. How many."""
    held = desk.store.network.of_membership()
    if held is None or not held.founder:
        return 0
    now = desk.now
    short = [
        one.says._replace(since=now, until=now + CERTIFICATE_DAYS * DAY_MS)
        for one in network_here(desk).members.values()
        if one.removed_at is None and one.says.until < now + RENEWED_DAYS * DAY_MS
    ]
    if short:
        signed = [say_here(desk, certificate, Use.ROOT) for certificate in short]
        event = desk.event(Act.ADMIT_CLINIC, why="renewed", clinics=len(signed))
        desk.store.network.change(NetworkChange(said=signed), audit=[event])
    return len(short)


def _own(desk: Desk, use: Use, pair: Keypair, number: int = 0, *, current: bool = True) -> OwnKey:
    wrapped = desk.keys.wrap_private(pair.private, use.encode())
    return OwnKey(use, pair.public, wrapped, desk.now, current, number)


def _own_request(desk: Desk, pairs: dict[Use, Keypair], replaces: bytes = b"") -> JoinRequest:
    return JoinRequest(
        desk.clinic.name,
        desk.clinic.node_code,
        desk.clinic.country,
        pairs[Use.SIGN].public,
        pairs[Use.SEAL].public,
        pairs[Use.CARD].public,
        desk.now,
        replaces,
    )


def _certificate(asked: JoinRequest, now: int) -> Certificate:
    return Certificate(
        asked.name,
        asked.code,
        asked.country,
        asked.signing,
        asked.sealing,
        asked.card,
        now,
        now + CERTIFICATE_DAYS * DAY_MS,
        asked.replaces,
    )


def root_words(root: bytes) -> str:
    """A root key as it stands in the log: its id."""
    return key_id(root).hex()


def _begin_epoch(desk: Desk, number: int) -> None:
    """A new key every clinic of the network holds, given to each that belongs."""
    network = network_here(desk)
    pair, now = new_keypair(Use.EPOCH), desk.now
    said: list[Statement] = [Epoch(number, pair.public, now)]
    for member in network.present(now):
        sealed = seal_to(member.says.sealing, pair.private, epoch_info(network, number))
        said.append(EpochFor(number, member.id, sealed))
    ring = ring_of(desk)
    change = NetworkChange(
        keys=[_own(desk, Use.EPOCH, pair, number)],
        said=[read_statement(ring.sign(as_payload(one), Use.ROOT)) for one in said],
    )
    desk.store.network.change(change, audit=[desk.event(Act.MAKE_KEYS, epoch=number)])


def epoch_info(network: Network, number: int) -> bytes:
    """What the private half of an epoch's key is bound to when it is given to a clinic."""
    return b"MediLink epoch" + network.id + number.to_bytes(4)


# ---- joining


def ask_to_join(desk: Desk) -> str:
    """A request to belong to another network, as text for a code or a file."""
    check_task(desk, Task.NETWORK, Act.ASK_TO_JOIN)
    ring = ring_of(desk)
    request = JoinRequest(
        desk.clinic.name,
        desk.clinic.node_code,
        desk.clinic.country,
        ring.public(Use.SIGN),
        ring.public(Use.SEAL),
        ring.public(Use.CARD),
        desk.now,
    )
    desk.store.log.write(desk.event(Act.ASK_TO_JOIN))
    return bundle_text([ring.sign(as_payload(request))])


def check_request(desk: Desk, request: Signed) -> JoinRequest:
    """What a clinic that asks says of itself. Raises NotTheRoot, StatementForged, RequestTooOld,
    StatementUnreadable."""
    check_task(desk, Task.NETWORK, Act.ADMIT_CLINIC)
    held = desk.store.network.of_membership()
    if held is None or not held.founder:
        raise NotTheRoot
    asked = request.says
    if not isinstance(asked, JoinRequest):
        raise StatementUnreadable
    if request.signer != key_id(asked.signing):
        raise StatementForged
    check_said(request, network_here(desk), desk.now)
    if desk.now - asked.at > REQUEST_DAYS * DAY_MS:
        raise RequestTooOld(days=REQUEST_DAYS)
    return asked


def same_letters(desk: Desk, asked: JoinRequest) -> Member | None:
    """Another clinic whose MediLink IDs begin with the same three letters, if there is one."""
    for member in network_here(desk).present(desk.now):
        if member.says.code == asked.code and member.says.signing != asked.signing:
            return member
    return None


def admit(desk: Desk, request: Signed) -> str:
    """Let a clinic belong: its certificate and the network's keys, as text for a code or a file.

    Somebody has compared the six words of its key before. Raises what `check_request` raises.
    """
    with refusals_logged(desk, Act.ADMIT_CLINIC):
        asked = check_request(desk, request)
    network, ring, now = network_here(desk), ring_of(desk), desk.now
    said: list[Statement] = [_certificate(asked, now)]
    number = key_id(asked.signing)
    for epoch in network.epochs:
        info = epoch_info(network, epoch.number)
        sealed = ring.give_key(asked.sealing, epoch.number, info)
        said.append(EpochFor(epoch.number, number, sealed))
    signed = [read_statement(ring.sign(as_payload(one), Use.ROOT)) for one in said]
    event = desk.event(Act.ADMIT_CLINIC, clinic=asked.name, key=number.hex())
    desk.store.network.change(NetworkChange(said=signed), audit=[event])
    return bundle_text([one.raw for one in answer_for(desk, number)])


def answer_for(desk: Desk, clinic: bytes) -> list[Signed]:
    """What a clinic that joins must know: the network, every certificate, its own keys, and what
    was withdrawn as far as it is known here."""
    withdrawn = tuple(sorted(desk.store.abroad.of_withdrawn(desk.now)))
    said = [read_statement(raw) for raw in desk.store.network.of_statements()]
    told = [
        one for one in said if isinstance(one.says, _TOLD_TO_NEW) and not _of_other(one, clinic)
    ]
    return [*told, say_here(desk, Withdrawn(desk.now, withdrawn))]


_TOLD_TO_NEW = (Founded, Certificate, Epoch, EpochFor, Removed, Withdrawn)


def _of_other(one: Signed, clinic: bytes) -> bool:
    """Whether it is a key for somebody else."""
    return isinstance(one.says, EpochFor) and one.says.clinic != clinic


@dataclass(frozen=True, slots=True)
class Invitation:
    """A network that has admitted this clinic, before somebody has said yes to it."""

    network: Network
    said: tuple[Signed, ...]


def read_invitation(desk: Desk, said: list[Signed]) -> Invitation | None:
    """The other network a bundle makes this clinic belong to; None where it does not.

    Raises StatementForged, ForAnotherNetwork.
    """
    founded = [one for one in said if isinstance(one.says, Founded)]
    held = desk.store.network.of_membership()
    if not founded or held is None:
        return None
    says = founded[0].says
    assert isinstance(says, Founded)  # noqa: S101 chosen above
    own = ring_of(desk).id_of(Use.SIGN)
    network = network_from(says.root, said)
    if says.root == held.root or own not in network.members:
        return None
    for one in said:
        check_said(one, network, desk.now)
    return Invitation(network, tuple(said))


def join(desk: Desk, invitation: Invitation) -> None:
    """Belong to another network from now on. What was sealed to the old one still opens here.

    Somebody has compared the six words of its root key before.
    """
    check_task(desk, Task.NETWORK, Act.JOIN_NETWORK)
    held = desk.store.network.of_membership()
    limit = held.news_days if held else NEWS_LIMIT_DAYS
    network = invitation.network
    change = NetworkChange(
        Membership(network.root, False, desk.now, limit, held.card_address if held else ""),
        epoch_keys_in(desk, network, invitation.said),
        invitation.said,
    )
    event = desk.event(Act.JOIN_NETWORK, network=network.name, root=root_words(network.root))
    desk.store.network.change(change, audit=[event])


def epoch_keys_in(desk: Desk, network: Network, said: tuple[Signed, ...]) -> list[OwnKey]:
    """The epoch keys that were given to this clinic among what was said."""
    ring, found = ring_of(desk), list[OwnKey]()
    public = {epoch.number: epoch.public for epoch in network.epochs}
    for one in said:
        if isinstance(one.says, EpochFor) and one.says.clinic == ring.id_of(Use.SIGN):
            number = one.says.number
            pair = ring.receive_key(one.says.sealed, epoch_info(network, number))
            if pair.public == public.get(number):
                found.append(_own(desk, Use.EPOCH, pair, number))
    return sorted(found, key=lambda key: key.number)


# ---- leaving


def remove_clinic(desk: Desk, clinic: bytes) -> None:
    """A clinic no longer belongs, and the key it held is replaced. Raises NotTheRoot, LastMember,
    NotAMember."""
    check_task(desk, Task.NETWORK, Act.REMOVE_CLINIC)
    held = desk.store.network.of_membership()
    network = network_here(desk)
    with refusals_logged(desk, Act.REMOVE_CLINIC):
        if held is None or not held.founder:
            raise NotTheRoot
        if clinic == network.founder:
            raise LastMember
        if clinic not in network.members:
            raise NotAMember
    removed = say_here(desk, Removed(clinic, desk.now), Use.ROOT)
    name = network.members[clinic].says.name
    event = desk.event(Act.REMOVE_CLINIC, clinic=name, key=clinic.hex())
    desk.store.network.change(NetworkChange(said=[removed]), audit=[event])
    _begin_epoch(desk, 1 + max((one.number for one in network.epochs), default=0))


def change_network_key(desk: Desk) -> None:
    """A new epoch: what is shared from now on is sealed to a key that is new. Raises NotTheRoot."""
    check_task(desk, Task.NETWORK, Act.MAKE_KEYS)
    held = desk.store.network.of_membership()
    if held is None or not held.founder:
        raise NotTheRoot
    _begin_epoch(desk, 1 + max((one.number for one in network_here(desk).epochs), default=0))


def keep_network_settings(desk: Desk, *, news_days: int, card_address: str) -> None:
    """How many days old news may be before saved codes of other clinics are refused (1 to 365), and
    the https address under which this clinic's card keys are published. Raises AddressNotSecure."""
    check_task(desk, Task.NETWORK, Act.CHANGE_SETTINGS)
    held = desk.store.network.of_membership()
    if held is None:
        raise NotAMember
    address = card_address.strip().rstrip("/")
    if address and not _ADDRESS.fullmatch(address):
        raise AddressNotSecure
    changed = replace(held, news_days=min(max(news_days, 1), 365), card_address=address)
    event = desk.event(Act.CHANGE_SETTINGS, news_days=changed.news_days, cards=address)
    desk.store.network.change(NetworkChange(changed), audit=[event])


_ADDRESS = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]+)?")
