"""Two clinics and no line between them: everything travels by what one screen shows and the other
camera sees."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from tests.browser.driving import go, heading
from tests.browser.two_clinics import (
    Clinic,
    picture,
    pictures_of_moving,
    scan,
    two_clinics,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


def join_by_codes(kisumu: Clinic, siaya: Clinic) -> None:
    """Siaya's request before Kisumu's camera, Kisumu's answer before Siaya's; words compared."""
    guest, founder = siaya.admin(), kisumu.admin()
    for page in (guest, founder):
        go(page, "Other clinics", "Other clinics")
    guest.get_by_role("button", name="Join another network").click()
    guest.get_by_role("button", name="Make the request").click()
    kisumu.look_at(picture(guest.locator(".ml-qr img")))
    words = guest.get_by_text("Words of this clinic").last.inner_text().split(": ")[1]
    founder.get_by_role("button", name="Let a clinic in").click()
    scan(founder)
    founder.get_by_text("Siaya Clinic").first.wait_for()
    expect(founder.get_by_text(words)).to_be_visible()
    founder.get_by_role("button", name="The words are the same: let it in").click()
    founder.get_by_text("Let the other clinic scan this answer").wait_for()
    siaya.look_at(*answer_pictures(founder))
    scan(guest)
    guest.get_by_role("button", name="The words are the same: join").click()
    guest.get_by_text("Joined.").wait_for()
    for page in (guest, founder):
        page.context.close()


def answer_pictures(page: Page) -> list[Image.Image]:
    """One code, or the frames of a moving one."""
    page.locator(".ml-qr img, canvas").first.wait_for()
    if page.locator("canvas").count():
        return pictures_of_moving(page, 8)
    return [picture(page.locator(".ml-qr img"))]


def bring_news(giver: Clinic, taker: Clinic, folder: Path) -> str:
    """A file on a stick, from one administrator to the other."""
    page = giver.admin()
    go(page, "Other clinics", "Other clinics")
    page.get_by_text("News", exact=True).click()
    page.get_by_role("button", name="Make news for the others").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    stick = folder / "news.medilink"
    download.value.save_as(stick)
    page.context.close()
    page = taker.admin()
    go(page, "Other clinics", "Other clinics")
    page.get_by_text("News", exact=True).click()
    page.get_by_text("Use a picture, screenshot or file instead").click()
    page.locator("input[type=file]").set_input_files(str(stick))
    said = page.get_by_text("Taken in.")
    said.wait_for()
    text = said.inner_text()
    page.context.close()
    return text


def face_to_face(
    doctor: Page, patient: Page, kisumu: Clinic, siaya: Clinic, *, whole: bool
) -> None:
    """The doctor asks, the patient answers, each by the other's camera; both pages are loaded again
    in between."""
    go(doctor, "Scan a code", "Scan a code")
    doctor.get_by_role("button", name="Ask a patient of another clinic, face to face").click()
    heading(doctor, "Ask face to face")
    doctor.locator(".ml-qr img").wait_for()
    doctor.reload()
    kisumu.look_at(picture(doctor.locator(".ml-qr img")))
    go(patient, "Share", "Share my record")
    patient.get_by_role("button", name="Scan a clinic's question").click()
    heading(patient, "Answer a clinic")
    scan(patient)
    patient.get_by_text("Amina Otieno (doctor) at Siaya Clinic asks").wait_for()
    if whole:
        patient.get_by_text("With the whole history, as a moving code").click()
    writing = patient.get_by_role("checkbox", name="They may also write visits")
    patient.get_by_text("They may also write visits").click()
    expect(writing).to_be_checked()
    patient.get_by_role("button", name="Show my answer").click()
    patient.get_by_text("Only their device can open it").wait_for()
    patient.reload()
    patient.get_by_text("Only their device can open it").wait_for()
    siaya.look_at(*answer_pictures(patient))
    scan(doctor)
    doctor.get_by_text("signed by Kisumu Clinic").wait_for()
    expect(doctor.get_by_text("Asthma").first).to_be_visible()
    go(patient, "Share", "Share my record")  # by the menu: the answer is not left behind
    patient.get_by_role("button", name="Scan a clinic's question").click()
    patient.get_by_role("button", name="Start the camera").wait_for()
    patient.get_by_role("button", name="Back to Share").click()
    heading(patient, "Share my record")


def save_offer(patient: Page) -> tuple[str, Image.Image]:
    """A saved code: the six digits, and the picture of the code."""
    go(patient, "Share", "Share my record")
    patient.get_by_role("button", name="Code to take along").click()
    heading(patient, "Code to take along")
    patient.get_by_role("button", name="Make the code").click()
    digits = patient.locator(".ml-code").inner_text().replace(" ", "")
    expect(patient.locator(".ml-qr")).to_have_count(0)
    patient.get_by_role("button", name="Next: the code").click()
    patient.locator(".ml-qr").wait_for()
    patient.reload()
    with patient.expect_download() as download:
        patient.get_by_role("button", name="Save the picture").click()
    code = Image.open(download.value.path())
    code.load()
    expect(patient.locator(".ml-code")).to_have_count(0)
    patient.get_by_role("button", name="Done").click()
    return digits, code


def test_records_cross_with_nothing_in_between(tmp_path: Path, playwright: Playwright) -> None:
    with two_clinics(tmp_path, playwright) as (kisumu, siaya):
        join_by_codes(kisumu, siaya)
        patient, doctor = kisumu.patient(), siaya.doctor()

        face_to_face(doctor, patient, kisumu, siaya, whole=False)
        tabs_say(doctor, "Not carried in this summary; ask for the whole record.")
        doctor.reload()
        doctor.get_by_text("signed by Kisumu Clinic").wait_for()
        write_and_send_home(doctor, kisumu, tmp_path)
        patient.reload()
        patient.get_by_text(
            "Answered face to face · Amina Otieno (doctor), Siaya Clinic"
        ).wait_for()
        expect(patient.get_by_text("opened: Siaya Clinic").first).to_be_visible()
        face_to_face(doctor, patient, kisumu, siaya, whole=True)
        tabs_say(doctor, "None in the record as the patient shared it.")
        erase(doctor)

        digits, code = save_offer(patient)
        siaya.look_at(code)
        open_saved(doctor, digits)
        withdraw(patient, "Code to take along")
        doctor.reload()
        go(doctor, "Scan a code", "Scan a code")
        doctor.get_by_text("Patients of other clinics").click()
        expect(doctor.get_by_text("Wanjiku Ng'ang'a").first).to_be_visible()
        doctor.get_by_role("button", name="Open", exact=True).first.click()
        doctor.get_by_text("Withdrawals there are known as of").wait_for()
        told = bring_news(kisumu, siaya, tmp_path)
        assert "Withdrawn here: 1" in told
        go(doctor, "Scan a code", "Scan a code")
        scan(doctor)
        doctor.get_by_text("The patient has withdrawn this code").wait_for()

        card = make_card(patient)
        siaya.look_at(near(card, "shc:/"))
        scan(doctor)
        doctor.get_by_text("Genuine: signed by a clinic of this network.").wait_for()
        doctor.get_by_role("heading", name="Whom to call").wait_for()
        doctor.get_by_role("button", name="Done").click()
        siaya.look_at(near(card, "ML1:"))
        scan(doctor)
        doctor.get_by_text("signed by Kisumu Clinic").wait_for()
        doctor.get_by_role("heading", name="Blood type").wait_for()
        remove_and_tell(kisumu, siaya)
        assert kisumu.watched.outside == siaya.watched.outside == []
        assert kisumu.watched.complaints == siaya.watched.complaints == []


def remove_and_tell(kisumu: Clinic, siaya: Clinic) -> None:
    """Kisumu removes Siaya; Siaya hears it from the news, says so, and begins anew."""
    page = kisumu.admin()
    go(page, "Other clinics", "Other clinics")
    page.get_by_role("button", name="Remove", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Remove Siaya Clinic?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Remove", exact=True).click()
    dialog.get_by_role("button", name="Remove this clinic").click()
    page.get_by_text("Removed. Bring the news").wait_for()
    page.get_by_text("Tell clinics that were removed", exact=True).click()
    page.get_by_role("button", name="Make news for the others").click()
    siaya.look_at(*answer_pictures(page))
    page.context.close()
    page = siaya.admin()
    go(page, "Other clinics", "Other clinics")
    page.get_by_text("News", exact=True).click()
    scan(page)
    page.get_by_text("This clinic was removed from Network of Kisumu Clinic").wait_for()
    doctor = siaya.doctor()
    go(doctor, "Scan a code", "Scan a code")
    doctor.get_by_text("This clinic was removed from its network of clinics").wait_for()
    doctor.context.close()
    page.get_by_role("button", name="Begin anew").click()
    page.get_by_role("button", name="Join another network").wait_for()
    page.context.close()


def open_saved(doctor: Page, digits: str) -> None:
    """Scanned, then the six digits."""
    go(doctor, "Scan a code", "Scan a code")
    scan(doctor)
    doctor.get_by_label("Six digits of the patient").fill("000000")
    doctor.get_by_role("button", name="Open the record").click()
    doctor.get_by_text("tries are left").wait_for()
    doctor.get_by_label("Six digits of the patient").fill(digits)
    doctor.get_by_role("button", name="Open the record").click()
    doctor.get_by_text("signed by Kisumu Clinic").wait_for()
    expect(doctor.get_by_text("cannot know whether the code was used elsewhere")).to_be_visible()


def tabs_say(doctor: Page, why: str) -> None:
    """Why there are no documents, procedures and insurance from elsewhere."""
    for tab in ("Vaccines and procedures", "Documents", "Person"):
        doctor.get_by_role("tab", name=tab).click()
        doctor.get_by_text(why).first.wait_for()
    doctor.get_by_role("tab", name="Summary").click()


def erase(doctor: Page) -> None:
    """Asked once more first."""
    doctor.get_by_role("button", name="Done: erase it here").click()
    doctor.get_by_text("You cannot read this again").wait_for()
    expect(doctor.get_by_text("was not sent home yet")).to_have_count(0)
    doctor.get_by_role("button", name="Erase it now").click()
    heading(doctor, "Scan a code")


def write_and_send_home(doctor: Page, kisumu: Clinic, folder: Path) -> None:
    """A visit written in Siaya goes home by codes, moving and still, and shows where it was
    written; a second time it is not taken in again."""
    doctor.get_by_role("button", name="Write a visit here").click()
    doctor.get_by_text("This visit can be sent home to Kisumu Clinic").wait_for()
    doctor.get_by_label("Reason for the visit").fill("Wheeze at night")
    doctor.get_by_label("History").fill(Random(1).randbytes(900).hex())
    doctor.get_by_role("button", name="Save the visit").click()
    doctor.get_by_text("Now send it home to Kisumu Clinic").wait_for()
    doctor.get_by_role("button", name="Pack what was written here").click()
    kisumu.look_at(*answer_pictures(doctor))
    nurse = kisumu.doctor()
    go(nurse, "Scan a code", "Scan a code")
    scan(nurse)
    nurse.get_by_text("What Siaya Clinic has written is in this record").wait_for()
    nurse.get_by_role("button", name="Done").click()
    photos = photograph(doctor, folder)
    assert 2 <= len(photos) <= 4
    nurse.get_by_text("Use a picture, screenshot or file instead").click()
    files = nurse.locator("input[type=file]")
    files.set_input_files(photos[1:])
    nurse.get_by_text("Still missing: number 1.").wait_for()
    files.set_input_files(photos[:1])
    nurse.get_by_text("was already taken in").wait_for()
    nurse.get_by_role("button", name="Open the record").last.click()
    nurse.get_by_text("Wanjiku Ng'ang'a").first.wait_for()
    nurse.context.close()


def photograph(doctor: Page, folder: Path) -> list[Path]:
    """The still codes, one by one."""
    shown = doctor.locator(".ml-codes img")
    shown.first.wait_for()
    photos = []
    for number, one in enumerate(shown.all(), start=1):
        photos.append(folder / f"photo-{number}.jpg")
        picture(one).convert("RGB").save(photos[-1], quality=80)
    return photos


def withdraw(patient: Page, kind: str) -> None:
    """One tap."""
    go(patient, "Share", "Share my record")
    listed = patient.locator("strong", has_text=kind)
    box = patient.locator("[data-testid=stVerticalBlock]", has=listed).last
    box.get_by_role("button", name="Withdraw").first.click()
    patient.get_by_text("Withdrawn. Other clinics refuse it").wait_for()


def near(picture: Image.Image, beginning: str) -> Image.Image:
    """The camera held close to the code whose text begins so."""
    codes = zxingcpp.read_barcodes(picture.convert("L"))
    corners = next(code.position for code in codes if code.text.startswith(beginning))
    margin = 30
    left, top = corners.top_left.x - margin, corners.top_left.y - margin
    return picture.crop(
        (left, top, corners.bottom_right.x + margin, corners.bottom_right.y + margin)
    )


def make_card(patient: Page) -> Image.Image:
    """The picture of the emergency card, as it stands on the phone."""
    go(patient, "Share", "Share my record")
    patient.get_by_role("button", name="Emergency card").click()
    heading(patient, "Emergency card")
    patient.get_by_role("button", name="Make the card").click()
    shown = patient.get_by_role("img", name="As a picture for the phone")
    shown.wait_for()
    assert shown.evaluate("one => one.naturalWidth") == 1080
    with patient.expect_download() as download:
        patient.get_by_role("button", name="Picture for the phone", exact=True).click()
    saved = Image.open(download.value.path())
    saved.load()
    return saved
