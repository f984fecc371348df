"""Takes the pictures of README and guides from the real app, at desktop and phone size.

    python -m tests.browser.take_pictures [FOLDER]        (default docs/pictures)

Every page of every role is opened in a demonstration and looked at; the same seed, the same people.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import urllib.request
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Download, Page, Playwright, sync_playwright

from tests.browser.camera_film import film_of
from tests.browser.driving import (
    BASIC_FLAGS,
    ROOT,
    Server,
    Watched,
    camera_browser,
    chromium,
    go,
    heading,
    new_page,
    running,
    sign_in,
)
from tests.browser.pictures_of_backups import take_backups
from tests.browser.pictures_of_clinics import take_clinics
from ui.commands.demo import PASSWORD

SIZES = {"desktop": False, "phone": True}
SETTLE_MS = 900  # charts draw themselves after the page has said it is ready


class Album:
    """Where the pictures go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, page: Page, name: str, size: str) -> None:
        """One picture of what is on the screen, reduced to few colours."""
        page.wait_for_timeout(SETTLE_MS)
        picture = Image.open(io.BytesIO(page.screenshot()))
        small = picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=128)
        small.save(self.folder / f"{name}-{size}.png", optimize=True)


def somebody(server: Server) -> str:
    """The MediLink ID offered on the demonstration's sign-in page."""
    with urllib.request.urlopen(f"{server.url}/sign-in") as page:
        found = re.search(r"ML-[0-9A-Z]{4}-[0-9A-Z]{4}", page.read().decode())
    assert found
    return found[0]


def take_doors(browser: Browser, album: Album, size: str, *, phone: bool) -> None:
    """Set-up of a clinic that does not exist yet."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "clinic") as server:
        page = new_page(browser, server, Watched(), phone=phone)
        page.goto(server.url)
        album.take(page, "set-up", size)
        page.context.close()


def take_patient(
    browser: Browser, server: Server, album: Album, size: str, *, phone: bool
) -> bytes:
    """The patient's pages; the picture of a QR to be scanned."""
    page = new_page(browser, server, Watched(), phone=phone)
    page.goto(server.url)
    album.take(page, "sign-in", size)
    sign_in(page, server, somebody(server), PASSWORD)
    heading(page, "Share my record")
    album.take(page, "share", size)
    page.get_by_role("button", name="Make the code").click()
    page.locator(".ml-qr img").wait_for()
    album.take(page, "code", size)
    qr = page.locator(".ml-qr img").screenshot()
    page.get_by_role("link", name="My record").click()
    page.locator(".ml-person").wait_for()
    album.take(page, "my-record", size)
    go(page, "Who looked", "Who looked at my record")
    album.take(page, "who-looked", size)
    take_own_log(page, album, size)
    for tab in ("About me", "Something is wrong"):
        page.get_by_role("link", name="My record").click()
        page.get_by_role("tab", name=tab).click()
        album.take(page, tab.lower().replace(" ", "-"), size)
    page.get_by_role("link", name=re.compile("^.*Notices")).click()
    heading(page, "Notices")
    album.take(page, "notices", size)
    page.get_by_role("link", name="My account").click()
    heading(page, "My account")
    album.take(page, "account", size)
    take_exports(page, server, album, size)
    page.context.close()
    return qr


def take_exports(page: Page, server: Server, album: Album, size: str) -> None:
    """The patient makes a file and has it checked."""
    page.goto(f"{server.url}/take-along")
    heading(page, "Take the record along")
    page.get_by_role("button", name="Make the file").wait_for()
    album.take(page, "take-along", size)
    page.get_by_role("button", name="Make the file").click()
    save = page.get_by_role("button", name="Save the file on this device")
    save.wait_for()
    album.take(page, "made-file", size)
    with page.expect_download() as made:
        save.click()
    page.goto(f"{server.url}/check")
    heading(page, "Is this document genuine?")
    page.locator("input[type=file]").set_input_files(
        {"name": "medilink.pdf", "mimeType": "application/pdf", "buffer": kept(made.value)}
    )
    page.get_by_text("Genuine and unchanged.").wait_for()
    album.take(page, "check", size)


def kept(download: Download) -> bytes:
    """What a browser has saved."""
    return Path(download.path()).read_bytes()


