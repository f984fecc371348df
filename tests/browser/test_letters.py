"""A provider writes a referral: few keys, nothing lost, and the patient finds the copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import Server, Watched, heading, new_page, running, sign_in
from tests.browser.test_nothing_lost import at_record
from tests.browser.test_nurse import Hands
from ui.commands.demo import PASSWORD

MOST_GROUPS = 8
SECONDS_A_GROUP = 5.0  # to think of a line and type it; a minute is twelve of them


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("letters") / "demo", verb="demo") as server:
        yield server


@pytest.fixture
def doctor(browser: Browser, demo: Server) -> Iterator[Page]:
    page = new_page(browser, demo, Watched())
    sign_in(page, demo, "amina", PASSWORD)
    heading(page, "Find a patient")
    yield page
    page.context.close()


def test_a_referral_takes_less_than_a_minute(doctor: Page, demo: Server) -> None:
    at_record(doctor, demo, "otieno")
    hands = Hands(doctor)
    hands.press("Alt+w")
    heading(doctor, "Write a report")
    expect(doctor.get_by_label("Findings")).to_be_visible()
    doctor.get_by_label("To", exact=True).focus()
    hands.type_and_go_on("Kisumu County Hospital, medical clinic")
    hands.type_and_go_on("Blood pressure stays high on two medicines")
    hands.type("Please look for a cause")
    hands.press("Tab")
    hands.press("Alt+s")
    doctor.get_by_role("button", name="Save the file on this device").wait_for()
    print(f"{len(hands.groups)} keystroke groups: {hands.groups}")
    assert len(hands.groups) <= MOST_GROUPS
    assert len(hands.groups) * SECONDS_A_GROUP <= 60
    with doctor.expect_download() as saved:
        doctor.get_by_role("button", name="Save the file on this device").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    doctor.get_by_role("button", name="Back to the record").click()
    doctor.get_by_role("tab", name="Documents").click()
    doctor.get_by_label("Which document").click()
    doctor.get_by_role("option", name="Referral to Kisumu County Hospital").wait_for()


def test_a_report_left_and_reloaded_is_still_there(doctor: Page, demo: Server) -> None:
    at_record(doctor, demo, "wanjiku")
    doctor.get_by_role("button", name="Write a report").click()
    heading(doctor, "Write a report")
    doctor.get_by_label("Reason for referral").fill("coughs since Monday")
    doctor.keyboard.press("Tab")
    doctor.get_by_text("Draft kept").wait_for()
    findings = doctor.get_by_label("Findings")
    drafted = findings.input_value()
    findings.fill(f"{drafted}\nLooks thin.")
    doctor.keyboard.press("Tab")
    doctor.wait_for_timeout(800)
    doctor.get_by_role("radio", name="Discharge").or_(
        doctor.get_by_role("button", name="Discharge")
    ).first.click()
    doctor.get_by_label("Condition at discharge").wait_for()
    doctor.get_by_role("radio", name="Referral").or_(
        doctor.get_by_role("button", name="Referral")
    ).first.click()
    expect(doctor.get_by_label("Reason for referral")).to_have_value("coughs since Monday")
    expect(findings).to_have_value(f"{drafted}\nLooks thin.")
    doctor.reload()
    heading(doctor, "Write a report")
    doctor.get_by_text("This is what you had typed before and not saved.").wait_for()
    expect(doctor.get_by_label("Reason for referral")).to_have_value("coughs since Monday")
    expect(findings).to_have_value(f"{drafted}\nLooks thin.")
    doctor.get_by_role("button", name="Throw the draft away").click()


def test_a_referral_without_a_reason_is_not_signed(doctor: Page, demo: Server) -> None:
    at_record(doctor, demo, "achieng")
    doctor.get_by_role("button", name="Write a report").click()
    heading(doctor, "Write a report")
    doctor.get_by_label("To", exact=True).fill("Kisumu County Hospital")
    doctor.keyboard.press("Tab")
    doctor.get_by_role("button", name="Sign and make the PDF").click()
    doctor.get_by_text("Fill in: Reason for referral.").wait_for()
    expect(doctor.get_by_label("To", exact=True)).to_have_value("Kisumu County Hospital")
    doctor.get_by_role("button", name="Throw the draft away").click()
