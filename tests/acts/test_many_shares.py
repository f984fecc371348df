"""Whoever makes and withdraws shares without end does not break what clinics tell each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from medilink.acts.news import make_news, open_news, take_news
from medilink.acts.offer import make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.share import make_share_code, revoke_code
from medilink.errors import OfferExpired, OfferWithdrawn, SharedTooOften
from medilink.records import ALL_SECTIONS
from medilink.scopes import Scope
from medilink.sharing import LONGEST_STANDING_DAYS, SHARES_PER_DAY
from medilink.statements import MOST_ITEMS, Withdrawn
from tests.acts.test_offers import Journey
from tests.clinics import TestClinic

ALL = Scope(ALL_SECTIONS)


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def told_by(clinic: TestClinic, to: TestClinic) -> frozenset[bytes]:
    """The shares in the list of withdrawals that the news carries."""
    said = open_news(to.admin, make_news(clinic.admin))
    lists = [one.says for one in said if isinstance(one.says, Withdrawn)]
    newest = max(lists, key=lambda one: (one.at, len(one.shares)))
    return frozenset(newest.shares)


def test_a_record_is_shared_so_often_in_a_day_and_no_more(journey: Journey) -> None:
    wanjiku = journey.wanjiku
    for _ in range(SHARES_PER_DAY):
        revoke_code(wanjiku, make_share_code(wanjiku, ALL).grant.id)
    for make in (make_share_code, make_offer):
        with pytest.raises(SharedTooOften):
            make(wanjiku, ALL)
    assert make_share_code(journey.kisumu.patient(), ALL), "others share as before"
    journey.clock.forward(hours=24)
    assert make_share_code(wanjiku, ALL)


def test_one_patient_cannot_fill_the_list_of_withdrawals() -> None:
    assert SHARES_PER_DAY * LONGEST_STANDING_DAYS < MOST_ITEMS


def test_a_withdrawal_is_told_until_the_share_is_over(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL, hours=24)
    revoke_code(journey.wanjiku, made.grant.id)
    journey.clock.forward(hours=23)
    assert told_by(journey.kisumu, journey.siaya) == {made.grant.share_id}
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    with pytest.raises(OfferWithdrawn):
        open_offer(journey.doctor, made.text, made.code)
    journey.clock.forward(hours=1)
    assert told_by(journey.kisumu, journey.siaya) == frozenset()
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    with pytest.raises((OfferExpired, OfferWithdrawn)):
        open_offer(journey.doctor, made.text, made.code)


def test_a_list_that_is_full_holds_what_would_live_longest(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [make_offer(journey.wanjiku, ALL, hours=hours).grant for hours in (24, 1, 168, 6)]
    for grant in made:
        revoke_code(journey.wanjiku, grant.id)
    journey.clock.forward(minutes=1)
    monkeypatch.setattr("database.abroad.MOST_ITEMS", 2)
    longest = {grant.share_id for grant in (made[0], made[2])}
    assert told_by(journey.kisumu, journey.siaya) == longest
