"""A patient and the log, on a phone 360 px wide: who looked, a receipt, its check, a question to
the administrator, and the answer beside the entry."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import (
    Watched,
    go,
    heading,
    new_page,
    picture_of_qr,
    running,
    sign_in,
)
from tests.browser.take_pictures import somebody
from ui.commands.demo import PASSWORD
from ui.reading import read_codes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
DOCTOR_OPENED = re.compile("Amina Otieno .doctor., Kisumu Demonstration Clinic, opened the whole")


def open_record(doctor: Page, medilink_id: str) -> None:
    doctor.get_by_label("Name, MediLink ID, phone or birth date").fill(medilink_id)
    doctor.get_by_role("button", name="Open", exact=True).first.click()
    here = doctor.get_by_role("button", name="The patient is here")
    visit = doctor.get_by_role("button", name="New visit")
    here.or_(visit).first.wait_for()
    if here.is_visible():
        here.click()
    visit.wait_for()


def receipt_on(page: Page) -> str:
    """The receipt as a phone's camera reads it from the screen."""
    shown = page.locator(".ml-qr img").last
    shown.wait_for()
    (text,) = read_codes(shown.screenshot())
    assert text
    assert text.startswith("MLT:")
    return text


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def upload(page: Page, picture: Image.Image) -> None:
    out = io.BytesIO()
    picture.save(out, "PNG")
    page.locator("input[type=file]").last.set_input_files(
        {"name": "receipt.png", "mimeType": "image/png", "buffer": out.getvalue()}
    )


def test_a_patient_and_the_log(tmp_path: Path, browser: Browser) -> None:
    watched = Watched()
    with running(tmp_path / "demo", verb="demo") as server:
        medilink_id = somebody(server)
        doctor = new_page(browser, server, watched)
        sign_in(doctor, server, "amina", PASSWORD)
        heading(doctor, "Find a patient")
        open_record(doctor, medilink_id)
        doctor.get_by_role("button", name="New visit").click()
        doctor.get_by_label("Reason for the visit").fill("Cough")
        doctor.get_by_role("button", name="Save the visit").click()
        doctor.get_by_text("Before the patient leaves").wait_for()
        doctor.get_by_role("button", name="Receipt for the patient").click()
        given = receipt_on(doctor)
        line = doctor.locator(".ml-words").inner_text()

        patient = new_page(browser, server, watched, phone=True)
        sign_in(patient, server, medilink_id, PASSWORD)
        heading(patient, "Share my record")
        go(patient, "Who looked", "Who looked at my record")
        expect(patient.get_by_text("1 person opened this record")).to_be_visible()
        expect(patient.get_by_text(DOCTOR_OPENED).first).to_be_visible()
        assert no_sideways_scroll(patient)

        patient.get_by_role("tab", name="Receipts").click()
        patient.get_by_role("button", name="Take a receipt").click()
        own = receipt_on(patient)
        with patient.expect_download() as paper:
            patient.get_by_role("button", name="Receipt on paper").click()
        assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")
        check_receipts(patient, given, own, line)
        assert no_sideways_scroll(patient)
        take_the_list_along(patient)
        ask_about_the_doctor(patient)
        answer_as_administrator(new_page(browser, server, watched), server.url, medilink_id, given)
        patient.get_by_role("link", name=re.compile("Notices")).click()
        patient.get_by_text("Your question was answered").first.wait_for()
        go(patient, "Who looked", "Who looked at my record")
        patient.get_by_text("She treated you on that day.").wait_for()
        assert no_sideways_scroll(patient)

        go(doctor, "Scan a code", "Scan a code")
        doctor.get_by_label("Six digits, or scan with a USB scanner").fill(given)
        doctor.get_by_role("button", name="Open the record").click()
        doctor.get_by_text("Still true: the list has only grown since").wait_for()
    assert watched.outside == []
    assert watched.complaints == []


def check_receipts(patient: Page, given: str, own: str, line: str) -> None:
    patient.get_by_text("Check an old receipt").click()
    typed = patient.get_by_label("Or type its line")
    typed.fill(f"  {line.upper().replace(' ', ' - ')} .")
    patient.get_by_role("button", name="Check", exact=True).click()
    patient.get_by_text("Still true: the list has only grown since it had").wait_for()
    typed.fill(own)
    patient.get_by_role("button", name="Check", exact=True).click()
    patient.get_by_text(re.compile("Still true: the list has only grown since \\d")).wait_for()
    typed.fill("12 acid bubble cargo drift eagle fabric")
    patient.get_by_role("button", name="Check", exact=True).click()
    patient.get_by_text("These words do NOT fit the list").wait_for()
    patient.get_by_text("Use a picture, screenshot or file instead").click()
    upload(patient, picture_of_qr(given))
    patient.get_by_text(re.compile("Still true: the list has only grown since \\d")).wait_for()
    patient.get_by_role("button", name="Make the proof as a file").click()
    with patient.expect_download() as proof:
        patient.get_by_role("button", name="Save the proof").click()
    assert '"proofs"' in Path(proof.value.path()).read_text("utf-8")
    with patient.expect_download() as checker:
        patient.get_by_role("button", name="Save the checker").click()
    assert "check_log.py FILE" in Path(checker.value.path()).read_text("utf-8")


def take_the_list_along(patient: Page) -> None:
    patient.get_by_role("tab", name="Take along").click()
    patient.get_by_role("button", name="Make the file").click()
    with patient.expect_download() as table:
        patient.get_by_role("button", name="Save as a table").click()
    assert "Amina Otieno" in Path(table.value.path()).read_text("utf-8-sig")
    with patient.expect_download() as pdf:
        patient.get_by_role("button", name="Save as PDF").click()
    assert Path(pdf.value.path()).read_bytes().startswith(b"%PDF")


def ask_about_the_doctor(patient: Page) -> None:
    """With the keyboard: the entry's button, the form, Enter."""
    patient.get_by_role("tab", name="The list").click()
    patient.get_by_text(DOCTOR_OPENED).first.wait_for()
    patient.get_by_role("button", name="Something is wrong here?").first.focus()
    patient.keyboard.press("Enter")
    patient.get_by_role("radio", name="I do not know this person").wait_for()
    patient.get_by_label("In your words").fill("I was at home")
    patient.get_by_role("button", name="Send to the administrator").focus()
    patient.keyboard.press("Enter")
    patient.get_by_text("The administrator has not answered yet.").wait_for()


def answer_as_administrator(admin: Page, url: str, medilink_id: str, given: str) -> None:
    admin.goto(f"{url}/sign-in")
    admin.get_by_label("User name or MediLink ID").fill("admin")
    admin.get_by_label("Password").fill(PASSWORD)
    admin.get_by_role("button", name="Sign in").click()
    heading(admin, "What happened")
    go(admin, "Questions", "Questions about who looked")
    admin.get_by_text(medilink_id).first.wait_for()
    admin.get_by_text("I was at home").wait_for()
    admin.get_by_text("It was in order").click()
    admin.get_by_label("Answer, in words the patient understands").fill(
        "She treated you on that day."
    )
    admin.get_by_role("button", name="Send the answer").click()
    admin.get_by_text("The patient can read the answer now.").wait_for()
    admin.get_by_text("Check an old receipt").click()
    admin.get_by_label("Or type its line").fill(given)
    admin.get_by_role("button", name="Check", exact=True).click()
    admin.get_by_text(re.compile("Still true: the list has only grown since \\d")).wait_for()
