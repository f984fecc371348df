"""A removed clinic hears of it, one that leaves says so; both go on alone, and may come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cbor2
import pytest

from medilink.acts.ask import ask_patient, read_ask
from medilink.acts.cards import make_emergency_card
from medilink.acts.joining import ask_to_join, check_request
from medilink.acts.leaving import begin_anew, goodbye_here, leave_network, remove_clinic
from medilink.acts.network import network_here, own_id, ring_of
from medilink.acts.network_keys import name_network
from medilink.acts.news import make_news, take_news
from medilink.acts.offer import make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.read_record import open_record
from medilink.acts.read_visiting import visiting_here
from medilink.acts.scan import take_scanned
from medilink.audit import Act
from medilink.bundles import Tag, bundle_text, from_text, news_text
from medilink.desk import Desk
from medilink.errors import (
    AmongOthers,
    IssuerRemoved,
    LastMember,
    MemberRemoved,
    NotForUs,
    NotTheRoot,
    Refused,
    RemovedHere,
)
from medilink.records import ALL_SECTIONS
from medilink.scopes import Scope
from medilink.smart.card_bundle import CardPart
from medilink.statements import (
    Founded,
    JoinRequest,
    Left,
    Removed,
    Statement,
    as_payload,
    read_statement,
)
from medilink.store import LogFilter
from security.key_ring import KeyRing, Use, new_keypair
from tests.acts.test_offers import Journey
from tests.clinics import TestClinic, new_clinic
from tests.clinics import own_id as patient_of
from tests.networks import joined, three_clinics

ALL = Scope(ALL_SECTIONS)


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def names_in(clinic: TestClinic) -> list[str]:
    present = network_here(clinic.admin).present(clinic.admin.now)
    return [one.says.name for one in present]


def acts_of(clinic: TestClinic) -> list[tuple[str, str]]:
    event = clinic.admin.event(Act.READ_LOG)
    entries, _ = clinic.store.log.list_entries(LogFilter(), limit=500, audit=event)
    return [(entry.act, entry.why) for entry in entries]


def removed(journey: Journey) -> TestClinic:
    """Siaya, removed by Kisumu; it has heard."""
    remove_clinic(journey.kisumu.admin, own_id(journey.siaya.admin))
    assert take_news(journey.siaya.admin, make_news(journey.kisumu.admin)).removed_here
    return journey.siaya


def test_a_removed_clinic_hears_that_it_was_removed_and_nothing_else(journey: Journey) -> None:
    kisumu, siaya = journey.kisumu, journey.siaya
    remove_clinic(kisumu.admin, own_id(siaya.admin))
    taken = take_news(siaya.admin, make_news(kisumu.admin))
    assert (taken.new, taken.went, taken.removed_here) == (1, ("Siaya Clinic",), True)
    assert network_here(siaya.admin).removed_at(own_id(siaya.admin)) == kisumu.admin.now
    assert len(network_here(siaya.admin).epochs) == 1, "the new key is not for it"
    again = take_news(siaya.admin, make_news(kisumu.admin))
    assert (again.new, again.removed_here) == (0, False)


def test_what_lies_open_beside_the_news_names_a_key_and_a_time_only(journey: Journey) -> None:
    remove_clinic(journey.kisumu.admin, own_id(journey.siaya.admin))
    _, beside = cbor2.loads(from_text(Tag.NEWS, make_news(journey.kisumu.admin)))
    [said] = map(read_statement, beside)
    assert said.says == Removed(own_id(journey.siaya.admin), journey.kisumu.admin.now)
    assert b"Siaya" not in said.raw


def test_news_in_which_nobody_was_removed_looks_as_it_always_did(journey: Journey) -> None:
    assert make_news(journey.kisumu.admin).startswith(Tag.SEALED)


def sharing_acts(journey: Journey) -> list[Callable[[], object]]:
    """Everything Siaya's people could do with other clinics."""
    patient = journey.siaya.patient()
    made = make_offer(journey.wanjiku, ALL)
    asked = ask_patient(journey.busia.provider()).text
    return [
        lambda: make_offer(patient, ALL),
        lambda: make_emergency_card(patient, frozenset({CardPart.BLOOD})),
        lambda: read_ask(patient, asked),
        lambda: ask_patient(journey.doctor),
        lambda: open_offer(journey.doctor, made.text, made.code),
        lambda: take_scanned(journey.doctor, made.text, made.code),
        lambda: make_news(journey.siaya.admin),
        lambda: ask_to_join(journey.siaya.admin),
    ]


