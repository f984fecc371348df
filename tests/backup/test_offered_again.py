"""After a restore nothing is taken for sent: what a clinic has lost is offered to it again."""

from __future__ import annotations

from pathlib import Path

from medilink.acts.coming_home import take_return
from medilink.acts.going_home import make_return, not_sent
from medilink.acts.news import make_news, take_news
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_visit import write_visit
from tests.acts.test_going_home import WHEEZE, seen_in_siaya
from tests.acts.test_offers import Journey
from tests.backup.backed_up import backed_up
from tests.backup.test_restored_abroad import put_back


def test_a_visit_that_the_clinic_at_home_has_lost_is_offered_again(tmp_path: Path) -> None:
    """Sent, taken in, lost by a restore: without the word of that, it would be gone for ever."""
    journey = Journey(tmp_path)
    nurse = journey.kisumu.provider("Home Nurse").who
    patient, _ = seen_in_siaya(journey)
    kisumu = backed_up(journey.kisumu)
    file = kisumu.path(kisumu.take())
    journey.clock.forward(minutes=5)
    write_visit(journey.doctor, patient, WHEEZE)
    going = make_return(journey.doctor, patient)
    take_return(journey.kisumu.at_desk(nurse), going.text)
    assert not_sent(journey.doctor, patient) == 0
    journey.clock.forward(days=2)

    put_back(journey.kisumu, file)
    take_news(journey.siaya.admin, make_news(journey.kisumu.at_desk(journey.kisumu.admin.who)))

    record_patient_is_here(journey.doctor, patient, "letters")
    assert not_sent(journey.doctor, patient) == 2
    journey.clock.forward(days=2)
    record_patient_is_here(journey.doctor, patient, "letters")
    again = make_return(journey.doctor, patient)
    assert take_return(journey.kisumu.at_desk(nurse), again.text).new == 2
    assert not_sent(journey.doctor, patient) == 0


def test_what_was_sent_after_the_backup_is_offered_again_by_a_clinic_that_was_put_back(
    tmp_path: Path,
) -> None:
    """And taken in once: it is known as the same."""
    journey = Journey(tmp_path)
    patient, _ = seen_in_siaya(journey)
    journey.clock.forward(minutes=5)
    write_visit(journey.doctor, patient, WHEEZE)
    siaya = backed_up(journey.siaya)
    file = siaya.path(siaya.take())
    journey.clock.forward(minutes=5)
    sent = make_return(journey.doctor, patient)
    nurse = journey.kisumu.provider("Home Nurse")
    assert take_return(nurse, sent.text).new == 2
    journey.clock.forward(days=1)

    put_back(journey.siaya, file)

    doctor = journey.siaya.at_desk(journey.doctor.who)
    record_patient_is_here(doctor, patient, "letters")
    assert not_sent(doctor, patient) == 2
    assert take_return(nurse, make_return(doctor, patient).text).new == 0
