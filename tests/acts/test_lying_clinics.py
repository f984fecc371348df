"""A clinic of the network that lies: about others' shares, times, patients and names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cbor2
import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from medilink.acts.coming_home import take_return
from medilink.acts.going_home import make_return
from medilink.acts.joining import ask_to_join, check_request
from medilink.acts.network import floor_now, network_here, own_id, ring_of, say_here
from medilink.acts.network_keys import change_own_keys
from medilink.acts.news import make_news, open_news, take_news
from medilink.acts.offer import make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.read_record import open_record
from medilink.acts.read_visiting import open_visiting, register_visiting
from medilink.acts.receipts import check_receipt
from medilink.acts.share import make_share_code, revoke_code
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.bundles import Tag, as_text, bundle_text, from_text, packed_statements
from medilink.carrying.summary import pack_summary
from medilink.carrying.whole import pack_whole
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.errors import (
    NameTaken,
    NewsTooOld,
    NoRight,
    NotReturnable,
    OfferForged,
    OfferNeedsCode,
    OfferWithdrawn,
    Refused,
    StatementForged,
)
from medilink.network import Member, Network
from medilink.offers import GoingHome, Terms
from medilink.people import PatientDetails, Sex
from medilink.records import ALL_SECTIONS, Record
from medilink.scopes import Scope, scope_bits
from medilink.statements import (
    JoinRequest,
    Opened,
    Statement,
    UsedTwice,
    Withdrawn,
    as_payload,
    read_statement,
)
from medilink.store import LogFilter
from medilink.visiting import Mode
from medilink.visits import NewVisit
from security.cose import sign_bytes
from security.envelope import _code_key, read_envelope, undo_code
from security.key_ring import Use, new_keypair
from security.node_keys import key_id, seal_to
from tests.acts.test_offers import Journey
from tests.clinics import TestClinic, new_clinic
from tests.clinics import own_id as patient_of

ALL = Scope(ALL_SECTIONS, write_back=True)


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def said_by(clinic: TestClinic, says: Statement) -> str:
    return bundle_text([ring_of(clinic.admin).sign(as_payload(says))])


def entries_of(clinic: TestClinic, act: Act) -> int:
    event = clinic.admin.event(Act.READ_LOG)
    wanted = LogFilter(acts=frozenset({act}))
    return len(clinic.store.log.list_entries(wanted, limit=500, audit=event)[0])


def card_of(clinic: TestClinic, journey: Journey, share: bytes, record: Record) -> str:
    """An envelope this clinic makes itself, under a share id of its choice."""
    now = clinic.admin.now // 1000
    epoch = network_here(journey.kisumu.admin).epochs[-1].public
    body = pack_summary(record, 600).body
    terms = Terms(scope_bits(ALL), False, "", body, b"12345678")
    sealed = ring_of(clinic.admin).close(
        (epoch,), terms.pack(), mode=Mode.CARD, share=share, made=now, ends=now + 10**6
    )
    return as_text(Tag.SEALED, sealed)


def some_record(desk: Desk) -> Record:
    return open_record(desk, patient_of(desk)).record


def test_a_strangers_request_moves_nobodys_time(journey: Journey) -> None:
    """Signed by a key of one's own, in the founder's name, dated in a year."""
    pair = new_keypair(Use.SIGN)
    request = JoinRequest(
        "X", "ABC", "KE", pair.public, pair.public, b"", journey.doctor.now + 399 * DAY_MS
    )
    raw = bytearray(sign_bytes(pair, as_payload(request)))
    place = bytes(raw).index(key_id(pair.public))
    raw[place : place + 8] = own_id(journey.kisumu.admin)
    taken = take_news(journey.siaya.admin, bundle_text([bytes(raw)]))
    assert taken.new == 0
    network = network_here(journey.doctor)
    assert floor_now(journey.doctor, network) == journey.doctor.now


def test_another_clinics_card_under_the_same_id_opens_nothing_of_ours(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL, single_use=False)
    opened = open_offer(journey.doctor, made.text, made.code)
    curious = journey.siaya.provider("Curious Colleague")
    forged = card_of(
        journey.busia, journey, made.grant.share_id, some_record(journey.busia.patient())
    )
    theirs = open_offer(curious, forged)
    assert theirs.clinic == "Busia Clinic"
    with pytest.raises(NoRight):
        open_visiting(curious, opened.key)
    assert open_visiting(journey.doctor, opened.key).record.conditions


def test_what_is_shown_is_said_by_whoever_signed_it(journey: Journey) -> None:
    """Kisumu's name on a junk envelope first, then another clinic's content under the same id."""
    made = make_offer(journey.wanjiku, ALL)
    with pytest.raises(Refused):
        open_offer(journey.doctor, made.text, "000000")
    forged = card_of(
        journey.busia, journey, made.grant.share_id, some_record(journey.busia.patient())
    )
    opened = open_offer(journey.doctor, forged)
    assert open_visiting(journey.doctor, opened.key).held.clinic == "Busia Clinic"


def forged_return(clinic: TestClinic, journey: Journey, share: bytes, record: Record) -> str:
    home = network_here(clinic.admin).members[own_id(journey.kisumu.admin)]
    now = clinic.admin.now // 1000
    sealed = ring_of(clinic.admin).close(
        (home.says.sealing,),
        GoingHome(share, b"guessing", pack_whole(record)).pack(),
        mode=Mode.RETURN,
        share=b"8 bytes.",
        made=now,
        ends=now + 1000,
    )
    return as_text(Tag.SEALED, sealed)


def test_nobody_writes_home_who_has_not_opened_the_share(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    local = make_share_code(journey.wanjiku, ALL)
    record = some_record(journey.busia.patient())
    nurse = journey.kisumu.provider("Nurse")
    for grant in (made.grant, local.grant):
        with pytest.raises(OfferForged):
            take_return(nurse, forged_return(journey.busia, journey, grant.share_id, record))


def test_a_withdrawn_share_brings_nothing_home(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    opened = open_offer(journey.doctor, made.text, made.code)
    here = register_visiting(journey.doctor, opened.key)
    write_visit(journey.doctor, here.id, NewVisit(kind="clinic visit", reason="Wheeze"))
    going = make_return(journey.doctor, here.id)
    revoke_code(journey.wanjiku, made.grant.id)
    with pytest.raises(NotReturnable):
        take_return(journey.kisumu.provider("Nurse"), going.text)


def test_only_shares_that_left_are_told_of(journey: Journey) -> None:
    local = make_share_code(journey.wanjiku, ALL)
    revoke_code(journey.wanjiku, local.grant.id)
    said = open_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    told = [one.says for one in said if isinstance(one.says, Withdrawn)]
    assert all(local.grant.share_id not in one.shares for one in told)


def test_a_visitor_never_becomes_somebody_who_is_at_home_here(journey: Journey) -> None:
    """A share that carries the uid and the id of a patient of the visited clinic."""
    victim = journey.siaya.patient()
    theirs = some_record(victim)
    doctor = journey.siaya.provider("Curious Colleague")
    with pytest.raises(NoRight):
        open_record(doctor, patient_of(victim))
    shown = open_offer(doctor, card_of(journey.busia, journey, b"whatever", theirs))
    made = register_visiting(doctor, shown.key)
    assert made.id != patient_of(victim)
    assert made.medilink_id != theirs.patient.medilink_id
    with pytest.raises(NoRight):
        open_record(doctor, patient_of(victim))


def test_registering_goes_on_whatever_ids_visitors_carry(journey: Journey) -> None:
    before = journey.siaya.register().patient
    carried = some_record(journey.busia.patient())
    taken = replace(carried, patient=replace(carried.patient, medilink_id=before.medilink_id))
    doctor = journey.siaya.provider("Doctor")
    shown = open_offer(doctor, card_of(journey.busia, journey, b"whatever", taken))
    register_visiting(doctor, shown.key)
    person = PatientDetails("Next", "Patient", Sex.FEMALE)
    assert journey.siaya.register(details=person).patient.medilink_id


def test_a_clinic_withdraws_only_its_own_shares(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    opened = open_offer(journey.doctor, made.text, made.code)
    lie = said_by(journey.busia, Withdrawn(journey.doctor.now, (made.grant.share_id,)))
    assert take_news(journey.siaya.admin, lie).withdrawn == 0
    assert open_visiting(journey.doctor, opened.key)


def test_an_opening_nobody_can_prove_is_not_believed(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    home, now = own_id(journey.kisumu.admin), journey.doctor.now
    lie = Opened(made.grant.share_id, home, now, "Dr Odera (psychiatrist)", now + DAY_MS, 7)
    assert take_news(journey.kisumu.admin, said_by(journey.busia, lie)).used_twice == 0
    assert entries_of(journey.kisumu, Act.OPENED_ELSEWHERE) == 0
    held = journey.kisumu.store.grants.by_share_id(made.grant.share_id)
    assert held is not None
    assert held.state == "active"


def test_a_second_use_is_said_by_the_clinic_that_made_the_share(journey: Journey) -> None:
    lie = UsedTwice(b"whatever", journey.doctor.now, (own_id(journey.siaya.admin),))
    assert take_news(journey.siaya.admin, said_by(journey.busia, lie)).used_twice == 0
    assert entries_of(journey.siaya, Act.USED_TWICE) == 0


def test_a_receipt_names_who_signed_it(journey: Journey) -> None:
    home, now = own_id(journey.busia.admin), journey.doctor.now
    says = Opened(b"whatever", home, now, "Amina Otieno, Siaya Clinic", now + 1, 7)
    signed = say_here(journey.busia.admin, says)
    receipt = check_receipt(journey.doctor, as_text(Tag.RECEIPT, packed_statements([signed.raw])))
    assert receipt.opened[0][1] == "Busia Clinic"


def test_a_list_of_withdrawals_never_takes_one_back(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    revoke_code(journey.wanjiku, made.grant.id)
    journey.clock.forward(minutes=1)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    journey.clock.forward(minutes=1)
    empty = said_by(journey.kisumu, Withdrawn(journey.doctor.now, ()))
    assert take_news(journey.siaya.admin, empty).new == 1
    with pytest.raises(OfferWithdrawn):
        open_offer(journey.doctor, made.text, made.code)


def test_a_word_from_the_future_is_not_believed(journey: Journey) -> None:
    late = Withdrawn(journey.doctor.now + 30 * DAY_MS, ())
    assert take_news(journey.siaya.admin, said_by(journey.busia, late)).refused == 1


def test_one_clinic_cannot_fill_the_others_sticks(journey: Journey) -> None:
    now, ring = journey.doctor.now, ring_of(journey.busia.admin)
    home = own_id(journey.kisumu.admin)
    many = [
        ring.sign(as_payload(Opened(n.to_bytes(8), home, now, "x", now + DAY_MS, 7)))
        for n in range(2_500)
    ]
    taken = take_news(journey.siaya.admin, bundle_text(many))
    assert taken.new == 2_000
    made = make_offer(journey.wanjiku, ALL)
    revoke_code(journey.wanjiku, made.grant.id)
    journey.clock.forward(minutes=1)
    take_news(journey.kisumu.admin, make_news(journey.siaya.admin))
    journey.clock.forward(minutes=1)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    with pytest.raises(OfferWithdrawn):
        open_offer(journey.doctor, made.text, made.code)


def test_what_was_withdrawn_stays_so_under_new_keys(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, ALL)
    journey.clock.forward(minutes=1)
    change_own_keys(journey.kisumu.admin)
    revoke_code(journey.wanjiku, made.grant.id)
    journey.clock.forward(minutes=1)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    with pytest.raises(OfferWithdrawn):
        open_offer(journey.doctor, made.text, made.code)


def test_a_copied_old_key_speaks_no_more(journey: Journey) -> None:
    old = ring_of(journey.kisumu.admin)
    journey.clock.forward(minutes=1)
    change_own_keys(journey.kisumu.admin)
    journey.clock.forward(minutes=1)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    journey.clock.forward(minutes=1)
    word = bundle_text([old.sign(as_payload(Withdrawn(journey.doctor.now, ())))])
    assert take_news(journey.siaya.admin, word).refused == 1


def test_nobody_joins_under_anothers_name_or_key(journey: Journey, tmp_path: Path) -> None:
    twin = new_clinic(tmp_path / "twin", "SIAYA  clinic", "9ZZ", journey.clock)
    with pytest.raises(NameTaken):
        check_request(
            journey.kisumu.admin, open_news(journey.kisumu.admin, ask_to_join(twin.admin))
        )
    other = new_clinic(tmp_path / "other", "Malindi Clinic", "9ZY", journey.clock)
    ring = ring_of(other.admin)
    card = network_here(journey.kisumu.admin).members[own_id(journey.siaya.admin)].says.card
    asked = JoinRequest(
        "Malindi Clinic",
        "9ZY",
        "KE",
        ring.public(Use.SIGN),
        ring.public(Use.SEAL),
        card,
        other.admin.now,
    )
    with pytest.raises(NameTaken):
        check_request(journey.kisumu.admin, [read_statement(ring.sign(as_payload(asked)))])


def test_only_the_old_key_vouches_for_a_new_one(journey: Journey, tmp_path: Path) -> None:
    thief = new_clinic(tmp_path / "thief", "Malindi Clinic", "9ZY", journey.clock)
    ring = ring_of(thief.admin)
    asked = JoinRequest(
        "Siaya Clinic",
        "5HT",
        "KE",
        ring.public(Use.SIGN),
        ring.public(Use.SEAL),
        ring.public(Use.CARD),
        thief.admin.now,
        own_id(journey.siaya.admin),
    )
    with pytest.raises(StatementForged):
        check_request(journey.kisumu.admin, [read_statement(ring.sign(as_payload(asked)))])


def test_the_same_content_under_other_digits_is_refused(journey: Journey) -> None:
    """Busia was given the digits once, and puts Kisumu's signed content under digits of its own."""
    made = make_offer(journey.wanjiku, ALL)
    envelope = read_envelope(from_text(Tag.SEALED, made.text))
    found = undo_code(ring_of(journey.busia.admin).open(envelope), made.code)
    head = envelope.head
    epoch = network_here(journey.kisumu.admin).epochs[-1].public
    inner = ChaCha20Poly1305(_code_key("000000", head)).encrypt(bytes(12), found.inner, None)
    sealed = seal_to(epoch, inner, b"ML1" + head.bytes)
    again = as_text(Tag.SEALED, cbor2.dumps([*head.fields(), sealed]))
    with pytest.raises(OfferForged):
        open_offer(journey.doctor, again, "000000")