def test_a_removed_clinic_shares_nothing_and_keeps_its_records(journey: Journey) -> None:
    acts, patient = sharing_acts(journey), journey.siaya.patient()
    removed(journey)
    for act in acts:
        with pytest.raises(RemovedHere):
            act()
    assert open_record(patient, patient_of(patient)).record.patient.medilink_id


def test_what_others_shared_is_erased_at_a_removed_clinic(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    open_offer(journey.doctor, made.text, made.code)
    assert visiting_here(journey.doctor)
    removed(journey)
    assert not visiting_here(journey.doctor)


def test_its_own_saved_codes_still_open_at_a_removed_clinic(journey: Journey) -> None:
    patient = journey.siaya.patient()
    made = make_offer(patient, ALL)
    removed(journey)
    assert take_scanned(journey.doctor, made.text, made.code).patient == patient_of(patient)


def signed(says: Statement, ring: KeyRing, use: Use) -> bytes:
    return ring.sign(as_payload(says), use)


def forged_removals(journey: Journey) -> dict[str, bytes]:
    """Removals of Siaya that nobody who may has said, and one of somebody else."""
    siaya, now = own_id(journey.siaya.admin), journey.kisumu.admin.now
    stranger = KeyRing({Use.ROOT: [new_keypair(Use.ROOT)]})
    honest = signed(Removed(siaya, now), ring_of(journey.kisumu.admin), Use.ROOT)
    other = signed(
        Removed(own_id(journey.busia.admin), now), ring_of(journey.kisumu.admin), Use.ROOT
    )
    return {
        "of another network": signed(Removed(siaya, now), stranger, Use.ROOT),
        "by a member": signed(Removed(siaya, now), ring_of(journey.busia.admin), Use.SIGN),
        "changed": honest[:-1] + bytes([honest[-1] ^ 1]),
        "of another clinic": other,
    }


@pytest.mark.parametrize("how", ["of another network", "by a member", "changed"])
def test_a_forged_removal_does_nothing(journey: Journey, how: str) -> None:
    said = forged_removals(journey)[how]
    for text in (bundle_text([said]), news_text(sealed_to_strangers(journey), [said])):
        taken = take_news(journey.siaya.admin, text)
        assert (taken.new, taken.refused, taken.removed_here) == (0, 1, False)
    assert make_offer(journey.siaya.patient(), ALL)


def test_the_removal_of_another_clinic_is_not_ours(journey: Journey) -> None:
    said = forged_removals(journey)["of another clinic"]
    with pytest.raises(NotForUs):
        take_news(journey.siaya.admin, news_text(sealed_to_strangers(journey), [said]))
    taken = take_news(journey.siaya.admin, bundle_text([said]))
    assert (taken.went, taken.removed_here) == (("Busia Clinic",), False)
    assert make_offer(journey.siaya.patient(), ALL)


def sealed_to_strangers(journey: Journey) -> bytes:
    stranger = new_clinic(journey.siaya.folder / "far", "Lamu Clinic", "8LA", journey.clock)
    return from_text(Tag.SEALED, make_news(stranger.admin))


def test_a_removed_clinic_begins_anew_and_may_join_again(journey: Journey) -> None:
    siaya, before = removed(journey), own_id(journey.siaya.admin)
    begin_anew(siaya.admin)
    assert own_id(siaya.admin) != before
    assert names_in(siaya) == ["Siaya Clinic"]
    assert make_offer(siaya.patient(), ALL)
    joined(journey.kisumu, siaya)
    assert names_in(siaya) == ["Busia Clinic", "Kisumu Clinic", "Siaya Clinic"]
    journey.clock.forward(minutes=1)
    made = make_offer(journey.wanjiku, ALL)
    assert open_offer(journey.doctor, made.text, made.code)


def test_an_old_removal_shown_again_does_not_touch_who_came_back(journey: Journey) -> None:
    remove_clinic(journey.kisumu.admin, own_id(journey.siaya.admin))
    news = make_news(journey.kisumu.admin)
    take_news(journey.siaya.admin, news)
    begin_anew(journey.siaya.admin)
    joined(journey.kisumu, journey.siaya)
    with pytest.raises(NotForUs):
        take_news(journey.siaya.admin, news)
    assert make_offer(journey.siaya.patient(), ALL)


def test_nobody_comes_back_under_removed_keys_nor_by_their_word(journey: Journey) -> None:
    """Who stole the laptop has both."""
    ring, old = ring_of(journey.siaya.admin), own_id(journey.siaya.admin)
    remove_clinic(journey.kisumu.admin, old)
    keys = {use: new_keypair(use) for use in (Use.SIGN, Use.SEAL, Use.CARD)}
    fresh, now = KeyRing({use: [pair] for use, pair in keys.items()}), journey.clock.now
    for by, replaces in ((ring, b""), (fresh, old)):
        asked = JoinRequest(
            "Siaya Clinic", "5HT", "KE", by.public(Use.SIGN), by.public(Use.SEAL),
            by.public(Use.CARD), int(now.timestamp() * 1000), replaces,
        )  # fmt: skip
        said = [read_statement(one.sign(as_payload(asked))) for one in {by, ring}]
        with pytest.raises(MemberRemoved):
            check_request(journey.kisumu.admin, said)


# ---- leaving by oneself


def test_a_clinic_leaves_and_everyone_hears(journey: Journey) -> None:
    kisumu, siaya, busia = journey.kisumu, journey.siaya, journey.busia
    leave_network(siaya.admin)
    goodbye = goodbye_here(siaya.admin)
    assert goodbye is not None
    assert goodbye.network == "Network of Kisumu Clinic"
    assert names_in(siaya) == ["Siaya Clinic"]
    taken = take_news(busia.admin, goodbye.text)
    assert (taken.went, taken.removed_here) == (("Siaya Clinic",), False)
    assert names_in(busia) == ["Busia Clinic", "Kisumu Clinic"]
    before = network_here(kisumu.admin).epochs[-1].number
    take_news(kisumu.admin, goodbye.text)
    assert names_in(kisumu) == ["Busia Clinic", "Kisumu Clinic"]
    assert network_here(kisumu.admin).epochs[-1].number == before + 1, "the key it held is replaced"
    assert ("leave a network", "") in acts_of(siaya)
    assert ("remove a clinic", "left") in acts_of(kisumu)
    journey.clock.forward(minutes=1)
    news = make_news(kisumu.admin)
    assert take_news(busia.admin, news).refused == 0
    assert take_news(kisumu.admin, goodbye.text).new == 0
    assert network_here(kisumu.admin).epochs[-1].number == before + 1, "once is enough"


def test_codes_already_given_open_no_more_once_it_is_heard(journey: Journey) -> None:
    patient, doctor = journey.siaya.patient(), journey.busia.provider()
    made = make_offer(patient, ALL, single_use=False)
    assert open_offer(doctor, made.text, made.code)
    leave_network(journey.siaya.admin)
    goodbye = goodbye_here(journey.siaya.admin)
    assert goodbye is not None
    assert take_news(journey.busia.admin, goodbye.text).withdrawn == 1
    with pytest.raises(IssuerRemoved):
        open_offer(doctor, made.text, made.code)
    assert take_scanned(journey.doctor, made.text, made.code).patient == patient_of(patient)


def test_what_others_shared_is_erased_at_whoever_leaves(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    open_offer(journey.doctor, made.text, made.code)
    leave_network(journey.siaya.admin)
    assert not visiting_here(journey.doctor)


def test_the_founder_does_not_leave_and_only_administrators_decide(journey: Journey) -> None:
    with pytest.raises(LastMember):
        leave_network(journey.kisumu.admin)
    for act in (leave_network, begin_anew, goodbye_here):
        with pytest.raises(Refused):
            act(journey.doctor)
    with pytest.raises(AmongOthers):
        begin_anew(journey.siaya.admin)


def test_nobody_says_for_another_that_they_leave(journey: Journey) -> None:
    network = network_here(journey.kisumu.admin)
    by_busia = ring_of(journey.busia.admin).sign(
        as_payload(Left(network.root, journey.kisumu.admin.now))
    )
    raw = bytearray(by_busia)
    place = by_busia.index(own_id(journey.busia.admin))
    raw[place : place + 8] = own_id(journey.siaya.admin)
    elsewhere = Left(new_keypair(Use.ROOT).public, journey.kisumu.admin.now)
    for said in (bytes(raw), signed(elsewhere, ring_of(journey.siaya.admin), Use.SIGN)):
        taken = take_news(journey.kisumu.admin, bundle_text([said]))
        assert (taken.new, taken.refused, taken.went) == (0, 1, ())
    assert len(names_in(journey.kisumu)) == 3


def test_the_founders_word_that_it_leaves_counts_for_nothing(journey: Journey) -> None:
    root = network_here(journey.kisumu.admin).root
    left = signed(Left(root, journey.kisumu.admin.now), ring_of(journey.kisumu.admin), Use.SIGN)
    take_news(journey.siaya.admin, bundle_text([left]))
    assert len(names_in(journey.siaya)) == 3


def test_who_is_among_others_leaves_before_joining_elsewhere(tmp_path: Path) -> None:
    kisumu, siaya, _ = three_clinics(tmp_path)
    for clinic in (kisumu, siaya):
        with pytest.raises(AmongOthers):
            ask_to_join(clinic.admin)
    lamu = new_clinic(tmp_path / "lamu", "Lamu Clinic", "8LA", kisumu.clock)
    leave_network(siaya.admin)
    joined(lamu, siaya)
    assert names_in(siaya) == ["Lamu Clinic", "Siaya Clinic"]
    kisumu.clock.forward(minutes=1)
    assert take_news(lamu.admin, make_news(siaya.admin)).refused == 0, "nothing of the old network"


def test_who_left_may_let_others_in_with_the_right_keys(tmp_path: Path) -> None:
    """Epochs are numbered anew in every network."""
    kisumu, siaya, _ = three_clinics(tmp_path)
    leave_network(siaya.admin)
    lamu = new_clinic(tmp_path / "lamu", "Lamu Clinic", "8LA", kisumu.clock)
    joined(siaya, lamu)
    made = make_offer(siaya.patient(), ALL)
    assert open_offer(lamu.provider(), made.text, made.code).clinic == "Siaya Clinic"


# ---- the name of a network


def test_a_network_that_was_called_like_its_founder_reads_as_named_after_it(
    journey: Journey,
) -> None:
    kisumu = journey.kisumu
    old = Founded(
        "Kisumu Clinic", network_here(kisumu.admin).root, own_id(kisumu.admin), kisumu.admin.now + 1
    )
    said = bundle_text([signed(old, ring_of(kisumu.admin), Use.ROOT)])
    assert take_news(journey.siaya.admin, said).new == 1
    assert network_here(journey.siaya.admin).name == "Network of Kisumu Clinic"


def test_a_network_has_a_name_of_its_own_and_everyone_hears_it(journey: Journey) -> None:
    name: Callable[[Desk], str] = lambda desk: network_here(desk).name  # noqa: E731
    assert name(journey.siaya.admin) == "Network of Kisumu Clinic"
    with pytest.raises(NotTheRoot):
        name_network(journey.siaya.admin, "Ours")
    journey.clock.forward(minutes=1)
    name_network(journey.kisumu.admin, "  Lake  clinics ")
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    assert name(journey.siaya.admin) == "Lake clinics"
    assert make_offer(journey.wanjiku, ALL).to == "Lake clinics"
