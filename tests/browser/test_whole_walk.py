"""The main job, end to end, in a real browser: set-up → register → import → code and QR → camera →
scoped record → the patient sees it → withdrawn → refused. On a desktop and on a phone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.camera_film import film_of
from tests.browser.driving import (
    NEW_PASSWORD,
    PASSPHRASE,
    Server,
    Watched,
    camera_browser,
    go,
    heading,
    new_page,
    running,
    set_up_clinic,
    sign_in,
    sign_in_first_time,
    slip_line,
)
from ui.corpora import corpus_files

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]


def add_staff(admin: Page, name: str, user_name: str) -> str:
    """A new provider; the first password."""
    go(admin, "Staff", "Staff")
    admin.get_by_text("Add somebody").click()
    admin.get_by_label("Name", exact=True).fill(name)
    admin.get_by_label("User name, for signing in").fill(user_name)
    admin.get_by_role("button", name="Add", exact=True).click()
    password = slip_line(admin, 2)
    admin.get_by_role("button", name="Done").click()
    admin.get_by_text(f"{name} (doctor)").wait_for()
    return password


def register_patient(staff: Page) -> tuple[str, str]:
    """Registered by typing; MediLink ID and first password."""
    go(staff, "Register", "Register a patient")
    staff.get_by_label("Given names").fill("Wanjiku")
    staff.get_by_label("Family name").fill("Ng'ang'a")
    staff.get_by_text("Female", exact=True).click()
    staff.get_by_label("Birth date", exact=True).fill("23/05/1984")
    staff.get_by_label("Phone").fill("0712 345 678")
    staff.get_by_label("Village or place").fill("Kibera")
    staff.get_by_role("button", name="Register").click()
    return slip_line(staff, 1), slip_line(staff, 2)


def write_a_visit(doctor: Page) -> None:
    """Measurements, reason, diagnosis, medicine, note."""
    doctor.get_by_role("button", name="New visit").click()
    doctor.get_by_label("Temperature").fill("38.9")
    doctor.get_by_label("Reason for the visit").fill("Fever for three days")
    doctor.get_by_label("Diagnosis, one a line").fill("Malaria")
    doctor.get_by_label("Medicine", exact=True).first.fill("Artemether")
    doctor.get_by_label("Dose", exact=True).first.fill("20 mg")
    doctor.get_by_label("Notes").fill("Secret of the visit note")
    doctor.get_by_role("button", name="Save the visit").click()
    doctor.get_by_text("The visit is saved.").wait_for()


def make_code(patient: Page, *sections: str) -> tuple[str, bytes]:
    """The six digits and a picture of the QR, as they stand on the patient's screen."""
    go(patient, "Share", "Share my record")
    if sections:
        patient.get_by_text("Only parts of it").click()
        for section in sections:
            patient.locator(f".st-key-share-{section} label").click()
    patient.get_by_role("button", name="Make the code").click()
    qr = patient.locator(".ml-qr img")
    qr.wait_for()
    code = patient.locator(".ml-code").inner_text().replace(" ", "")
    assert len(code) == 6
    return code, qr.screenshot()


def import_corpus(admin: Page) -> int:
    """Two Synthea bundles through the administrator's page; how many came."""
    files = [path for path in corpus_files() if path.parent.name == "synthea"][:2]
    if not files:
        return 0
    go(admin, "Import", "Import records")
    admin.locator("input[type=file]").set_input_files([str(path) for path in files])
    admin.get_by_role("button", name="Import", exact=True).click()
    admin.get_by_text("2 people and").wait_for()
    return len(files)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "360px"])
