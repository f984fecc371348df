"""What clinics tell each other: withdrawals, openings, who belongs. Made here, taken in here.

News is sealed to every clinic of the network, so that a lost stick tells nobody who opened what.
The same statements will travel at every sync; a stick or a moving code carries them until then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from medilink.acts.network import network_here, own_id, own_ids, ring_of, say_here
from medilink.acts.network_keys import epoch_keys_in, renew_certificates, use_certified_keys
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Actor
from medilink.bundles import Tag, as_text, from_text, packed_statements, read_bundle, tag_of
from medilink.desk import Desk
from medilink.errors import (
    ForAnotherNetwork,
    MemberRemoved,
    NotAMember,
    NotForUs,
    OfferUnreadable,
    StatementForged,
    StatementUnreadable,
)
from medilink.network import DAY_MS, check_said, network_from
from medilink.people import Role
from medilink.permissions import Task
from medilink.statements import (
    Certificate,
    Consent,
    Opened,
    Removed,
    Signed,
    UsedTwice,
    Withdrawn,
    read_statement,
)
from medilink.store_network import NetworkChange
from medilink.visiting import Mode, VisitingState
from security.codes import new_share_id
from security.envelope import NotAnEnvelope, read_envelope, unchecked_content
from security.node_keys import Unsealable

NEWS_DAYS = 30  # an opening is told for so long after its share has ended


@dataclass(frozen=True, slots=True)
class Taken:
    """What news brought: statements not known before, and those nobody could believe."""

    new: int
    refused: int
    used_twice: int
    withdrawn: int


def make_news(desk: Desk) -> str:
    """Everything this clinic knows, for every clinic of its network, as text for a file."""
    check_task(desk, Task.NETWORK, Act.MAKE_NEWS)
    renew_certificates(desk)
    network = network_here(desk)
    withdrawn = tuple(sorted(desk.store.abroad.of_withdrawn(desk.now)))
    own = say_here(desk, Withdrawn(desk.now, withdrawn))
    event = desk.event(Act.MAKE_NEWS, withdrawn=len(withdrawn))
    desk.store.network.change(NetworkChange(said=[own]), audit=[event])
    telling = [one.raw for one in worth_telling(map(read_statement, _kept(desk)), desk.now)]
    to = tuple(member.says.sealing for member in network.present(desk.now))
    sealed = ring_of(desk).close(
        to,
        packed_statements(telling),
        mode=Mode.NEWS,
        share=new_share_id(),
        made=desk.now // 1000,
        ends=desk.now // 1000 + NEWS_DAYS * 86_400,
    )
    return as_text(Tag.SEALED, sealed)


def _kept(desk: Desk) -> list[bytes]:
    return desk.store.network.of_statements()


def worth_telling(said: Iterable[Signed], now: int) -> list[Signed]:
    """What is still of use to others: an opening is, until a month after its share has ended."""
    return [
        one
        for one in said
        if not isinstance(one.says, Opened) or one.says.until + NEWS_DAYS * DAY_MS > now
    ]


def open_news(desk: Desk, text: str) -> list[Signed]:
    """The statements in a file or code, sealed or not. Nothing is believed yet.

    Raises NotForUs, StatementUnreadable, OfferUnreadable.
    """
    if tag_of(text) is Tag.SAID:
        return read_bundle(from_text(Tag.SAID, text))
    try:
        envelope = read_envelope(from_text(Tag.SEALED, text))
    except NotAnEnvelope as trouble:
        raise OfferUnreadable from trouble
    if envelope.head.mode != Mode.NEWS:
        raise StatementUnreadable
    try:
        content = ring_of(desk).open(envelope)
    except Unsealable as trouble:
        raise NotForUs from trouble
    # Who has packed it does not matter, and may be new here: each statement is signed.
    return read_bundle(unchecked_content(content))


def take_news(desk: Desk, text: str) -> Taken:
    """Believe what can be believed, and do what follows from it. Raises what `open_news` raises."""
    check_task(desk, Task.NETWORK, Act.TAKE_NEWS)
    with refusals_logged(desk, Act.TAKE_NEWS):
        said = open_news(desk, text)
    return take_statements(desk, said)


def take_statements(desk: Desk, said: list[Signed]) -> Taken:
    """Statements from wherever they came. What cannot be believed is left out and counted."""
    believed = believable(desk, said)
    network = network_here(desk)
    keys = epoch_keys_in(
        desk, network_from(network.root, [*_all(desk), *believed]), tuple(believed)
    )
    event = desk.event(Act.TAKE_NEWS, statements=len(believed), refused=len(said) - len(believed))
    change = NetworkChange(keys=keys, said=believed)
    new = set(desk.store.network.change(change, audit=[event]))
    fresh = [one for one in believed if one.raw in new]
    use_certified_keys(desk)
    withdrawn = _end_withdrawn(desk)
    twice = _told_of_openings(desk, fresh) + _told_of_second_uses(desk, fresh)
    return Taken(len(fresh), len(said) - len(believed), twice, withdrawn)


def _all(desk: Desk) -> list[Signed]:
    return [read_statement(raw) for raw in _kept(desk)]


def believable(desk: Desk, said: list[Signed]) -> list[Signed]:
    """What is signed by whom it must be signed, certificates before what their clinics say."""
    network, found = network_here(desk), list[Signed]()
    known = [read_statement(raw) for raw in _kept(desk)]
    for one in sorted(said, key=lambda one: not isinstance(one.says, Certificate | Removed)):
        if isinstance(one.says, Consent):
            continue  # a patient's, and nobody's news
        try:
            check_said(one, network, desk.now)
        except (StatementForged, ForAnotherNetwork, NotAMember, MemberRemoved):
            continue
        found.append(one)
        if isinstance(one.says, Certificate | Removed):
            network = network_from(network.root, [*known, *found])
    return found


def _end_withdrawn(desk: Desk) -> int:
    """What was opened here and has since been withdrawn at home closes, and is erased."""
    network = network_here(desk)
    gone = [share for said in network.withdrawn.values() for share in said.shares]
    removed = [one.id for one in network.members.values() if one.removed_at is not None]
    gone += desk.store.visiting.of_issuers(removed)
    event = desk.event(Act.END_VISITING, why="withdrawn")
    return desk.store.visiting.end(gone, VisitingState.WITHDRAWN, audit=event) if gone else 0


# ---- what follows at the clinic that made a share


def _told_of_openings(desk: Desk, fresh: list[Signed]) -> int:
    """A share of ours was opened elsewhere: it stands in the patient's log, and a second use of a
    share for one use is told to everyone it concerns."""
    own, twice = own_ids(desk), 0
    for one in fresh:
        if isinstance(one.says, Opened) and one.says.issuer in own:
            twice += _opened_elsewhere(desk, one.says)
    return twice


def _opened_elsewhere(desk: Desk, said: Opened) -> int:
    grant = desk.store.grants.by_share_id(said.share)
    if grant is None:
        return 0
    told = desk.event(
        Act.OPENED_ELSEWHERE,
        grant.patient,
        sections=grant.sections,
        why=grant.purpose,
        clinic=said.clinic,
        opened=said.at,
        code=grant.id,
    )
    event = replace(told, actor=Actor(None, f"{said.who}, {said.clinic}", Role.PROVIDER))
    desk.store.abroad.used_elsewhere(grant.id, audit=event)
    network = network_here(desk)
    openings = network.openings_of(said.share)
    if not grant.single_use or len(openings) + len(grant.opened_by) < 2:
        return 0
    here = {own_id(desk)} if grant.opened_by else set[bytes]()
    clinics = tuple(sorted(here | {one.signer for one in openings}))
    twice = say_here(desk, UsedTwice(said.share, desk.now, clinics))
    event = desk.event(Act.USED_TWICE, grant.patient, sections=grant.sections, code=grant.id)
    desk.store.network.change(NetworkChange(said=[twice]), audit=[event])
    return 1


def _told_of_second_uses(desk: Desk, fresh: list[Signed]) -> int:
    """Another clinic says that a share opened here was opened twice: the administrator hears."""
    own, told = own_id(desk), 0
    for one in fresh:
        if isinstance(one.says, UsedTwice) and own in one.says.clinics and one.signer != own:
            desk.store.log.write(desk.event(Act.USED_TWICE, share=one.says.share.hex()))
            told += 1
    return told
