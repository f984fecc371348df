"""Two clinics with nothing in between: processes and folders of their own, browsers whose cameras
see what the other's screen shows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Playwright

from medilink.acts.register import record_patient_is_here, register_patient
from medilink.acts.set_up import ClinicForm
from medilink.acts.sign_in import sign_in as sign_in_act
from medilink.acts.staff import add_staff
from medilink.acts.write_visit import write_visit
from medilink.audit import Act
from medilink.config import Config
from medilink.people import PatientDetails, Profession, Role, Sex
from medilink.visits import NewVisit
from security.slots import new_recovery_words
from tests.browser.camera_film import film_of, moving_film_of
from tests.browser.driving import (
    NEW_PASSWORD,
    PASSPHRASE,
    Server,
    Watched,
    camera_browser,
    new_page,
    running,
    sign_in,
)
from ui.house import House

WANJIKU = PatientDetails(
    given="Wanjiku", family="Ng'ang'a", sex=Sex.FEMALE, birth_date="1984-05-23", village="Kibera"
)


@dataclass
class Clinic:
    """A running clinic, and a browser there whose camera film can be changed."""

    name: str
    server: Server
    browser: Browser
    film: Path
    watched: Watched
    medilink_id: str = ""

    def page(self, user: str, password: str, *, phone: bool = False) -> Page:
        """Somebody signed in, with a camera."""
        page = new_page(self.browser, self.server, self.watched, phone=phone)
        page.context.grant_permissions(["camera"])
        sign_in(page, self.server, user, password)
        page.locator(".st-key-menu").wait_for()
        return page

    def admin(self) -> Page:
        """The administrator."""
        return self.page("grace", PASSPHRASE)

    def doctor(self) -> Page:
        """The doctor."""
        return self.page("amina", NEW_PASSWORD)

    def patient(self) -> Page:
        """The patient, on a phone."""
        return self.page(self.medilink_id, NEW_PASSWORD, phone=True)

    def look_at(self, *pictures: Image.Image) -> None:
        """What the camera sees from its next start on."""
        if len(pictures) == 1:
            film_of(pictures[0], self.film)
        else:
            moving_film_of(pictures, self.film)


def prepare(folder: Path, name: str, *, keys: Path) -> str:
    """A clinic with a doctor, and a patient who has been there once; the patient's MediLink ID."""
    house = House(Config(folder, keys, hash_cost="light"))
    form = ClinicForm(name, "KE", "en", "Grace Wafula", "grace", PASSPHRASE, PASSPHRASE)
    house.set_up(form, new_recovery_words(), unattended=True)
    desk = house.desk()
    admin = desk.signed_in_as(sign_in_act(desk, "grace", PASSPHRASE))
    doctor, _ = add_staff(
        admin,
        user_name="amina",
        display_name="Amina Otieno",
        role=Role.PROVIDER,
        profession=Profession.DOCTOR,
    )
    kept = desk.passwords.hash(NEW_PASSWORD)
    event = admin.event(Act.CHANGE_PASSWORD)
    desk.store.accounts.set_password(doctor.id, kept, must_change=False, audit=event)
    at_work = desk.signed_in_as(doctor)
    slip = register_patient(at_work, WANJIKU)
    record_patient_is_here(at_work, slip.patient.id, "for a visit")
    visit = NewVisit(kind="clinic visit", reason="Cough", diagnoses=("Asthma",))
    write_visit(at_work, slip.patient.id, visit)
    known = desk.store.accounts.by_user_name(slip.patient.medilink_id)
    assert known
    desk.store.accounts.set_password(known.account.id, kept, must_change=False, audit=event)
    house.close()
    return slip.patient.medilink_id


@contextmanager
def two_clinics(folder: Path, playwright: Playwright) -> Iterator[tuple[Clinic, Clinic]]:
    """Kisumu and Siaya. Neither knows the other's address."""
    black = Image.new("RGB", (200, 200))
    made: list[Clinic] = []
    for name in ("Kisumu Clinic", "Siaya Clinic"):
        own = folder / name.split()[0].lower()
        own.mkdir(parents=True)
        medilink_id = prepare(own / "data", name, keys=own / "keys")
        film = film_of(black, own / "camera.y4m")
        browser = camera_browser(playwright, film)
        made.append(Clinic(name, None, browser, film, Watched(), medilink_id))  # type: ignore[arg-type]
    first, second = made
    try:
        with (
            running(folder / "kisumu" / "data") as one,
            running(folder / "siaya" / "data") as other,
        ):
            first.server, second.server = one, other
            yield first, second
    finally:
        for clinic in made:
            clinic.browser.close()


def picture(shown: Locator) -> Image.Image:
    """A code as it stands on a screen."""
    shown.wait_for()
    shown.scroll_into_view_if_needed()
    return Image.open(io.BytesIO(shown.screenshot()))


def pictures_of_moving(page: Page, count: int) -> list[Image.Image]:
    """Different frames of the moving code on a screen, as they come."""
    canvas = page.locator("canvas")
    canvas.wait_for()
    found: dict[bytes, Image.Image] = {}
    seen_before = 0
    while len(found) < count and seen_before < 20:
        shot = canvas.screenshot()
        seen_before = seen_before + 1 if shot in found else 0
        found.setdefault(shot, Image.open(io.BytesIO(shot)))
    return list(found.values())


def scan(page: Page) -> None:
    """Start the camera of a page."""
    page.get_by_role("button", name="Start the camera").click()
