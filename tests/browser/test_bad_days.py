"""What goes wrong on a bad day, in the browser: every time a clear sentence, and nothing lost."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.camera_film import film_of
from tests.browser.driving import (
    Server,
    Watched,
    camera_browser,
    chromium,
    go,
    heading,
    new_page,
    picture_of_qr,
    running,
    sign_in,
)
from ui.commands.demo import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demonstration with few patients."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    with running(folder, "--patients", "12", verb="demo") as made:
        yield made


@pytest.fixture
def doctor(browser: Browser, server: Server) -> Iterator[Page]:
    page = new_page(browser, server, Watched())
    sign_in(page, server, "amina", PASSWORD)
    heading(page, "Find a patient")
    yield page
    page.context.close()


def open_somebody(doctor: Page, server: Server) -> None:
    """The demonstration's first patient, through the dialog that asks why, if it asks."""
    with urllib.request.urlopen(f"{server.url}/sign-in") as page:
        medilink_id = re.search(r"ML-[0-9A-Z]{4}-[0-9A-Z]{4}", page.read().decode())
    assert medilink_id
    doctor.get_by_label("Name, MediLink ID, phone or birth date").fill(medilink_id[0])
    doctor.get_by_role("button", name="Open", exact=True).first.click()
    here = doctor.get_by_role("button", name="The patient is here")
    visit = doctor.get_by_role("button", name="New visit")
    expect(here.or_(visit).first).to_be_visible()
    if here.is_visible():
        here.click()
    visit.wait_for()


def test_the_demonstration_says_what_it_is_and_offers_three_sign_ins(
    browser: Browser, server: Server
) -> None:
    page = new_page(browser, server, Watched(), phone=True)
    page.goto(server.url)
    expect(page.get_by_text("made-up patients")).to_be_visible()
    for who in ("Patient", "Doctor", "Administrator"):
        expect(page.get_by_role("button", name=who, exact=True)).to_be_visible()
    page.get_by_role("button", name="Patient", exact=True).click()
    heading(page, "Share my record")
    page.context.close()


def test_a_half_typed_visit_survives_a_sign_out(server: Server, doctor: Page) -> None:
    open_somebody(doctor, server)
    doctor.get_by_role("button", name="New visit").click()
    doctor.get_by_label("Reason for the visit").fill("Half a reason")
    doctor.get_by_label("Temperature").fill("38.2")
    doctor.get_by_text("Draft kept").wait_for()
    doctor.get_by_role("button", name="Sign out").click()
    doctor.get_by_text("You are signed out on every device.").wait_for()
    sign_in(doctor, server, "amina", PASSWORD)
    heading(doctor, "Find a patient")
    open_somebody(doctor, server)
    doctor.get_by_role("button", name="New visit").click()
    expect(doctor.get_by_label("Reason for the visit")).to_have_value("Half a reason")
    expect(doctor.get_by_label("Temperature")).to_have_value("38.2")
    doctor.get_by_role("button", name="Throw the draft away").click()
    doctor.get_by_role("button", name="New visit").wait_for()


def test_impossible_and_unusual_values_are_met_before_saving(server: Server, doctor: Page) -> None:
    open_somebody(doctor, server)
    doctor.get_by_role("button", name="New visit").click()
    doctor.get_by_label("Temperature").fill("380")
    doctor.get_by_text("380 is not possible").wait_for()
    doctor.get_by_role("button", name="Save the visit").click()
    expect(doctor.get_by_text("380 is not possible").first).to_be_visible()
    doctor.get_by_label("Temperature").fill("41.7")
    doctor.get_by_text("Unusual, but measured so: Temperature 41.7").wait_for()
    doctor.get_by_role("button", name="Save the visit").click()
    doctor.get_by_text("Check the unusual values").wait_for()
    doctor.get_by_text("Unusual, but measured so").click()
    doctor.get_by_role("button", name="Save the visit").click()
    doctor.get_by_text("The visit is saved.").wait_for()


