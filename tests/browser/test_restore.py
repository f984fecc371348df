"""A backup restored in the browser: what came after it is gone, and the log tells."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from medilink.acts.sign_in import change_password
from medilink.acts.sign_in import sign_in as sign_in_at
from medilink.acts.staff import add_staff
from medilink.people import Role
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import DAY, PASSPHRASE, Laptop
from tests.browser.driving import (
    Server,
    Watched,
    go,
    heading,
    new_page,
    running,
    sign_in,
)

SEEN, FRESH = "copper violin sunset 88", "walnut ferry harmonica 31"
PICTURES = os.environ.get("MEDILINK_PICTURES", "")

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    """A clinic with two administrators and a backup, and somebody registered since."""
    laptop = Laptop(tmp_path)
    here = Here(laptop)
    _, slip = add_staff(here.admin, user_name="otieno", display_name="Otieno", role=Role.ADMIN)
    desk = here.house.desk()
    otieno = desk.signed_in_as(sign_in_at(desk, "otieno", slip))
    change_password(otieno, slip, SEEN, SEEN)
    here.house.unlockers.keep_chosen(otieno, SEEN)
    here.register("Achieng")
    here.back_up()
    here.register("Baraka")
    close_all()
    return laptop


def picture(page: Page, name: str) -> None:
    """Wide and narrow, for whoever wants to look."""
    for width in (1100, 360) if PICTURES else ():
        page.set_viewport_size({"width": width, "height": 1900})
        page.wait_for_timeout(800)
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


@pytest.fixture
def server(laptop: Laptop) -> Iterator[Server]:
    with running(laptop.config.data_dir) as made:
        yield made


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_backup_is_restored(
    browser: Browser, server: Server, laptop: Laptop, phone: bool
) -> None:
    watched = Watched()
    page = new_page(browser, server, watched, phone=phone)
    colleague = new_page(browser, server, watched)
    for one in (page, colleague):
        sign_in(one, server, "grace", PASSPHRASE)
        heading(one, "What happened")

    go(page, "Restore", "Restore")
    expect(page.get_by_text("1 person registered")).to_be_visible()
    day, password = page.get_by_label("Type the day"), page.get_by_label("Your own password")
    day.fill("2026-01-01")
    password.fill(PASSPHRASE)
    page.get_by_role("button", name="Restore this backup").click()
    expect(page.get_by_text("was not typed as it stands there")).to_be_visible()
    day.fill(DAY)
    password.fill(PASSPHRASE)
    page.get_by_role("button", name="Restore this backup").click()
    expect(page.get_by_text("Working")).to_be_visible()
    for one in (page, colleague):
        one.get_by_text("The records were replaced, so everybody was signed out").wait_for()
    sign_in(page, server, "grace", PASSPHRASE)
    heading(page, "What happened")
    expect(page.get_by_text("restored everything from a backup").first).to_be_visible()
    go(page, "Restore", "Restore")
    expect(
        page.get_by_text("Promised: 1 GB in at most 10 minutes. The promise was kept.")
    ).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if folder := os.environ.get("MEDILINK_SHOTS"):
        page.set_viewport_size({"width": 360 if phone else 1100, "height": 1500})
        page.screenshot(path=f"{folder}/restore-{'360' if phone else '1100'}.png")
    page.get_by_text("made before the restore of").first.wait_for()
    page.get_by_role("button", name="Delete the replaced records").click()
    page.get_by_role("button", name="Delete them now").click()
    expect(page.get_by_text("The records from before are deleted.")).to_be_visible()
    assert not list(laptop.config.data_dir.glob("replaced-*"))
    assert not watched.complaints
    for one in (page, colleague):
        one.context.close()

    names = Here(laptop).names()
    close_all()
    assert names == {"Achieng"}


def test_the_records_get_a_new_key(browser: Browser, server: Server, laptop: Laptop) -> None:
    watched = Watched()
    page = new_page(browser, server, watched)
    sign_in(page, server, "grace", PASSPHRASE)
    heading(page, "What happened")
    page.goto(f"{server.url}/new-key")
    heading(page, "A new key for the records")
    page.get_by_role("textbox", name="The words of the recovery sheet, in order").fill(laptop.words)
    expect(page.get_by_role("checkbox", name="The other administrators choose")).to_be_checked()
    picture(page, "new-key")
    page.get_by_label("Your own password").fill("not mine")
    page.get_by_role("button", name="Give the records a new key").click()
    expect(page.get_by_text("Working")).to_have_count(0)
    page.get_by_text("That is not your password").wait_for()
    page.get_by_label("Your own password").fill(PASSPHRASE)
    page.get_by_role("button", name="Give the records a new key").click()
    page.get_by_text("The records were replaced, so everybody was signed out").wait_for()
    sign_in(page, server, "grace", PASSPHRASE)
    heading(page, "What happened")
    expect(page.get_by_text("gave the records a new key").first).to_be_visible()
    go(page, "What opens this clinic", "What opens this clinic")
    page.get_by_text("Otieno unlocks MediLink again after choosing a new password").wait_for()
    picture(page, "keys")

    colleague = new_page(browser, server, watched)
    sign_in(colleague, server, "otieno", SEEN)
    picture(colleague, "choose")
    for new in (SEEN, FRESH):
        colleague.get_by_label("Password until now").fill(SEEN)
        colleague.get_by_label("New password", exact=True).fill(new)
        colleague.get_by_label("New password once more").fill(new)
        colleague.get_by_role("button", name="Save the password").click()
        if new == SEEN:
            colleague.get_by_text("This is the password you have now").wait_for()
            picture(colleague, "not-new")
    colleague.get_by_text("The new password is saved").wait_for()
    page.reload()
    page.get_by_text("The passphrase of Otieno").wait_for()
    assert not watched.complaints
    for one in (page, colleague):
        one.context.close()
