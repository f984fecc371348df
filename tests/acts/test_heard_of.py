"""The patient's list of shares names whom each is for, and who opened it as soon as it is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from medilink.acts.ask import answer_ask, ask_patient, read_ask
from medilink.acts.cards import make_emergency_card
from medilink.acts.coming_home import take_return
from medilink.acts.going_home import make_return
from medilink.acts.heard_of import Heard, heard_of
from medilink.acts.news import make_news, take_news
from medilink.acts.offer import make_offer, other_clinics
from medilink.acts.open_offer import open_offer
from medilink.acts.read_visiting import register_visiting
from medilink.acts.share import make_share_code, my_codes
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import NotYours
from medilink.records import ALL_SECTIONS
from medilink.scopes import EVERYTHING, Scope
from medilink.sharing import GrantKind, GrantState
from medilink.smart.card_bundle import CardPart
from medilink.visits import NewVisit
from tests.acts.test_offers import WITH_WRITING, Journey, log_of
from tests.clinics import new_clinic
from tests.clinics import own_id as patient_of


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def heard(patient: Desk) -> dict[GrantKind, Heard]:
    """What the patient's list says now, by kind."""
    grants = my_codes(patient)
    kinds = {grant.id: grant.kind for grant in grants}
    return {kinds[number]: found for number, found in heard_of(patient, grants).items()}


def test_an_answer_names_who_asked_and_an_offer_the_clinics_it_is_for(journey: Journey) -> None:
    asked = ask_patient(journey.doctor)
    answer_ask(journey.wanjiku, read_ask(journey.wanjiku, asked.text), EVERYTHING)
    siaya = next(one for one, name in other_clinics(journey.wanjiku).items() if "Siaya" in name)
    make_offer(journey.wanjiku, EVERYTHING, clinics=[siaya])
    make_emergency_card(journey.wanjiku, frozenset({CardPart.CONDITIONS}))
    make_share_code(journey.wanjiku, Scope(ALL_SECTIONS))
    known = heard(journey.wanjiku)
    assert known[GrantKind.ANSWER] == Heard("Amina Otieno (doctor), Siaya Clinic")
    assert known[GrantKind.OFFER] == Heard("Siaya Clinic")
    assert known[GrantKind.CARD] == Heard("")
    assert GrantKind.CODE not in known


def test_a_visit_that_comes_home_shows_that_the_share_was_opened(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    opened = open_offer(journey.doctor, made.text, made.code)
    assert heard(journey.wanjiku)[GrantKind.OFFER].opened == ()
    local = register_visiting(journey.doctor, opened.key)
    journey.clock.forward(minutes=5)
    write_visit(journey.doctor, local.id, NewVisit(kind="clinic visit", reason="Wheeze"))
    take_return(journey.kisumu.provider(), make_return(journey.doctor, local.id).text)
    [grant] = my_codes(journey.wanjiku)
    assert grant.state is GrantState.USED
    assert [who for who, _ in heard(journey.wanjiku)[GrantKind.OFFER].opened] == ["Siaya Clinic"]
    assert (Act.OPENED_ELSEWHERE, "done", "") in log_of(journey.kisumu)

    journey.clock.forward(minutes=5)
    take_news(journey.kisumu.admin, make_news(journey.siaya.admin))
    [(who, at)] = heard(journey.wanjiku)[GrantKind.OFFER].opened
    assert who == "Amina Otieno (doctor), Siaya Clinic"
    assert at == opened.opened_at


def test_nobody_hears_of_somebody_elses_shares(journey: Journey) -> None:
    make_offer(journey.wanjiku, EVERYTHING)
    other = journey.kisumu.patient()
    with pytest.raises(NotYours):
        heard_of(other, my_codes(journey.wanjiku), patient_of(journey.wanjiku))


def test_a_clinic_without_a_network_has_no_other_clinics(tmp_path: Path) -> None:
    assert other_clinics(new_clinic(tmp_path / "alone").patient()) == {}
