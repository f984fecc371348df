"""A summary for one code: what matters is in it, it is as small as asked, and the reader is told
what is missing. Whatever is shown to the camera instead is refused in one of two sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.absence import Knowledge, absence, allergy_knowledge, listed
from medilink.carrying.cbor import write_cbor
from medilink.carrying.squeezing import NEWEST, squeeze
from medilink.carrying.summary import MOST_EXPANDED, Carried, pack_summary, unpack_summary
from medilink.carrying.summary_writing import (
    CUT,
    LONGEST_SAYING,
    MOST_RESULTS,
    MOST_VISITS,
    parts_of,
)
from medilink.days import DAY_MS, day_as_time
from medilink.errors import PayloadTooNew, PayloadUnreadable, TooMuchForOneCode
from medilink.person_entries import Contact, Profile
from medilink.records import (
    EMERGENCY_SECTIONS,
    Alert,
    Allergy,
    Encounter,
    Immunization,
    Medication,
    Observation,
    Record,
    Section,
)
from security.codes import uid_from_name
from tests.made_records import made_up_records
from tests.record_strategies import records

TODAY = date(2026, 3, 2)
PLENTY = 4_000
PEOPLE = list(made_up_records(21, 120, TODAY))
AT = day_as_time("2026-02-20")


def carried(record: Record, most: int = PLENTY) -> Carried:
    body = pack_summary(record, most).body
    assert len(body) <= most
    return unpack_summary(body, origin="Kisumu Clinic", seed=b"share 1")


def full() -> Record:
    """Somebody with something of everything a summary carries."""
    base = max(PEOPLE, key=lambda record: len(record.encounters))
    uid = uid_from_name("x")
    vaccines = [Immunization(uid, AT - n * DAY_MS, "Pentavalent", str(n)) for n in range(3)]
    return replace(
        base,
        alerts=(Alert(uid, AT, "Haemophilia", level="high"),),
        allergies=(Allergy(uid, AT, "Penicillin", "Rash", "severe", certainty="confirmed"),),
        medications=(Medication(uid, AT, "Amlodipine", "5 mg", frequency="OD", reason="Pressure"),),
        contacts=(Contact(uid, AT, "Otieno", "brother", "+254711222333", 1),),
        immunisations=tuple(vaccines),
        profiles=(Profile(uid, AT, "O-", language="sw"),),
    )


def test_what_matters_at_the_point_of_care_arrives() -> None:
    sent, got = full(), carried(full())
    record = got.record
    assert not got.shortened
    assert record.patient.details == sent.patient.details
    assert record.patient.medilink_id == sent.patient.medilink_id
    assert record.patient.uid == sent.patient.uid
    assert record.patient.id == 0
    assert record.sections == sent.sections
    assert record.profile
    assert (record.profile.blood, record.profile.language) == ("O-", "sw")
    assert [(a.text, a.level) for a in record.alerts] == [("Haemophilia", "high")]
    allergy, medicine, contact = record.allergies[0], record.medications[0], record.contacts[0]
    assert (allergy.substance, allergy.reaction, allergy.severity) == (
        "Penicillin",
        "Rash",
        "severe",
    )
    assert allergy.certainty == "confirmed"
    assert medicine[2:4] == ("Amlodipine", "5 mg")
    assert (medicine.frequency, medicine.reason, medicine.at) == ("OD", "Pressure", AT)
    assert (contact.name, contact.phone, contact.primary) == ("Otieno", "+254711222333", 1)
    assert [(i.vaccine, i.dose, i.at) for i in record.immunisations] == [
        ("Pentavalent", str(n), AT - n * DAY_MS) for n in range(3)
    ]


@pytest.mark.parametrize("record", PEOPLE[:60], ids=lambda record: record.patient.medilink_id)
def test_made_up_people_arrive_with_their_last_visits(record: Record) -> None:
    got = carried(record).record
    assert [c.name for c in got.conditions] == [c.name for c in listed(record, Section.CONDITIONS)]
    assert [m[2:4] for m in got.medications] == [
        m[2:4] for m in listed(record, Section.MEDICATIONS)
    ]
    last = record.encounters[:MOST_VISITS]
    assert [(v.reason, v.diagnosis, v.treatment, v.notes) for v in got.encounters] == [
        (v.reason, v.diagnosis, v.treatment, v.notes) for v in last
    ]
    for sent, told in zip(last, got.encounters, strict=True):
        before = {o.code: o.value for o in record.observations if at_visit(o, sent)}
        assert {o.code: o.value for o in got.observations if at_visit(o, told)} == before
        assert told.at // DAY_MS == sent.at // DAY_MS
    for code in {o.code for o in got.observations if o.section is Section.RESULTS}:
        newest, told = latest(record, code), latest(got, code)
        assert (newest.value, newest.text, newest.unit) == (told.value, told.text, told.unit)


def at_visit(seen: Observation, visit: Encounter) -> bool:
    return seen.encounter == visit.uid and seen.section is Section.VITALS


def latest(record: Record, code: str) -> Observation:
    results = (o for o in record.observations if o.section is Section.RESULTS)
    return next(seen for seen in results if seen.code == code)


def test_entries_are_named_after_the_share_and_say_where_they_are_from() -> None:
    body = pack_summary(full(), PLENTY).body
    once, again, other = (
        unpack_summary(body, origin="Kisumu Clinic", seed=seed).record
        for seed in (b"share 1", b"share 1", b"share 2")
    )
    assert once == again
    uids = [entry.uid for entry in once.entries()]
    assert len(set(uids)) == len(uids)
    assert not set(uids) & {entry.uid for entry in other.entries()}
    assert {entry.origin for entry in once.entries()} == {"Kisumu Clinic"}
    assert uid_from_name(f"{b'share 1'.hex()}:1") in uids


def test_no_known_allergies_is_told_apart_from_not_asked() -> None:
    somebody = replace(PEOPLE[0], allergies=())
    said = absence(Section.ALLERGIES, uid=b"u" * 16, at=AT, author="", origin="")
    assert allergy_knowledge(carried(somebody).record) is Knowledge.NOT_ASKED
    told = carried(replace(somebody, allergies=(said,))).record  # type: ignore[arg-type]
    assert allergy_knowledge(told) is Knowledge.NONE_KNOWN
    assert told.allergies[0].at == AT
    both = (said, Allergy(b"v" * 16, AT, "Latex"))
    told = carried(replace(somebody, allergies=both)).record  # type: ignore[arg-type]
    assert [a.substance for a in told.allergies] == ["Latex"]


def test_only_the_sections_in_the_record_are_carried() -> None:
    narrow = replace(
        full(), sections=EMERGENCY_SECTIONS, encounters=(), observations=(), immunisations=()
    )
    got = carried(narrow).record
    assert got.sections == EMERGENCY_SECTIONS
    assert not got.encounters
    assert not got.observations


def test_what_is_over_or_was_not_given_stays_behind() -> None:
    sent = full()
    stopped = sent.medications[0]._replace(status="stopped")
    refused = sent.immunisations[0]._replace(status="not-done")
    got = carried(replace(sent, medications=(stopped,), immunisations=(refused,))).record
    assert got.medications == ()
    assert got.immunisations == ()


def test_measurements_without_a_visit_arrive_too() -> None:
    sent = replace(PEOPLE[0], encounters=(), observations=tuple(
        o._replace(encounter=None) for o in PEOPLE[0].observations if o.section is Section.VITALS
    ))  # fmt: skip
    got = carried(sent).record
    assert got.encounters == ()
    assert {o.value for o in got.observations} <= {o.value for o in sent.observations}
    assert latest_weight(got) == latest_weight(sent)


def latest_weight(record: Record) -> str:
    newest = record.latest("29463-7")
    return newest.value if newest else ""


def test_numbers_keep_their_digits() -> None:
    odd = ("37.10", "37", "1e3", "")
    for value in odd:
        seen = Observation(b"o" * 16, AT, Section.VITALS, "8310-5", "Temperature", value, "Cel")
        got = carried(replace(PEOPLE[0], encounters=(), observations=(seen,))).record
        assert [o.value for o in got.observations] == ([value] if value else [])


# ---- too little room


def test_it_is_shortened_in_the_clinical_order() -> None:
    sent = full()
    whole = carried(sent)
    stages = []
    for most in range(len(pack_summary(sent, PLENTY).body), 0, -1):
        try:
            got = carried(sent, most)
        except TooMuchForOneCode:
            break
        record = got.record
        assert got.shortened == (record != whole.record)
        assert record.allergies == whole.record.allergies
        for kept in ("alerts", "medications", "conditions", "contacts"):
            assert len(getattr(record, kept)) == len(getattr(whole.record, kept))
        assert record.profile
        assert record.profile.blood == "O-"
        stages.append(stage_of(record))
    assert stages == sorted(stages, reverse=True)
    assert stages[0][0] == MOST_VISITS
    assert stages[-1] == (0, 0, 0, 0, 0)


def stage_of(record: Record) -> tuple[int, int, int, int, int]:
    """How much is left, in the order in which it goes."""
    last = record.encounters[0] if record.encounters else None
    results = sum(o.section is Section.RESULTS for o in record.observations)
    plan = bool(last and last.notes)
    complaint = bool(last and last.reason)
    visits = len(record.encounters)
    return max(visits, 1) if visits else 0, plan, complaint, results, len(record.immunisations)


def test_it_says_when_even_that_does_not_fit() -> None:
    many = tuple(
        Medication(bytes([n]) * 16, AT, uid_from_name(str(n)).hex(), f"{n} mg") for n in range(40)
    )
    with pytest.raises(TooMuchForOneCode):
        pack_summary(replace(PEOPLE[0], medications=many), 481)


@pytest.mark.parametrize("letters", [5_000, 200_000])
def test_what_its_reader_would_refuse_is_not_packed(letters: int) -> None:
    endless = Allergy(b"e" * 16, AT, "a" * letters)
    with pytest.raises(TooMuchForOneCode):
        pack_summary(replace(PEOPLE[0], allergies=(endless,)), PLENTY)


def test_a_long_story_is_cut_and_said_to_be() -> None:
    visit = PEOPLE[0].encounters[0]._replace(notes="A long story. " * 400)
    got = carried(replace(PEOPLE[0], encounters=(visit,)))
    assert got.shortened
    assert len(got.record.encounters[0].notes) <= LONGEST_SAYING
    assert got.record.encounters[0].notes.endswith(CUT)


def test_the_latest_of_each_test_up_to_a_number() -> None:
    results = tuple(
        Observation(bytes([n]) * 16, AT - n * DAY_MS, Section.RESULTS, f"{n % 20}-1", "T", str(n))
        for n in range(60)
    )
    got = carried(replace(PEOPLE[0], observations=results)).record
    seen = [o.value for o in got.observations if o.section is Section.RESULTS]
    assert seen == [str(n) for n in range(MOST_RESULTS)]


def test_everybody_made_up_fits_a_code_of_version_20() -> None:
    assert all(pack_summary(record, 481).body for record in PEOPLE)


@given(records)
def test_any_record_is_carried_or_said_to_be_too_much(record: Record) -> None:
    try:
        got = carried(record)
    except TooMuchForOneCode:
        return
    assert [a.substance for a in got.record.allergies] == [
        a.substance
        for a in listed(record, Section.ALLERGIES)  # type: ignore[union-attr]
    ]
    assert got.record.patient.details == record.patient.details
    assert got.record.patient.medilink_id == record.patient.medilink_id


# ---- what is no summary


def packed(items: object) -> bytes:
    return squeeze(write_cbor(items), dictionary=NEWEST, most=MOST_EXPANDED)


def unpack(body: bytes) -> Carried:
    return unpack_summary(body, origin="Nowhere", seed=b"")


WRONG = (None, True, -1, 1 << 60, -(1 << 60), "text", "x" * 5_000, b"bytes", [], [[]], [[1] * 9],
         [["x"] * 4] * 1_001, [[None] * 4], [["x"] * 40], 2.5)  # fmt: skip


@pytest.mark.parametrize("place", range(1, 15))
def test_any_part_of_the_wrong_kind_is_read_or_unreadable(place: int) -> None:
    for value in WRONG:
        items = parts_of(full()).items()
        items[place] = value
        try:
            assert isinstance(unpack(packed(items)).record, Record)
        except PayloadUnreadable as told:
            assert told.sentence


@given(st.data())
def test_any_value_of_the_wrong_kind_is_read_or_unreadable(data: st.DataObject) -> None:
    items = parts_of(full()).items()
    target = data.draw(st.sampled_from([item for item in items if isinstance(item, list) and item]))
    inner = [item for item in target if isinstance(item, list) and item]
    row = data.draw(st.sampled_from(inner)) if inner else target
    row[data.draw(st.integers(0, len(row) - 1))] = data.draw(st.sampled_from(WRONG[:8]))
    try:
        assert isinstance(unpack(packed(items)).record, Record)
    except PayloadUnreadable as told:
        assert told.sentence


@pytest.mark.parametrize("items", [[], 1, "x", None, [1], [1, 0, 0], [True] * 15, ["1"] * 15])
def test_what_is_no_summary_at_all_is_unreadable(items: object) -> None:
    with pytest.raises(PayloadUnreadable):
        unpack(packed(items))


@pytest.mark.parametrize("items", [[2], [2] * 15, [99, "anything"]])
def test_a_later_version_asks_for_an_update(items: object) -> None:
    with pytest.raises(PayloadTooNew):
        unpack(packed(items))


def test_a_bomb_is_stopped_at_64_kibibytes() -> None:
    with pytest.raises(PayloadUnreadable):
        unpack(squeeze(bytes(MOST_EXPANDED + 1), dictionary=NEWEST, most=1 << 24))


@given(st.binary(max_size=300), st.booleans())
def test_rubbish_is_refused_in_one_of_two_sentences(rubbish: bytes, headed: bool) -> None:
    with pytest.raises((PayloadUnreadable, PayloadTooNew)):
        unpack(bytes([NEWEST]) * headed + rubbish)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_never_does_worse(place: int, change: int) -> None:
    body = bytearray(pack_summary(full(), PLENTY).body)
    body[place % len(body)] ^= change
    try:
        assert isinstance(unpack(bytes(body)), Carried)
    except (PayloadUnreadable, PayloadTooNew) as told:
        assert told.sentence
