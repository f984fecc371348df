"""A moving code before a camera: shown by one page, caught by another, in a real browser."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page, Playwright, Response, expect

from medilink.carrying.frames import Catcher
from tests.browser.camera_film import moving_film_of
from tests.browser.driving import (
    Server,
    Watched,
    camera_browser,
    chromium,
    heading,
    new_page,
    running,
    sign_in,
)
from tests.browser.moving_pages import CATCHING, SHOWING, SHOWN
from tests.browser.test_accessible import findings
from tests.frame_pictures import picture_of
from ui.commands.demo import PASSWORD
from ui.parts.moving_qr import moving_frames
from ui.reading import read_codes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
CONTENT = Random(5).randbytes(10_000)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], object]:
    """A demonstration with one of the two pages."""
    folder = tmp_path_factory.mktemp("moving") / "demo"
    return lambda before: running(folder, "--patients", "3", verb="demo", before=before)


def scan_page(page: Page, server: Server) -> Page:
    sign_in(page, server, "joseph", PASSWORD)
    heading(page, "Find a patient")
    page.get_by_role("link", name="Scan a code", exact=True).click()
    heading(page, "Scan a code")
    return page


class Answers:
    """What the scanner's door answered, and when."""

    def __init__(self, page: Page) -> None:
        self.got: list[int] = []
        self.times: list[float] = []
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if "/scan/frame" in response.url and response.ok:
            self.times.append(time.monotonic())

    @property
    def rate(self) -> float:
        """Frames a second, without the first ones."""
        settled = self.times[3:]
        return (len(settled) - 1) / (settled[-1] - settled[0]) if len(settled) > 2 else 0.0


def test_ten_kilobytes_before_a_camera_arrive_whole(
    playwright: Playwright,
    demo: Callable[[str], Iterator[Server]],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    pictures = (picture_of(frame) for frame in moving_frames(CONTENT))
    film = moving_film_of(pictures, tmp_path / "moving.y4m")
    browser = camera_browser(playwright, film)
    try:
        with demo(CATCHING) as server:  # type: ignore[attr-defined]
            watched = Watched()
            page = scan_page(new_page(browser, server, watched, phone=True), server)
            answers = Answers(page)
            page.get_by_role("button", name="Start the camera").click()
            page.get_by_text("parts are here").wait_for()
            bar = page.get_by_role("progressbar", name="How many parts of the code are here")
            expect(bar).to_be_visible()
            page.get_by_text(f"Caught {hashlib.sha256(CONTENT).hexdigest()}").wait_for()
            expect(page.get_by_role("button", name="Start the camera")).to_be_visible()
            record_property("frames_a_second", round(answers.rate, 1))
            print(f"{answers.rate:.1f} frames a second, {len(answers.times)} frames")
            assert watched.complaints == []
    finally:
        browser.close()


@pytest.mark.parametrize("calm", [False, True], ids=["moving", "less-motion"])
def test_the_shown_frames_give_the_content_back(
    playwright: Playwright, demo: Callable[[str], Iterator[Server]], calm: bool
) -> None:
    launched = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
    motion = "reduce" if calm else "no-preference"
    try:
        with demo(SHOWING) as server:  # type: ignore[attr-defined]
            page = shown_page(launched, server, motion)
            catcher, canvas = Catcher(), page.locator("canvas")
            canvas.wait_for()
            end = time.monotonic() + 40
            while catcher.content is None and time.monotonic() < end:
                for text in read_codes(canvas.screenshot()):
                    catcher.take(text)
            assert catcher.content == SHOWN
            assert findings(page) == []
            box = canvas.bounding_box()
            assert box
            assert box["width"] <= 360
            page.get_by_role("button", name="Pause").click()
            paused = page.get_by_text("Paused at part")
            text = paused.inner_text()
            assert canvas.screenshot() == canvas.screenshot()
            assert paused.inner_text() == text
            page.get_by_role("button", name="Go on").click()
            expect(page.get_by_text("asks for less motion")).to_have_count(int(calm))
    finally:
        launched.close()


def shown_page(browser: Browser, server: Server, motion: str) -> Page:
    watched = Watched()
    page = new_page(browser, server, watched, phone=True)
    page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    return scan_page(page, server)
