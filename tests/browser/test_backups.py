"""An administrator adds a place, makes a backup and sees it verified there; when backups stop,
everybody who works here is told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from backup.kept import read_name
from database.engine import open_raw
from medilink.acts.staff import add_staff
from medilink.config import Config
from medilink.people import Role
from security.slots import new_recovery_words
from tests.backup.s3_server import KEY_ID, SECRET, Store, s3_store
from tests.backup.test_restoring import FORM
from tests.browser.driving import (
    NEW_PASSWORD,
    PASSPHRASE,
    Server,
    Watched,
    go,
    heading,
    new_page,
    running,
    set_up_clinic,
    sign_in,
    sign_in_first_time,
)
from ui.house import House

PATIENCE_MS = 60_000
LATER = """
import datetime
import ui.commands.serve as serving
from medilink.desk import system_clock
opened = serving.open_house
late = lambda: system_clock() + datetime.timedelta(hours={hours})
serving.open_house = lambda config: opened(config, late)
"""


def photograph(page: Page, name: str) -> None:
    folder = os.environ.get("MEDILINK_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def share() -> Iterator[str]:
    """Another disk than that of the records, as far as the system tells."""
    with TemporaryDirectory(dir="/dev/shm", prefix="share-") as folder:
        yield folder


@pytest.mark.timeout(400)
def test_a_place_is_added_a_backup_made_and_old_backups_warn_everybody(
    browser: Browser, tmp_path: Path, share: str
) -> None:
    watched = Watched()
    with running(tmp_path / "data", backups=True) as server:
        page = new_page(browser, server, watched)
        set_up_clinic(page, server)
        sign_in(page, server, "grace", PASSPHRASE)
        heading(page, "What happened")
        go(page, "Backups", "Backups")
        page.get_by_text("If this computer is lost, these are lost too").wait_for()
        photograph(page, "fresh-1100")
        add_folder(page, str(tmp_path / "nowhere"))
        page.get_by_text("There is no folder").wait_for()
        add_folder(page, share)
        page.get_by_text("Added. The newest backup is copied there now.").wait_for()
        photograph(page, "added-1100")
        back_up_now(page)
        photograph(page, "done-1100")
        newest = max(read_name(path.name) or ("", 0) for path in Path(share).glob("*.age"))
        expect(page.get_by_text("The records are safe.")).to_contain_text(share)
        expect(page.get_by_text("Opened and looked at whole:").first).to_be_visible()
        page.get_by_text("Backups here").last.click()
        expect(page.get_by_role("cell", name=str(newest[1]), exact=True).last).to_be_visible(
            timeout=PATIENCE_MS
        )
        page.set_viewport_size({"width": 360, "height": 1600})
        photograph(page, "done-360")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.set_viewport_size({"width": 1100, "height": 1600})
        unfold(page, "Add a place", page.get_by_role("tab", name="Another computer (SFTP)"))
        page.get_by_role("textbox", name="Address of the computer").wait_for()
        photograph(page, "sftp-1100")
        page.context.close()
    assert not watched.outside
    assert not watched.complaints
    slip = a_nurse(tmp_path)
    with running(tmp_path / "data", before=LATER.format(hours=40)) as server:
        nurse_is_told(browser, server, slip)
        page = new_page(browser, server, Watched())
        sign_in(page, server, "grace", PASSPHRASE)
        page.get_by_text("The last verified backup of the records is of").wait_for()
        photograph(page, "amber-1100")
        page.get_by_role("link", name="What to do: Backups").click()
        heading(page, "Backups")
        back_up_now(page)
        page.get_by_text("The records are safe.").wait_for()
        page.get_by_role("link", name="Staff").click()
        heading(page, "Staff")
        expect(page.get_by_text("The last verified backup")).to_have_count(0)
        page.context.close()


@pytest.mark.timeout(300)
def test_a_clinic_from_before_there_were_backups_is_asked_for_the_words_once(
    browser: Browser, tmp_path: Path
) -> None:
    words = new_recovery_words()
    house = House(Config(tmp_path / "data", tmp_path / "keys", hash_cost="light"))
    house.set_up(FORM, words, unattended=True)
    raw = open_raw(house.config.store_file, house._data_key)
    raw.execute("DELETE FROM backup_key")
    raw.close()
    house.close()
    with running(tmp_path / "data", backups=True) as server:
        page = new_page(browser, server, Watched(), phone=True)
        sign_in(page, server, "grace", PASSPHRASE)
        page.get_by_text("No backup of the records can be made yet").wait_for()
        page.get_by_role("link", name="What to do: Backups").click()
        heading(page, "Backups")
        photograph(page, "words-360")
        field = page.get_by_role("textbox", name="The 24 words, with spaces between them")
        field.fill(" ".join(new_recovery_words()))
        page.get_by_role("button", name="Make the first backup").click()
        page.get_by_text("Those are not the words of this clinic").wait_for()
        field.fill(" ".join(words))
        page.get_by_role("button", name="Make the first backup").click()
        page.get_by_text("Backup 1 was made and checked").wait_for(timeout=PATIENCE_MS)
        photograph(page, "words-done-360")
        with s3_store() as store:
            add_bucket(page, store)
            page.get_by_text("Added. The newest backup is copied there now.").wait_for()
            page.get_by_text("Opened and looked at whole:").wait_for(timeout=PATIENCE_MS)
            assert len([name for name in store.objects if name.endswith(".age")]) == 1
        photograph(page, "bucket-360")
        page.context.close()


def add_folder(page: Page, path: str) -> None:
    field = page.get_by_role("textbox", name="Folder on this computer, or a network share")
    if not field.count():
        page.get_by_text("Add a place", exact=True).click()
        page.get_by_role("tab", name="Folder or network share").click()
    field.fill(path)
    page.get_by_role("button", name="Use this folder").click()


def add_bucket(page: Page, store: Store) -> None:
    page.get_by_text("Add a place", exact=True).click()
    page.get_by_role("tab", name="Store on the internet (S3)").click()
    for field, typed in {
        "Address of the store": store.endpoint,
        "Bucket": "clinic",
        "Access key": KEY_ID,
        "Secret of the access key": SECRET,
    }.items():
        page.get_by_role("textbox", name=field, exact=True).fill(typed)
    photograph(page, "add-bucket-360")
    page.get_by_role("button", name="Use this store").click()


def unfold(page: Page, fold: str, inside: Locator) -> None:
    """Unfold and press what is inside; once more where the page was drawn anew at that moment."""
    page.get_by_text(fold, exact=True).click()
    try:
        inside.click(timeout=5_000)
    except NotInTime:
        page.get_by_text(fold, exact=True).click()
        inside.click()


def back_up_now(page: Page) -> None:
    page.get_by_role("button", name="Back up now").click(timeout=PATIENCE_MS)
    page.get_by_text("was made and checked").wait_for(timeout=PATIENCE_MS)


def a_nurse(folder: Path) -> str:
    config = Config(folder / "data", folder / "keys", hash_cost="light")
    house = House(config)
    house.unlock(PASSPHRASE)
    desk = house.desk()
    grace = next(one for one in desk.store.accounts.list_staff() if one.user_name == "grace")
    _, slip = add_staff(
        desk.signed_in_as(grace),
        user_name="joseph",
        display_name="Joseph Mwangi",
        role=Role.PROVIDER,
        profession="nurse",
    )
    house.close()
    return slip


def nurse_is_told(browser: Browser, server: Server, slip: str) -> None:
    page = new_page(browser, server, Watched(), phone=True)
    sign_in_first_time(page, server, "joseph", slip, NEW_PASSWORD)
    heading(page, "Find a patient")
    told = page.get_by_text("The last verified backup of the records is of")
    expect(told).to_contain_text("Tell the administrator.")
    expect(page.get_by_role("link", name="What to do: Backups")).to_have_count(0)
    photograph(page, "amber-360")
    page.context.close()