def test_a_five_megabyte_paste_is_told_its_length_and_stays_on_the_page(
    server: Server, doctor: Page
) -> None:
    open_somebody(doctor, server)
    doctor.get_by_role("button", name="New visit").click()
    notes = doctor.get_by_label("Notes")
    notes.click()
    notes.evaluate(
        """(area) => {
            const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
            set.call(area, "x".repeat(5_000_000));
            area.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    notes.blur()
    doctor.get_by_role("button", name="Save the visit").click()
    doctor.get_by_text("Notes is too long (5000000 characters").wait_for()
    assert len(notes.input_value()) == 5_000_000
    notes.fill("short")
    doctor.get_by_role("button", name="Save the visit").click()
    doctor.get_by_text("The visit is saved.").wait_for()


def test_markup_in_a_note_is_shown_as_text(server: Server, doctor: Page) -> None:
    open_somebody(doctor, server)
    doctor.get_by_role("button", name="New visit").click()
    hostile = "<img src=x onerror=document.title='owned'> **bold** :material/block: $x$"
    doctor.get_by_label("Reason for the visit").fill(hostile)
    doctor.get_by_label("Diagnosis, one a line").fill(hostile)
    doctor.get_by_role("button", name="Save the visit").click()
    doctor.get_by_text("The visit is saved.").wait_for()
    expect(doctor.get_by_text(hostile).first).to_be_visible()
    assert "owned" not in doctor.title()


def test_two_staff_on_one_record_are_shown_the_difference(
    browser: Browser, server: Server, doctor: Page
) -> None:
    nurse = new_page(browser, server, Watched())
    sign_in(nurse, server, "joseph", PASSWORD)
    heading(nurse, "Find a patient")
    for page in (doctor, nurse):
        open_somebody(page, server)
        page.get_by_role("tab", name="Person").click()
        page.get_by_label("Village or place").wait_for()
    doctor.get_by_label("Village or place").fill("Nakuru")
    doctor.get_by_role("button", name="Save the details").click()
    doctor.get_by_text("Saved.").wait_for()
    nurse.get_by_label("Village or place").fill("Eldoret")
    nurse.get_by_role("button", name="Save the details").click()
    nurse.get_by_text("Somebody else has saved these details").wait_for()
    nurse.get_by_role("tab", name="Person").click()
    expect(nurse.get_by_text("Saved now: Nakuru")).to_be_visible()
    expect(nurse.get_by_text("Yours: Eldoret")).to_be_visible()
    nurse.get_by_role("button", name="Save mine over it").click()
    nurse.get_by_text("Saved.", exact=True).wait_for()
    expect(nurse.locator(".ml-person")).to_contain_text("Eldoret")
    nurse.context.close()


def test_no_camera_and_a_refused_camera_each_get_a_sentence(
    playwright: Playwright, server: Server, doctor: Page
) -> None:
    go(doctor, "Scan a code", "Scan a code")
    doctor.get_by_role("button", name="Start the camera").click()
    expect(
        doctor.get_by_text("No camera was found here").or_(
            doctor.get_by_text("was not allowed to use the camera")
        )
    ).to_be_visible()
    refusing = playwright.chromium.launch(
        executable_path=chromium(),
        args=["--no-sandbox", "--use-fake-device-for-media-stream", "--deny-permission-prompts"],
    )
    page = new_page(refusing, server, Watched())
    sign_in(page, server, "joseph", PASSWORD)
    go(page, "Scan a code", "Scan a code")
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("was not allowed to use the camera").wait_for()
    refusing.close()


def test_a_foreign_qr_before_the_camera_gets_a_sentence(
    playwright: Playwright, server: Server, tmp_path: Path
) -> None:
    film = film_of(picture_of_qr("https://example.org/pay?me=1"), tmp_path / "foreign.y4m")
    with_camera = camera_browser(playwright, film)
    page = new_page(with_camera, server, Watched(), phone=True)
    page.context.grant_permissions(["camera"])
    sign_in(page, server, "joseph", PASSWORD)
    go(page, "Scan a code", "Scan a code")
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("not one from MediLink").wait_for()
    with_camera.close()


def test_a_picture_without_a_code_and_a_file_that_is_no_picture(
    doctor: Page, tmp_path: Path
) -> None:
    grey, fake = tmp_path / "grey.png", tmp_path / "fake.png"
    Image.new("RGB", (300, 300), "grey").save(grey)
    fake.write_bytes(b"not a picture")
    go(doctor, "Scan a code", "Scan a code")
    doctor.get_by_text("Use a picture, screenshot or file instead").click()
    for path in (grey, fake):
        doctor.locator("input[type=file]").set_input_files(str(path))
        doctor.get_by_text("No QR code was found in this picture").wait_for()


def test_wrong_codes_typed_as_by_a_usb_scanner_lead_to_the_medilink_id(doctor: Page) -> None:
    go(doctor, "Scan a code", "Scan a code")
    box = doctor.get_by_label("Six digits")
    for _ in range(3):
        box.click()
        doctor.keyboard.type("000000\n", delay=3)
        doctor.get_by_text("No record opens with that code").wait_for()
    box.click()
    doctor.keyboard.type("000000\n", delay=3)
    doctor.get_by_text("Three wrong codes. Type the patient's MediLink ID").wait_for()


def test_a_page_that_lost_its_session_goes_to_the_sign_in(browser: Browser, server: Server) -> None:
    one, two = (new_page(browser, server, Watched()) for _ in range(2))
    for page in (one, two):
        sign_in(page, server, "admin", PASSWORD)
        heading(page, "What happened")
    one.get_by_role("button", name="Sign out").click()
    one.get_by_text("You are signed out").wait_for()
    two.wait_for_url("**/sign-in**", timeout=20_000)
    for page in (one, two):
        page.context.close()


def test_every_main_action_can_be_reached_by_keyboard(browser: Browser, server: Server) -> None:
    page = new_page(browser, server, Watched())
    page.goto(f"{server.url}/sign-in")
    expect(page.locator("#user")).to_be_focused()
    page.keyboard.type("amina")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    heading(page, "Find a patient")
    reached = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                """() => {
                    let at = document.activeElement;
                    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                    return (at?.innerText || at?.getAttribute("aria-label") || "").trim();
                }"""
            )
        )
    text = " ".join(reached)
    for action in ("Sign out", "Scan a code", "Register", "Name, MediLink ID"):
        assert action in text, reached
    page.context.close()
