"""What of the clinic's own is different in a backup: rules on plain values, and every table of the
store decided upon."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from database.schema import metadata
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.clinics_own import (
    ClinicsOwn,
    Hindrance,
    OwnPast,
    StaffThen,
    at_work,
    can_come,
    differences,
)
from medilink.log_views import LogView, view_as_text
from medilink.people import Account, AccountId, PatientId, Role
from medilink.store import Clinic
from medilink.store_log import KeptFilter
from medilink.store_network import Membership

DECISION = (
    Path(__file__).resolve().parents[2]
    / "docs/decisions/030-the-clinics-own-comes-back-by-todays-acts.md"
)
ME = Account(AccountId(1), "grace", "Grace Wafula", Role.ADMIN)
AMINA = Account(AccountId(2), "amina", "Amina Otieno", Role.PROVIDER, "doctor")
NETWORK = Membership(b"root", True, 0, 14)
TODAY = ClinicsOwn(
    Clinic("Kisumu", "KE", "en", "7KQ", 15), b"", (ME, AMINA), (), (), NETWORK
)  # fmt: skip


def different(then: ClinicsOwn, today: ClinicsOwn = TODAY, logo_anew: bytes = b"") -> list[str]:
    return [one.key for one in differences(past(then, logo_anew), today)]


def past(then: ClinicsOwn, logo_anew: bytes = b"") -> OwnPast:
    return OwnPast(ME.id, 3, 0, then, logo_anew)


STAFF = st.lists(
    st.builds(
        Account,
        id=st.integers(1, 9).map(AccountId),
        user_name=st.sampled_from(["amina", "joseph", "grace", "zawadi"]),
        display_name=st.sampled_from(["Amina", "Joseph"]),
        role=st.sampled_from([Role.ADMIN, Role.PROVIDER]),
        more_roles=st.sampled_from([(), (Role.ADMIN,), (Role.PROVIDER,)]),
        profession=st.sampled_from(["", "nurse"]),
        disabled=st.booleans(),
    ),
    unique_by=lambda one: one.user_name,
    max_size=4,
).map(tuple)


@given(STAFF, STAFF)
def test_staff_of_any_two_times(then: tuple[Account, ...], now: tuple[Account, ...]) -> None:
    """Every row is of an account in the backup; none of what is the same; nobody's own is offered,
    and no account where another person has the name."""
    rows = differences(past(replace(TODAY, staff=then)), replace(TODAY, staff=now))
    here = {one.user_name: one for one in now}
    assert len({one.key for one in rows}) == len(rows)
    for one in rows:
        assert isinstance(one, StaffThen)
        assert one.then in then
        stands = here.get(one.then.user_name)
        assert stands != one.then
        if can_come(one):
            assert stands is None or stands.display_name == one.then.display_name
            assert one.today is None or one.today.id != ME.id
    same = [one for one in then if one in now]
    assert not {one.user_name for one in same} & {
        one.then.user_name for one in rows if isinstance(one, StaffThen)
    }


def test_what_is_its_holders_own_choice_is_no_difference() -> None:
    changed = at_work(replace(AMINA, language="sw", must_change=True))
    assert different(replace(TODAY, staff=(ME, changed))) == []
    order = replace(AMINA, role=Role.ADMIN, more_roles=(Role.PROVIDER,))
    turned = replace(order, role=Role.PROVIDER, more_roles=(Role.ADMIN,))
    assert different(replace(TODAY, staff=(order,)), replace(TODAY, staff=(turned,))) == []


def test_a_number_that_is_another_persons_by_now_says_nothing() -> None:
    """After a restore accounts get numbers that others had."""
    joseph = Account(AccountId(2), "joseph", "Joseph Mwangi", Role.PROVIDER, "nurse")
    views = (KeptFilter("Amina", view_as_text(LogView(account=2))),)
    then, now = replace(TODAY, filters=views), replace(TODAY, staff=(ME, joseph))
    assert different(then, now) == ["account-amina"]
    assert different(then) == ["filter-Amina"]


def test_a_filter_that_looks_for_a_patient_is_not_even_named() -> None:
    theirs = KeptFilter("x", view_as_text(LogView(patient=PatientId(7), acts=("open record",))))
    system = KeptFilter("by itself", view_as_text(LogView(account=0)))
    assert different(replace(TODAY, filters=(theirs, system))) == ["filter-by itself"]


def test_the_networks_settings_are_those_of_one_network_only() -> None:
    older = replace(NETWORK, news_days=30)
    assert different(replace(TODAY, network=older)) == ["setting-news_days"]
    assert different(replace(TODAY, network=replace(older, root=b"another"))) == []
    assert different(replace(TODAY, network=None)) == []
    assert different(TODAY, replace(TODAY, network=None)) == []


def test_what_no_page_changes_is_no_difference() -> None:
    other = replace(TODAY.clinic, country="UG", language="fr", node_code="8KQ", version=9)
    assert different(replace(TODAY, clinic=other)) == []


def test_a_logo_that_was_drawn_anew_is_the_same() -> None:
    then = replace(TODAY, logo=b"as it was")
    assert different(then, logo_anew=b"anew") == ["logo"]
    assert different(then, replace(TODAY, logo=b"anew"), b"anew") == []


@pytest.mark.parametrize("on", [True, False])
def test_a_place_that_stands_keeps_what_it_takes_to_go_there(on: bool) -> None:
    place = ChosenPlace("sftp:1", PlaceKind.COMPUTER, "there", {"password": "old"})
    now = replace(place, details={"password": "new"}, on=on)
    found = different(replace(TODAY, places=(place,)), replace(TODAY, places=(now,)))
    assert found == ([] if on else ["place-sftp:1"])


def test_ones_own_account_is_shown_and_cannot_be_ticked() -> None:
    then = replace(ME, more_roles=(Role.PROVIDER,), profession="nurse")
    [row] = differences(past(replace(TODAY, staff=(then,))), TODAY)
    assert isinstance(row, StaffThen)
    assert row.hindrance is Hindrance.OWN
    assert not can_come(row)


def test_every_table_is_decided_upon() -> None:
    """A new one has to be: does it come back by this way, and if not, why."""
    said = DECISION.read_text("utf-8")
    assert [name for name in metadata.tables if f"`{name}`" not in said] == []
