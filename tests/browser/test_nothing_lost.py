"""What hands do to a form: leave it, reload it, change the unit, save after somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import Server, Watched, heading, new_page, running, sign_in
from ui.commands.demo import PASSWORD

SEARCH = "Name, MediLink ID, phone or birth date"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("lost") / "demo", verb="demo") as server:
        yield server


def at_record(page: Page, server: Server, who: str) -> str:
    """A record in care; the patient's name."""
    page.goto(f"{server.url}/")
    heading(page, "Find a patient")
    page.get_by_label(SEARCH).fill(who)
    page.get_by_role("button", name="Open", exact=True).first.click()
    here = page.get_by_role("button", name="The patient is here for a visit")
    opened = page.get_by_role("button", name="New visit")
    here.or_(opened).wait_for()
    if here.is_visible():
        here.click()
    opened.wait_for()
    return page.locator(".ml-person .name").inner_text()


@pytest.fixture
def doctor(browser: Browser, demo: Server) -> Iterator[Page]:
    page = new_page(browser, demo, Watched())
    sign_in(page, demo, "amina", PASSWORD)
    heading(page, "Find a patient")
    yield page
    page.context.close()


def test_a_visit_left_for_another_page_and_reloaded_is_still_there(
    doctor: Page, demo: Server
) -> None:
    at_record(doctor, demo, "otieno")
    doctor.get_by_role("button", name="New visit").click()
    heading(doctor, "New visit")
    doctor.get_by_label("History").fill("coughs since Monday")
    doctor.keyboard.press("Tab")
    doctor.get_by_text("Draft kept").wait_for()
    doctor.get_by_role("link", name="My profile").click()
    heading(doctor, "My profile")
    doctor.go_back()
    heading(doctor, "New visit")
    expect(doctor.get_by_label("History")).to_have_value("coughs since Monday")
    doctor.reload()
    heading(doctor, "New visit")
    expect(doctor.get_by_label("History")).to_have_value("coughs since Monday")
    doctor.get_by_role("button", name="Throw the draft away").click()


def test_a_reload_keeps_the_patient_of_this_tab(doctor: Page, demo: Server) -> None:
    first = at_record(doctor, demo, "otieno")
    other = doctor.context.new_page()
    second = at_record(other, demo, "wanjiku")
    assert first != second
    doctor.reload()
    doctor.get_by_role("button", name="New visit").wait_for()
    expect(doctor.locator(".ml-person .name")).to_have_text(first)


def test_pounds_never_become_kilograms(doctor: Page, demo: Server) -> None:
    at_record(doctor, demo, "achieng")
    doctor.get_by_role("button", name="Measure", exact=False).first.click()
    heading(doctor, "Measure")
    doctor.get_by_role("radio", name="°F, lb, in").or_(
        doctor.get_by_role("button", name="°F, lb, in")
    ).first.click()
    doctor.get_by_label("Weight (lb)").fill("150")
    doctor.keyboard.press("Tab")
    doctor.wait_for_timeout(1500)
    doctor.reload()
    expect(doctor.get_by_label("Weight (lb)")).to_have_value("150")
    doctor.get_by_role("radio", name="°C, kg, cm").or_(
        doctor.get_by_role("button", name="°C, kg, cm")
    ).first.click()
    doctor.get_by_text("what was typed in the other one was cleared").wait_for()
    expect(doctor.get_by_label("Weight (kg)")).to_have_value("")


def test_who_saves_a_profile_second_is_told_and_keeps_what_was_typed(
    browser: Browser, doctor: Page, demo: Server
) -> None:
    nurse = new_page(browser, demo, Watched())
    sign_in(nurse, demo, "joseph", PASSWORD)
    for page in (doctor, nurse):
        at_record(page, demo, "mwangi")
        page.get_by_role("tab", name="Person").click()
        page.get_by_label("Preferred pharmacy").wait_for()
    for page, pharmacy in ((doctor, "Afya"), (nurse, "Bora")):
        page.get_by_label("Preferred pharmacy").fill(pharmacy)
        page.get_by_role("button", name="Save", exact=True).first.click()
        if page is doctor:
            page.get_by_text("Saved.").wait_for()
    nurse.get_by_text("Somebody else has saved this meanwhile").wait_for()
    expect(nurse.get_by_label("Preferred pharmacy")).to_have_value("Bora")
    nurse.get_by_role("button", name="Save", exact=True).first.click()
    nurse.get_by_text("Saved.").wait_for()
    nurse.context.close()
