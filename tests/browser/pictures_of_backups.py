"""The pictures of backups: a clinic with a place its backups are carried to, and a new computer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from backup.chosen import choose_folder
from medilink.acts.back_up_places import choose_place
from medilink.acts.staff import change_clinic
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import PASSPHRASE, Laptop
from tests.browser.driving import Server, Watched, go, heading, new_page, running, sign_in
from tests.clinics import HandClock
from ui.drills import drill_now
from ui.rounds import places_switched_on, rounds_here

Take = Callable[[Page, str], None]
NAMES = ("Achieng", "Baraka", "Chausiku", "Wanjiku")
OWN = "Settings and staff from an old backup"
OPENS = "What opens this clinic"


def take_backups(browser: Browser, folder: Path, take: Take, *, phone: bool) -> None:
    """`take(page, name)` keeps one picture."""
    elsewhere = "/dev/shm" if Path("/dev/shm").is_dir() else None  # another disk than the records'
    with TemporaryDirectory(prefix="clinic-", dir=elsewhere) as share:
        _clinics_pages(browser, _clinic_with_backups(folder, Path(share)), take, phone=phone)
    with running(folder / "new") as server:
        page = new_page(browser, server, Watched(), phone=phone)
        page.goto(server.url)
        page.get_by_role("link", name="I have a backup").click()
        page.get_by_role("heading", name="I have a backup").wait_for()
        take(page, "come-back")
        page.get_by_role("link", name="from another computer (SFTP)").click()
        page.get_by_label("Address of the computer").wait_for()
        take(page, "fetch")
        page.context.close()


def _clinics_pages(browser: Browser, laptop: Laptop, take: Take, *, phone: bool) -> None:
    with running(laptop.config.data_dir, backups=True) as server:
        page = new_page(browser, server, Watched(), phone=phone)
        sign_in(page, server, "grace", PASSPHRASE)
        heading(page, "What happened")
        _admins_pages(page, server, take)
        page.context.close()


def _clinic_with_backups(folder: Path, share: Path) -> Laptop:
    laptop = Laptop(folder / "clinic", HandClock(datetime.now(UTC)))
    here = Here(laptop)
    for name in NAMES[:-1]:
        here.register(name)
    choose_place(here.admin, choose_folder(share, laptop.config.data_dir))
    itself = here.house.system_desk()
    places = places_switched_on(itself)
    rounds_here(here.house, itself, places).go(at_once=True)
    drill_now(here.house, here.admin, places, {places[0].key: str(share)})
    here.register(NAMES[-1])
    change_clinic(
        here.admin, here.house.store.settings.of_clinic(), name="Klinic", idle_minutes=120
    )
    close_all()
    return laptop


def _admins_pages(page: Page, server: Server, take: Take) -> None:
    go(page, "Backups", "Backups")
    page.get_by_text("The records are safe.").wait_for()
    take(page, "backups")
    go(page, "Restore drills", "Restore drills")
    page.get_by_role("button").first.wait_for()
    take(page, "drills")
    go(page, "Restore", "Restore")
    page.get_by_label("Type the day").wait_for()
    take(page, "restore")
    page.get_by_role("button", name=OWN).click()
    heading(page, OWN)
    page.get_by_role("button", name="Look into it").click()
    page.get_by_role("button", name="Bring back what is ticked").wait_for()
    take(page, "own-from-backup")
    go(page, OPENS, OPENS)
    page.get_by_text("Recovery sheet").first.wait_for()
    take(page, "what-opens")
    page.goto(f"{server.url}/new-key")
    heading(page, "A new key for the records")
    page.get_by_label("Your own password").wait_for()
    take(page, "new-key")
