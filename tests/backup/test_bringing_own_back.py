"""Settings, staff and what else is the clinic's own as an old backup has it: seen by administrators
only, without a row of a patient, and brought back by the acts that change it today."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import database.engine
from backup.folder import Home
from backup.looking_back import Offered, look_at_own, look_back
from backup.scratch import FOLDER
from medilink.acts.back_up_places import choose_place, chosen_places, forget_place, switch_place
from medilink.acts.bring_own_back import BroughtBack, bring_own_back, compare_own
from medilink.acts.credentials import (
    decide_credentials,
    my_credentials,
    save_credentials,
    submit_credentials,
)
from medilink.acts.log_views import drop_view, keep_view, kept_views
from medilink.acts.network import keep_network_settings
from medilink.acts.register import record_patient_is_here
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import (
    add_staff,
    change_clinic,
    change_logo,
    change_roles,
    logo_here,
    switch_account,
)
from medilink.acts.write_record import add_entry
from medilink.audit import Act, AuditEntry, Outcome, open_entry
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.clinics_own import Different, OwnPast, StaffPart, StaffThen
from medilink.credentials import State
from medilink.desk import Desk
from medilink.errors import (
    BackupTrouble,
    EditedMeanwhile,
    MediLinkError,
    NothingToBringBack,
    OwnPasswordWrong,
    ReasonMissing,
    Refused,
    SourceChanged,
    StoreNewer,
    TooManyFilters,
)
from medilink.log_views import LogView
from medilink.people import AccountId, Role
from medilink.records import Section
from medilink.store import Clinic
from tests.backup.backed_up import BackedUp, backed_up
from tests.clinics import ADMIN_PASSPHRASE, DATA_KEY, new_clinic
from tests.properties.test_property_08_credentials import VALID, verified

WHY = "somebody pressed Save too early"


class Office:
    """A clinic with a backup, and its administrator who looks into it."""

    def __init__(self, world: BackedUp) -> None:
        self.world, self.clinic, self.admin = world, world.clinic, world.clinic.admin
        self.nurse = self.clinic.provider("Joseph Mwangi").who
        self.back_up()

    def back_up(self) -> None:
        self.offered = Offered(Home(self.world.stick), self.world.take())

    def past(self, by: Desk | None = None) -> OwnPast:
        return look_at_own(by or self.admin, self.clinic.folder, self.offered)

    def different(self, past: OwnPast) -> dict[str, Different]:
        return {one.key: one for one in compare_own(self.admin, past)}

    def bring(self, past: OwnPast, rows: Sequence[Different] | None = None) -> BroughtBack:
        ticked = compare_own(self.admin, past) if rows is None else rows
        return bring_own_back(self.admin, past, ticked, why=WHY, password=ADMIN_PASSPHRASE)

    def settings(self, **changed: Any) -> Clinic:
        before = self.clinic.store.settings.of_clinic()
        wanted = {"name": before.name, "idle_minutes": before.idle_minutes, **changed}
        return change_clinic(self.admin, before, **wanted)

    @property
    def clinic_now(self) -> Clinic:
        return replace(self.clinic.store.settings.of_clinic(), version=1)

    def account(self, who: AccountId) -> Any:
        return self.clinic.store.accounts.by_id(who)

    def entries_of(self, *acts: Act) -> list[AuditEntry]:
        return [open_entry(row) for row in self.clinic.store.log.rows() if row.act in acts]

    def forget_account(self, who: AccountId) -> None:
        """As no page can: what a restore of an older backup does."""
        raw = database.engine.open_raw(self.clinic.store_file, DATA_KEY)
        raw.execute("DELETE FROM account WHERE id = ?", (who,))
        raw.close()


@pytest.fixture
def office(kisumu: BackedUp) -> Office:
    return Office(kisumu)


def logo(colour: str) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(kept, "PNG")
    return kept.getvalue()


# ---- what comes back


def test_nothing_is_different_right_after_a_backup(office: Office) -> None:
    assert compare_own(office.admin, office.past()) == ()


def test_every_setting_that_was_changed_comes_back(office: Office, tmp_path: Path) -> None:
    before = office.settings(accent="#aa0000", report_folder=str(tmp_path), adult_age=16)
    change_logo(office.admin, logo("red"))
    office.back_up()
    office.settings(
        name="Klinic", idle_minutes=90, adult_age=21, unverified_may_open=False, log_years=9,
        accent="", report_folder="",
    )  # fmt: skip
    keep_network_settings(office.admin, news_days=300, card_address="https://cards.example.org")
    change_logo(office.admin, logo("blue"))
    past = office.past()
    assert len(office.different(past)) == 10
    assert len(office.bring(past).rows) == 10
    assert office.clinic_now == replace(before, version=1)
    network = office.clinic.store.network.of_membership()
    assert network is not None
    assert (network.news_days, network.card_address) == (past.own.network.news_days, "")  # type: ignore[union-attr]
    red, _, blue = Image.open(io.BytesIO(logo_here(office.admin))).getpixel((9, 9))  # type: ignore[misc]
    assert red > 200 > blue
    assert office.different(past) == {}
    assert office.different(office.past()) == {}


def test_only_what_is_ticked_comes_back(office: Office) -> None:
    past = office.past()
    office.settings(name="Klinic", idle_minutes=90)
    office.bring(past, [office.different(past)["setting-idle_minutes"]])
    assert (office.clinic_now.name, office.clinic_now.idle_minutes) == ("Klinic", 15)
    assert list(office.different(past)) == ["setting-name"]


def test_an_account_that_was_switched_off_and_its_roles_come_back(office: Office) -> None:
    past, who = office.past(), office.nurse.id
    change_roles(office.admin, who, [Role.ADMIN])
    switch_account(office.admin, who, disabled=True)
    assert set(office.different(past)) == {
        f"roles-{office.nurse.user_name}",
        f"switch-{office.nurse.user_name}",
    }
    office.bring(past)
    now = office.account(who)
    assert (now.roles, now.profession, now.disabled) == (
        office.nurse.roles, office.nurse.profession, False
    )  # fmt: skip
    changed = office.entries_of(Act.CHANGE_ACCOUNT)[-2:]
    assert [(one.extra.get("roles"), one.extra.get("disabled")) for one in changed] == [
        ("provider", None), (None, "False"),
    ]  # fmt: skip


def test_a_missing_account_comes_back_with_a_first_password_and_no_old_one(office: Office) -> None:
    made, old = add_staff(
        office.admin, user_name="achieng", display_name="Achieng Odhiambo", role=Role.ADMIN
    )
    change_roles(office.admin, made.id, [Role.PROVIDER, Role.ADMIN], "nurse")
    switched, _ = add_staff(
        office.admin, user_name="baraka", display_name="Baraka", role=Role.ADMIN
    )
    switch_account(office.admin, switched.id, disabled=True)
    office.back_up()
    past = office.past()
    for account in (made, switched):
        office.forget_account(account.id)
    brought = office.bring(past)
    [(back, password)] = brought.passwords
    now = sign_in(office.clinic.desk, "achieng", password)
    assert (now.roles, now.profession, now.must_change) == (
        (Role.PROVIDER, Role.ADMIN), "nurse", True,
    )  # fmt: skip
    with pytest.raises(MediLinkError):
        sign_in(office.clinic.desk, "achieng", old)
    assert back.display_name == "Achieng Odhiambo"
    known = office.clinic.store.accounts.by_user_name("baraka")
    assert known
    assert known.account.disabled


def test_kept_filters_come_back_without_those_about_a_patient(office: Office) -> None:
    slip, nurse = office.clinic.register(), office.nurse.id
    views = {"refused": LogView(outcome="refused"), "Joseph": LogView(account=nurse)}
    for name, view in {**views, "her": LogView(patient=slip.patient.id)}.items():
        keep_view(office.admin, name, view)
    office.back_up()
    for name in ("refused", "Joseph", "her"):
        drop_view(office.admin, name)
    past = office.past()
    assert set(office.different(past)) == {"filter-refused", "filter-Joseph"}
    office.bring(past)
    assert kept_views(office.admin) == views
    assert "her" not in str(office.entries_of(Act.BRING_OWN_BACK))


def test_a_colleagues_filters_are_not_mine_to_see(office: Office) -> None:
    other, _ = add_staff(office.admin, user_name="baraka", display_name="Baraka", role=Role.ADMIN)
    keep_view(office.clinic.at_desk(other), "mine", LogView())
    office.back_up()
    drop_view(office.clinic.at_desk(other), "mine")
    assert office.past().own.filters == ()
    theirs = office.past(office.clinic.at_desk(other))
    assert [one.name for one in theirs.own.filters] == ["mine"]


def test_places_of_backups_come_back_and_are_switched_as_they_were(office: Office) -> None:
    def place(name: str) -> ChosenPlace:
        details = {"host": "b.example.org", "password": f"secret of {name}"}
        return ChosenPlace(f"sftp:{name}", PlaceKind.COMPUTER, name, details)

    inside = {"path": str(office.clinic.folder / "backups"), "mark": "m"}
    for one in (place("gone"), place("off"), place("newer")):
        choose_place(office.admin, one)
    choose_place(office.admin, ChosenPlace("folder:m", PlaceKind.FOLDER, "inside", inside))
    office.back_up()
    forget_place(office.admin, place("gone"))
    switch_place(office.admin, place("off"), on=False)
    newer = replace(place("newer"), details={"host": "b.example.org", "password": "newer"})
    choose_place(office.admin, newer)
    forget_place(office.admin, ChosenPlace("folder:m", PlaceKind.FOLDER, "inside", inside))
    past = office.past()
    assert set(office.different(past)) == {"place-sftp:gone", "place-sftp:off"}
    office.bring(past)
    now = {one.name: one for one in chosen_places(office.admin)}
    assert {name: one.on for name, one in now.items()} == {"gone": True, "off": True, "newer": True}
    assert now["gone"].details == place("gone").details
    assert now["newer"].details == newer.details
    said = str(office.entries_of(*Act))
    assert "secret of" not in said + repr(past) + repr(compare_own(office.admin, past))


def test_what_was_added_since_stays(office: Office) -> None:
    past = office.past()
    add_staff(office.admin, user_name="baraka", display_name="Baraka", role=Role.ADMIN)
    keep_view(office.admin, "new", LogView())
    assert office.different(past) == {}


# ---- one step, with its entry


def test_one_entry_names_the_backup_after_those_of_each_act(office: Office) -> None:
    past = office.past()
    office.settings(name="Klinic")
    switch_account(office.admin, office.nurse.id, disabled=True)
    before = office.clinic.store.log.head().seq
    office.bring(past)
    new = [open_entry(row) for row in office.clinic.store.log.rows() if row.seq > before]
    acts = [one.act for one in new if one.act != Act.SIGN_IN]
    assert acts == [Act.CHANGE_SETTINGS, Act.CHANGE_ACCOUNT, Act.BRING_OWN_BACK]
    told = new[-1]
    assert (told.why, told.patient, told.account) == (WHY, None, office.admin.who.id)
    assert told.extra == {
        "backup": f"{office.clinic.clock.now:%Y-%m-%d}",
        "generation": str(past.generation),
        "rows": f"setting-name, switch-{office.nurse.user_name}",
    }
    [looked] = office.entries_of(Act.LOOK_INTO_BACKUP)
    assert looked.extra["generation"] == str(past.generation)


def test_where_one_of_them_may_not_be_nothing_comes_back(office: Office) -> None:
    """The last of the rows breaks a rule of today: there are as many filters as may be."""
    keep_view(office.admin, "old", LogView())
    office.back_up()
    drop_view(office.admin, "old")
    for number in range(30):
        keep_view(office.admin, str(number), LogView())
    past = office.past()
    office.settings(name="Klinic")
    switch_account(office.admin, office.nurse.id, disabled=True)
    before = office.clinic.store.log.head().seq
    with pytest.raises(TooManyFilters):
        office.bring(past)
    assert office.clinic_now.name == "Klinic"
    assert office.account(office.nurse.id).disabled
    new = [row.act for row in office.clinic.store.log.rows() if row.seq > before]
    assert not {Act.CHANGE_SETTINGS, Act.CHANGE_ACCOUNT, Act.BRING_OWN_BACK} & set(new)
    assert office.settings(idle_minutes=20).idle_minutes == 20, "the writer is free again"


def test_what_stands_otherwise_by_now_is_not_written_over(office: Office) -> None:
    past = office.past()
    office.settings(name="Klinic")
    seen = compare_own(office.admin, past)
    office.settings(name="Kliniki")
    with pytest.raises(EditedMeanwhile):
        office.bring(past, seen)
    assert office.clinic_now.name == "Kliniki"
    office.bring(past)
    with pytest.raises(EditedMeanwhile):
        office.bring(past, seen)


# ---- rules of today hold


def test_nobody_gives_themselves_a_role_back(office: Office) -> None:
    other, _ = add_staff(office.admin, user_name="baraka", display_name="Baraka", role=Role.ADMIN)
    me = office.admin.who
    change_roles(office.clinic.at_desk(other), me.id, [Role.PROVIDER, Role.ADMIN], "doctor")
    office.back_up()
    past = office.past()
    change_roles(office.clinic.at_desk(other), me.id, [Role.ADMIN])
    [row] = compare_own(office.admin, past)
    assert isinstance(row, StaffThen)
    with pytest.raises(NothingToBringBack):
        office.bring(past, [row])
    forged = replace(row, hindrance=None)
    with pytest.raises(EditedMeanwhile):
        office.bring(past, [forged])


def test_a_user_name_that_is_somebody_elses_today_gives_them_nothing(office: Office) -> None:
    made, _ = add_staff(office.admin, user_name="baraka", display_name="Baraka", role=Role.ADMIN)
    office.back_up()
    past = office.past()
    office.forget_account(made.id)
    add_staff(
        office.admin, user_name="baraka", display_name="Another", role=Role.PROVIDER,
        profession="nurse",
    )  # fmt: skip
    [row] = compare_own(office.admin, past)
    assert isinstance(row, StaffThen)
    assert (row.part, bool(row.hindrance)) == (StaffPart.ACCOUNT, True)
    with pytest.raises(NothingToBringBack):
        office.bring(past, [row])


def test_credentials_do_not_come_back_and_a_profession_has_to_be_checked_again(
    office: Office,
) -> None:
    """What was verified in the backup is not by this way."""
    provider, rows = verified(office.clinic), office.clinic.store.credentials
    who = provider.who.id
    office.back_up()
    past = office.past()
    change_roles(office.admin, who, [Role.PROVIDER], "nurse")
    save_credentials(provider, my_credentials(provider), VALID)
    sent = submit_credentials(provider, my_credentials(provider))
    decide_credentials(office.admin, who, sent, verified=False, reason="The licence is another's")
    switch_account(office.admin, who, disabled=True)
    office.bring(past)
    held = rows.of_account(who)
    assert held
    assert (held.state, office.account(who).profession) == (State.REFUSED, "doctor")
    decide = my_credentials(provider)
    change_roles(office.admin, who, [Role.PROVIDER], "nurse")
    submit_credentials(provider, save_credentials(provider, decide, VALID))
    sent = my_credentials(provider)
    decide_credentials(office.admin, who, sent, verified=True, reason="")
    office.bring(past)
    held = rows.of_account(who)
    assert held
    assert held.state is State.DRAFT


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