def take_own_log(page: Page, album: Album, size: str) -> None:
    """A question about an entry, and a receipt with its check."""
    page.get_by_role("button", name="Something is wrong here?").first.click()
    page.get_by_label("In your words").fill("I was at home on that day")
    album.take(page, "ask-about", size)
    page.get_by_role("button", name="Send to the administrator").click()
    page.get_by_text("The administrator has not answered yet.").first.wait_for()
    page.get_by_role("tab", name="Receipts").click()
    page.get_by_role("button", name="Take a receipt").click()
    page.locator(".ml-words").wait_for()
    page.locator(".ml-qr img").scroll_into_view_if_needed()
    album.take(page, "log-receipt", size)
    line = page.locator(".ml-words").inner_text()
    page.get_by_text("Check an old receipt").click()
    page.get_by_label("Or type its line").fill(line)
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_text("Still true").scroll_into_view_if_needed()
    album.take(page, "check-receipt", size)


def take_provider(
    playwright: Playwright, server: Server, album: Album, size: str, *, phone: bool, qr: bytes
) -> None:
    """The provider's pages, the camera included."""
    film = film_of(Image.open(io.BytesIO(qr)), album.folder / "camera.y4m")
    browser = camera_browser(playwright, film)
    page = new_page(browser, server, Watched(), phone=phone)
    page.context.grant_permissions(["camera"])
    sign_in(page, server, "joseph", PASSWORD)
    heading(page, "Find a patient")
    page.get_by_label("Name, MediLink ID, phone or birth date").fill("otie")
    page.get_by_role("button", name="Open", exact=True).first.wait_for()
    album.take(page, "find", size)
    go(page, "Scan a code", "Scan a code")
    album.take(page, "scan", size)
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_text("The patient has shared").wait_for()
    album.take(page, "shared-record", size)
    go(page, "Register", "Register a patient")
    album.take(page, "register", size)
    browser.close()
    film.unlink()


def take_doctor(browser: Browser, server: Server, album: Album, size: str, *, phone: bool) -> None:
    """A record in one's care, and a visit."""
    page = new_page(browser, server, Watched(), phone=phone)
    sign_in(page, server, "amina", PASSWORD)
    heading(page, "Find a patient")
    page.get_by_label("Name, MediLink ID, phone or birth date").fill(somebody(server))
    page.get_by_role("button", name="Open", exact=True).first.click()
    here = page.get_by_role("button", name="The patient is here")
    visit = page.get_by_role("button", name="New visit")
    here.or_(visit).first.wait_for()
    if here.is_visible():
        album.take(page, "why", size)
        here.click()
    visit.wait_for()
    album.take(page, "record", size)
    page.get_by_role("tab", name="Measurements").click()
    page.get_by_text("Chart of").first.wait_for()
    album.take(page, "measurements", size)
    page.get_by_role("tab", name="Visits").click()
    album.take(page, "visits", size)
    for tab, name in (("Test results", "results"), ("Person", "person")):
        page.get_by_role("tab", name=tab).click()
        album.take(page, name, size)
    page.get_by_role("button", name="Emergency view").click()
    page.get_by_role("button", name="The whole record").wait_for()
    album.take(page, "emergency", size)
    page.get_by_role("button", name="The whole record").click()
    visit.click()
    heading(page, "New visit")
    album.take(page, "visit", size)
    take_child(page, album, size)
    page.context.close()


def take_child(page: Page, album: Album, size: str) -> None:
    """A small child: growth against the WHO standards, vaccines due, the measuring page."""
    go(page, "My profile", "My profile")
    page.get_by_label("Licence number").wait_for()
    album.take(page, "my-profile", size)
    open_child(page)
    page.get_by_role("tab", name="Measurements").click()
    page.get_by_text("Growth chart").first.scroll_into_view_if_needed()
    album.take(page, "growth", size)
    page.get_by_role("tab", name="Vaccines and procedures").click()
    page.get_by_text("Vaccines due").first.wait_for()
    album.take(page, "vaccines", size)
    page.get_by_role("button", name="Measure").click()
    heading(page, "Measure")
    page.get_by_label("Temperature").fill("39.8")
    album.take(page, "measure", size)


def open_child(page: Page) -> None:
    """From the doctor's profile: the small child in their care."""
    page.get_by_role("tab", name="My patients").click()
    child = page.get_by_text(re.compile(r"\b[0-5] years? old|months? old")).first
    row = page.locator("[data-testid=stVerticalBlock], [data-testid=stHorizontalBlock]")
    row.filter(has=child).last.get_by_role("button", name="Open").click()
    page.get_by_role("button", name="New visit").wait_for()


