"""The emergency card: what anybody can read, signed, and a pointer for the clinics of the network.

The card itself is a SMART Health Card, in clear: the patient chooses what stands on it. It lasts a
year, and is withdrawn like any other share; whoever has news refuses it then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from medilink.acts.network import network_for_sharing, network_here, own_ids, ring_of
from medilink.acts.offer import (
    consent_to,
    head_of,
    offer_event,
    recipients,
    secret_of,
    shared_record,
)
from medilink.acts.refusing import check_task
from medilink.acts.share import check_not_too_many, no_longer_than_own_right, own_record
from medilink.audit import Act, Outcome
from medilink.bundles import Tag, as_text, packed_statements
from medilink.carrying.summary import pack_summary
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.network import Member, Network
from medilink.offers import Terms, room_for_body
from medilink.people import PatientId
from medilink.permissions import Task
from medilink.records import Section
from medilink.scopes import Scope, scope_bits
from medilink.sensitive import Sensitive
from medilink.sharing import LONGEST_STANDING_DAYS, Grant, GrantKind, standing_grant
from medilink.smart.card import MadeCard, make_card
from medilink.smart.card_bundle import CardContent, CardPart, card_content
from medilink.smart.judging import Judged, Verdict, judge_codes
from medilink.smart.published import KnownIssuer, RevokedCards, crl_document, jwks_document
from medilink.smart.reading_card import ReadCard, read_card
from medilink.visiting import Mode
from security.codes import new_uid
from security.jose import JoseWrong, VerifyingKey, jwk_of, key_at_point, to_base64url
from security.key_ring import Use

SECTION_OF_PART: dict[CardPart, Section] = {
    CardPart.ALERTS: Section.ALERTS,
    CardPart.ALLERGIES: Section.ALLERGIES,
    CardPart.CONDITIONS: Section.CONDITIONS,
    CardPart.MEDICATIONS: Section.MEDICATIONS,
    CardPart.BLOOD: Section.PERSON,
    CardPart.CONTACTS: Section.CONTACTS,
    CardPart.PHONE: Section.PERSON,
}


@dataclass(frozen=True, slots=True)
class EmergencyCard:
    """A card to print. `content`: what was chosen; `card`: what of it fits the code. `pointer`:
    what clinics of the network scan. Shown now; made anew later."""

    grant: Grant
    content: CardContent
    card: MadeCard
    pointer: str
    clinic: str


def make_emergency_card(
    desk: Desk,
    parts: frozenset[CardPart],
    sensitive: frozenset[Sensitive] = frozenset(),
    *,
    patient: PatientId | None = None,
) -> EmergencyCard:
    """A card with the chosen parts of one's own record, or of a child's. Raises NothingShared,
    NotYours, CardTooFull, TooMuchForOneCode."""
    patient = own_record(desk, Act.MAKE_CARD, Task.SHARE, patient)
    check_not_too_many(desk, patient)
    scope = Scope(frozenset(SECTION_OF_PART[part] for part in parts), sensitive)
    wanted = standing_grant(
        uid=new_uid(desk.now),
        patient=patient,
        scope=scope,
        days=LONGEST_STANDING_DAYS,
        to_account=None,
        purpose="",
        now=desk.now,
    )
    wanted = no_longer_than_own_right(desk, replace(wanted, kind=GrantKind.CARD))
    record = shared_record(desk, patient, scope)
    network, ring = network_for_sharing(desk), ring_of(desk)
    content = card_content(record, parts)
    card = make_card(
        content,
        ring.sign_card,
        iss=issuer_address(desk),
        nbf=wanted.made_at // 1000,
        exp=wanted.expires_at // 1000,
        rid=rid_of(wanted.share_id),
    )
    to, keys = recipients(network, None, desk.now)
    packed = pack_summary(record, room_for_body(len(keys), code=False, purpose=""))
    terms = Terms(scope_bits(scope), False, "", packed.body, secret_of(desk, wanted))
    sealed = ring.close(keys, terms.pack(), mode=Mode.CARD, **head_of(wanted))
    consent = packed_statements([consent_to(desk, wanted, record, to).raw])
    event = offer_event(desk, wanted, LONGEST_STANDING_DAYS * 24, to, Act.MAKE_CARD)
    grant = desk.store.grants.add(wanted, None, consent=consent, audit=event)
    assert grant is not None  # noqa: S101 only a code can clash
    return EmergencyCard(grant, content, card, as_text(Tag.SEALED, sealed), desk.clinic.name)


def rid_of(share: bytes) -> str:
    """How a card's share is called in lists of revoked cards: base64url, 11 characters."""
    return to_base64url(share)


