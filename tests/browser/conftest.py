"""One playwright and one Chromium for all journeys of a run."""

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


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without a camera."""
    made = playwright.chromium.launch(executable_path=chromium(), args=BASIC_FLAGS)
    yield made
    made.close()
