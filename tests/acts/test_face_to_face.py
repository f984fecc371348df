"""A question and its answer, face to face: one use, one clinic, nothing left to steal."""

from __future__ import annotations

from pathlib import Path

import pytest

from database.engine import open_raw
from medilink.acts.ask import answer_ask, ask_patient, give_up_asking, open_answer, read_ask
from medilink.acts.leaving import remove_clinic
from medilink.acts.network import own_id
from medilink.acts.news import make_news, take_news
from medilink.acts.open_offer import open_offer
from medilink.acts.read_record import open_record
from medilink.acts.read_visiting import open_visiting
from medilink.acts.receipts import check_receipt, my_receipts, receipt_for_patient
from medilink.acts.share import revoke_code
from medilink.bundles import Tag, as_moving, as_text, from_moving, from_text
from medilink.errors import (
    AnswerNotAwaited,
    ForAnotherNetwork,
    MediLinkError,
    MemberRemoved,
    NetworkTrouble,
    OfferNotForUs,
    OfferWithdrawn,
    Refused,
)
from medilink.records import ALL_SECTIONS
from medilink.scopes import EVERYTHING, Scope
from tests.acts.test_offers import Journey
from tests.clinics import DATA_KEY
from tests.clinics import own_id as patient_of

ALL = Scope(ALL_SECTIONS, write_back=True)


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def test_a_question_is_answered_and_opens_once(journey: Journey) -> None:
    asked = ask_patient(journey.doctor)
    asker = read_ask(journey.wanjiku, asked.text)
    assert (asker.who, asker.clinic) == ("Amina Otieno (doctor)", "Siaya Clinic")
    answer = answer_ask(journey.wanjiku, asker, ALL)
    opened = open_answer(journey.doctor, asked.name, answer.text)
    record = open_visiting(journey.doctor, opened.key).record
    assert [one.name for one in record.conditions] == ["Asthma"]
    with pytest.raises(AnswerNotAwaited):
        open_answer(journey.doctor, asked.name, answer.text)
    with pytest.raises(OfferNotForUs):
        open_offer(journey.siaya.provider(), answer.text)


def test_the_whole_record_arrives_with_nothing_lost(journey: Journey) -> None:
    asked = ask_patient(journey.doctor)
    answer = answer_ask(
        journey.wanjiku, read_ask(journey.wanjiku, asked.text), EVERYTHING, whole=True
    )
    caught = from_moving(as_moving(answer.text))
    opened = open_answer(journey.doctor, asked.name, caught)
    came = open_visiting(journey.doctor, opened.key).record
    home = open_record(journey.wanjiku, patient_of(journey.wanjiku)).record
    assert came.entries() == home.entries()


@pytest.mark.parametrize("how", ["given up", "five minutes", "restart"])
def test_a_question_that_is_over_opens_no_answer(journey: Journey, how: str) -> None:
    asked = ask_patient(journey.doctor)
    answer = answer_ask(journey.wanjiku, read_ask(journey.wanjiku, asked.text), ALL)
    doctor = journey.doctor
    if how == "given up":
        give_up_asking(doctor, asked.name)
    elif how == "five minutes":
        journey.clock.forward(minutes=5)
    else:
        doctor = journey.siaya.at_desk(doctor.who)  # what a new process knows
    with pytest.raises(AnswerNotAwaited):
        open_answer(doctor, asked.name, answer.text)


def test_photographs_of_both_codes_and_the_providers_store_open_nothing(journey: Journey) -> None:
    asked = ask_patient(journey.doctor)
    waiting = journey.doctor.waiting._waiting[asked.name].key.private
    answer = answer_ask(journey.wanjiku, read_ask(journey.wanjiku, asked.text), ALL)
    open_answer(journey.doctor, asked.name, answer.text)
    folder = journey.siaya.folder
    for held in journey.siaya.store.network.of_keys():
        unwrapped = journey.siaya.desk.keys.unwrap_private(held.wrapped, held.use.encode())
        assert unwrapped != waiting
    raw = open_raw(folder / "records.db", DATA_KEY)
    tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    for table in tables:
        for row in raw.execute(f'SELECT * FROM "{table}"'):
            assert not any(waiting in held for held in row if isinstance(held, bytes)), table
    raw.close()
    for path in folder.iterdir():
        assert waiting not in path.read_bytes()
    with pytest.raises(OfferNotForUs):
        open_offer(journey.siaya.at_desk(journey.doctor.who), answer.text)


