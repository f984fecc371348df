"""A whole record goes into bytes and comes out the same, whatever is in it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.carrying.cbor import write_cbor
from medilink.carrying.squeezing import NEWEST, squeeze
from medilink.carrying.whole import KINDS, MOST_EXPANDED, pack_whole, unpack_whole
from medilink.errors import PayloadTooNew, PayloadUnreadable
from medilink.intake.fhir import read_bundle
from medilink.people import PatientId
from medilink.records import PLACE_OF, Record
from tests.made_records import made_up_records, record_of
from tests.record_strategies import records
from ui.corpora import corpus_files

TODAY = date(2026, 3, 2)
SOMEBODY = next(made_up_records(3, 1, TODAY))


@given(records)
def test_any_record_comes_out_as_it_went_in(record: Record) -> None:
    assert unpack_whole(pack_whole(record)) == record


def test_made_up_people_come_out_as_they_went_in() -> None:
    for record in made_up_records(5, 150, TODAY):
        assert unpack_whole(pack_whole(record)) == record


@pytest.mark.slow
@pytest.mark.skipif(not corpus_files(), reason="no patient files beside this checkout")
def test_everybody_another_system_wrote_comes_out_as_they_went_in() -> None:
    seen = 0
    for number, path in enumerate(corpus_files()):
        for received in read_bundle(path.read_bytes(), path.name)[0]:
            record = record_of(received, number)
            assert unpack_whole(pack_whole(record)) == record
            seen += 1
    assert seen > 10


def test_the_number_a_store_gave_does_not_travel() -> None:
    numbered = replace(SOMEBODY, patient=replace(SOMEBODY.patient, id=PatientId(77)))
    assert unpack_whole(pack_whole(numbered)) == SOMEBODY


def test_every_kind_of_entry_has_its_number() -> None:
    assert {kind: place for place, kind in KINDS} == PLACE_OF


def packed(items: object) -> bytes:
    return squeeze(write_cbor(items), dictionary=NEWEST, most=MOST_EXPANDED)


def parts() -> list[object]:
    """A small whole record as the items it is written as."""
    fields = [list(kind._fields) for _, kind in KINDS]  # type: ignore[attr-defined]
    person = [b"u" * 16, "ML", ["A", "B", "female", "", False, "", ""], 1, 0]
    return [1, person, ["alerts"], fields, [[] for _ in KINDS], []]


def test_the_small_one_is_right_to_begin_with() -> None:
    assert unpack_whole(packed(parts())).patient.details.given == "A"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (1, []), (1, [b"u", "ML", ["A"], 1, 0]), (1, 7), (2, ["nonsense"]), (2, 3),
        (4, [[[1]]] * 12),
        (4, [[["x"] * 11]] + [[]] * 11), (5, [[99, []]]), (5, [[-1, []]]), (5, [[True, []]]),
    ],
)  # fmt: skip
def test_what_is_of_the_wrong_kind_is_unreadable(place: int, value: object) -> None:
    items = parts()
    items[place] = value
    with pytest.raises(PayloadUnreadable):
        unpack_whole(packed(items))


def test_a_later_version_or_field_asks_for_an_update() -> None:
    with pytest.raises(PayloadTooNew):
        unpack_whole(packed([2, "who knows"]))
    items = parts()
    items[3] = [["uid", "at", "a field of next year"]] + items[3][1:]  # type: ignore[index]
    with pytest.raises(PayloadTooNew):
        unpack_whole(packed(items))
    with pytest.raises(PayloadTooNew):
        unpack_whole(b"\xfe" + pack_whole(SOMEBODY)[1:])


@given(st.binary(max_size=200))
def test_rubbish_is_unreadable(rubbish: bytes) -> None:
    with pytest.raises((PayloadUnreadable, PayloadTooNew)):
        unpack_whole(rubbish)


@given(st.data())
def test_a_changed_byte_never_does_worse_than_being_unreadable(data: st.DataObject) -> None:
    body = bytearray(pack_whole(SOMEBODY))
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert isinstance(unpack_whole(bytes(body)), Record)
    except (PayloadUnreadable, PayloadTooNew) as told:
        assert told.sentence


def test_a_bomb_is_cut_off() -> None:
    bomb = squeeze(bytes(64 * 1024 * 1024), dictionary=NEWEST, most=MOST_EXPANDED)
    assert len(bomb) < 10_000
    with pytest.raises(PayloadUnreadable):
        unpack_whole(bomb)


def test_noise_of_a_hospital_fits() -> None:
    note = os.urandom(30_000).hex()
    long = replace(SOMEBODY, encounters=tuple(v._replace(notes=note) for v in SOMEBODY.encounters))
    assert unpack_whole(pack_whole(long)) == long
