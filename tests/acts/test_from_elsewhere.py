"""A record from another clinic never says "there is none" of what did not come."""

from __future__ import annotations

from pathlib import Path

import pytest

from medilink.acts.ask import answer_ask, ask_patient, open_answer, read_ask
from medilink.acts.read_record import open_record
from medilink.acts.read_visiting import VisitingRecord, list_visiting, open_visiting
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_record import add_entry
from medilink.audit import Act
from medilink.carrying.summary import (
    CUT_FIRST,
    NEVER_CARRIED,
    Carried,
    pack_summary,
    unpack_summary,
)
from medilink.errors import TooMuchForOneCode
from medilink.from_elsewhere import CAME_WORDS, Came, what_came
from medilink.records import Record, Section
from medilink.scopes import EVERYTHING, Scope
from tests.acts.test_offers import Journey, log_of
from tests.clinics import own_id as patient_of


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    """Wanjiku has a visit with a diagnosis, an insurance and a procedure at home; no allergies were
    ever asked for."""
    made = Journey(tmp_path)
    nurse, wanjiku = made.kisumu.provider("Nurse"), patient_of(made.wanjiku)
    record_patient_is_here(nurse, wanjiku, "here")
    add_entry(nurse, wanjiku, Section.PROCEDURES, {"name": "Appendectomy"})
    add_entry(nurse, wanjiku, Section.INSURANCE, {"insurer": "SHA", "number": "12"})
    return made


def opened(journey: Journey, scope: Scope, *, whole: bool) -> VisitingRecord:
    asked = ask_patient(journey.doctor)
    answer = answer_ask(journey.wanjiku, read_ask(journey.wanjiku, asked.text), scope, whole=whole)
    held = open_answer(journey.doctor, asked.name, answer.text)
    return open_visiting(journey.doctor, held.key)


def test_a_summary_says_what_no_summary_carries(journey: Journey) -> None:
    seen = opened(journey, EVERYTHING, whole=False)
    assert seen.summary
    for section in NEVER_CARRIED:
        assert seen.came(section) is Came.NEVER_CARRIED
    assert seen.came(Section.VISITS) is Came.SOMETHING
    assert seen.came(Section.ALLERGIES) is Came.NOTHING_IN_SUMMARY


def test_a_whole_record_carries_them(journey: Journey) -> None:
    seen = opened(journey, EVERYTHING, whole=True)
    assert not seen.summary
    assert seen.came(Section.PROCEDURES) is seen.came(Section.INSURANCE) is Came.SOMETHING
    assert seen.came(Section.ALLERGIES) is seen.came(Section.DOCUMENTS) is Came.NOTHING


@pytest.mark.parametrize("whole", [True, False])
def test_what_was_not_allowed_is_told_apart(journey: Journey, whole: bool) -> None:
    seen = opened(journey, Scope(frozenset({Section.VISITS})), whole=whole)
    came = {section: seen.came(section) for section in Section}
    assert came.pop(Section.VISITS) is Came.SOMETHING
    assert set(came.values()) == {Came.NOT_ALLOWED}


def smallest(record: Record) -> Carried:
    """A record as the smallest code has it."""
    body, room = b"", 5_000
    while True:
        try:
            body = pack_summary(record, room).body
        except TooMuchForOneCode:
            return unpack_summary(body, origin="Kisumu Clinic", seed=b"seed")
        room = len(body) - 1


def test_what_was_left_out_to_fit_is_told_apart(journey: Journey) -> None:
    carried = smallest(open_record(journey.wanjiku, patient_of(journey.wanjiku)).record)
    assert carried.shortened
    came = {
        section: what_came(carried.record, section, summary=True, shortened=True)
        for section in Section
    }
    assert came[Section.CONDITIONS] is Came.SOMETHING
    assert {section for section, how in came.items() if how is Came.CUT} == CUT_FIRST
    assert {s for s, how in came.items() if how is Came.NEVER_CARRIED} == NEVER_CARRIED


def test_every_reason_has_words_of_its_own() -> None:
    assert len(set(CAME_WORDS.values())) == len(CAME_WORDS) == len(Came) - 1


def test_the_list_of_visiting_patients_names_them_and_is_on_record(journey: Journey) -> None:
    seen = opened(journey, EVERYTHING, whole=False)
    before = len(log_of(journey.siaya))
    [line] = list_visiting(journey.doctor)
    home = open_record(journey.wanjiku, patient_of(journey.wanjiku)).record.patient
    assert line.person.details == home.details
    assert (line.held.key, line.shortened) == (seen.held.key, False)
    list_visiting(journey.doctor)
    told = [act for act, _, _ in log_of(journey.siaya)[: len(log_of(journey.siaya)) - before]]
    assert told.count(Act.LIST_VISITING) == 1
    assert list_visiting(journey.siaya.provider("Somebody Else")) == []
