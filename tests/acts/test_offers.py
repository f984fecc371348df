"""A patient's saved code opens at another clinic with nothing in between; and only as allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from database.store import open_store
from medilink.acts.coming_home import take_return
from medilink.acts.going_home import make_return
from medilink.acts.leaving import remove_clinic
from medilink.acts.network import own_id
from medilink.acts.news import make_news, take_news
from medilink.acts.offer import make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.read_record import open_record
from medilink.acts.read_visiting import (
    erase_ended,
    open_visiting,
    register_visiting,
    visiting_here,
)
from medilink.acts.receive import open_own_offer
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import revoke_code
from medilink.acts.write_record import add_entry
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.bundles import Tag, as_text, from_text
from medilink.errors import (
    IssuerRemoved,
    IssuerUnknown,
    MediLinkError,
    NewsTooOld,
    NoClinicChosen,
    NoRight,
    NotReturnable,
    OfferBurnt,
    OfferCodeWrong,
    OfferExpired,
    OfferForged,
    OfferNeedsCode,
    OfferNotForUs,
    OfferUsed,
    OfferWithdrawn,
    PatientReacts,
)
from medilink.records import ALL_SECTIONS, Section
from medilink.scopes import Scope
from medilink.store import LogFilter
from medilink.visits import NewVisit, Prescribed
from security import envelope as sealing
from security.envelope import read_envelope
from tests.clinics import DATA_KEY, TestClinic
from tests.clinics import own_id as patient_of
from tests.networks import three_clinics

WITH_WRITING = Scope(ALL_SECTIONS, write_back=True)


class Journey:
    """Wanjiku of Kisumu, her codes, and a doctor in Siaya."""

    def __init__(self, folder: Path) -> None:
        self.kisumu, self.siaya, self.busia = three_clinics(folder)
        nurse = self.kisumu.provider("Achieng Odhiambo")
        slip = self.kisumu.register(nurse)
        visit = NewVisit(kind="clinic visit", reason="Cough", diagnoses=("Asthma",))
        write_visit(nurse, slip.patient.id, visit)
        self.wanjiku = self.kisumu.patient(slip)
        self.doctor = self.siaya.provider("Amina Otieno")
        self.clock = self.kisumu.clock


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def log_of(clinic: TestClinic) -> list[tuple[str, str, str]]:
    event = clinic.admin.event(Act.READ_LOG)
    entries, _ = clinic.store.log.list_entries(LogFilter(), limit=500, audit=event)
    return [(entry.act, entry.outcome, entry.why) for entry in entries]


def test_a_saved_code_opens_in_another_town(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING, purpose="referral")
    assert made.text.startswith("ML1:")
    opened = open_offer(journey.doctor, made.text, made.code)
    seen = open_visiting(journey.doctor, opened.key)
    assert seen.held.clinic == "Kisumu Clinic"
    assert [one.name for one in seen.record.conditions] == ["Asthma"]
    assert seen.terms.purpose == "referral"
    home = open_record(journey.wanjiku, patient_of(journey.wanjiku)).record
    assert seen.record.patient.details == home.patient.details
    assert seen.record.patient.uid == home.patient.uid
    assert ("open another clinic's code", "done", "referral") in log_of(journey.siaya)


def test_only_what_was_allowed_travels(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, Scope(frozenset({Section.ALLERGIES})))
    opened = open_offer(journey.doctor, made.text, made.code)
    record = open_visiting(journey.doctor, opened.key).record
    assert record.sections == {Section.ALLERGIES}
    assert not record.conditions
    assert not record.encounters


def test_without_the_digits_it_does_not_open(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    with pytest.raises(OfferNeedsCode):
        open_offer(journey.doctor, made.text)
    wrong = f"{(int(made.code) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1):
        journey.clock.forward(minutes=1)
        with pytest.raises(OfferCodeWrong) as refused:
            open_offer(journey.doctor, made.text, wrong)
        assert refused.value.facts["left"] == left
    journey.clock.forward(minutes=1)
    with pytest.raises(OfferBurnt):
        open_offer(journey.doctor, made.text, wrong)
    journey.clock.forward(minutes=30)
    with pytest.raises(OfferBurnt):
        open_offer(journey.doctor, made.text, made.code)
    with pytest.raises(OfferBurnt):
        open_offer(journey.siaya.provider(), made.text, made.code)


def test_the_one_who_opened_it_keeps_it_and_nobody_else_opens_it(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    opened = open_offer(journey.doctor, made.text, made.code)
    assert open_offer(journey.doctor, made.text).share == opened.share
    other = journey.siaya.provider("Otieno Were")
    with pytest.raises(OfferUsed):
        open_offer(other, made.text, made.code)
    with pytest.raises(NoRight):
        open_visiting(other, opened.key)
    assert [one.key for one in visiting_here(journey.doctor)] == [opened.key]
    assert not visiting_here(other)


def test_it_ends_when_it_was_said_to_and_its_content_is_erased(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING, hours=6)
    opened = open_offer(journey.doctor, made.text, made.code)
    journey.clock.forward(hours=6)
    with pytest.raises(NoRight):
        open_visiting(journey.doctor, opened.key)
    assert erase_ended(journey.doctor) == 1
    journey.clock.now -= timedelta(days=365)
    for tried in (made.code, ""):
        with pytest.raises(OfferExpired):
            open_offer(journey.doctor, made.text, tried)
    with pytest.raises(NoRight):
        open_visiting(journey.doctor, opened.key)


def test_a_clock_set_back_revives_nothing_that_was_never_opened(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING, hours=1)
    journey.clock.forward(hours=2)
    journey.siaya.store.log.write(journey.doctor.event(Act.SIGN_IN))
    journey.clock.now -= timedelta(days=365)
    with pytest.raises(OfferExpired):
        open_offer(journey.doctor, made.text, made.code)


def test_a_lower_clock_that_was_confirmed_long_ago_revives_nothing(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many entries later that the newest ones know only the lower time; also after a restart."""
    monkeypatch.setattr("database.log.LATELY", 3)
    made = make_offer(journey.wanjiku, WITH_WRITING, hours=1)
    journey.clock.forward(hours=2)
    journey.siaya.store.log.write(journey.doctor.event(Act.SIGN_IN))
    journey.clock.forward(hours=-1.5)
    for _ in range(5):
        journey.siaya.store.log.write(journey.siaya.admin.event(Act.CONFIRM_CLOCK))
    restarted = open_store(journey.siaya.store_file, DATA_KEY)
    assert restarted.log.highest_time() == journey.siaya.store.log.highest_time()
    with pytest.raises(OfferExpired):
        open_offer(replace(journey.doctor, store=restarted), made.text, made.code)
    restarted.close()