def issuer_address(desk: Desk) -> str:
    """Where this clinic's card keys are published. Until it has an address, a name that can never
    be anybody else's (RFC 2606 2: .invalid)."""
    held = desk.store.network.of_membership()
    chosen = held.card_address if held else ""
    return chosen or f"https://{ring_of(desk).id_of(Use.SIGN).hex()}.medilink.invalid"


# ---- what others need to check our cards


def published_keys(desk: Desk) -> bytes:
    """The document for `/.well-known/jwks.json`: the present key, and those before it for as long
    as a card made with them may be carried."""
    return jwks_document([(jwk_of(key), 1) for key in _own_card_keys(desk)])


def card_key_ids(desk: Desk) -> list[str]:
    """What the card keys of this clinic that count are called, the present one first."""
    return [key.kid for key in _own_card_keys(desk)]


def published_revocations(desk: Desk, kid: str) -> bytes:
    """The document for `/.well-known/crl/{kid}.json`."""
    gone = [rid_of(share) for share in desk.store.abroad.of_withdrawn(desk.now, {GrantKind.CARD})]
    return crl_document(kid, 1, gone)


def _own_card_keys(desk: Desk) -> list[VerifyingKey]:
    network, own = network_here(desk), own_ids(desk)
    present = ring_of(desk).public(Use.CARD)
    ours = {one.says.card for one in _vouched_for(network, desk.now) if one.id in own}
    keys = map(_card_key, sorted(ours, key=lambda point: point != present))
    return [key for key in keys if key is not None]


def _vouched_for(network: Network, now: int) -> list[Member]:
    """Certificates whose card key counts: a key that was replaced does while cards made before that
    are carried, one of a clinic that was removed or left does not, whenever it says it signed."""
    return [
        one
        for one in network.members.values()
        if one.removed_at is None
        and (network.replaced_at(one.id) or now) > now - LONGEST_STANDING_DAYS * DAY_MS
    ]


def _card_key(point: bytes) -> VerifyingKey | None:
    try:
        return key_at_point(point)
    except JoseWrong:
        return None


# ---- judging a card somebody shows


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A health card somebody has shown. `read` is None where nothing of it can be read."""

    judged: Judged
    read: ReadCard | None


def judge_shown_card(desk: Desk, texts: list[str]) -> ShownCard:
    """Whether a health card is genuine, and what it says. Anyone's card is read; only those of this
    network are known to be genuine. Raises CardUnreadable."""
    check_task(desk, Task.SCAN, Act.READ_CARD)
    now = desk.now
    said = judge_codes(texts, {}, now)
    judged = judge_codes(texts, {said.iss: _known_as(desk, said.iss)}, now)
    outcome = Outcome.DONE if judged.bundle is not None else Outcome.REFUSED
    event = desk.event(Act.READ_CARD, outcome=outcome, why=judged.verdict.value, rule=judged.rule)
    desk.store.log.write(event)
    readable = judged.bundle is not None and judged.verdict is not Verdict.ALTERED
    return ShownCard(judged, read_card(judged) if readable else None)


def _known_as(desk: Desk, iss: str) -> KnownIssuer:
    """The clinics that belong to the network, whatever address they publish under."""
    network, own = network_here(desk), own_ids(desk)
    keys: dict[str, VerifyingKey] = {}
    revoked: dict[str, RevokedCards] = {}
    for member in _vouched_for(network, desk.now):
        key = _card_key(member.says.card)
        if key is None:
            continue
        keys[key.kid] = key
        told = network.last_withdrawn(member.id)
        shares, at = (told.shares, told.at) if told else ((), 0)
        if member.id in own:  # what was withdrawn here counts before any news says it
            shares, at = tuple(desk.store.abroad.of_withdrawn(desk.now, {GrantKind.CARD})), desk.now
        if at:
            gone: Mapping[str, int | None] = {rid_of(share): None for share in shares}
            revoked[key.kid] = RevokedCards(key.kid, 1, gone, at)
    return KnownIssuer(iss, keys, revoked=revoked, name=network.name)
