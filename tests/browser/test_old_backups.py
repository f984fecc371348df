"""Old backups in the browser: a drill is held and its report saved; a doctor brings back what a
patient's record has lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.driving import Server, Watched, go, heading, new_page, running, sign_in
from ui.commands.demo import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

# The demonstration makes a backup; then somebody's allergies are lost, as no page could.
LOST = """
import ui.commands.demo as demo
from database.engine import open_raw
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.write_record import add_entry
from medilink.people import PatientId
from medilink.records import Section
from ui.rounds import rounds_here

furnish = demo.furnish

def furnish_and_lose(house, patients):
    guests = furnish(house, patients)
    desk = house.system_desk()
    doctor = desk.signed_in_as(desk.store.accounts.by_user_name(demo.DOCTOR).account)
    for name in ("penicillin", "groundnuts"):
        add_entry(doctor, PatientId(3), Section.ALLERGIES, {"substance": name})
    rounds_here(house, desk, ()).go(at_once=True)
    raw = open_raw(house.config.store_file, house._data_key)
    raw.execute("DELETE FROM entry WHERE name IN ('penicillin', 'groundnuts')")
    raw.close()
    return guests

demo.furnish = furnish_and_lose
"""
PICTURES = os.environ.get("MEDILINK_PICTURES", "")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("old") / "demo"
    with running(folder, "--patients", "30", verb="demo", before=LOST) as made:
        yield made


def picture(page: Page, name: str) -> None:
    """For whoever wants to see the page as the test does."""
    if PICTURES:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_a_drill_is_held_and_its_report_saved(
    browser: Browser, server: Server, phone: bool
) -> None:
    watched = Watched()
    page = new_page(browser, server, watched, phone=phone)
    sign_in(page, server, "admin", PASSWORD)
    go(page, "Restore drills", "Restore drills")
    picture(page, "drills-before")
    page.get_by_role("button", name="Try it now").click()
    told = page.get_by_test_id("stAlert").filter(has_text="Passed: a backup from 1 place")
    expect(told).to_be_visible(timeout=60_000)
    expect(page.get_by_text("A restore worked on")).to_be_visible()
    page.get_by_role("button", name="Make the report").first.click()
    picture(page, "drills")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PDF").click()
    paper = "".join(one.extract_text() for one in PdfReader(saved.value.path()).pages)
    for said in ("Restore drill of Kisumu", "Folder beside the records", "as promised"):
        assert said in paper
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not watched.complaints
    page.context.close()


@pytest.mark.parametrize(
    ("phone", "drug", "other"),
    [(False, "penicillin", "groundnuts"), (True, "groundnuts", "")],
    ids=["desktop", "phone"],
)
def test_a_doctor_brings_back_what_is_lost(
    browser: Browser, server: Server, phone: bool, drug: str, other: str
) -> None:
    watched = Watched()
    page = new_page(browser, server, watched, phone=phone)
    sign_in(page, server, "amina", PASSWORD)
    heading(page, "Find a patient")
    page.goto(f"{server.url}/record?on=3")
    page.get_by_role("button", name="New visit").wait_for()
    expect(page.get_by_text(drug)).to_have_count(0)
    page.get_by_text("What was corrected").click()
    page.get_by_role("button", name="Look into an old backup").click()
    heading(page, "From an old backup")
    picture(page, "old-backup")
    page.get_by_role("button", name="Look into it").click()
    expect(page.get_by_text("Backup of")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("checkbox", name=drug)).to_be_checked()
    if other:
        page.locator("label", has=page.get_by_role("checkbox", name=other)).click()
    page.get_by_role("button", name="Bring back what is ticked").click()
    expect(page.get_by_text("Write the reason in a few words")).to_be_visible()
    picture(page, "bring-back")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Why is it brought back?", exact=True).fill("Lost in a merge")
    page.get_by_role("button", name="Bring back what is ticked").click()
    expect(page.get_by_text("1 entry was brought back.")).to_be_visible()
    expect(page.get_by_text(drug).first).to_be_visible()
    if other:
        expect(page.get_by_text(other)).to_have_count(0)
    assert not watched.complaints
    page.context.close()