def test_the_whole_walk(
    tmp_path: Path, browser: Browser, playwright: Playwright, phone: bool
) -> None:
    watched = Watched()
    with running(tmp_path / "clinic") as server:
        admin = new_page(browser, server, watched, phone=phone)
        set_up_clinic(admin, server)
        sign_in(admin, server, "grace", PASSPHRASE)
        heading(admin, "What happened")
        first_password = add_staff(admin, "Amina Otieno", "amina")
        second_password = add_staff(admin, "Baraka Juma", "baraka")
        import_corpus(admin)

        home_doctor = new_page(browser, server, watched, phone=phone)
        sign_in_first_time(home_doctor, server, "amina", first_password, NEW_PASSWORD)
        heading(home_doctor, "Find a patient")
        medilink_id, slip = register_patient(home_doctor)
        home_doctor.get_by_role("button", name="Open the record").click()
        write_a_visit(home_doctor)

        patient = new_page(browser, server, watched, phone=True)
        sign_in_first_time(patient, server, medilink_id, slip, NEW_PASSWORD + "9")
        code, qr = make_code(patient, "conditions", "medications")
        film = film_of(Image.open(io.BytesIO(qr)), tmp_path / "camera.y4m")

        with_camera = camera_browser(playwright, film)
        try:
            doctor = new_page(with_camera, server, watched, phone=phone)
            doctor.context.grant_permissions(["camera"])
            sign_in_first_time(doctor, server, "baraka", second_password, NEW_PASSWORD)
            heading(doctor, "Find a patient")
            scan_and_see_only_what_was_shared(doctor)
            patient_sees_it_and_withdraws(patient)
            doctor_is_refused(doctor, code)
        finally:
            with_camera.close()
        patient_and_admin_see_the_refusal(patient, admin)
        no_page_of_others(patient, server)
        assert no_sideways_scroll(patient)
    assert watched.outside == []
    assert watched.complaints == []


def scan_and_see_only_what_was_shared(doctor: Page) -> None:
    go(doctor, "Scan a code", "Scan a code")
    doctor.get_by_role("button", name="Start the camera").click()
    doctor.get_by_text("The patient has shared parts of the record").wait_for()
    expect(doctor.get_by_text("Malaria")).to_be_visible()
    expect(doctor.get_by_role("tab", name="Visits")).to_have_count(0)
    expect(doctor.get_by_text("Secret of the visit note")).to_have_count(0)
    expect(doctor.get_by_role("button", name="New visit")).to_have_count(0)
    doctor.reload()
    doctor.get_by_text("The patient has shared parts of the record").wait_for()


def patient_sees_it_and_withdraws(patient: Page) -> None:
    go(patient, "Who looked", "Who looked at my record")
    told = "Baraka Juma (doctor), Kisumu Clinic, opened conditions and medicines with your code"
    seen = patient.get_by_text(told)
    expect(seen.first).to_be_visible()
    go(patient, "Share", "Share my record")
    patient.get_by_role("button", name="Withdraw").first.click()
    patient.get_by_text("Withdrawn. Nobody can open your record with it any more.").wait_for()
    patient.get_by_text("Active permissions (0)").wait_for()


def doctor_is_refused(doctor: Page, code: str) -> None:
    doctor.reload()
    doctor.get_by_text("You have no right to open this record").wait_for()
    expect(doctor.get_by_text("Malaria")).to_have_count(0)
    go(doctor, "Scan a code", "Scan a code")
    doctor.get_by_label("Six digits").fill(code)
    doctor.get_by_role("button", name="Open the record").click()
    doctor.get_by_text("The patient has withdrawn this code").wait_for()


def patient_and_admin_see_the_refusal(patient: Page, admin: Page) -> None:
    go(patient, "Who looked", "Who looked at my record")
    expect(patient.get_by_text("refused: the code was withdrawn").first).to_be_visible()
    go(admin, "What happened", "What happened")
    expect(admin.get_by_text("refused: the code was withdrawn").first).to_be_visible()
    admin.get_by_role("tab", name="Is it whole?").click()
    admin.get_by_role("button", name="Check that the log is whole").click()
    admin.get_by_text("Whole:").wait_for()


def no_page_of_others(patient: Page, server: Server) -> None:
    """Pages of other roles are not there for a patient, on the server too."""
    for address in ("log", "staff", "import", "settings", "find", "scan", "record"):
        patient.goto(f"{server.url}/{address}")
        heading(patient, "Share my record")
        expect(patient.get_by_role("heading", name="Staff")).to_have_count(0)


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
