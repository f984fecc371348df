"""The page Restore lists every backup by its day, wherever it lies, and fetches one that is not
here; whoever waits for a slow line can stop."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from backup.chosen import computer_at
from backup.sftp import Address
from medilink.acts.back_up_places import choose_place
from tests.backup.dripping import dripping
from tests.backup.sftp_server import PASSWORD, USER, another_computer
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import DAY, PASSPHRASE, Laptop
from tests.browser.driving import Server, Watched, go, heading, new_page, running, sign_in
from tests.browser.test_accessible import settle
from ui.rounds import rounds_here

FETCH = "Bring it to this computer first"

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return Here(Laptop(tmp_path / "clinic"))


def photograph(page: Page, name: str) -> None:
    if folder := os.environ.get("MEDILINK_SHOTS"):
        page.wait_for_timeout(600)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def restore_page(browser: Browser, server: Server, watched: Watched, *, phone: bool) -> Page:
    page = new_page(browser, server, watched, phone=phone)
    sign_in(page, server, "grace", PASSPHRASE)
    heading(page, "What happened")
    go(page, "Restore", "Restore")
    return page


def choose(page: Page, wanted: str) -> None:
    """Once the page stands still: a menu closes when the page is drawn anew under it."""
    for _ in range(4):
        settle(page)
        page.get_by_role("combobox", name="Backup of").press("ArrowDown")
        with suppress(Error):
            page.get_by_role("option", name=wanted).click(timeout=4_000)
            return
    raise AssertionError(f"{wanted} is not offered")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_one_on_another_computer_is_fetched_and_the_waiting_can_be_stopped(
    browser: Browser, tmp_path: Path, here: Here, phone: bool
) -> None:
    watched = Watched()
    with another_computer(tmp_path / "far") as computer, dripping(computer.port) as line:
        address = Address(
            "127.0.0.1", USER, "/", computer.host_key_line, line.port, password=PASSWORD
        )
        choose_place(here.admin, computer_at(address))
        here.register("Achieng")
        assert rounds_here(here.house, here.house.system_desk()).go(at_once=True).carried
        [file] = here.home.glob("*.age")
        file.unlink()
        here.register("Baraka")
        here.back_up()
        close_all()
        with running(here.laptop.config.data_dir) as server:
            page = restore_page(browser, server, watched, phone=phone)
            page.get_by_text("It lies here: on this computer").wait_for()
            page.get_by_label("Type the day").wait_for()
            choose(page, "number 1 ·")
            page.get_by_text(f"It lies here: {USER}@").wait_for()
            line.drips.set()
            page.get_by_role("button", name=FETCH).click()
            page.get_by_text("The backup is being brought here").wait_for()
            photograph(page, f"from-{phone}-2-waits")
            dripped = line.dripped
            page.wait_for_timeout(500)
            assert line.dripped > dripped
            go(page, "Backups", "Backups")
            go(page, "Restore", "Restore")
            page.get_by_role("button", name="Stop").click()
            choose(page, "number 1 ·")
            page.get_by_role("button", name=FETCH).wait_for()
            page.get_by_text("It was stopped. Nothing half fetched is kept.").wait_for()
            assert {one.suffix for one in here.home.rglob("*")} == {".age"}

            line.drips.clear()
            page.get_by_role("button", name=FETCH).click()
            page.get_by_text("It is here now.").wait_for()
            page.get_by_text("It lies here: on this computer").wait_for()
            page.get_by_text("1 person registered").wait_for()
            expect(page.get_by_label("Type the day")).to_be_visible()
            photograph(page, f"from-{phone}-3-here")
            page.context.close()
    assert not watched.complaints


def test_a_damaged_copy_here_does_not_hide_the_whole_one_on_a_stick(
    browser: Browser, tmp_path: Path, here: Here
) -> None:
    watched = Watched()
    here.register("Achieng")
    file = here.back_up()
    close_all()
    stick = tmp_path / "home" / "Documents"
    stick.mkdir(parents=True)
    (stick / file.name).write_bytes(file.read_bytes())
    file.write_bytes(b"no backup")
    with running(here.laptop.config.data_dir) as server:
        page = restore_page(browser, server, watched, phone=False)
        page.get_by_text(f"It lies here: {stick}").wait_for()
        expect(page.get_by_text("This file is damaged")).to_have_count(0)

        page.get_by_text("It is not in the list").click()
        folder = page.get_by_role("textbox", name="Folder on this computer")
        folder.fill("/nowhere at all")
        folder.press("Enter")
        page.get_by_text("No such folder here.").wait_for()
        folder.fill(str(here.home))
        folder.press("Enter")
        page.get_by_text(f"It lies here: {here.home}").wait_for()
        page.get_by_text("This file is damaged").wait_for()
        photograph(page, "from-damaged")
        folder.fill("")
        folder.press("Enter")
        page.get_by_text(f"It lies here: {stick}").wait_for()
        page.get_by_label("Type the day").wait_for()

        folder.fill(str(stick))
        folder.press("Enter")
        settle(page)
        page.get_by_label("Type the day").fill(DAY)
        stick.rename(tmp_path / "unmounted")
        page.get_by_label("Your own password").fill(PASSPHRASE)
        page.get_by_role("button", name="Restore this backup").click()
        page.get_by_text("No such folder here.").wait_for()
        expect(page.get_by_label("Type the day")).to_have_count(0)
        (tmp_path / "unmounted").rename(stick)
        folder.fill("")
        folder.press("Enter")
        page.get_by_text(f"It lies here: {stick}").wait_for()

        (stick / file.name).rename(tmp_path / "pulled out")
        page.get_by_label("Type the day").fill(DAY)
        page.get_by_label("Your own password").fill(PASSPHRASE)
        page.get_by_role("button", name="Restore this backup").click()
        page.get_by_text("is not there now").wait_for()
        page.get_by_role("button", name="Look again").click()
        page.get_by_text("This file is damaged").wait_for()
        page.context.close()
    assert not watched.complaints
