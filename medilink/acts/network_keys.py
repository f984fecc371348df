"""The keys of this clinic and of its network: made, given, renewed, changed, taken away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from medilink.acts.network import network_here, own_id, ring_of, say_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, AuditEvent
from medilink.bundles import bundle_text
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.errors import Missing, NotAMember, NotTheRoot
from medilink.network import (
    CERTIFICATE_DAYS,
    NEWS_LIMIT_DAYS,
    RENEWED_DAYS,
    Network,
    named_after,
)
from medilink.people import check_line, tidy
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
    found_alone(desk, Act.MAKE_KEYS)


def found_alone(desk: Desk, act: Act, said: Sequence[Signed] = ()) -> None:
    """Belong to a new network of this clinic alone from now on, with new keys: whoever has heard of
    the old ones believes them no more. `said`: what is kept with it."""
    held = desk.store.network.of_membership()
    pairs = {use: new_keypair(use) for use in (*NODE_USES, Use.ROOT, Use.EPOCH)}
    root, now = pairs[Use.ROOT].public, desk.now
    clinic, epoch = key_id(pairs[Use.SIGN].public), pairs[Use.EPOCH]
    sealed = seal_to(pairs[Use.SEAL].public, epoch.private, epoch_info(Network("", root), 1))
    founded: list[Statement] = [
        Founded(named_after(desk.clinic.name), root, clinic, now),
        certificate_for(_own_request(desk, pairs), now),
        Epoch(1, epoch.public, now),
        EpochFor(1, clinic, sealed),
    ]
    ring = KeyRing({Use.ROOT: [pairs[Use.ROOT]]})
    membership = Membership(root, True, now, NEWS_LIMIT_DAYS)
    if held is not None:
        membership = replace(held, root=root, founder=True, joined_at=now)
    change = NetworkChange(
        membership,
        [_own_new_key(desk, use, pair, int(use is Use.EPOCH)) for use, pair in pairs.items()],
        [*said, *(read_statement(ring.sign(as_payload(one), Use.ROOT)) for one in founded)],
    )
    desk.store.network.change(change, audit=[desk.event(act, network=root_words(root))])


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


def begin_epoch(desk: Desk, removed: Collection[bytes] = (), *, audit: AuditEvent) -> None:
    """A new key every clinic of the network holds, given to each that belongs; `removed` no longer
    do, from this moment."""
    network, ring = network_here(desk), ring_of(desk)
    number = 1 + max((one.number for one in network.epochs), default=0)
    pair, now = new_keypair(Use.EPOCH), desk.now
    said: list[Statement] = [Removed(one, now) for one in removed]
    said.append(Epoch(number, pair.public, now))
    for member in network.present(now):
        if member.id not in removed:
            sealed = seal_to(member.says.sealing, pair.private, epoch_info(network, number))
            said.append(EpochFor(number, member.id, sealed))
    change = NetworkChange(
        keys=[_own_new_key(desk, Use.EPOCH, pair, number)],
        said=[read_statement(ring.sign(as_payload(one), Use.ROOT)) for one in said],
    )
    desk.store.network.change(change, audit=[audit])


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
    begin_epoch(desk, audit=desk.event(Act.MAKE_KEYS, why="epoch"))


def name_network(desk: Desk, name: str) -> None:
    """Give the network a name of its own; the others hear it with the news. Raises NotTheRoot,
    Missing, TooLong."""
    check_task(desk, Task.NETWORK, Act.NAME_NETWORK)
    held, wanted = desk.store.network.of_membership(), tidy(name)
    with refusals_logged(desk, Act.NAME_NETWORK):
        if held is None or not held.founder:
            raise NotTheRoot
    if not wanted:
        raise Missing(field="Name of the network")
    check_line("Name of the network", wanted)
    said = say_here(desk, Founded(wanted, held.root, own_id(desk), desk.now), Use.ROOT)
    event = desk.event(Act.NAME_NETWORK, name=wanted)
    desk.store.network.change(NetworkChange(said=[said]), audit=[event])


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
    said = _certified_by_itself(desk, asked) if held.founder else []
    event = desk.event(Act.MAKE_KEYS, key=key_id(asked.signing).hex())
    desk.store.network.change(NetworkChange(keys=keys, said=said), audit=[event])
    return waiting_request(desk)


def waiting_request(desk: Desk) -> str:
    """What asks the founder to certify this clinic's newest keys, as text; empty where none wait.
    Made anew each time it is asked for, because a request is believed for a month only."""
    held, kept = desk.store.network.of_membership(), desk.store.network.of_keys()
    if held is None or held.founder:
        return ""
    known, present = network_here(desk).members, next(key for key in kept if key.use is Use.SIGN)
    waiting = [
        key
        for key in kept
        if not key.current and key.since >= present.since and key_id(key.public) not in known
    ]
    newest: dict[Use, Keypair] = {}
    for key in waiting:
        private = desk.keys.unwrap_private(key.wrapped, key.use.encode())
        newest.setdefault(key.use, Keypair(private, key.public))
    if not set(NODE_USES) <= set(newest):
        return ""
    asked = as_payload(_own_request(desk, newest, own_id(desk)))
    new_ring = KeyRing({Use.SIGN: [newest[Use.SIGN]]})
    # The old key is still the present one: it vouches for the new.
    return bundle_text([ring.sign(asked) for ring in (new_ring, ring_of(desk))])


def renew_after_restore(desk: Desk) -> None:
    """New keys for a clinic that came out of a backup: the lost laptop has the old ones. At the
    founder of a network they count at once and a new epoch begins, so that nothing shared from now
    on is sealed to a key the lost laptop has; elsewhere they wait for the founder. What is sealed
    to the old ones still opens here."""
    held = desk.store.network.of_membership()
    if held is None:  # a store from before there were networks gets its keys at its first opening
        return
    change_own_keys(desk)
    if held.founder:
        begin_epoch(desk, audit=desk.event(Act.MAKE_KEYS, why="epoch"))


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
