"""A nurse with a queue at the door: from the name to saved measurements with the keyboard alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driving import Watched, heading, new_page, running
from tests.browser.take_pictures import somebody
from ui.commands.demo import PASSWORD
from ui.words import read_catalogue

MOST_GROUPS, MOST_LOADS = 12, 2
# What is measured of an adult, in the order of the form.
MEASURED = ("37.2", "84", "18", "97", "124", "82", "61.5", "164")


@dataclass
class Hands:
    """Two hands on a keyboard. A group is a text typed or a run of other keys pressed."""

    page: Page
    groups: list[str] = field(default_factory=list)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text, delay=8)
        self.groups.append(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.groups.append(" ".join(keys))

    def type_and_go_on(self, text: str) -> None:
        """A value and Tab, as hands type it: one group."""
        self.page.keyboard.type(text, delay=8)
        self.page.keyboard.press("Tab")
        self.groups.append(f"{text} Tab")

    def go_to(self, name: str) -> None:
        """Tab until a button is reached, then Enter: one group."""
        for _ in range(40):
            self.page.keyboard.press("Tab")
            if name in (self.page.evaluate("document.activeElement.innerText") or ""):
                self.page.keyboard.press("Enter")
                self.groups.append(f"Tab… {name}")
                return
        raise AssertionError(f"no way to {name} by keyboard")


def note(loads: list[str], page: str) -> None:
    """A page come to; a change of the address behind the question mark is none."""
    if page != (loads or ["/"])[-1]:
        loads.append(page)


@pytest.mark.parametrize("language", ["en", "sw"])
def test_a_nurse_saves_measurements_in_twelve_keystroke_groups(
    tmp_path: Path, browser: Browser, language: str
) -> None:
    def said(text: str) -> str:
        found = read_catalogue(language).get(text)
        return str(found.string) if found else text

    with running(tmp_path / "demo", verb="demo") as server:
        page = new_page(browser, server, Watched(), language=language)
        loads: list[str] = []
        page.goto(f"{server.url}/sign-in")
        page.locator("#user").fill("joseph")
        page.locator("#password").fill(PASSWORD)
        page.keyboard.press("Enter")
        heading(page, said("Find a patient"))
        page.on("framenavigated", lambda frame: note(loads, urlsplit(frame.url).path))
        search = page.get_by_label(said("Name, MediLink ID, phone or birth date"))
        expect(search).to_be_focused()
        hands = Hands(page)
        hands.type(somebody(server))
        expect(page.get_by_role("button", name=said("Measure"))).to_be_visible()
        hands.go_to(said("Measure"))
        page.get_by_role("dialog").wait_for()
        hands.go_to(said("The patient is here for a visit"))
        expect(page.get_by_label(said("Temperature"))).to_be_focused()
        for value in MEASURED:
            hands.type_and_go_on(value)
        hands.press("Alt+s")
        page.get_by_text(said("The measurements are saved.")).wait_for()
        heading(page, said("Find a patient"))
        print(f"{len(hands.groups)} keystroke groups, {len(loads)} page loads: {hands.groups}")
        assert len(hands.groups) <= MOST_GROUPS
        assert len(loads) <= MOST_LOADS
        expect(search).to_be_focused()
        search.fill(somebody(server))
        page.get_by_role("button", name=said("Open"), exact=True).click()
        for shown in ("37.2 °C", "124/82 mmHg", "61.5 kg"):
            page.get_by_text(shown).first.wait_for()
