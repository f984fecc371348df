"""The emergency card: made at home, judged anywhere, withdrawn like any other share."""

from __future__ import annotations

from pathlib import Path

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from medilink.acts.cards import (
    card_key_ids,
    issuer_address,
    judge_shown_card,
    make_emergency_card,
    published_keys,
    published_revocations,
    rid_of,
)
from medilink.acts.leaving import leave_network, remove_clinic
from medilink.acts.look_back import who_looked_at_my_record
from medilink.acts.lost_card import cards_out, withdraw_lost_cards
from medilink.acts.network import own_id, ring_of
from medilink.acts.network_keys import renew_after_restore
from medilink.acts.news import make_news, take_news
from medilink.acts.open_offer import open_offer
from medilink.acts.read_visiting import erase_ended, open_visiting
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import my_codes, revoke_code
from medilink.audit import Act
from medilink.errors import NoRight, NothingShared, NotYours, OfferWithdrawn, Refused
from medilink.smart.card import make_card
from medilink.smart.card_bundle import CardPart
from medilink.smart.judging import Verdict
from medilink.smart.published import read_crl, read_jwks
from tests.acts.test_offers import Journey
from tests.clinics import own_id as patient_of

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
    assert card_key_ids(journey.kisumu.admin) == [kid]


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
    [kid] = card_key_ids(journey.kisumu.admin)
    assert read_crl(published_revocations(journey.kisumu.admin, kid), kid).rids


def test_cards_outlast_the_keys_of_a_clinic_that_was_restored(journey: Journey) -> None:
    """They are in people's pockets; who checks them by the published keys still can."""
    made, lost = (make_emergency_card(journey.wanjiku, USUAL) for _ in range(2))
    [before] = card_key_ids(journey.kisumu.admin)
    renew_after_restore(journey.kisumu.admin)
    present, old = card_key_ids(journey.kisumu.admin)
    assert old == before
    iss = issuer_address(journey.kisumu.admin)
    published = read_jwks(published_keys(journey.kisumu.admin), iss)
    assert list(published.keys) == [present, before]
    after = make_emergency_card(journey.wanjiku, USUAL)
    assert revoke_code(journey.wanjiku, lost.grant.id)
    journey.clock.forward(minutes=1)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    for card, verdict in (
        (made, Verdict.GENUINE),
        (lost, Verdict.REVOKED),
        (after, Verdict.GENUINE),
    ):
        for reader in (journey.doctor, journey.kisumu.provider()):
            shown = judge_shown_card(reader, [card.card.text])
            assert shown.judged.verdict is verdict
    for kid in (present, before):
        rids = read_crl(published_revocations(journey.kisumu.admin, kid), kid).rids
        assert set(rids) == {rid_of(lost.grant.share_id)}


def test_a_key_that_was_replaced_counts_no_longer_than_its_cards(journey: Journey) -> None:
    """Whoever got it off a stolen laptop can write any date on a card."""
    made, stolen = make_emergency_card(journey.wanjiku, USUAL), ring_of(journey.kisumu.admin)
    then = made.grant.made_at // 1000
    forged = make_card(
        made.content,
        stolen.sign_card,
        iss=issuer_address(journey.kisumu.admin),
        nbf=then,
        exp=then + 3 * 365 * 86_400,
        rid="ZZZZZZZZZZZ",
    )
    journey.clock.forward(days=1)
    renew_after_restore(journey.kisumu.admin)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    assert len(card_key_ids(journey.kisumu.admin)) == 2
    journey.clock.forward(days=366)
    assert len(card_key_ids(journey.kisumu.admin)) == 1
    shown = judge_shown_card(journey.doctor, [forged.text])
    assert shown.judged.verdict is Verdict.UNKNOWN_ISSUER


def test_keys_of_a_clinic_that_left_are_published_no_more(journey: Journey) -> None:
    [before] = card_key_ids(journey.siaya.admin)
    leave_network(journey.siaya.admin)
    [after] = card_key_ids(journey.siaya.admin)
    assert after != before


def test_a_card_lies_open_for_a_day_and_can_be_shown_again(journey: Journey) -> None:
    made = make_emergency_card(journey.wanjiku, USUAL)
    first = open_offer(journey.doctor, made.pointer)
    journey.clock.forward(hours=24)
    with pytest.raises(NoRight):
        open_visiting(journey.doctor, first.key)
    assert erase_ended(journey.doctor) == 1
    again = open_offer(journey.siaya.provider("Otieno Were"), made.pointer)
    assert again.ends == again.opened_at + 24 * 3_600_000
    with pytest.raises(NoRight):  # who looked the time before has done so
        open_visiting(journey.doctor, again.key)
    open_offer(journey.doctor, made.pointer)
    assert open_visiting(journey.doctor, again.key).record.conditions


def test_a_lost_card_is_taken_back_at_the_clinic_by_whoever_treats_the_patient(
    journey: Journey,
) -> None:
    make_emergency_card(journey.wanjiku, USUAL)
    lost = make_emergency_card(journey.wanjiku, USUAL)
    patient = patient_of(journey.wanjiku)
    nurse = journey.kisumu.provider("Njeri Mwangi")
    with pytest.raises(NoRight):
        withdraw_lost_cards(nurse, patient)
    record_patient_is_here(nurse, patient, "lost her card")
    assert len(cards_out(nurse, patient)) == 2
    assert withdraw_lost_cards(nurse, patient) == 2
    assert not my_codes(journey.wanjiku)
    told = [(one.act, one.why, one.account) for one in who_looked_at_my_record(journey.wanjiku)]
    assert told.count((Act.REVOKE, "the card was lost", nurse.who.id)) == 2
    with pytest.raises(OfferWithdrawn):
        open_offer(journey.kisumu.provider(), lost.pointer)
    shown = judge_shown_card(journey.kisumu.provider(), [lost.card.text])
    assert shown.judged.verdict is Verdict.REVOKED


def test_a_patient_takes_back_their_own_cards_and_nobody_elses(journey: Journey) -> None:
    make_emergency_card(journey.wanjiku, USUAL)
    with pytest.raises(NotYours):
        withdraw_lost_cards(journey.kisumu.patient(), patient_of(journey.wanjiku))
    with pytest.raises(Refused):
        withdraw_lost_cards(journey.kisumu.admin, patient_of(journey.wanjiku))
    assert withdraw_lost_cards(journey.wanjiku, patient_of(journey.wanjiku)) == 1


def test_a_card_of_a_removed_clinic_proves_nothing(journey: Journey) -> None:
    theirs = make_emergency_card(journey.siaya.patient(), USUAL)
    remove_clinic(journey.kisumu.admin, own_id(journey.siaya.admin))
    take_news(journey.busia.admin, make_news(journey.kisumu.admin))
    shown = judge_shown_card(journey.busia.provider(), [theirs.card.text])
    assert shown.judged.verdict is Verdict.UNKNOWN_ISSUER
