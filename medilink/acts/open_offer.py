"""Open what a patient of another clinic shows: a saved code with its digits, or a card.

Every refusal says why and is logged; a try at the digits is counted, and committed, before it is
compared with anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from medilink.acts.network import (
    floor_of_codes,
    network_for_sharing,
    own_id,
    own_ids,
    ring_of,
    say_here,
)
from medilink.acts.read_visiting import unpack_shared
from medilink.acts.receive import check_may_try, wait_after
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Method, Outcome
from medilink.bundles import Tag, from_text
from medilink.desk import Desk
from medilink.errors import (
    ClockTooUncertain,
    NewsTooOld,
    OfferBeforeRestore,
    OfferBurnt,
    OfferCodeWrong,
    OfferExpired,
    OfferForged,
    OfferNeedsCode,
    OfferNotForUs,
    OfferTooNew,
    OfferUnreadable,
    OfferUsed,
    OfferWithdrawn,
)
from medilink.network import Member, Network, issuers
from medilink.offers import Terms, read_terms
from medilink.permissions import Task
from medilink.scopes import scope_from_bits
from medilink.sharing import TRIES_PER_GRANT, GrantState, looks_like_code
from medilink.statements import Opened, Signed, proof_text
from medilink.visiting import (
    Mode,
    Visiting,
    check_heard,
    check_state,
    check_times,
    held_until,
    may_read,
)
from security.envelope import (
    CodeDoesNotFit,
    Envelope,
    Head,
    NotAnEnvelope,
    SealedContent,
    check_content,
    read_envelope,
    undo_code,
)
from security.node_keys import SignatureWrong, Unsealable
from security.subkeys import proof_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A share as it is shown: its head, the clinics that may have made it, and what is known here.
    Times in milliseconds; `floor` is the time it is judged by."""

    envelope: Envelope
    network: Network
    possible: Sequence[Member]
    floor: int
    news_days: int

    @property
    def head(self) -> Head:
        return self.envelope.head

    @property
    def digest(self) -> bytes:
        """What this very envelope is remembered by here, whatever its head claims."""
        return hashlib.sha256(self.head.bytes + self.envelope.sealed).digest()

    @property
    def made(self) -> int:
        return self.head.made * 1000

    @property
    def ends(self) -> int:
        return self.head.ends * 1000

    def signed_by(self, check: Callable[[bytes], bytes]) -> tuple[Member, bytes]:
        """(the clinic that signed it, the plain content). Raises OfferForged."""
        for member in self.possible:
            try:
                return member, check(member.says.signing)
            except SignatureWrong:
                continue
        raise OfferForged


def shown_envelope(desk: Desk, text: str) -> Shown:
    """What can be said of a share before it is opened. Raises OfferUnreadable, OfferTooNew,
    RemovedHere, IssuerUnknown, IssuerRemoved."""
    try:
        envelope = read_envelope(from_text(Tag.SEALED, text))
    except NotAnEnvelope as trouble:
        raise (OfferTooNew if trouble.newer else OfferUnreadable) from trouble
    network = network_for_sharing(desk)
    held = desk.store.network.of_membership()
    possible = issuers(network, envelope.head.issuer, envelope.head.made * 1000)
    return Shown(
        envelope,
        network,
        possible,
        floor_of_codes(desk, network),
        held.news_days if held else 0,
    )


def not_withdrawn(desk: Desk, shown: Shown, members: Sequence[Member]) -> None:
    """Raises OfferWithdrawn where it is known here that the patient took it back, under whichever
    key the clinic said so; of this clinic's own shares before any news says it. A short id can be
    made to fit: of several clinics that may have made it, each must have withdrawn it, until its
    signature says which one did."""
    known_as, share = shown.network.known_as, shown.head.share
    if members and all(
        desk.store.network.of_withdrawal(known_as(member.id), share) for member in members
    ):
        raise OfferWithdrawn
    if any(known_as(member.id) & own_ids(desk) for member in members):
        own = desk.store.grants.by_share_id(share)
        if own and own.state in (GrantState.REVOKED, GrantState.BURNT):
            raise OfferWithdrawn


def open_offer(desk: Desk, text: str, code: str = "") -> Visiting:
    """Open a saved code of another clinic with its six digits, or an emergency card without.

    Raises OfferNeedsCode where the digits are missing, TooManyTries, and the ShareRefused that says
    why not.
    """
    check_task(desk, Task.SCAN, Act.OPEN_OFFER)
    with refusals_logged(desk, Act.OPEN_OFFER, method=Method.QR):
        shown = shown_envelope(desk, text)
        found = _unsealed(desk, shown)
        _check_not_over(desk, shown)
        _check_known(desk, shown)
        if shown.head.mode == Mode.OFFER:
            held = _opened_by_me(desk, shown)
            if held is not None:
                return held
            found = _with_digits(desk, shown, found, code)
        elif shown.head.mode != Mode.CARD:
            raise OfferNotForUs
        member, plain = shown.signed_by(lambda public: check_content(found, public))
        if shown.head.mode == Mode.OFFER:
            _check_news(shown, [member])
        return keep_opened(desk, shown, member, plain, read_terms(plain))


def _check_not_over(desk: Desk, shown: Shown) -> None:
    """Once it was seen here after its end, no clock brings it back."""
    if desk.store.visiting.of_envelope(shown.digest).over:
        raise OfferExpired
    try:
        check_times(shown.made, shown.ends, shown.floor)
    except OfferExpired:
        event = desk.event(Act.END_VISITING, share=_name(shown))
        desk.store.visiting.mark_over(shown.digest, audit=event)
        raise