@pytest.fixture
def ground_ids(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """Busia has ground out a key whose short id is that of Kisumu (2^32 tries); it stands first."""

    def all_fit(network: Network, short: bytes) -> list[Member]:
        busia, kisumu = own_id(journey.busia.admin), own_id(journey.kisumu.admin)
        return [network.members[one] for one in (busia, kisumu)]

    monkeypatch.setattr(Network, "called", all_fit)
    return journey


def test_news_of_a_clinic_with_the_same_short_id_does_not_stand_for_the_makers(
    ground_ids: Journey,
) -> None:
    journey = ground_ids
    journey.clock.forward(days=10)
    made = make_offer(journey.wanjiku, ALL)
    with pytest.raises(NewsTooOld):
        open_offer(journey.doctor, made.text, made.code)
    take_news(journey.siaya.admin, make_news(journey.busia.admin))
    with pytest.raises(NewsTooOld):
        open_offer(journey.doctor, made.text, made.code)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    assert open_offer(journey.doctor, made.text, made.code).clinic == "Kisumu Clinic"


def test_old_news_of_a_clinic_with_the_same_short_id_holds_nobody_up(ground_ids: Journey) -> None:
    journey = ground_ids
    journey.clock.forward(days=10)
    made = make_offer(journey.wanjiku, ALL)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    assert open_offer(journey.doctor, made.text, made.code).clinic == "Kisumu Clinic"


def test_nobody_withdraws_under_a_short_id_that_was_made_to_fit(ground_ids: Journey) -> None:
    journey = ground_ids
    made = make_offer(journey.wanjiku, ALL)
    lie = said_by(journey.busia, Withdrawn(journey.doctor.now, (made.grant.share_id,)))
    take_news(journey.siaya.admin, lie)
    assert open_offer(journey.doctor, made.text, made.code)
    revoke_code(journey.wanjiku, made.grant.id)
    journey.clock.forward(minutes=1)
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    with pytest.raises(OfferWithdrawn):
        open_offer(journey.doctor, made.text, made.code)


def test_what_a_clinic_with_the_same_short_id_has_shown_is_not_taken_for_the_makers(
    ground_ids: Journey,
) -> None:
    journey = ground_ids
    made = make_offer(journey.wanjiku, ALL)
    theirs = some_record(journey.busia.patient())
    forged = card_of(journey.busia, journey, made.grant.share_id, theirs)
    open_offer(journey.doctor, forged)
    with pytest.raises(OfferNeedsCode):
        open_offer(journey.doctor, made.text)
    assert open_offer(journey.doctor, made.text, made.code).clinic == "Kisumu Clinic"
