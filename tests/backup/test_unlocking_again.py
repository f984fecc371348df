"""Who unlocks after the records got a fresh key or were restored: nobody without the log telling,
and not by a password that may have been seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from backup.chosen import choose_folder
from medilink.acts.back_up_places import choose_place, chosen_places
from medilink.acts.notices import my_notices
from medilink.acts.sign_in import sign_in
from medilink.acts.staff import add_staff, reset_password, switch_account
from medilink.acts.unlocking import new_passphrase_by_sheet
from medilink.audit import Act, open_entry
from medilink.desk import Desk
from medilink.errors import ChangedMeanwhile, PasswordNotNew, WrongPassphrase
from medilink.people import Account, Role
from tests.backup.standing_here import Here, close_all, nothing_shown
from tests.backup.test_restoring import DAY, PASSPHRASE, Laptop
from ui.app import build_app
from ui.house import House
from ui.key_file import is_awaited
from ui.new_data_key import NewKeyAsked, give_new_key
from ui.openers import remove_passphrase
from ui.restoring_here import Asked, restore_here

SEEN = "copper violin sunset 88"
FRESH = "walnut ferry harmonica 31"
OPENS = "the passphrase of an administrator opens it"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    """Grace's clinic, where Otieno unlocks, too."""
    made = Here(Laptop(tmp_path / "laptop"))
    _, slip = add_staff(made.admin, user_name="otieno", display_name="Otieno", role=Role.ADMIN)
    chooses(made.house, slip, SEEN)
    yield made
    close_all()


def client_of(house: House) -> TestClient:
    app = build_app(house, pages=PlainTextResponse("a page of the app"))
    base = "http://localhost:8600"
    return TestClient(app, base_url=base, follow_redirects=False, client=("127.0.0.1", 50_000))


def signs_in(house: House, password: str) -> str:
    """Where Otieno is led to."""
    client = client_of(house)
    answer = client.post("/sign-in", data={"user": "otieno", "password": password})
    return answer.headers.get("location", "")


def chooses(house: House, old: str, new: str) -> tuple[int, str]:
    """At the page for a new password."""
    client = client_of(house)
    client.post("/sign-in", data={"user": "otieno", "password": old})
    answer = client.post("/new-password", data={"old": old, "new": new, "again": new})
    return answer.status_code, answer.headers.get("location", answer.text)


def otieno(house: House) -> Account:
    known = house.store.accounts.by_user_name("otieno")
    assert known
    return known.account


def at_desk(here: Here, password: str) -> Desk:
    desk = here.house.desk()
    return desk.signed_in_as(sign_in(desk, "otieno", password))


def unlocks(here: Here, passphrase: str) -> bool:
    """The house is open afterwards."""
    here.house.close()
    try:
        here.house.unlock(passphrase)
    except WrongPassphrase:
        here.house.unlock_by_itself()
        return False
    return True


def told_of(here: Here, user: str) -> list[str]:
    """The reasons of entries about what opens the clinic that are about somebody."""
    rows = [row for row in here.house.store.log.rows() if row.act == Act.CHANGE_UNLOCKING]
    return [one.why for one in map(open_entry, rows) if dict(one.extra).get("whose") == user]


def test_a_first_password_that_unlocks_is_in_the_log_and_another_one_after_it_once(
    here: Here,
) -> None:
    assert unlocks(here, SEEN)
    assert told_of(here, "otieno") == [OPENS]
    told = my_notices(here.admin)
    assert "What opens this clinic was changed" in [one.title for one in told]
    assert chooses(here.house, SEEN, FRESH)[0] == 303
    assert told_of(here, "otieno") == [OPENS]
    remove_passphrase(here.house, here.admin, PASSPHRASE, "otieno")
    assert chooses(here.house, FRESH, SEEN)[0] == 303
    assert told_of(here, "otieno")[-1] == OPENS
    assert unlocks(here, SEEN)


@pytest.mark.parametrize("what", ["a new key", "a restore"])
def test_who_unlocks_again_by_signing_in_is_in_the_log(here: Here, what: str) -> None:
    file = here.back_up()
    if what == "a restore":
        here.restore(file)
    else:
        asked = NewKeyAsked(here.laptop.words, PASSPHRASE, choose_anew=False)
        give_new_key(here.house, here.admin, asked, nothing_shown)
    before = len(told_of(here, "otieno"))
    assert not unlocks(here, SEEN)
    assert signs_in(here.house, SEEN) == "/"
    assert unlocks(here, SEEN)
    assert told_of(here, "otieno")[before:] == [OPENS]
    assert signs_in(here.house, SEEN) == "/"
    assert len(told_of(here, "otieno")) == before + 1, "told once"


