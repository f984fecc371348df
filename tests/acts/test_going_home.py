"""What was written for a patient of another clinic: where it goes, whether it went, and what the
clinic at home makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from medilink.acts.coming_home import take_return
from medilink.acts.going_home import Home, home_of, make_return, not_sent
from medilink.acts.notices import my_notices
from medilink.acts.offer import make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.read_visiting import close_visiting, register_visiting
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS
from medilink.scopes import Scope
from medilink.visits import NewVisit
from tests.acts.test_offers import WITH_WRITING, Journey

WHEEZE = NewVisit(kind="clinic visit", reason="Wheeze", diagnoses=("Acute bronchitis",))


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path)


def seen_in_siaya(journey: Journey, scope: Scope = WITH_WRITING) -> tuple[PatientId, bytes]:
    """Wanjiku opened and registered there: her number, and the key of her share."""
    made = make_offer(journey.wanjiku, scope, hours=1)
    opened = open_offer(journey.doctor, made.text, made.code)
    return register_visiting(journey.doctor, opened.key).id, opened.key


def test_it_is_known_before_writing_whether_a_visit_goes_home(journey: Journey) -> None:
    patient, _ = seen_in_siaya(journey)
    assert home_of(journey.doctor, patient) == Home("Kisumu Clinic", goes=True, can_send=True)
    colleague = journey.siaya.provider("Otieno Were")
    assert home_of(colleague, patient) == Home("Kisumu Clinic", goes=False, can_send=True)
    journey.clock.forward(hours=2)
    assert home_of(journey.doctor, patient) == Home("Kisumu Clinic", goes=False, can_send=True)
    assert home_of(journey.doctor, journey.siaya.register().patient.id) is None


def test_where_writing_was_not_allowed_nothing_goes_home(journey: Journey) -> None:
    patient, _ = seen_in_siaya(journey, Scope(ALL_SECTIONS))
    write_visit(journey.doctor, patient, WHEEZE)
    assert home_of(journey.doctor, patient) == Home("Kisumu Clinic", goes=False, can_send=False)
    assert not_sent(journey.doctor, patient) == 0


def test_what_was_not_sent_yet_is_counted_also_after_it_was_erased_here(journey: Journey) -> None:
    patient, key = seen_in_siaya(journey)
    assert not_sent(journey.doctor, patient) == 0
    journey.clock.forward(minutes=5)
    write_visit(journey.doctor, patient, WHEEZE)
    assert not_sent(journey.doctor, patient) == 2, "the visit and its diagnosis"
    close_visiting(journey.doctor, key)
    assert not_sent(journey.doctor, patient) == 2
    journey.clock.forward(minutes=5)
    make_return(journey.doctor, patient)
    assert not_sent(journey.doctor, patient) == 0
    journey.clock.forward(minutes=5)
    record_patient_is_here(journey.doctor, patient, "back again")
    write_visit(journey.doctor, patient, NewVisit(kind="clinic visit", reason="Again"))
    assert not_sent(journey.doctor, patient) == 1


def test_the_same_visit_comes_home_once_and_is_told_once(journey: Journey) -> None:
    patient, _ = seen_in_siaya(journey)
    write_visit(journey.doctor, patient, WHEEZE)
    going = make_return(journey.doctor, patient)
    nurse = journey.kisumu.provider("Home Nurse")
    first = take_return(nurse, going.text)
    assert (first.new, first.before) == (2, None)
    came = journey.kisumu.desk.now
    journey.clock.forward(hours=3)
    for text in (going.text, make_return(journey.doctor, patient).text):
        again = take_return(nurse, text)
        assert (again.new, again.before, again.patient) == (0, came, first.patient)
    told = [one.entry.act for one in my_notices(journey.wanjiku)]
    assert told.count(Act.TAKE_RETURN) == 1