def _opened_by_me(desk: Desk, shown: Shown) -> Visiting | None:
    """What this provider has opened here before from this clinic's share; anybody else may not.
    Where several clinics may have made it, the digits and the signature say first which one did."""
    if len(shown.possible) != 1:
        return None
    held = desk.store.visiting.of_key(shown.possible[0].id + shown.head.share)
    check_state(held, desk.who.id)
    return held if may_read(held, desk.who.id, shown.floor) else None


def _unsealed(desk: Desk, shown: Shown) -> SealedContent:
    try:
        return ring_of(desk).open(shown.envelope)
    except Unsealable as trouble:
        raise OfferNotForUs from trouble


def _check_known(desk: Desk, shown: Shown) -> None:
    """What can be refused before any digits are tried."""
    if desk.doubted:
        raise ClockTooUncertain
    if not shown.possible:
        raise OfferForged
    not_withdrawn(desk, shown, shown.possible)
    if shown.head.mode != Mode.CARD:
        _check_known_since(desk, shown)
        _check_news(shown, shown.possible)


def _check_known_since(desk: Desk, shown: Shown) -> None:
    """Of a code from before this store was restored nobody knows whether it was opened, or how
    often it was tried, after the backup was made. Raises OfferBeforeRestore."""
    restored = desk.store.backups.of_restorations()
    if restored and shown.made <= restored[0].at:
        raise OfferBeforeRestore


def _check_news(shown: Shown, members: Sequence[Member]) -> None:
    """News of one of these clinics is new enough. A card is for emergencies: it opens with old news
    too, and the page says how old. Raises NewsTooOld."""
    too_old: list[NewsTooOld] = []
    for member in members:
        heard = shown.network.heard_from(member.id)
        try:
            check_heard(heard, member.says.since, shown.floor, shown.news_days)
        except NewsTooOld as trouble:
            too_old.append(trouble)
    if len(too_old) == len(members):
        raise too_old[0]


def _with_digits(desk: Desk, shown: Shown, found: SealedContent, typed: str) -> SealedContent:
    """What lies under the six digits, each try counted first."""
    code = looks_like_code(typed)
    if code is None:
        raise OfferNeedsCode
    who, grants = desk.who.id, desk.store.grants
    before = check_may_try(desk)
    event = desk.event(Act.TRY_OFFER, outcome=Outcome.COUNTED, method=Method.QR, share=_name(shown))
    grants.count_try(who, None, desk.now + wait_after(before.account_wrong + 1), audit=event)
    if desk.store.visiting.of_envelope(shown.digest).tries >= TRIES_PER_GRANT:
        raise OfferBurnt
    tries = desk.store.visiting.count_try(shown.digest, audit=event)
    if tries > TRIES_PER_GRANT:
        raise OfferBurnt
    try:
        opened = undo_code(found, code)
    except CodeDoesNotFit as wrong:
        left = TRIES_PER_GRANT - tries
        raise (OfferCodeWrong(left=left) if left else OfferBurnt()) from wrong
    right = desk.event(Act.TRY_OFFER, method=Method.QR, share=_name(shown))
    grants.take_back_try(who, None, audit=right)
    desk.store.visiting.forget_tries(shown.digest, audit=right)
    return opened


def _name(shown: Shown) -> str:
    return shown.head.share.hex()


def _as_visiting(shown: Shown, member: Member) -> Visiting:
    return Visiting(
        shown.head.share,
        member.id,
        member.says.name,
        Mode(shown.head.mode),
        shown.made,
        shown.ends,
    )


def keep_opened(desk: Desk, shown: Shown, member: Member, plain: bytes, terms: Terms) -> Visiting:
    """Keep what is open for whoever opened it, and say so to its clinic. Raises OfferUsed,
    OfferForged where something else was opened here under the same name."""
    not_withdrawn(desk, shown, [member])
    as_shown = _as_visiting(shown, member)
    opened = replace(
        as_shown,
        ends=held_until(as_shown.mode, as_shown.ends, shown.floor),
        scope=terms.scope,
        single_use=terms.single_use,
    )
    unpack_shared(opened, terms)  # what cannot be read is not kept, and not said to be open
    held = desk.store.visiting.of_key(opened.key)
    check_state(held, desk.who.id)
    if held is not None and not held.says_the_same(opened):
        raise OfferForged
    event = desk.event(
        Act.OPEN_OFFER,
        method=Method.QR,
        sections=scope_from_bits(terms.scope).sections,
        why=terms.purpose,
        share=opened.share.hex(),
        clinic=member.says.name,
    )
    said = _said_opened(desk, opened, terms)
    if not desk.store.visiting.open(opened, (terms.secret, plain), desk.who.id, said, audit=event):
        raise OfferUsed
    kept = desk.store.visiting.of_key(opened.key)
    assert kept is not None  # noqa: S101 it was just kept
    return kept


def _said_opened(desk: Desk, opened: Visiting, terms: Terms) -> Signed:
    """This clinic's word that it opened a share, with the proof that it did."""
    says = Opened(
        opened.share,
        opened.issuer,
        desk.now,
        desk.who.title[:200],
        opened.ends,
        terms.scope,
    )
    proof = proof_of(terms.secret, proof_text(says, own_id(desk)))
    return say_here(desk, says._replace(proof=proof))