def test_a_password_that_was_seen_unlocks_nothing_after_a_new_key(here: Here) -> None:
    here.new_key()
    assert signs_in(here.house, SEEN) == "/new-password"
    assert not unlocks(here, SEEN)
    status, page = chooses(here.house, SEEN, SEEN)
    assert (status, "the password you have now" in page) == (400, True)
    assert not unlocks(here, SEEN)
    assert chooses(here.house, SEEN, FRESH)[0] == 303
    assert unlocks(here, FRESH)
    assert not unlocks(here, SEEN)
    rows = [open_entry(row) for row in here.house.store.log.rows()]
    [asked] = [one for one in rows if one.act == Act.CHANGE_ACCOUNT and one.why == "new key"]
    assert dict(asked.extra)["account"] == str(otieno(here.house).id)


def test_nor_with_the_recovery_sheet(here: Here) -> None:
    here.new_key()
    with pytest.raises(PasswordNotNew):
        new_passphrase_by_sheet(here.house.desk(), "otieno", SEEN, SEEN)
    new_passphrase_by_sheet(here.house.desk(), "otieno", FRESH, FRESH)


def test_who_is_switched_off_chooses_anew_when_they_are_back(here: Here) -> None:
    who = otieno(here.house)
    switch_account(here.admin, who.id, disabled=True)
    here.house.unlockers.drop_passphrase(who)
    here.new_key()
    switch_account(here.admin, who.id, disabled=False)
    assert signs_in(here.house, SEEN) == "/new-password"
    assert not unlocks(here, SEEN)


@pytest.mark.parametrize("since", ["changed", "reset", "to be changed"])
def test_a_password_of_before_that_a_restore_brings_back_must_be_changed(
    here: Here, since: str
) -> None:
    file = here.back_up()
    if since == "changed":
        chooses(here.house, SEEN, FRESH)
    elif since == "reset":
        reset_password(here.admin, otieno(here.house).id)
    else:
        here.new_key()
    here.restore(file, here.laptop.words)
    assert signs_in(here.house, SEEN) == "/new-password"
    assert not unlocks(here, SEEN)


def test_who_gives_the_new_key_and_did_not_unlock_before_is_in_the_log(here: Here) -> None:
    remove_passphrase(here.house, at_desk(here, SEEN), SEEN, "grace")
    here.new_key()
    assert told_of(here, "grace")[-1] == OPENS
    assert unlocks(here, PASSPHRASE)


def test_who_was_removed_while_signing_in_stays_removed(here: Here) -> None:
    asked = NewKeyAsked(here.laptop.words, PASSPHRASE, choose_anew=False)
    give_new_key(here.house, here.admin, asked, nothing_shown)
    desk, unlockers = at_desk(here, SEEN), here.house.unlockers
    change = unlockers.change

    def removed_first(wanted: object) -> None:
        unlockers.change = change  # type: ignore[method-assign]
        remove_passphrase(here.house, here.admin, PASSPHRASE, "otieno")
        change(wanted)  # type: ignore[arg-type]

    unlockers.change = removed_first  # type: ignore[method-assign]
    unlockers.keep_missing_passphrase(desk, SEEN)
    assert not is_awaited(unlockers.held(), "otieno")
    assert not unlocks(here, SEEN)


# ---- changed by somebody else while it is under way


def test_places_and_ways_in_that_change_during_a_restore_are_not_lost(here: Here) -> None:
    file, data = here.back_up(), here.laptop.config.data_dir
    (data.parent / "share").mkdir()
    here.register("Baraka")
    share = choose_folder(data.parent / "share", data)
    asked = Asked(file, "", PASSPHRASE, DAY)
    here.register("Chausiku")
    still = here.house.standing_still

    for change in (
        lambda: choose_place(here.admin, share),
        lambda: remove_passphrase(here.house, here.admin, PASSPHRASE, "otieno"),
    ):

        def last_moment() -> object:
            here.house.standing_still = still  # type: ignore[method-assign]
            change()  # noqa: B023 called before the next one is chosen
            return still()

        here.house.standing_still = last_moment  # type: ignore[method-assign,assignment]
        with pytest.raises(ChangedMeanwhile):
            restore_here(here.house, here.admin, asked, nothing_shown)
        assert here.names() == {"Baraka", "Chausiku"}
    assert [one.key for one in chosen_places(here.house.system_desk())] == [share.key]
    restore_here(here.house, here.admin, asked, nothing_shown)
    assert here.names() == set()
    assert [one.key for one in chosen_places(here.house.system_desk())] == [share.key]
    assert not is_awaited(here.house.unlockers.held(), "otieno")
