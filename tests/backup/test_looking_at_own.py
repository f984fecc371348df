"""The clinic's own in an old backup is seen by administrators only, without a row of a patient, and
nothing else is changed by bringing it back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

import database.engine
from backup.folder import Home
from backup.looking_back import Offered, look_back
from backup.scratch import FOLDER
from medilink.acts.back_up_places import choose_place, chosen_places, forget_place
from medilink.acts.bring_own_back import bring_own_back, compare_own
from medilink.acts.log_views import drop_view, keep_view
from medilink.acts.network import keep_network_settings
from medilink.acts.register import record_patient_is_here
from medilink.acts.share import revoke_code
from medilink.acts.staff import add_staff, change_logo, switch_account
from medilink.acts.standing import share_with
from medilink.acts.write_record import add_entry
from medilink.audit import Act, Outcome
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.desk import Desk
from medilink.errors import (
    BackupTrouble,
    NothingToBringBack,
    OwnPasswordWrong,
    ReasonMissing,
    Refused,
    SourceChanged,
    StoreNewer,
)
from medilink.log_views import LogView
from medilink.people import Role
from medilink.records import Section
from medilink.scopes import EVERYTHING
from tests.backup.backed_up import backed_up
from tests.backup.office import WHY, Office, logo
from tests.clinics import ADMIN_PASSPHRASE, new_clinic


def refused(office: Office, by: Desk) -> None:
    with pytest.raises(Refused):
        office.past(by)
    assert office.entries_of(Act.LOOK_INTO_BACKUP)[-1].outcome == Outcome.REFUSED
    assert not (office.clinic.folder / FOLDER).exists()


def test_only_administrators_look_and_bring_back(office: Office) -> None:
    doctor, patient = office.clinic.provider(), office.clinic.patient()
    past = office.past()
    office.settings(name="Klinic")
    seen = compare_own(office.admin, past)
    for by in (doctor, patient):
        refused(office, by)
        with pytest.raises(Refused):
            compare_own(by, past)
        with pytest.raises(Refused):
            bring_own_back(by, past, seen, why=WHY, password=ADMIN_PASSPHRASE)
        assert office.entries_of(Act.BRING_OWN_BACK)[-1].outcome == Outcome.REFUSED


def test_what_one_administrator_looked_at_is_not_anothers(office: Office) -> None:
    other, password = add_staff(
        office.admin, user_name="baraka", display_name="Baraka", role=Role.ADMIN
    )
    past, colleague = office.past(), office.clinic.at_desk(other)
    office.settings(name="Klinic")
    seen = compare_own(office.admin, past)
    with pytest.raises(Refused):
        compare_own(colleague, past)
    with pytest.raises(Refused):
        bring_own_back(colleague, past, seen, why=WHY, password=password)
    assert office.entries_of(Act.BRING_OWN_BACK)[-1].outcome == Outcome.REFUSED


def test_without_a_reason_and_the_own_password_nothing_comes_back(office: Office) -> None:
    past = office.past()
    office.settings(name="Klinic")
    seen = compare_own(office.admin, past)
    for why, password, trouble in (
        ("  ", ADMIN_PASSPHRASE, ReasonMissing),
        (WHY, "not the passphrase", OwnPasswordWrong),
    ):
        with pytest.raises(trouble):
            bring_own_back(office.admin, past, seen, why=why, password=password)
    with pytest.raises(NothingToBringBack):
        bring_own_back(office.admin, past, [], why=WHY, password=ADMIN_PASSPHRASE)
    assert office.clinic_now.name == "Klinic"
    assert office.entries_of(Act.BRING_OWN_BACK) == []


# ---- what is not looked into, and what of a backup is not read


def test_a_backup_that_is_newer_damaged_or_anothers_shows_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = office.offered.kept
    with monkeypatch.context() as older:
        older.setattr("backup.restoring.NEWEST", "0009")
        with pytest.raises(StoreNewer):
            office.past()
    theirs = backed_up(new_clinic(tmp_path / "other", "Nakuru", "8KQ"))
    office.offered = Offered(Home(theirs.stick), theirs.take())
    theirs.clinic.store.close()
    with pytest.raises(BackupTrouble):
        office.past()
    office.offered = Offered(Home(office.world.stick), kept)
    file = office.world.path(kept)
    content = bytearray(file.read_bytes())
    content[-2000] ^= 1
    file.write_bytes(content)
    with pytest.raises((BackupTrouble, SourceChanged)):
        office.past()
    assert office.entries_of(Act.LOOK_INTO_BACKUP) == []
    assert not (office.clinic.folder / FOLDER).exists()


def test_no_other_table_is_changed(office: Office) -> None:
    """Not where everything is different, and patients, shares and news came and went since."""
    doctor, slip = office.clinic.provider(), office.clinic.register()
    record_patient_is_here(doctor, slip.patient.id, "visit")
    add_entry(doctor, slip.patient.id, Section.ALLERGIES, {"substance": "penicillin"})
    patient = office.clinic.patient(slip)
    share = share_with(patient, doctor.who.id, EVERYTHING)
    keep_view(office.admin, "refused", LogView(outcome="refused"))
    choose_place(office.admin, ChosenPlace("sftp:1", PlaceKind.COMPUTER, "there", {}))
    office.back_up()
    revoke_code(patient, share.id)
    add_entry(doctor, slip.patient.id, Section.CONDITIONS, {"name": "asthma"})
    drop_view(office.admin, "refused")
    forget_place(office.admin, chosen_places(office.admin)[0])
    office.settings(name="Klinic")
    change_logo(office.admin, logo("red"))
    keep_network_settings(office.admin, news_days=300, card_address="")
    switch_account(office.admin, office.nurse.id, disabled=True)
    past = office.past()
    before = office.tables()
    assert len(office.bring(past).rows) == 6
    after = office.tables()
    assert {name for name in after if after[name] != before[name]} == {
        "clinic", "clinic_logo", "account", "log_filter", "backup_place", "membership", "audit_log"
    }  # fmt: skip


def test_no_table_about_patients_is_read_in_the_copy(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself says which tables a reader of the copy asks for."""
    doctor, slip = office.clinic.provider(), office.clinic.register()
    record_patient_is_here(doctor, slip.patient.id, "visit")
    add_entry(doctor, slip.patient.id, Section.ALLERGIES, {"substance": "penicillin"})
    office.back_up()
    read: set[str] = set()
    allow = database.engine._allow_reader

    def noting(action: int, first: str | None, *rest: object) -> int:
        if action == sqlite3.SQLITE_READ and first:
            read.add(first)
        return allow(action, first, *rest)

    monkeypatch.setattr(database.engine, "_allow_reader", noting)
    office.past()
    to_check_it = {"audit_log", "log_block", "log_segment", "backup", "own_key", "sqlite_master"}
    own = {"clinic", "clinic_logo", "account", "log_filter", "backup_place", "membership"}
    assert read - to_check_it == own
    look_back(doctor, office.clinic.folder, office.offered, slip.patient.id)
    assert {"patient", "entry"} <= read, "the same look sees a record that is read"
