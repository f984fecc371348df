"""The recovery key in the browser: three sheets in place of one, and two of them bring back a lost
passphrase and, with a backup, a lost laptop. On a desktop and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import (
    NEW_PASSWORD,
    PASSPHRASE,
    Server,
    Watched,
    go,
    heading,
    new_page,
    running,
    set_up_clinic,
    sheet_words,
    sign_in,
)
from ui.commands import backup

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
THIRD = "amber windmill pocket 99"
TITLE = "What opens this clinic"


def switch_on_by_itself(admin: Page) -> None:
    """With the password asked for again; a wrong one changes nothing."""
    go(admin, TITLE, TITLE)
    admin.get_by_text("This computer does not open the clinic by itself.").wait_for()
    admin.get_by_role("button", name="Switch on").click()
    dialog = admin.get_by_role("dialog")
    for typed in ("a wrong guess", PASSPHRASE):
        dialog.get_by_label("Your password").fill(typed)
        dialog.get_by_role("button", name="Yes, change it").click()
        if typed != PASSPHRASE:
            dialog.get_by_text("That is not your password").wait_for()
    admin.get_by_text("This computer, by itself").wait_for()


def begin_three_sheets(admin: Page) -> None:
    """Until the sheets can be printed."""
    admin.get_by_role("button", name="Replace").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_text("Three sheets, of which any two are needed").click()
    dialog.get_by_label("Your password").fill(PASSPHRASE)
    dialog.get_by_role("button", name="Make new words").click()
    admin.get_by_role("button", name="Download sheet 3 (PDF)").wait_for()


def print_sheets(admin: Page) -> list[dict[int, str]]:
    """The words of each, read off its QR code."""
    sheets = []
    for number in (1, 2, 3):
        with admin.expect_download() as download:
            admin.get_by_role("button", name=f"Download sheet {number} (PDF)").click()
        sheets.append(sheet_words(Path(download.value.path()).read_bytes()))
    return sheets


def type_back(admin: Page, sheets: list[dict[int, str]]) -> None:
    """The words that are asked for, first with a slip."""
    boxes = admin.get_by_label(re.compile(r"^Sheet \d, word \d+$")).all()
    asked = [
        tuple(map(int, re.findall(r"\d+", box.get_attribute("aria-label") or ""))) for box in boxes
    ]
    assert len(asked) == 6
    for box, (sheet, number) in zip(boxes, asked, strict=True):
        box.fill(sheets[sheet - 1][number])
    boxes[-1].fill("academic" if sheets[2][asked[-1][1]] != "academic" else "acid")
    admin.get_by_label("Your password").fill(PASSPHRASE)
    admin.get_by_role("button", name="From now on the new words count").click()
    admin.get_by_text(f"word {asked[-1][1]} is another one").wait_for()
    boxes[-1].fill(sheets[2][asked[-1][1]])
    admin.get_by_role("button", name="From now on the new words count").click()
    admin.get_by_text("The new words count from now on").wait_for()


def text_of(*sheets: dict[int, str]) -> str:
    return "\n".join(" ".join(sheet.values()) for sheet in sheets)


def lose_passphrase(page: Page, server: Server, typed: str) -> None:
    """From the sign-in to a new passphrase; one sheet alone is not enough."""
    page.goto(f"{server.url}/sign-in")
    page.get_by_role("link", name="Passphrase lost? Use the recovery sheet").click()
    page.get_by_label("The words of the recovery sheet, in order").fill(typed.split("\n")[0])
    page.get_by_role("button", name="Next: a new passphrase").click()
    page.get_by_text("Two are needed").wait_for()
    page.get_by_label("The words of the recovery sheet, in order").fill(typed)
    page.get_by_role("button", name="Next: a new passphrase").click()
    page.get_by_label("New passphrase").fill(NEW_PASSWORD)
    page.get_by_label("Passphrase once more").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the passphrase").click()
    page.get_by_text("The new passphrase is saved").wait_for()


def choose_backup(page: Page, server: Server, typed: str) -> None:
    """The first page of a fresh install, and the backup that was found."""
    page.goto(server.url)
    page.get_by_role("link", name="I have a backup").click()
    expect(page.get_by_role("radio").first).to_be_checked()
    page.get_by_label("The words of the recovery sheet, in order").fill(typed)
    page.get_by_role("button", name="Next: what is in it").click()
    page.get_by_text("The words open it").wait_for()


def bring_back(page: Page) -> None:
    """The day typed as it stands, a new passphrase, and waiting."""
    day = page.get_by_label("Type the day of the backup").get_attribute("placeholder") or ""
    page.get_by_label("Type the day of the backup").fill(day)
    page.get_by_label("New passphrase").fill(THIRD)
    page.get_by_label("Passphrase once more").fill(THIRD)
    page.get_by_role("button", name="Bring everything back").click()
    page.get_by_text("The records are back").wait_for(timeout=60_000)


def make_backup(monkeypatch: pytest.MonkeyPatch, server: Server, folder: Path) -> None:
    folder.mkdir(parents=True)
    monkeypatch.setenv("MEDILINK_KEYS", str(server.data.parent / "keys"))
    monkeypatch.setenv("MEDILINK_HASH_COST", "light")
    assert backup.main(["--data", str(server.data), "--to", str(folder)]) == 0


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "360px"])
def test_three_sheets_bring_back_passphrase_and_laptop(
    tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch, phone: bool
) -> None:
    watched = Watched()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with running(tmp_path / "clinic") as server:
        admin = new_page(browser, server, watched, phone=phone)
        set_up_clinic(admin, server, unattended=False)
        sign_in(admin, server, "grace", PASSPHRASE)
        heading(admin, "What happened")
        switch_on_by_itself(admin)
        begin_three_sheets(admin)
        sheets = print_sheets(admin)
        type_back(admin, sheets)
        admin.get_by_text("Two of the three recovery sheets").wait_for()
        admin.get_by_text("Words that were replaced").wait_for()
        make_backup(monkeypatch, server, tmp_path / "home" / "Downloads")
        admin.get_by_role("button", name="Open one backup of each").click()
        admin.get_by_text("opened and is whole").wait_for()
        another = new_page(browser, server, watched, phone=phone)
        lose_passphrase(another, server, text_of(sheets[2], sheets[0]))
        sign_in(another, server, "grace", NEW_PASSWORD)
        heading(another, "What happened")
    with running(tmp_path / "another") as server:
        admin = new_page(browser, server, watched, phone=phone)
        choose_backup(admin, server, text_of(sheets[1], sheets[2]))
        bring_back(admin)
        sign_in(admin, server, "grace", THIRD)
        told = admin.get_by_text("the records were brought back from the backup of")
        told.wait_for()
        admin.get_by_role("button", name="I have read this").click()
        told.wait_for(state="detached")
        admin.reload()
        heading(admin, "What happened")
        expect(told).to_have_count(0)
        again = new_page(browser, server, watched, phone=phone)
        sign_in(again, server, "grace", THIRD)
        heading(again, "What happened")
        again.get_by_role("link", name="Notices", exact=True).wait_for()
        expect(again.get_by_text("the records were brought back")).to_have_count(0)
    assert watched.outside == []
    assert watched.complaints == []
