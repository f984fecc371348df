"""What clinics tell each other: withdrawals, openings, who belongs. Made here, taken in here.

News is sealed to every clinic of the network, so that a lost stick tells nobody who opened what.
The same statements will travel at every sync; a stick or a moving code carries them until then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from medilink.acts.network import network_here, own_id, own_ids, ring_of, say_here
from medilink.acts.network_keys import epoch_keys_in, renew_certificates, use_certified_keys
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Actor
from medilink.bundles import (
    LONGEST_TEXT,
    Tag,
    as_text,
    from_text,
    packed_statements,
    read_bundle,
    tag_of,
)
from medilink.days import DAY_MS
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
from medilink.network import (
    BY_MEMBERS,
    BY_ROOT,
    NEWS,
    Network,
    check_said,
    network_from,
    said_at,
)
from medilink.people import Role
from medilink.permissions import Task
from medilink.sharing import LEAVING_KINDS
from medilink.statements import (
    Opened,
    Signed,
    UsedTwice,
    Withdrawn,
    proof_text,
    read_statement,
)
from medilink.store_network import NetworkChange
from medilink.visiting import Mode, VisitingState
from security.codes import new_share_id
from security.envelope import NotAnEnvelope, read_envelope, unchecked_content
from security.node_keys import Unsealable
from security.subkeys import proof_of

MOST_OF_ONE = 2_000  # openings of one clinic that are kept and told on
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
    withdrawn = tuple(sorted(desk.store.abroad.of_withdrawn(desk.now, LEAVING_KINDS)))
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
    """What is still of use to others. An opening is until a month after its share has ended; of one
    clinic's only so many are told, so that none can fill everybody's sticks."""
    told, many = list[Signed](), Counter[bytes]()
    for one in sorted(said, key=said_at, reverse=True):
        if isinstance(one.says, Opened | UsedTwice):
            many[one.signer] += 1
            old = isinstance(one.says, Opened) and one.says.until + NEWS_DAYS * DAY_MS <= now
            if old or many[one.signer] > MOST_OF_ONE:
                continue
        if isinstance(one.says, NEWS):
            told.append(one)
    return told


def open_news(desk: Desk, text: str) -> list[Signed]:
    """The statements in a file or code, sealed or not. Nothing is believed yet.

    Raises NotForUs, StatementUnreadable, OfferUnreadable.
    """
    if tag_of(text) is Tag.SAID:
        return read_bundle(from_text(Tag.SAID, text))
    try:
        envelope = read_envelope(from_text(Tag.SEALED, text), longest=LONGEST_TEXT)
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
    """What is signed by whom it must be signed: first what the founder says, then, in the light of
    it, what clinics say. The same statement twice is one."""
    once = list({one.raw: one for one in said if isinstance(one.says, NEWS)}.values())
    network, known = network_here(desk), _all(desk)
    by_root = [one for one in once if isinstance(one.says, BY_ROOT) and _fits(one, network, desk)]
    after = network_from(network.root, [*known, *by_root])
    others = [one for one in once if isinstance(one.says, BY_MEMBERS) and _fits(one, after, desk)]
    many = Counter[bytes]()
    kept = list[Signed]()
    for one in others:
        many[one.signer] += 1
        if many[one.signer] <= MOST_OF_ONE or isinstance(one.says, Withdrawn):
            kept.append(one)
    return [*by_root, *kept]


def _fits(one: Signed, network: Network, desk: Desk) -> bool:
    try:
        check_said(one, network, desk.now)
    except (StatementForged, ForAnotherNetwork, NotAMember, MemberRemoved):
        return False
    return True


def _end_withdrawn(desk: Desk) -> int:
    """What was opened here and has since been withdrawn by the clinic that made it closes, and is
    erased; of a removed clinic everything."""
    network, network_store = network_here(desk), desk.store.network
    gone = list[bytes]()
    for one in desk.store.visiting.of_issuers(list(network.members)):
        removed = network.members[one.issuer].removed_at is not None
        if removed or network_store.of_withdrawal(network.known_as(one.issuer), one.share):
            gone.append(one.key)
    event = desk.event(Act.END_VISITING, why="withdrawn")
    return desk.store.visiting.end(gone, VisitingState.WITHDRAWN, audit=event) if gone else 0


# ---- what follows at the clinic that made a share


def _told_of_openings(desk: Desk, fresh: list[Signed]) -> int:
    """A share of ours was opened elsewhere: it stands in the patient's log, and a second use of a
    share for one use is told to everyone it concerns. Only who has opened it can prove it."""
    own, network, twice = own_ids(desk), network_here(desk), 0
    for one in fresh:
        if isinstance(one.says, Opened) and one.says.issuer in own and is_proven(desk, one):
            twice += _opened_elsewhere(desk, network, one)
    return twice


def is_proven(desk: Desk, one: Signed) -> bool:
    """Whether whoever says that they opened a share of this clinic knows its secret."""
    if not isinstance(one.says, Opened):
        return False
    secret = desk.keys.share_secret(one.says.share)
    return one.says.proof == proof_of(secret, proof_text(one.says, one.signer))


def _opened_elsewhere(desk: Desk, network: Network, one: Signed) -> int:
    said = one.says
    grant = desk.store.grants.by_share_id(said.share) if isinstance(said, Opened) else None
    if grant is None or not isinstance(said, Opened):
        return 0
    clinic = network.name_of(one.signer)
    told = desk.event(
        Act.OPENED_ELSEWHERE,
        grant.patient,
        sections=grant.sections,
        why=grant.purpose,
        clinic=clinic,
        opened=said.at,
        code=grant.id,
    )
    event = replace(told, actor=Actor(None, f"{said.who}, {clinic}", Role.PROVIDER))
    desk.store.abroad.used_elsewhere(grant.id, audit=event)
    proven = {other.signer for other in network.openings_of(said.share) if is_proven(desk, other)}
    places = proven | ({own_id(desk)} if grant.opened_by else set())
    if not grant.single_use or len(places) < 2:
        return 0
    twice = say_here(desk, UsedTwice(said.share, desk.now, tuple(sorted(places))))
    event = desk.event(Act.USED_TWICE, grant.patient, sections=grant.sections, code=grant.id)
    desk.store.network.change(NetworkChange(said=[twice]), audit=[event])
    return 1


def _told_of_second_uses(desk: Desk, fresh: list[Signed]) -> int:
    """The clinic that made a share says that it was opened twice, once of it here: the
    administrator hears."""
    own, told = own_ids(desk), 0
    for one in fresh:
        if not isinstance(one.says, UsedTwice) or one.signer in own:
            continue
        held = desk.store.visiting.of_key(one.signer + one.says.share)
        if held is not None and own & set(one.says.clinics):
            desk.store.log.write(desk.event(Act.USED_TWICE, share=one.says.share.hex()))
            told += 1
    return told
