"""A one-time link made on one phone and opened on another, over the network's own TLS."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import WAIT_MS, Watched, go, heading, new_page, running, sign_in
from tests.browser.take_pictures import somebody
from ui.commands.demo import PASSWORD
from ui.reading import read_codes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
# This computer's loopback for the clinic's Wi-Fi.
WITH_LINK = """
import ui.addresses
ui.addresses.own_addresses = lambda: ["127.0.0.1"]
"""


def other_phone(browser: Browser) -> Page:
    """A phone that has never been here: it does not know the clinic's own certificate."""
    size = {"width": 360, "height": 740}
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        ignore_https_errors=True,
        locale="en",
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    return page


def no_sideways_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_file_goes_from_one_phone_to_another(browser: Browser, tmp_path: Path) -> None:
    watched = Watched()
    here = ["--patients", "3", "--host", "0.0.0.0"]  # noqa: S104 what the clinic's Wi-Fi needs
    with running(tmp_path / "demo", *here, verb="demo", before=WITH_LINK) as server:
        maker = new_page(browser, server, watched, phone=True)
        sign_in(maker, server, somebody(server), PASSWORD)
        heading(maker, "Share my record")
        maker.goto(f"{server.url}/take-along")
        heading(maker, "Take the record along")
        maker.get_by_role("button", name="Make the file").click()
        with maker.expect_download() as saved:
            maker.get_by_role("button", name="Save the file on this device").click()
        file = saved.value.path().read_bytes()
        maker.get_by_text("Send it to another device on this Wi-Fi").click()
        maker.get_by_role("button", name="Make a one-time link").click()
        shown = maker.locator(".ml-qr img").last
        shown.wait_for()
        [link] = read_codes(shown.screenshot())
        assert link is not None
        assert re.fullmatch(r"https://127\.0\.0\.1:\d+/take/[A-Za-z0-9_-]{43}", link)
        expect(maker.locator("code").last).to_have_text(link)
        assert no_sideways_scroll(maker)
        maker.screenshot(path=tmp_path / "maker.png", full_page=True)

        taker = other_phone(browser)
        taker.goto(link)
        taker.get_by_role("heading", name="A file is waiting for you").wait_for()
        assert no_sideways_scroll(taker)
        taker.screenshot(path=tmp_path / "taker.png")
        taker.get_by_role("button", name="Fetch the file").focus()
        with taker.expect_download() as download:
            taker.keyboard.press("Enter")
        assert download.value.suggested_filename == saved.value.suggested_filename
        assert Path(download.value.path()).read_bytes() == file
        taker.goto(link)
        taker.get_by_text("There is nothing to fetch here").wait_for()
        taker.screenshot(path=tmp_path / "over.png")

        maker.reload()
        go(maker, "Who looked", "Who looked at my record")
        maker.get_by_text("fetched the file of a one-time link").first.wait_for()
    assert watched.outside == []
    assert watched.complaints == []
