"""An administrator at the log: looks for something, keeps the filter, checks, hands it out, makes a
report of it."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Error, Page, expect
from pypdf import PdfReader

from tests.browser.driving import Watched, go, heading, new_page, running, sign_in
from tests.browser.take_pictures import take_break_glass
from tests.browser.test_accessible import settle
from ui.commands.demo import PASSWORD

TRIES, MENU_MS = 4, 4_000


def kept(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def choose(page: Page, label: str, option: str) -> None:
    """Once the page stands still: a menu closes when the page is drawn anew under it."""
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(TRIES):
        settle(page)
        page.get_by_role("combobox", name=re.compile(label)).press("ArrowDown")
        with suppress(Error):
            wanted.click(timeout=MENU_MS)
            return
    raise AssertionError(f"{label} does not offer {option}")


def unfold(page: Page, title: str) -> None:
    """It folds again when the page is drawn anew under it."""
    titled = page.get_by_text(title, exact=True)
    summary = page.locator("[data-testid=stExpander] summary").filter(has=titled)
    for _ in range(TRIES):
        settle(page)
        summary.click()
        settle(page)
        if summary.evaluate("one => one.parentElement.open"):
            return
    raise AssertionError(f"{title} stays folded")


def only_refusals(page: Page) -> None:
    """Every entry that is listed was refused."""
    page.locator(".ml-log li:not(.refused)").first.wait_for(state="detached")
    page.locator(".ml-log li.refused").first.wait_for()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "360px"])
def test_an_administrator_works_with_the_log(tmp_path: Path, browser: Browser, phone: bool) -> None:
    watched = Watched()
    with running(tmp_path / "demo", verb="demo") as server:
        take_break_glass(browser, server)
        stranger = new_page(browser, server, watched)
        sign_in(stranger, server, "amina", "wrong password")
        stranger.locator(".error").wait_for()
        page = new_page(browser, server, watched, phone=phone)
        sign_in(page, server, "admin", PASSWORD)
        heading(page, "What happened")
        look_for_refusals(page)
        entries_say_everything(page)
        take_a_table(page)
        check_the_log(page)
        hand_the_log_out(page, tmp_path)
        expect_old_entries(page)
        make_a_report(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert watched.outside == []
    assert watched.complaints == []


def look_for_refusals(page: Page) -> None:
    """Refused entries alone; the filter is kept, survives a reload, and can be used again."""
    unfold(page, "Filter")
    choose(page, "Outcome", "Refused")
    only_refusals(page)
    unfold(page, "Saved filters")
    page.get_by_label("Name of the filter").fill("Refusals")
    page.get_by_role("button", name="Save this filter").click()
    page.get_by_text("The filter is saved.").wait_for()
    page.reload()
    heading(page, "What happened")
    only_refusals(page)
    page.get_by_text("Shown: 7 days · Refused").wait_for()
    unfold(page, "Filter")
    choose(page, "Outcome", "Done")
    page.locator(".ml-log li:not(.refused)").first.wait_for()
    unfold(page, "Saved filters")
    page.get_by_role("button", name="Use", exact=True).click()
    only_refusals(page)
    choose(page, "When", "From – to")
    page.get_by_role("spinbutton", name="year, From").press_sequentially("20260101")
    page.keyboard.press("Escape")
    page.get_by_text("Shown: 1 Jan 2026 – … · Refused").wait_for()
    only_refusals(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Use", exact=True)).to_have_count(0)


def entries_say_everything(page: Page) -> None:
    tried = page.locator(".ml-log li").filter(has_text="signed in").first
    tried.locator("summary").click()
    for said in ("Time (UTC)", "Browser", "Network address", "127.0.0.1", "Refused"):
        expect(tried.get_by_text(said).first).to_be_visible()


def take_a_table(page: Page) -> None:
    page.get_by_role("button", name="Make a table of all it finds (CSV)").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("Save the table")).click()
    rows = list(csv.DictReader(io.StringIO(kept(download.value).decode("utf-8-sig"))))
    assert rows
    assert {row["Outcome"] for row in rows} == {"Refused"}


def check_the_log(page: Page) -> None:
    """Whole; agrees with the line that was noted; a false line is found out."""
    page.get_by_role("tab", name="Is it whole?").click()
    page.get_by_role("button", name="Check that the log is whole").click()
    page.get_by_text(re.compile("^Whole: ")).wait_for()
    line = page.locator("[data-testid=stCode] code").inner_text()
    assert len(line.split()) == 7
    unfold(page, "Compare with receipts")
    box = page.get_by_label("Receipts: a number and six words")
    box.fill(line)
    box.press("Control+Enter")
    page.get_by_role("button", name="Check that the log is whole").click()
    page.get_by_text("It agrees with 1 receipt.").wait_for()
    number, *words = line.split()
    box.fill(" ".join([number, *reversed(words)]))
    box.press("Control+Enter")
    page.get_by_role("button", name="Check that the log is whole").click()
    page.get_by_text("the log was rewritten after a receipt was given").wait_for()
    page.get_by_text("compare every typed receipt word by word").wait_for()


def hand_the_log_out(page: Page, folder: Path) -> None:
    """The file proves itself with nothing but the checker in it."""
    page.get_by_role("tab", name="Hand out").click()
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the file on this device").click()
    out = folder / "inspector"
    zipfile.ZipFile(io.BytesIO(kept(download.value))).extractall(out)
    assert b"Grace" not in (out / "log.jsonl").read_bytes(), "no names unless they are asked for"
    command = [sys.executable, "-I", "check_log.py", "log.jsonl"]
    found = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, ""), found


def expect_old_entries(page: Page) -> None:
    page.get_by_role("tab", name="Old entries").click()
    page.get_by_text("Nothing is old enough to be archived yet.").wait_for()
    page.get_by_text("Somebody of the staff").click()
    choose(page, "Who", "Amina Otieno (doctor)")
    page.get_by_label("Reason").fill("Asked for it in writing")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Erase personal details …").click()
    page.get_by_role("dialog").get_by_text("so does every proof").wait_for()
    page.get_by_role("button", name="Erase for ever").click()
    page.get_by_text("There is nothing to erase yet").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def make_a_report(page: Page) -> None:
    go(page, "Reports", "Reports")
    choose(page, "Month", page_month(page))
    page.get_by_role("button", name="Make the report").click()
    page.get_by_role("button", name="Save as PDF").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PDF").click()
    pages = PdfReader(io.BytesIO(kept(download.value))).pages
    text = " ".join(" ".join(one.extract_text() for one in pages).split())
    assert f"page 1 of {len(pages)}" in text
    for said in ("Report of", "Whole:", "Opened in this time: 1", "No backup has been made yet"):
        assert said in text
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as table (CSV)").click()
    rows = list(csv.reader(io.StringIO(kept(download.value).decode("utf-8-sig"))))
    assert ["Failed attempts, by account", "What", "Role", "Who", "Number"] in rows
    assert any("Amina Otieno (doctor)" in row for row in rows)


def page_month(page: Page) -> str:
    """This month as the page writes it: the newest that is offered."""
    settle(page)
    page.get_by_role("combobox", name=re.compile("Month")).press("ArrowDown")
    name = page.get_by_role("option").first.inner_text()
    page.keyboard.press("Escape")
    return name
