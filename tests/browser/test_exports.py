"""A record leaves on a phone, is checked by a doctor, and comes back without being there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import Server, Watched, go, heading, new_page, running, sign_in
from tests.browser.take_pictures import somebody
from ui.commands.demo import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LOCK = "lantern river mango quiet"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("exports")
    with running(folder / "demo", "--patients", "3", verb="demo") as server:
        yield server


def taking_along(browser: Browser, server: Server) -> Page:
    """The patient's phone, where a file is made."""
    page = new_page(browser, server, Watched(), phone=True)
    sign_in(page, server, somebody(server), PASSWORD)
    heading(page, "Share my record")
    page.get_by_role("button", name="File to take along").click()
    heading(page, "Take the record along")
    return page


def saved(page: Page, folder: Path) -> Path:
    """The file that was made, as the phone keeps it."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the file on this device").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def checked(page: Page, server: Server, file: Path, verdict: str) -> None:
    """Somebody gives a file to the page that checks."""
    page.goto(f"{server.url}/check")
    heading(page, "Is this document genuine?")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text(verdict).wait_for()


def test_a_file_of_the_record_is_genuine_until_somebody_alters_it(
    browser: Browser, demo: Server, tmp_path: Path
) -> None:
    phone = taking_along(browser, demo)
    phone.get_by_role("button", name="Make the file").click()
    phone.get_by_text("It is not locked: whoever has the file can read it.").wait_for()
    paper = saved(phone, tmp_path)
    assert paper.suffix == ".pdf"

    doctor = new_page(browser, demo, Watched())
    sign_in(doctor, demo, "amina", PASSWORD)
    heading(doctor, "Find a patient")
    go(doctor, "Scan a code", "Scan a code")
    doctor.get_by_role("button", name="Check a document").click()
    heading(doctor, "Is this document genuine?")
    checked(doctor, demo, paper, "Genuine and unchanged.")
    doctor.get_by_text("Signed by this clinic, Kisumu Demonstration Clinic.").wait_for()
    content = bytearray(paper.read_bytes())
    content[content.index(b"/MediaBox")] ^= 1
    paper.write_bytes(content)
    checked(doctor, demo, paper, "Changed: this is not what the clinic has signed.")
    doctor.get_by_text(re.compile(r"^Where: \w")).wait_for()
    go(doctor, "Find a patient", "Find a patient")
    doctor.goto(f"{demo.url}/check")
    heading(doctor, "Is this document genuine?")
    expect(doctor.get_by_test_id("stAlert")).to_have_count(0)

    admin = new_page(browser, demo, Watched())
    sign_in(admin, demo, "admin", PASSWORD)
    go(admin, "Import", "Import records")
    admin.locator("input[type=file]").set_input_files(paper)
    admin.get_by_role("button", name="Import", exact=True).click()
    admin.get_by_text("This file is not what its clinic has signed").wait_for()


def test_a_locked_file_stays_locked_for_hands_that_stay_on_the_keyboard(
    browser: Browser, demo: Server, tmp_path: Path
) -> None:
    """Tab goes from the password to the eye beside it, and from there to the button."""
    phone = taking_along(browser, demo)
    phone.get_by_text("For another clinic with MediLink: keeps everything").click()
    phone.get_by_text("Lock the file").click()
    phone.get_by_role("textbox", name="Password of the file").focus()
    phone.keyboard.type(LOCK)
    phone.keyboard.press("Tab")
    phone.keyboard.press("Tab")
    expect(phone.get_by_role("button", name="Make the file")).to_be_focused()
    phone.keyboard.press("Enter")
    phone.get_by_text("is ready. The clinic has signed it").wait_for()
    expect(phone.get_by_text("It is not locked")).to_have_count(0)
    locked = saved(phone, tmp_path)
    assert locked.name.endswith(".json.zip")

    admin = new_page(browser, demo, Watched())
    sign_in(admin, demo, "admin", PASSWORD)
    go(admin, "Import", "Import records")
    admin.locator("input[type=file]").set_input_files(locked)
    admin.get_by_role("button", name="Import", exact=True).click()
    admin.get_by_text("This file is locked with a password").wait_for()
    admin.locator("input[type=file]").set_input_files(locked)
    admin.get_by_role("textbox", name="Password of the file").fill(LOCK)
    admin.get_by_role("button", name="Import", exact=True).click()
    admin.get_by_text("0 people and 0 entries added;").wait_for()


def test_a_file_of_no_part_is_not_made(browser: Browser, demo: Server) -> None:
    phone = taking_along(browser, demo)
    phone.get_by_text("Only parts of it").click()
    phone.get_by_text("Whom to call").wait_for()
    phone.get_by_role("button", name="Make the file").click()
    phone.get_by_text("Choose at least one part of the record.").wait_for()