def take_admin(browser: Browser, server: Server, album: Album, size: str, *, phone: bool) -> None:
    """The administrator's pages."""
    page = new_page(browser, server, Watched(), phone=phone)
    sign_in(page, server, "admin", PASSWORD)
    heading(page, "What happened")
    album.take(page, "log", size)
    take_log(page, album, size)
    for link, title in (
        ("Staff", "Staff"),
        ("Import", "Import records"),
        ("Settings", "Settings"),
        ("Take every record out", "Take every record out"),
    ):
        go(page, link, title)
        album.take(page, link.lower().replace(" ", "-"), size)
    register_twice(page, server)
    go(page, "Same person twice", "The same person twice?")
    page.get_by_role("button", name="Compare").first.click()
    page.get_by_role("button", name="They are one person: merge").wait_for()
    album.take(page, "duplicates", size)
    go(page, "Emergencies", "Emergencies")
    album.take(page, "emergencies", size)
    go(page, "Questions", "Questions about who looked")
    album.take(page, "questions", size)
    go(page, "Licences", "Licences")
    page.get_by_text("Joseph Mwangi").first.wait_for()
    album.take(page, "licences", size)
    page.context.close()


def take_log(page: Page, album: Album, size: str) -> None:
    """The other parts of the log, and a report."""
    page.get_by_role("tab", name="Is it whole?").click()
    page.get_by_role("button", name="Check that the log is whole").click()
    page.get_by_text("Whole:").wait_for()
    album.take(page, "log-whole", size)
    for tab, shown in (("Hand out", "Make the file"), ("Old entries", "Erase personal details …")):
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("button", name=shown).wait_for()
        album.take(page, "log-" + tab.lower().removesuffix(" entries").replace(" ", "-"), size)
    go(page, "Reports", "Reports")
    page.get_by_role("button", name="Make the report").click()
    page.get_by_role("button", name="Save as PDF").wait_for()
    album.take(page, "reports", size)


def register_twice(page: Page, server: Server) -> None:
    """Somebody who is here already, with the name written a little differently."""
    patient = new_page(page.context.browser, server, Watched())  # type: ignore[arg-type]
    sign_in(patient, server, somebody(server), PASSWORD)
    patient.get_by_role("link", name="My record").click()
    given, _, family = patient.locator(".ml-person .name").inner_text().partition(" ")
    born = re.search(r"\d{4}-\d{2}-\d{2}", patient.locator(".ml-person .facts").inner_text())
    patient.context.close()
    go(page, "Register", "Register a patient")
    page.get_by_label("Given names").fill(given)
    page.get_by_label("Family name").fill(family + "h")
    page.get_by_role("textbox", name="Birth date").fill(born[0] if born else "")
    page.get_by_role("button", name="Register", exact=True).click()
    page.locator(".ml-slip").wait_for()


def take_break_glass(browser: Browser, server: Server) -> None:
    """The nurse opens a record in an emergency, so that there is something to review."""
    page = new_page(browser, server, Watched())
    sign_in(page, server, "joseph", PASSWORD)
    heading(page, "Find a patient")
    page.get_by_label("Name, MediLink ID, phone or birth date").fill("akinyi")
    page.get_by_role("button", name="Emergency").first.click()
    page.get_by_label("Why it cannot wait").fill("Unconscious after a fall, alone")
    page.get_by_role("button", name="Open the record").click()
    page.get_by_role("button", name="The whole record").wait_for()
    go(page, "My profile", "My profile")
    page.get_by_label("Licence number").fill("NCK 48213")
    page.get_by_label("Issued by", exact=True).fill("Nursing Council of Kenya")
    page.get_by_label("Valid until", exact=True).fill("2027-03-31")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Send to be checked").click()
    page.get_by_text("Sent.").wait_for()
    page.context.close()


def main(folder: Path) -> None:
    """All pictures."""
    album = Album(folder)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as data:
        browser = playwright.chromium.launch(executable_path=chromium(), args=BASIC_FLAGS)
        for size, phone in SIZES.items():
            take_doors(browser, album, size, phone=phone)
            backups = partial(album.take, size=size)
            take_backups(browser, Path(data) / f"backups-{size}", backups, phone=phone)
        with running(Path(data) / "demo", verb="demo") as server:
            take_break_glass(browser, server)
            for size, phone in SIZES.items():
                qr = take_patient(browser, server, album, size, phone=phone)
                take_provider(playwright, server, album, size, phone=phone, qr=qr)
                take_doctor(browser, server, album, size, phone=phone)
                take_admin(browser, server, album, size, phone=phone)
        take_clinics(playwright, Path(data) / "clinics", album.take)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
