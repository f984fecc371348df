"""Settings and staff out of an old backup, in the browser: an administrator looks, ticks, and has
back what was changed by mistake."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import Server, Watched, go, heading, new_page, running, sign_in
from tests.browser.test_accessible import check
from ui.commands.demo import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

# The demonstration makes a backup; then an administrator changes what they should not have, and an
# account is lost as by a restore.
CHANGED = """
import io
import ui.commands.demo as demo
from PIL import Image
from database.engine import open_raw
from medilink.acts.log_views import drop_view, keep_view
from medilink.acts.staff import add_staff, change_clinic, change_logo, switch_account
from medilink.log_views import LogView
from medilink.people import Role
from ui.rounds import rounds_here

furnish = demo.furnish

def logo(colour):
    kept = io.BytesIO()
    Image.new("RGB", (300, 120), colour).save(kept, "PNG")
    return kept.getvalue()

def furnish_and_change(house, patients):
    guests = furnish(house, patients)
    desk = house.system_desk()
    accounts = desk.store.accounts
    admin = desk.signed_in_as(accounts.by_user_name("admin").account)
    lost, _ = add_staff(admin, user_name="zawadi", display_name="Zawadi Mrembo",
        role=Role.PROVIDER, profession="nurse")
    change_logo(admin, logo("#2a7d4f"))
    keep_view(admin, "Refused last month", LogView(outcome="refused", days=30))
    rounds_here(house, desk, ()).go(at_once=True)
    change_clinic(admin, desk.store.settings.of_clinic(), name="Klinic", idle_minutes=120)
    change_logo(admin, logo("#bb2222"))
    drop_view(admin, "Refused last month")
    switch_account(admin, accounts.by_user_name(demo.DOCTOR).account.id, disabled=True)
    raw = open_raw(house.config.store_file, house._data_key)
    raw.execute("DELETE FROM account WHERE user_name = 'zawadi'")
    raw.close()
    house.clinic_changed()
    return guests

demo.furnish = furnish_and_change
"""
PICTURES = os.environ.get("MEDILINK_PICTURES", "")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path / "demo", "--patients", "30", verb="demo", before=CHANGED) as made:
        yield made


def picture(page: Page, name: str) -> None:
    """For whoever wants to see the page as the test does."""
    if PICTURES:
        size = page.viewport_size or {"width": 0, "height": 0}
        page.set_viewport_size({"width": size["width"], "height": 3200})
        page.wait_for_timeout(700)
        page.screenshot(path=Path(PICTURES) / f"{name}-{size['width']}.png")
        page.set_viewport_size(size)


def tick(page: Page, name: str) -> None:
    page.locator("label", has=page.get_by_role("checkbox", name=name)).click()


def look(page: Page, server: Server) -> None:
    sign_in(page, server, "admin", PASSWORD)
    go(page, "Backups", "Backups")
    page.get_by_role("button", name="Settings and staff from an old backup").click()
    heading(page, "Settings and staff from an old backup")
    picture(page, "own-choose")
    page.get_by_role("button", name="Look into it").click()
    expect(page.get_by_text("Backup of")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_an_administrator_brings_settings_and_staff_back(
    browser: Browser, server: Server, phone: bool
) -> None:
    watched = Watched()
    page = new_page(browser, server, watched, phone=phone)
    look(page, server)
    for name in ("Clinic name", "switched on or off", "Zawadi", "Picture on", "Refused last"):
        expect(page.get_by_role("checkbox", name=name)).not_to_be_checked()
    expect(page.get_by_text("Klinic", exact=True)).to_be_visible()
    picture(page, "own-different")
    troubles: list[str] = []
    check(page, "what is different", troubles)
    assert not troubles
    for name in ("Clinic name", "switched on or off", "Zawadi"):
        tick(page, name)
    page.get_by_label("Why is it brought back?", exact=True).fill("Saved by mistake")
    page.get_by_label("Your own password", exact=True).fill("not my password")
    bring = page.get_by_role("button", name="Bring back what is ticked")
    bring.click()
    expect(page.get_by_test_id("stAlert").filter(has_text="password")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Clinic name")).to_be_checked()
    picture(page, "own-wrong-password")
    page.get_by_label("Your own password", exact=True).fill(PASSWORD)
    bring.click()
    expect(page.get_by_text("3 things were brought back.")).to_be_visible()
    expect(page.get_by_text("First password, to be changed")).to_be_visible()
    expect(page.get_by_text("Zawadi Mrembo")).to_be_visible()
    picture(page, "own-back")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("First password, to be changed")).to_have_count(0)
    go(page, "Settings", "Settings")
    expect(page.get_by_alt_text("Picture on the clinic's papers")).to_be_visible()
    expect(page.get_by_label("Clinic name")).not_to_have_value("Klinic")
    assert not watched.complaints
    page.context.close()
    doctor = new_page(browser, server, watched, phone=phone)
    sign_in(doctor, server, "amina", PASSWORD)
    heading(doctor, "Find a patient")
    doctor.context.close()


def test_what_somebody_changed_meanwhile_is_shown_and_not_written_over(
    browser: Browser, server: Server
) -> None:
    watched = Watched()
    page, other = (new_page(browser, server, watched) for _ in range(2))
    look(page, server)
    sign_in(other, server, "admin", PASSWORD)
    go(other, "Settings", "Settings")
    other.get_by_label("Clinic name").fill("Kliniki")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("Saved.")).to_be_visible()
    tick(page, "Clinic name")
    page.get_by_label("Why is it brought back?", exact=True).fill("Saved by mistake")
    page.get_by_label("Your own password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Bring back what is ticked").click()
    expect(page.get_by_text("Somebody else has saved this")).to_be_visible()
    expect(page.get_by_text("Kliniki", exact=True)).to_be_visible()
    expect(page.get_by_role("checkbox", name="Clinic name")).not_to_be_checked()
    picture(page, "own-meanwhile")
    assert not watched.complaints
    for one in (page, other):
        one.context.close()
