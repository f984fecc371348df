"""What clinics tell each other: withdrawals, openings, who belongs. Made here, taken in here.

News is sealed to every clinic of the network, so that a lost stick tells nobody who opened what.
The same statements will travel at every sync; a stick or a moving code carries them until then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from medilink.acts.leaving import confirm_leavers, end_visiting
from medilink.acts.log_proof import say_head
from medilink.acts.network import network_for_sharing, network_here, own_id, ring_of, say_here
from medilink.acts.network_keys import epoch_keys_in, renew_certificates, use_certified_keys
from medilink.acts.openings import told_of_openings, told_of_second_uses
from medilink.acts.put_back import say_put_back
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.bundles import (
    LONGEST_TEXT,
    Tag,
    from_text,
    news_text,
    packed_statements,
    read_bundle,
    read_news,
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
    concerns,
    network_from,
    said_at,
)
from medilink.permissions import Task
from medilink.sharing import LEAVING_KINDS
from medilink.statements import (
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

MOST_OF_ONE = 2_000  # openings of one clinic that are kept and told on
NEWS_DAYS = 30  # an opening is told for so long after its share has ended


@dataclass(frozen=True, slots=True)
class Taken:
    """What news brought: statements not known before, those nobody could believe, codes used twice,
    shares closed here; and the names of clinics that came and went. `removed_here`: one of these
    was this clinic."""

    new: int
    refused: int
    used_twice: int
    withdrawn: int
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    removed_here: bool = False


def make_news(desk: Desk) -> str:
    """Everything this clinic knows, for every clinic of its network, as text for a file. Raises
    RemovedHere."""
    check_task(desk, Task.NETWORK, Act.MAKE_NEWS)
    with refusals_logged(desk, Act.MAKE_NEWS):
        network_for_sharing(desk)
    renew_certificates(desk)
    network = network_here(desk)
    withdrawn = tuple(sorted(desk.store.abroad.of_withdrawn(desk.now, LEAVING_KINDS)))
    own = say_here(desk, Withdrawn(desk.now, withdrawn))
    event = desk.event(Act.MAKE_NEWS, withdrawn=len(withdrawn))
    change = NetworkChange(said=[own, say_head(desk), *say_put_back(desk)])
    desk.store.network.change(change, audit=[event])
    known = [one for one in _all(desk) if concerns(one, network)]
    telling = [one.raw for one in worth_telling(known, desk.now)]
    to = tuple(member.says.sealing for member in network.present(desk.now))
    sealed = ring_of(desk).close(
        to,
        packed_statements(telling),
        mode=Mode.NEWS,
        share=new_share_id(),
        made=desk.now // 1000,
        ends=desk.now // 1000 + NEWS_DAYS * 86_400,
    )
    return news_text(sealed, _removals(known, network, desk.now))


def _removals(known: list[Signed], network: Network, now: int) -> list[bytes]:
    """That clinics were removed, for as long as they would else believe that they belong."""
    return [
        one.raw
        for one in known
        if isinstance(one.says, Removed)
        and (gone := network.members.get(one.says.clinic)) is not None
        and now < gone.says.until
    ]


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
    """The statements in a file or code, sealed or not. Nothing is believed yet. Of news sealed to
    others there is what lies open beside it, if that is about this clinic.

    Raises NotForUs, StatementUnreadable, OfferUnreadable.
    """
    if tag_of(text) is Tag.SAID:
        return read_bundle(from_text(Tag.SAID, text))
    sealed, beside = read_news(text)
    try:
        envelope = read_envelope(sealed, longest=LONGEST_TEXT)
    except NotAnEnvelope as trouble:
        raise OfferUnreadable from trouble
    if envelope.head.mode != Mode.NEWS:
        raise StatementUnreadable
    try:
        content = ring_of(desk).open(envelope)
    except Unsealable as trouble:
        own = own_id(desk)
        ours = [one for one in beside if isinstance(one.says, Removed) and one.says.clinic == own]
        if ours:
            return ours
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
    network, before = network_here(desk), _belonged(desk)
    was_removed = network.removed_at(own_id(desk)) is not None
    keys = epoch_keys_in(
        desk, network_from(network.root, [*_all(desk), *believed]), tuple(believed)
    )
    event = desk.event(Act.TAKE_NEWS, statements=len(believed), refused=len(said) - len(believed))
    change = NetworkChange(keys=keys, said=believed)
    new = set(desk.store.network.change(change, audit=[event]))
    fresh = [one for one in believed if one.raw in new]
    use_certified_keys(desk)
    confirm_leavers(desk)
    withdrawn = _end_withdrawn(desk)
    twice = told_of_openings(desk, fresh) + told_of_second_uses(desk, fresh)
    after = _belonged(desk)
    return Taken(
        len(fresh),
        len(said) - len(believed),
        twice,
        withdrawn,
        tuple(sorted(name for one, name in after.items() if one not in before)),
        tuple(sorted(name for one, name in before.items() if one not in after)),
        not was_removed and network_here(desk).removed_at(own_id(desk)) is not None,
    )


def _belonged(desk: Desk) -> dict[bytes, str]:
    """Who belongs: the name of each by the id of its key. New keys are the same clinic."""
    network = network_here(desk)
    here = [one for one in network.members.values() if one.removed_at is None]
    return {min(network.known_as(one.id)): one.says.name for one in here}


def _all(desk: Desk) -> list[Signed]:
    return [read_statement(raw) for raw in desk.store.network.of_statements()]


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
    erased; of a removed clinic everything, and at a removed clinic."""
    network, network_store = network_here(desk), desk.store.network
    if network.removed_at(own_id(desk)) is not None:
        return end_visiting(desk, "removed")
    gone = list[bytes]()
    for one in desk.store.visiting.of_issuers(list(network.members)):
        removed = network.members[one.issuer].removed_at is not None
        if removed or network_store.of_withdrawal(network.known_as(one.issuer), one.share):
            gone.append(one.key)
    event = desk.event(Act.END_VISITING, why="withdrawn")
    return desk.store.visiting.end(gone, VisitingState.WITHDRAWN, audit=event) if gone else 0
