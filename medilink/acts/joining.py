"""A clinic asks to belong to a network, is let in, and joins: by what two screens show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medilink.acts.network import (
    network_for_sharing,
    network_here,
    own_id,
    ring_of,
    say_here,
)
from medilink.acts.network_keys import certificate_for, epoch_info, epoch_keys_in, root_words
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.bundles import bundle_text
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.errors import (
    AmongOthers,
    MemberRemoved,
    NameTaken,
    NotTheRoot,
    RequestTooOld,
    StatementForged,
    StatementUnreadable,
)
from medilink.network import (
    NEWS_LIMIT_DAYS,
    REQUEST_DAYS,
    Member,
    Network,
    check_said,
    concerns,
    network_from,
)
from medilink.people import fold
from medilink.permissions import Task
from medilink.sharing import LEAVING_KINDS
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
from medilink.store_network import Membership, NetworkChange
from security.key_ring import Use
from security.node_keys import SignatureWrong, key_id


def ask_to_join(desk: Desk) -> str:
    """A request to belong to another network, as text for a code or a file. Raises AmongOthers,
    RemovedHere."""
    check_task(desk, Task.NETWORK, Act.ASK_TO_JOIN)
    with refusals_logged(desk, Act.ASK_TO_JOIN):
        _check_free(desk)
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


def _check_free(desk: Desk) -> None:
    """Who is in a network with others leaves it first, so that they hear of it."""
    if not network_for_sharing(desk).alone(own_id(desk), desk.now):
        raise AmongOthers


def check_request(desk: Desk, said: Sequence[Signed]) -> JoinRequest:
    """What a clinic that asks says of itself. One that already belongs and wants new keys signs
    with its old key too.

    Raises NotTheRoot, StatementForged, RequestTooOld, StatementUnreadable, NameTaken,
    MemberRemoved.
    """
    check_task(desk, Task.NETWORK, Act.ADMIT_CLINIC)
    held = desk.store.network.of_membership()
    if held is None or not held.founder:
        raise NotTheRoot
    by_itself = [
        one.says
        for one in said
        if isinstance(one.says, JoinRequest) and one.signer == key_id(one.says.signing)
    ]
    if len(by_itself) != 1:
        raise StatementUnreadable
    [asked], network = by_itself, network_here(desk)
    for one in said:
        if one.says != asked:
            raise StatementUnreadable
        if one.signer == key_id(asked.signing):
            check_said(one, network, desk.now)
    _check_not_removed(network, asked)
    _check_replaces(network, asked, said)
    _check_not_taken(network, asked)
    if desk.now - asked.at > REQUEST_DAYS * DAY_MS:
        raise RequestTooOld(days=REQUEST_DAYS)
    return asked


def _check_not_removed(network: Network, asked: JoinRequest) -> None:
    """A removed clinic comes back under new keys, which its old ones cannot vouch for: they may be
    a thief's. Raises MemberRemoved."""
    for one in (key_id(asked.signing), asked.replaces):
        if network.removed_at(one) is not None:
            raise MemberRemoved


def _check_replaces(network: Network, asked: JoinRequest, said: Sequence[Signed]) -> None:
    """Who names an old key has it: the old key has signed the same. Raises StatementForged."""
    if not asked.replaces:
        return
    old = network.members.get(asked.replaces)
    by_old = next((one for one in said if one.signer == asked.replaces), None)
    if old is None or by_old is None:
        raise StatementForged
    try:
        by_old.check(old.says.signing)
    except SignatureWrong as trouble:
        raise StatementForged from trouble


def _check_not_taken(network: Network, asked: JoinRequest) -> None:
    """No clinic takes another's keys, or a name people would mistake for it. Raises NameTaken."""
    same = network.known_as(asked.replaces) if asked.replaces else frozenset[bytes]()
    for member in network.members.values():
        says = member.says
        if member.id in same or says.signing == asked.signing:
            continue
        keys = {says.sealing, says.card} & {asked.sealing, asked.card}
        alike = fold(says.name) == fold(asked.name) and member.removed_at is None
        if keys or alike:
            raise NameTaken


def same_letters(desk: Desk, asked: JoinRequest) -> Member | None:
    """Another clinic whose MediLink IDs begin with the same three letters, if there is one."""
    for member in network_here(desk).present(desk.now):
        another = member.says.signing != asked.signing and member.id != asked.replaces
        if member.says.code == asked.code and another:
            return member
    return None


def admit(desk: Desk, said_by_them: Sequence[Signed]) -> str:
    """Let a clinic belong: its certificate and the network's keys, as text for a code or a file.

    Somebody has compared the six words of its key before. Raises what `check_request` raises.
    """
    with refusals_logged(desk, Act.ADMIT_CLINIC):
        asked = check_request(desk, said_by_them)
    network, ring, now = network_here(desk), ring_of(desk), desk.now
    said: list[Statement] = [certificate_for(asked, now)]
    number = key_id(asked.signing)
    for epoch in network.epochs:
        info = epoch_info(network, epoch.number)
        sealed = ring.give_key(asked.sealing, epoch.public, info)
        said.append(EpochFor(epoch.number, number, sealed))
    signed = [read_statement(ring.sign(as_payload(one), Use.ROOT)) for one in said]
    event = desk.event(Act.ADMIT_CLINIC, clinic=asked.name, key=number.hex())
    desk.store.network.change(NetworkChange(said=signed), audit=[event])
    return bundle_text([one.raw for one in answer_for(desk, number)])


def answer_for(desk: Desk, clinic: bytes) -> list[Signed]:
    """What a clinic that joins must know: the network, every certificate, its own keys, and what
    was withdrawn as far as it is known here."""
    withdrawn = tuple(sorted(desk.store.abroad.of_withdrawn(desk.now, LEAVING_KINDS)))
    network = network_here(desk)
    said = [read_statement(raw) for raw in desk.store.network.of_statements()]
    told = [
        one
        for one in said
        if isinstance(one.says, _TOLD_TO_NEW)
        and concerns(one, network)
        and not _of_other(one, clinic)
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

    Somebody has compared the six words of its root key before. Raises AmongOthers, RemovedHere.
    """
    check_task(desk, Task.NETWORK, Act.JOIN_NETWORK)
    with refusals_logged(desk, Act.JOIN_NETWORK):
        _check_free(desk)
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
