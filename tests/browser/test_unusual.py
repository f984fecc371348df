"""Unusual access in the browser: a curious doctor is marked, and an administrator decides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import Server, Watched, go, new_page, running, sign_in
from ui.commands.demo import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

# The demonstration's doctor reads twenty records in a row before anybody signs in.
CURIOUS = """
import ui.commands.demo as demo
from medilink.acts.emergency import break_glass
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.people import PatientId

furnish = demo.furnish

def furnish_and_read(house, patients):
    guests = furnish(house, patients)
    desk = house.system_desk()
    doctor = desk.store.accounts.by_user_name(demo.DOCTOR).account
    desk = desk.signed_in_as(doctor)
    for number in range(1, 21):
        record_patient_is_here(desk, PatientId(number), "here")
        open_record(desk, PatientId(number))
    break_glass(desk, PatientId(21), "unconscious after a fall")
    return guests

demo.furnish = furnish_and_read
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("unusual") / "demo"
    with running(folder, "--patients", "30", verb="demo", before=CURIOUS) as made:
        yield made


def test_a_flag_explains_itself_and_is_decided_with_a_reason_on_a_phone(
    browser: Browser, server: Server
) -> None:
    watched = Watched()
    page = new_page(browser, server, watched, phone=True)
    sign_in(page, server, "admin", PASSWORD)
    go(page, "Unusual access", "Unusual access")
    expect(page.get_by_text("Amina Otieno (doctor) opened 20 records within 20")).to_be_visible()
    expect(page.get_by_text("in an emergency.")).to_be_visible()
    page.get_by_role("button", name="Look closer").click()
    expect(page.locator(".ml-log li")).to_have_count(20)
    page.get_by_role("button", name="It is in order").click()
    expect(page.get_by_text("Write the reason in a few words")).to_be_visible()
    page.get_by_label("What you found out").fill("Moving the paper files over")
    page.get_by_role("button", name="It is in order").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("opened 20 records")).to_have_count(0)
    page.get_by_text("Decided", exact=True).click()
    expect(page.get_by_text("Moving the paper files over")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    go(page, "What staff did", "What staff did")
    page.get_by_text("Amina Otieno (doctor)").click()
    expect(page.get_by_text("Records opened: 20")).to_be_visible()
    assert not watched.complaints
    page.context.close()