def test_an_answer_to_one_question_does_not_answer_another(journey: Journey) -> None:
    first, second = ask_patient(journey.doctor), ask_patient(journey.doctor)
    answer = answer_ask(journey.wanjiku, read_ask(journey.wanjiku, first.text), ALL)
    with pytest.raises(AnswerNotAwaited):
        open_answer(journey.doctor, second.name, answer.text)
    open_answer(journey.doctor, first.name, answer.text)


def test_a_question_from_a_clinic_that_is_not_known_yet_names_it(journey: Journey) -> None:
    """Busia joined after Kisumu's patient page last heard of anything: its certificate comes with
    the question."""
    asked = ask_patient(journey.busia.provider("Wafula Barasa"))
    assert read_ask(journey.wanjiku, asked.text).clinic == "Busia Clinic"


def test_a_question_from_elsewhere_or_from_a_removed_clinic_is_refused(
    journey: Journey, tmp_path: Path
) -> None:
    elsewhere = Journey(tmp_path / "elsewhere")
    with pytest.raises(ForAnotherNetwork):
        read_ask(journey.wanjiku, ask_patient(elsewhere.doctor).text)
    asked = ask_patient(journey.doctor)
    remove_clinic(journey.kisumu.admin, own_id(journey.siaya.admin))
    with pytest.raises(MemberRemoved):
        read_ask(journey.wanjiku, asked.text)


def test_a_changed_question_is_refused(journey: Journey) -> None:
    raw = from_text(Tag.ASK, ask_patient(journey.doctor).text)
    for place in range(0, len(raw), 3):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        with pytest.raises((NetworkTrouble, MediLinkError)):
            read_ask(journey.wanjiku, as_text(Tag.ASK, bytes(changed)))


def test_only_providers_ask_and_only_patients_answer(journey: Journey) -> None:
    with pytest.raises(Refused):
        ask_patient(journey.wanjiku)
    with pytest.raises(Refused):
        read_ask(journey.doctor, ask_patient(journey.doctor).text)


def test_withdrawing_an_answer_closes_it_after_news(journey: Journey) -> None:
    asked = ask_patient(journey.doctor)
    answer = answer_ask(journey.wanjiku, read_ask(journey.wanjiku, asked.text), ALL)
    revoke_code(journey.wanjiku, answer.grant.id)
    journey.clock.forward(minutes=1)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    with pytest.raises(OfferWithdrawn):
        open_answer(journey.doctor, asked.name, answer.text)


def test_the_receipt_is_signed_by_both_and_anyone_can_check_it(journey: Journey) -> None:
    asked = ask_patient(journey.doctor)
    answer = answer_ask(
        journey.wanjiku, read_ask(journey.wanjiku, asked.text), ALL, purpose="referral"
    )
    opened = open_answer(journey.doctor, asked.name, answer.text)
    [(grant, receipt)] = my_receipts(journey.wanjiku)
    assert grant == answer.grant.id
    third = journey.busia.provider()
    read = check_receipt(third, receipt.text)
    assert read.by == "Kisumu Clinic"
    assert read.asked is not None
    assert (read.asked.who, read.asked_at) == ("Amina Otieno (doctor)", "Siaya Clinic")
    assert read.consent is not None
    assert read.consent.purpose == "referral"
    given = receipt_for_patient(journey.doctor, opened.key)
    assert check_receipt(third, given).opened[0][0].who == "Amina Otieno (doctor)"


def test_a_changed_receipt_is_refused(journey: Journey) -> None:
    asked = ask_patient(journey.doctor)
    answer_ask(journey.wanjiku, read_ask(journey.wanjiku, asked.text), ALL)
    [(_, receipt)] = my_receipts(journey.wanjiku)
    raw = from_text(Tag.RECEIPT, receipt.text)
    for place in range(0, len(raw), 3):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        with pytest.raises(MediLinkError):
            check_receipt(journey.doctor, as_text(Tag.RECEIPT, bytes(changed)))
