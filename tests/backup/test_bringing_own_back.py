"""Settings, staff and what else is the clinic's own comes back from an old backup by the acts that
change it today, in one step with its entry."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from medilink.acts.back_up_places import choose_place, chosen_places, forget_place, switch_place
from medilink.acts.bring_own_back import compare_own
from medilink.acts.credentials import (
    decide_credentials,
    my_credentials,
    save_credentials,
    submit_credentials,
)
from medilink.acts.log_views import drop_view, keep_view, kept_views
from medilink.acts.network import keep_network_settings
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import (
    add_staff,
    change_logo,
    change_roles,
    logo_here,
    switch_account,
)
from medilink.audit import Act, open_entry
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.clinics_own import StaffPart, StaffThen
from medilink.credentials import State
from medilink.errors import (
    EditedMeanwhile,
    MediLinkError,
    NothingToBringBack,
    TooManyFilters,
)
from medilink.log_views import LogView
from medilink.people import Role
from tests.backup.office import WHY, Office, logo
from tests.properties.test_property_08_credentials import VALID, verified

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
