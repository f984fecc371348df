"""The emergency card: made at home, judged anywhere, withdrawn like any other share."""

from __future__ import annotations

from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from medilink.acts.cards import (
    card_key_id,
    judge_shown_card,
    make_emergency_card,
    published_keys,
    published_revocations,
)
from medilink.acts.leaving import remove_clinic
from medilink.acts.network import own_id
from medilink.acts.news import make_news, take_news
from medilink.acts.open_offer import open_offer
from medilink.acts.read_visiting import open_visiting
from medilink.acts.share import revoke_code
from medilink.errors import NothingShared, OfferWithdrawn
from medilink.smart.card_bundle import CardPart
from medilink.smart.judging import Verdict
from medilink.smart.published import read_crl, read_jwks
from tests.acts.test_offers import Journey

USUAL = frozenset({CardPart.ALLERGIES, CardPart.CONDITIONS, CardPart.BLOOD})


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def test_a_card_is_genuine_in_every_clinic_of_the_network(journey: Journey) -> None:
    made = make_emergency_card(journey.wanjiku, USUAL)
    shown = judge_shown_card(journey.doctor, [made.card.text])
    assert shown.judged.verdict is Verdict.GENUINE
    assert shown.read is not None
    assert [one.name for one in shown.read.record.conditions] == ["Asthma"]


def test_an_independent_library_verifies_it_with_the_published_keys(journey: Journey) -> None:
    made = make_emergency_card(journey.wanjiku, USUAL)
    known = read_jwks(published_keys(journey.kisumu.admin), "https://clinic.example")
    [kid] = known.keys
    key = known.keys[kid]
    public = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": key.x, "y": key.y})
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    assert jws.deserialize_compact(made.card.jws, public, registry=registry)
    assert card_key_id(journey.kisumu.admin) == kid


def test_nothing_stands_on_it_that_was_not_chosen(journey: Journey) -> None:
    made = make_emergency_card(journey.wanjiku, frozenset({CardPart.ALLERGIES}))
    shown = judge_shown_card(journey.doctor, [made.card.text])
    assert shown.read is not None
    assert not shown.read.record.conditions
    with pytest.raises(NothingShared):
        make_emergency_card(journey.wanjiku, frozenset())


def test_its_pointer_opens_for_clinics_even_with_old_news(journey: Journey) -> None:
    made = make_emergency_card(journey.wanjiku, USUAL)
    journey.clock.forward(days=200)
    opened = open_offer(journey.doctor, made.pointer)
    assert open_visiting(journey.doctor, opened.key).record.conditions
    open_offer(journey.siaya.provider(), made.pointer)


def test_a_withdrawn_card_is_refused_where_it_was_heard(journey: Journey) -> None:
    made = make_emergency_card(journey.wanjiku, USUAL)
    assert revoke_code(journey.wanjiku, made.grant.id)
    journey.clock.forward(minutes=1)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    shown = judge_shown_card(journey.doctor, [made.card.text])
    assert shown.judged.verdict is Verdict.REVOKED
    assert shown.judged.revocations_known_at
    with pytest.raises(OfferWithdrawn):
        open_offer(journey.doctor, made.pointer)
    kid = card_key_id(journey.kisumu.admin)
    assert read_crl(published_revocations(journey.kisumu.admin, kid), kid).rids


def test_a_card_of_a_removed_clinic_proves_nothing(journey: Journey) -> None:
    theirs = make_emergency_card(journey.siaya.patient(), USUAL)
    remove_clinic(journey.kisumu.admin, own_id(journey.siaya.admin))
    take_news(journey.busia.admin, make_news(journey.kisumu.admin))
    shown = judge_shown_card(journey.busia.provider(), [theirs.card.text])
    assert shown.judged.verdict is Verdict.UNKNOWN_ISSUER