def test_a_clock_nobody_believed_ends_nothing(journey: Journey) -> None:
    before = journey.siaya.store.log.highest_time()
    journey.clock.forward(days=4_000)
    journey.siaya.store.log.write(replace(journey.doctor, doubted=True).event(Act.SIGN_IN))
    assert journey.siaya.store.log.highest_time() == before
    journey.siaya.store.log.write(journey.doctor.event(Act.SIGN_IN))
    assert journey.siaya.store.log.highest_time() == journey.doctor.now


def test_withdrawn_before_the_news_it_opens_and_after_it_closes(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    opened = open_offer(journey.doctor, made.text, made.code)
    assert revoke_code(journey.wanjiku, made.grant.id)
    seen = open_visiting(journey.doctor, opened.key)
    assert seen.heard is not None  # and the page says as of when
    journey.clock.forward(minutes=1)
    assert take_news(journey.siaya.admin, make_news(journey.kisumu.admin)).withdrawn == 1
    with pytest.raises(NoRight):
        open_visiting(journey.doctor, opened.key)
    with pytest.raises(OfferWithdrawn):
        open_offer(journey.doctor, made.text, made.code)
    with pytest.raises(OfferWithdrawn):
        take_news(journey.busia.admin, make_news(journey.siaya.admin))
        open_offer(journey.busia.provider(), made.text, made.code)


def test_news_too_old_is_said_and_refused(journey: Journey) -> None:
    journey.clock.forward(days=8)
    made = make_offer(journey.wanjiku, WITH_WRITING)
    with pytest.raises(NewsTooOld) as refused:
        open_offer(journey.doctor, made.text, made.code)
    assert refused.value.facts == {"days": 8, "limit": 7}
    take_news(journey.siaya.admin, make_news(journey.kisumu.admin))
    open_offer(journey.doctor, made.text, made.code)


def test_a_named_clinic_opens_it_and_no_other(journey: Journey) -> None:
    siaya, busia = own_id(journey.siaya.admin), own_id(journey.busia.admin)
    one = make_offer(journey.wanjiku, WITH_WRITING, clinics=(siaya,))
    with pytest.raises(OfferNotForUs):
        open_offer(journey.busia.provider(), one.text, one.code)
    open_offer(journey.doctor, one.text, one.code)
    two = make_offer(journey.wanjiku, WITH_WRITING, clinics=(busia, siaya), single_use=False)
    open_offer(journey.doctor, two.text, two.code)
    open_offer(journey.busia.provider(), two.text, two.code)


def test_a_stolen_clinics_word_counts_no_more(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    theirs = journey.siaya.patient()
    stolen = make_offer(theirs, WITH_WRITING)
    remove_clinic(journey.kisumu.admin, own_id(journey.siaya.admin))
    take_news(journey.busia.admin, make_news(journey.kisumu.admin))
    doctor = journey.busia.provider()
    with pytest.raises(IssuerRemoved):
        open_offer(doctor, stolen.text, stolen.code)
    open_offer(doctor, made.text, made.code)
    after = make_offer(journey.wanjiku, WITH_WRITING)
    with pytest.raises(OfferNotForUs):
        open_offer(journey.doctor, after.text, after.code)


def test_another_networks_code_is_refused(journey: Journey, tmp_path: Path) -> None:
    elsewhere = Journey(tmp_path / "elsewhere")
    made = make_offer(elsewhere.wanjiku, WITH_WRITING)
    with pytest.raises(IssuerUnknown):
        open_offer(journey.doctor, made.text, made.code)


def test_every_changed_bit_is_refused_and_logged(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All eight of every byte. Stretching the digits is costly on purpose: what was stretched once
    is kept for the length of this test."""
    monkeypatch.setattr(sealing, "hash_secret_raw", cache(sealing.hash_secret_raw))
    made = make_offer(journey.wanjiku, Scope(frozenset({Section.ALLERGIES, Section.ALERTS})))
    raw = from_text(Tag.SEALED, made.text)
    before = len(log_of(journey.siaya))
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(MediLinkError) as refused:
            open_offer(journey.doctor, as_text(Tag.SEALED, bytes(changed)), made.code)
        assert not isinstance(refused.value, OfferCodeWrong)
    event = journey.siaya.admin.event(Act.READ_LOG)
    entries, _ = journey.siaya.store.log.list_entries(LogFilter(), limit=20_000, audit=event)
    assert len(entries) - before >= 8 * len(raw)
    open_offer(journey.doctor, made.text, made.code)


def test_a_share_cannot_be_sealed_again_for_somebody_else(journey: Journey) -> None:
    """Siaya opens what was made for it, and seals the signed content to Busia as if it were
    Kisumu's."""
    import cbor2  # noqa: PLC0415

    from medilink.acts.network import network_here, ring_of  # noqa: PLC0415
    from security.envelope import undo_code  # noqa: PLC0415
    from security.node_keys import seal_to, short_id  # noqa: PLC0415

    siaya = own_id(journey.siaya.admin)
    made = make_offer(journey.wanjiku, WITH_WRITING, clinics=(siaya,))
    envelope = read_envelope(from_text(Tag.SEALED, made.text))
    found = undo_code(ring_of(journey.siaya.admin).open(envelope), made.code)
    busia = network_here(journey.kisumu.admin).members[own_id(journey.busia.admin)].says.sealing
    head = [1, 2, *envelope.head.fields()[2:6], [short_id(busia)]]
    sealed = seal_to(busia, found.inner, b"ML1" + cbor2.dumps(head))
    with pytest.raises(OfferForged):
        open_offer(
            journey.busia.provider(), as_text(Tag.SEALED, cbor2.dumps([*head, sealed])), made.code
        )


def test_at_home_it_is_the_same_grant(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    share = made.grant.share_id
    nurse = journey.kisumu.provider("Other Nurse")
    with pytest.raises(OfferNeedsCode):
        open_own_offer(nurse, share, "")
    assert open_own_offer(nurse, share, made.code) == patient_of(journey.wanjiku)
    assert open_record(nurse, patient_of(journey.wanjiku)).record.conditions


def test_a_visit_travels_home_with_its_origin(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    opened = open_offer(journey.doctor, made.text, made.code)
    here = register_visiting(journey.doctor, opened.key)
    assert here.medilink_id == made_id(journey)
    journey.clock.forward(minutes=20)
    visit = NewVisit(kind="clinic visit", reason="Wheeze", diagnoses=("Acute bronchitis",))
    write_visit(journey.doctor, here.id, visit)
    going = make_return(journey.doctor, here.id)
    journey.clock.forward(days=3)
    nurse = journey.kisumu.provider("Home Nurse")
    taken = take_return(nurse, going.text)
    assert (taken.clinic, taken.new) == ("Siaya Clinic", 2)
    assert take_return(nurse, going.text).new == 0
    record = open_record(journey.wanjiku, patient_of(journey.wanjiku)).record
    [wheeze] = [one for one in record.encounters if one.reason == "Wheeze"]
    assert (wheeze.origin, wheeze.author) == ("Siaya Clinic", "Amina Otieno (doctor), Siaya Clinic")


def made_id(journey: Journey) -> str:
    return open_record(journey.wanjiku, patient_of(journey.wanjiku)).record.patient.medilink_id


def test_nothing_comes_back_that_was_not_allowed(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, Scope(ALL_SECTIONS))
    opened = open_offer(journey.doctor, made.text, made.code)
    here = register_visiting(journey.doctor, opened.key)
    write_visit(journey.doctor, here.id, NewVisit(kind="clinic visit", reason="Wheeze"))
    with pytest.raises(NotReturnable):
        make_return(journey.doctor, here.id)


def test_an_opening_stands_in_the_patients_own_log_after_news(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    open_offer(journey.doctor, made.text, made.code)
    journey.clock.forward(minutes=1)
    take_news(journey.kisumu.admin, make_news(journey.siaya.admin))
    event = journey.wanjiku.event(Act.READ_LOG, patient_of(journey.wanjiku))
    entries, _ = journey.kisumu.store.log.list_entries(
        LogFilter(patient=patient_of(journey.wanjiku)), limit=50, audit=event
    )
    told = [one for one in entries if one.act == Act.OPENED_ELSEWHERE]
    assert [one.actor_name for one in told] == ["Amina Otieno (doctor), Siaya Clinic"]


def test_a_second_use_found_when_logs_meet_is_told(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    open_offer(journey.doctor, made.text, made.code)
    open_offer(journey.busia.provider("Wafula Barasa"), made.text, made.code)
    journey.clock.forward(minutes=1)
    assert take_news(journey.kisumu.admin, make_news(journey.siaya.admin)).used_twice == 0
    assert take_news(journey.kisumu.admin, make_news(journey.busia.admin)).used_twice == 1
    assert ("used twice", "done", "") in log_of(journey.kisumu)
    journey.clock.forward(minutes=1)
    news = make_news(journey.kisumu.admin)
    for clinic in (journey.siaya, journey.busia):
        assert take_news(clinic.admin, news).used_twice == 1
        assert ("used twice", "done", "") in log_of(clinic)


def test_nobody_chosen_is_not_everybody(journey: Journey) -> None:
    with pytest.raises(NoClinicChosen):
        make_offer(journey.wanjiku, WITH_WRITING, clinics=())


def test_what_their_own_clinic_says_counts_where_somebody_prescribes(journey: Journey) -> None:
    nurse = journey.kisumu.provider("Nurse")
    wanjiku = patient_of(journey.wanjiku)
    record_patient_is_here(nurse, wanjiku, "here")
    add_entry(nurse, wanjiku, Section.ALLERGIES, {"substance": "Penicillin"})
    made = make_offer(journey.wanjiku, WITH_WRITING)
    opened = open_offer(journey.doctor, made.text, made.code)
    here = register_visiting(journey.doctor, opened.key)
    visit = NewVisit(
        kind="clinic visit",
        reason="Sore throat",
        medications=(Prescribed("Amoxicillin", "500 mg"),),
    )
    with pytest.raises(PatientReacts):
        write_visit(journey.doctor, here.id, visit)


def test_a_later_share_without_writing_does_not_hide_an_earlier_one(journey: Journey) -> None:
    made = make_offer(journey.wanjiku, WITH_WRITING)
    here = register_visiting(journey.doctor, open_offer(journey.doctor, made.text, made.code).key)
    write_visit(journey.doctor, here.id, NewVisit(kind="clinic visit", reason="Wheeze"))
    journey.clock.forward(minutes=5)
    later = make_offer(journey.wanjiku, Scope(ALL_SECTIONS))
    register_visiting(journey.doctor, open_offer(journey.doctor, later.text, later.code).key)
    assert make_return(journey.doctor, here.id).entries == 1
