"""Guessing, racing, pulling the plug, and whatever else comes before the camera."""

from __future__ import annotations

import hashlib
import os
import random
import resource
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from database.store import open_store
from medilink.acts import open_offer as opening
from medilink.acts.ask import ask_patient
from medilink.acts.network import own_id
from medilink.acts.offer import make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.scan import take_scanned
from medilink.audit import Act
from medilink.bundles import Tag, as_text, from_text
from medilink.errors import MediLinkError, OfferBurnt, OfferCodeWrong, OfferUsed, TooManyTries
from medilink.people import Account
from medilink.records import ALL_SECTIONS
from medilink.scopes import Scope
from medilink.store import LogFilter
from security.envelope import SealedContent, read_envelope, undo_code
from tests.acts.test_offers import Journey
from tests.clinics import DATA_KEY

ALL = Scope(ALL_SECTIONS)


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def digest_of(text: str) -> bytes:
    """What a saved code is remembered by."""
    envelope = read_envelope(from_text(Tag.SEALED, text))
    return hashlib.sha256(envelope.head.bytes + envelope.sealed).digest()


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_twenty_at_once_compare_five_guesses_at_most(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_offer(journey.wanjiku, ALL)
    compared: list[str] = []

    def counted(found: SealedContent, code: str) -> SealedContent:
        compared.append(code)
        return undo_code(found, code)

    monkeypatch.setattr(opening, "undo_code", counted)
    doctors = [journey.siaya.provider(f"Doctor {number}") for number in range(20)]

    def guess(number: int) -> type[Exception]:
        with pytest.raises((OfferCodeWrong, OfferBurnt, TooManyTries)) as refused:
            open_offer(doctors[number], made.text, wrong_for(made.code))
        return refused.type

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(guess, range(20)))
    assert len(compared) <= 5
    with pytest.raises(OfferBurnt):
        open_offer(journey.siaya.provider(), made.text, made.code)


def test_of_twenty_with_the_right_digits_one_opens_it(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    doctors = [journey.siaya.provider(f"Doctor {number}") for number in range(4)]

    def take(number: int) -> str:
        try:
            open_offer(doctors[number % 4], made.text, made.code)
        except (OfferUsed, OfferBurnt, TooManyTries) as refused:
            return refused.code
        return "opened"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(take, range(4)))
    assert said.count("opened") == 1
    held = journey.siaya.store.visiting.of_key(own_id(journey.kisumu.admin) + made.grant.share_id)
    assert held is not None
    assert len(held.opened_by) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")
def test_pulling_the_plug_before_the_comparison_gains_no_guess(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    folder, account = journey.siaya.folder, journey.doctor.who
    journey.siaya.store.close()
    for _ in range(5):
        child = os.fork()
        if child == 0:
            _guess_and_die(folder, account, made.text, wrong_for(made.code), journey)
        os.waitpid(child, 0)
    store = open_store(folder / "records.db", DATA_KEY)
    assert store.visiting.of_envelope(digest_of(made.text)).tries == 5
    store.close()


def _die(*_: object) -> None:
    os._exit(0)


def _guess_and_die(folder: Path, account: Account, text: str, code: str, journey: Journey) -> None:
    """What a thief with a power switch does: dies between the count and the comparison."""
    opening.undo_code = _die  # type: ignore[assignment]
    try:
        store = open_store(folder / "records.db", DATA_KEY)
        journey.clock.forward(hours=1)  # whoever dies also waits
        open_offer(replace(journey.doctor, store=store, account=account), text, code)
    finally:
        os._exit(1)


def test_ten_thousand_random_texts_are_refused_in_one_sentence_each(journey: Journey) -> None:
    chance = random.Random(20261121)
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    made = make_offer(journey.wanjiku, ALL)
    raw = from_text(Tag.SEALED, made.text)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(10_000):
        if number % 3:
            tag = chance.choice(["ML0:", "ML1:", "MLF:", "MLN:", "MLA:", "MLC:", "MLX:", ""])
            text = tag + "".join(chance.choices(alphabet, k=chance.randint(0, 300)))
        else:
            changed = bytearray(raw[: chance.randint(1, len(raw))])
            changed[chance.randrange(len(changed))] = chance.randrange(256)
            text = as_text(Tag.SEALED, bytes(changed))
        with pytest.raises(MediLinkError) as refused:
            take_scanned(journey.doctor, text, "000000")
        assert refused.value.sentence.endswith(".")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 200 * 1024
    event = journey.siaya.admin.event(Act.READ_LOG)
    entries, _ = journey.siaya.store.log.list_entries(LogFilter(), limit=20_000, audit=event)
    assert len([one for one in entries if one.outcome == "refused"]) >= 10_000


FOREIGN = {
    "a web address": "https://example.org/pay?to=someone",
    "a payment code": "00020101021126360014COM.EXAMPLE.PAY5204541153037705802KE6304ABCD",
    "an EU certificate": "HC1:6BFOXN%TSMAHN-HISCOHAF:86%PQQSC:OBJE",
    "a Wi-Fi code": "WIFI:T:WPA;S:clinic;P:secret;;",
    "nothing": "   ",
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_code_is_named_so(journey: Journey, kind: str) -> None:
    with pytest.raises(MediLinkError) as refused:
        take_scanned(journey.doctor, FOREIGN[kind])
    assert refused.value.code in ("qr-not-ours", "code-wrong")


def test_a_doctors_question_scanned_by_a_doctor_says_whose_it_is(journey: Journey) -> None:
    with pytest.raises(MediLinkError) as refused:
        take_scanned(journey.doctor, ask_patient(journey.doctor).text)
    assert refused.value.code == "is-for-the-patient"
