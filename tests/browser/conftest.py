"""One playwright for all journeys of a run, and a Chromium for each file of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.driving import BASIC_FLAGS, chromium


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, driving Chromium over its own pipe."""
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a camera. Pages a journey leaves open ask for their server for ever, and
    would slow down whatever comes after: they end with the file."""
    made = playwright.chromium.launch(executable_path=chromium(), args=BASIC_FLAGS)
    yield made
    made.close()
