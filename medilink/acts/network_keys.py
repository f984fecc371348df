"""The keys of this clinic and of its network: made, given, renewed, changed, taken away."""

from __future__ import annotations

from medilink.acts.network import network_here, own_id, ring_of, say_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.bundles import bundle_text
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.errors import (
    LastMember,
    NotAMember,
    NotTheRoot,
)
from medilink.network import (
    CERTIFICATE_DAYS,
    NEWS_LIMIT_DAYS,
    RENEWED_DAYS,
    Network,
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
    as_payload,
    read_statement,
)
from medilink.store_network import Membership, NetworkChange, OwnKey
from security.key_ring import KeyRing, Use, new_keypair
from security.node_keys import Keypair, Unsealable, key_id, seal_to

NODE_USES = (Use.SIGN, Use.SEAL, Use.CARD)


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
        certificate_for(_own_request(desk, pairs), now),
    ]
    event = desk.event(Act.MAKE_KEYS, network=root_words(root.public))
    change = NetworkChange(
        Membership(root.public, True, now, NEWS_LIMIT_DAYS),
        [_own_new_key(desk, use, pair) for use, pair in {**pairs, Use.ROOT: root}.items()],
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
    now, network = desk.now, network_here(desk)
    short = [
        one.says._replace(since=now, until=now + CERTIFICATE_DAYS * DAY_MS)
        for one in network.members.values()
        if one.removed_at is None
        and one.says.until < now + RENEWED_DAYS * DAY_MS
        and network.replaced_at(one.id) is None
    ]
    if short:
        signed = [say_here(desk, certificate, Use.ROOT) for certificate in short]
        event = desk.event(Act.ADMIT_CLINIC, why="renewed", clinics=len(signed))
        desk.store.network.change(NetworkChange(said=signed), audit=[event])
    return len(short)


def _own_new_key(
    desk: Desk, use: Use, pair: Keypair, number: int = 0, *, current: bool = True
) -> OwnKey:
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


def certificate_for(asked: JoinRequest, now: int) -> Certificate:
    """What the founder says of a clinic that belongs: two years from now."""
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
        keys=[_own_new_key(desk, Use.EPOCH, pair, number)],
        said=[read_statement(ring.sign(as_payload(one), Use.ROOT)) for one in said],
    )
    desk.store.network.change(change, audit=[desk.event(Act.MAKE_KEYS, epoch=number)])


def epoch_info(network: Network, number: int) -> bytes:
    """What the private half of an epoch's key is bound to when it is given to a clinic."""
    return b"MediLink epoch" + network.id + number.to_bytes(4)


def epoch_keys_in(desk: Desk, network: Network, said: tuple[Signed, ...]) -> list[OwnKey]:
    """The epoch keys that were given to this clinic among what was said."""
    ring, found = ring_of(desk), list[OwnKey]()
    public = {epoch.number: epoch.public for epoch in network.epochs}
    for one in said:
        if isinstance(one.says, EpochFor) and one.says.clinic in ring.ids_of(Use.SIGN):
            number = one.says.number
            try:
                pair = ring.receive_key(one.says.sealed, epoch_info(network, number))
            except Unsealable:
                continue  # for a key this clinic does not hold: news brings it again
            if pair.public == public.get(number):
                found.append(_own_new_key(desk, Use.EPOCH, pair, number))
    return sorted(found, key=lambda key: key.number)


def change_network_key(desk: Desk) -> None:
    """A new epoch: what is shared from now on is sealed to a key that is new. Raises NotTheRoot."""
    check_task(desk, Task.NETWORK, Act.MAKE_KEYS)
    held = desk.store.network.of_membership()
    if held is None or not held.founder:
        raise NotTheRoot
    _begin_epoch(desk, 1 + max((one.number for one in network_here(desk).epochs), default=0))


def change_own_keys(desk: Desk) -> str:
    """New keys for this clinic. The founder uses them at once; another clinic once the founder has
    certified them: the request is returned as text, empty at the founder. Older keys still open
    what was sealed to them."""
    check_task(desk, Task.NETWORK, Act.MAKE_KEYS)
    held = desk.store.network.of_membership()
    if held is None:
        raise NotAMember
    pairs = {use: new_keypair(use) for use in NODE_USES}
    asked = _own_request(desk, pairs, own_id(desk))
    keys = [_own_new_key(desk, use, pair, current=held.founder) for use, pair in pairs.items()]
    new_ring = KeyRing({use: [pair] for use, pair in pairs.items()})
    said = _certified_by_itself(desk, asked) if held.founder else []
    event = desk.event(Act.MAKE_KEYS, key=key_id(asked.signing).hex())
    desk.store.network.change(NetworkChange(keys=keys, said=said), audit=[event])
    if held.founder:
        return ""
    old_ring = ring_of(desk)  # the old key is still the present one: it vouches for the new
    return bundle_text([ring.sign(as_payload(asked)) for ring in (new_ring, old_ring)])


def _certified_by_itself(desk: Desk, asked: JoinRequest) -> list[Signed]:
    network = network_here(desk)
    said: list[Statement] = [
        Founded(network.name, network.root, key_id(asked.signing), desk.now),
        certificate_for(asked, desk.now),
    ]
    return [say_here(desk, one, Use.ROOT) for one in said]


def use_certified_keys(desk: Desk) -> None:
    """Keys that were waiting for their certificate are the present ones once it has come."""
    held = desk.store.network.of_keys()
    waiting = {key.public for key in held if not key.current}
    present = {key.public for key in held if key.current}
    for member in network_here(desk).members.values():
        says = member.says
        if says.signing in waiting and own_id(desk) == says.replaces:
            wanted = [one for one in (says.signing, says.sealing, says.card) if one not in present]
            event = desk.event(Act.MAKE_KEYS, why="certified", key=member.id.hex())
            desk.store.network.change(NetworkChange(current=wanted), audit=[event])


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
