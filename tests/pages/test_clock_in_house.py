"""A laptop whose clock jumped: nothing expired comes back, and what is written says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from medilink.acts.read_record import open_record
from medilink.acts.receive import open_with_code
from medilink.acts.register import record_patient_is_here, register_patient
from medilink.acts.share import make_share_code
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import add_staff, confirm_clock
from medilink.acts.write_record import add_entry
from medilink.audit import Act
from medilink.clock import Doubt
from medilink.compliance import report_from_text
from medilink.config import Config
from medilink.errors import NoRight, Refused, ShareRefused
from medilink.people import PatientDetails, Role, Sex
from medilink.records import ALL_SECTIONS, Section
from medilink.store import LogFilter
from security.slots import new_recovery_words
from tests.clinics import HandClock
from tests.pages.test_guard import FORM, PASSPHRASE
from ui.app import sweep_once
from ui.house import House


def test_a_clock_set_back_over_a_restart_revives_nothing_and_is_marked(tmp_path: Path) -> None:
    wall = HandClock()
    config = Config(tmp_path / "data", tmp_path / "keys", host="127.0.0.1", hash_cost="light")
    house = House(config, wall)
    house.set_up(FORM, new_recovery_words(), unattended=False)
    grace = house.desk().signed_in_as(sign_in(house.desk(), "grace", PASSPHRASE))
    amina, _ = add_staff(
        grace, user_name="amina", display_name="Amina", role=Role.PROVIDER, profession="doctor"
    )
    slip = register_patient(grace, PatientDetails(given="Wanjiku", family="Njeri", sex=Sex.FEMALE))
    patient = house.desk().signed_in_as(
        sign_in(house.desk(), slip.patient.medilink_id, slip.password)
    )
    shared = make_share_code(patient, ALL_SECTIONS, hours=1, single_use=False)
    open_with_code(house.desk().signed_in_as(amina), shared.code)
    wall.forward(hours=3)
    with pytest.raises((NoRight, ShareRefused)):
        open_record(house.desk().signed_in_as(amina), slip.patient.id)
    house.close()

    wall.forward(days=-30)
    house = House(config, wall)
    house.unlock(PASSPHRASE)
    doctor = house.desk().signed_in_as(amina)
    assert house.clock.doubt is Doubt.BEHIND
    with pytest.raises((NoRight, ShareRefused)):
        open_record(doctor, slip.patient.id)
    record_patient_is_here(doctor, slip.patient.id, "cough")
    add_entry(doctor, slip.patient.id, Section.ALLERGIES, {"substance": "Latex"})
    assert open_record(doctor, slip.patient.id).record.allergies[0].doubted

    with pytest.raises(Refused):
        confirm_clock(doctor, house.clock)
    assert house.clock.doubt is Doubt.BEHIND, "only an administrator says what day it is"
    confirm_clock(house.desk().signed_in_as(grace.who), house.clock)
    assert house.clock.doubt is Doubt.NONE
    house.close()
    house = House(config, wall)
    house.unlock(PASSPHRASE)
    assert house.clock.doubt is Doubt.NONE, "a confirmed date is still right after a restart"
    told, _ = house.store.log.list_entries(
        LogFilter(), limit=50, audit=house.desk().event(Act.READ_LOG)
    )
    assert any(entry.extra.get("doubted") for entry in told)
    house.close()


def test_a_code_that_ended_unseen_stays_over_when_an_earlier_time_is_confirmed(
    tmp_path: Path,
) -> None:
    wall = HandClock()
    config = Config(tmp_path / "data", tmp_path / "keys", host="127.0.0.1", hash_cost="light")
    house = House(config, wall)
    house.set_up(FORM, new_recovery_words(), unattended=False)
    grace = house.desk().signed_in_as(sign_in(house.desk(), "grace", PASSPHRASE))
    amina, _ = add_staff(
        grace, user_name="amina", display_name="Amina", role=Role.PROVIDER, profession="doctor"
    )
    slip = register_patient(grace, PatientDetails(given="Wanjiku", family="Njeri", sex=Sex.FEMALE))
    patient = sign_in(house.desk(), slip.patient.medilink_id, slip.password)
    shared = make_share_code(house.desk().signed_in_as(patient), ALL_SECTIONS, hours=1)
    wall.forward(hours=3)
    house.store.log.write(house.desk().event(Act.SIGN_IN))
    wall.forward(hours=-2.5)
    confirm_clock(house.desk().signed_in_as(grace.who), house.clock)
    assert house.clock.doubt is Doubt.NONE
    with pytest.raises(ShareRefused):
        open_with_code(house.desk().signed_in_as(amina), shared.code)
    house.close()


def test_the_housekeeping_writes_each_month_once_and_never_by_a_doubted_clock(
    tmp_path: Path,
) -> None:
    wall = HandClock()
    config = Config(tmp_path / "data", tmp_path / "keys", host="127.0.0.1", hash_cost="light")
    house = House(config, wall)
    house.set_up(FORM, new_recovery_words(), unattended=False)
    sweep_once(house)
    assert house.store.reports.of_months() == {}
    wall.forward(days=-300)
    assert house.clock.doubt is Doubt.BEHIND
    sweep_once(house)
    wall.forward(days=332)
    sweep_once(house)
    sweep_once(house)
    assert list(house.store.reports.of_months()) == ["2026-03"]
    outside = house.outside_head()
    assert outside == house.store.log.head(), "what the report wrote is noted outside as well"
    house.close()
    house = House(config, wall)
    house.unlock(PASSPHRASE)
    sweep_once(house)
    assert list(house.store.reports.of_months()) == ["2026-03"]
    report = report_from_text(house.store.reports.by_month("2026-03").body)
    assert (report.made_by, report.integrity.broken_at) == ("MediLink by itself", None)
    house.close()
