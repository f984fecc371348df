"""Every page, for every role: no serious or critical finding of axe-core (WCAG 2.2 A and AA), every
control reached by Tab, no sideways scrolling at 360 px."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from medilink.people import Role
from tests.browser.driving import Server, Watched, heading, new_page, running, sign_in
from tests.browser.take_pictures import open_child, somebody
from ui.commands.demo import PASSWORD
from ui.navigation import PAGES
from ui.words import languages, read_catalogue

WANTED = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
GRAVE = {"serious", "critical"}
MOST_UNFOLDED = 6
# What Tab must reach: everything visible that can be worked.
CONTROLS = """() => [...document.querySelectorAll(
  'button, a[href], input:not([type=hidden]), textarea, select, summary, [role=tab], [role=radio]')]
  .filter(one => one.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})
    && !one.disabled && one.tabIndex >= 0 && one.getAttribute('aria-hidden') !== 'true'
    && !one.closest('[inert]'))
  .map(one => { one.dataset.number ??= String(window.numbered = (window.numbered ?? 0) + 1);
    const grouped = one.closest('[role=radiogroup], [data-testid=stButtonGroup]');
    const named = one.getAttribute('aria-label') || one.innerText || one.name || '';
    const kind = (grouped ? 'radio ' : '') + one.tagName;
    return [one.dataset.number, `${kind} ${named.slice(0, 40)}`]; })"""
HERE = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at?.dataset?.number ?? (at?.closest?.('[data-number]')?.dataset.number ?? null); }"""


# Notes every text the pages say, before any page has taken `say` for itself.
NOTE_TEXTS = """
import ui.words as words
asked = set()
def noting(text, **facts):
    if text not in asked:
        asked.add(text)
        with open({path!r}, "a", encoding="utf-8") as out:
            out.write(repr(text) + chr(10))
    return plain(text, **facts)
plain, words.say = words.say, noting
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("said") / "texts"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, said: Path) -> Iterator[Server]:
    folder, before = tmp_path_factory.mktemp("axe"), NOTE_TEXTS.format(path=str(said))
    with running(folder / "demo", verb="demo", before=before) as server:
        yield server


def findings(page: Page) -> list[str]:
    """Grave findings: rule, where, what is wrong."""
    found = Axe().run(page, options=WANTED).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:140]} {node['failureSummary'][:160]}"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"][:3]
    ]


def unreached(page: Page) -> list[str]:
    """Controls that no Tab comes to. In a group of radios or of buttons of which one is chosen,
    the arrows go on from the one that is reached (W3C APG, roving tabindex)."""
    controls = dict(page.evaluate(CONTROLS))
    page.evaluate("document.activeElement?.blur?.()")
    reached = set()
    for _ in range(len(controls) + 25):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(HERE))
    radios = {n for n, told in controls.items() if told.startswith("INPUT") or "radio" in told}
    return [told for number, told in controls.items() if number not in reached | radios]


def settle(page: Page) -> None:
    """Until Streamlit has drawn what it was asked for."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(300)


def check(page: Page, where: str, troubles: list[str]) -> None:
    settle(page)
    assert page.locator("[data-testid=stException]").count() == 0, where
    troubles += [f"{where}: {one}" for one in findings(page)]
    troubles += [f"{where}: not reached by Tab: {one}" for one in unreached(page)]
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        troubles.append(f"{where}: scrolls sideways")


def unfold(page: Page) -> None:
    """Open what is folded, one after the other: opening one may draw others anew."""
    folded = page.locator("[data-testid=stExpander] details:not([open]) > summary")
    for _ in range(MOST_UNFOLDED):
        settle(page)
        if not folded.count():
            return
        folded.first.click()
    settle(page)


def check_tabs(page: Page, where: str, troubles: list[str]) -> None:
    """Every tab of a page, unfolded."""
    for number in range(max(page.get_by_role("tab").count(), 1)):
        tab = page.get_by_role("tab").nth(number)
        named = where
        if tab.count():
            tab.click()
            named = f"{where}, {tab.inner_text()}"
            settle(page)
        unfold(page)
        check(page, named, troubles)


def open_patient(page: Page, server: Server) -> None:
    """Somebody on the desk, so that record, visit, measuring and emergency have a patient."""
    heading(page, "Find a patient")
    page.get_by_label("Name, MediLink ID, phone or birth date").fill(somebody(server))
    page.get_by_role("button", name="Open", exact=True).click()
    here = page.get_by_role("button", name="The patient is here for a visit")
    opened = page.get_by_role("button", name="New visit")
    here.or_(opened).wait_for()
    if here.is_visible():
        here.click()
    opened.wait_for()


def check_made_file(page: Page, server: Server, troubles: list[str]) -> None:
    """A file that was made and can be sent on, and what is said of one that is checked."""
    page.goto(f"{server.url}/take-along")
    page.get_by_role("button", name="Make the file").click()
    save = page.get_by_role("button", name="Save the file on this device")
    with page.expect_download() as made:
        save.click()
    check_tabs(page, "a made file", troubles)
    page.goto(f"{server.url}/check")
    content = Path(made.value.path()).read_bytes()
    for name, held in (("genuine", content), ("changed", content[:-9] + b"123456789")):
        page.locator("input[type=file]").set_input_files(
            {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": held}
        )
        page.get_by_test_id("stAlert").wait_for()
        check_tabs(page, f"a {name} document", troubles)
        page.reload()


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("role", "phone"),
    [
        (Role.PROVIDER, False),
        (Role.PROVIDER, True),
        (Role.PATIENT, True),
        (Role.ADMIN, False),
    ],
)
def test_every_page_of_a_role(browser: Browser, demo: Server, role: Role, phone: bool) -> None:
    page, troubles = new_page(browser, demo, Watched(), phone=phone), list[str]()
    user = {Role.PROVIDER: "amina", Role.ADMIN: "admin"}.get(role) or somebody(demo)
    sign_in(page, demo, user, PASSWORD)
    page.get_by_role("button", name="Sign out").wait_for()
    if role is Role.PROVIDER:
        open_patient(page, demo)
    for address, _, _, _ in PAGES[role]:
        page.goto(f"{demo.url}/{address}")
        page.get_by_role("button", name="Sign out").wait_for()
        settle(page)
        check_tabs(page, address, troubles)
    if role is Role.PROVIDER:
        page.goto(f"{demo.url}/")
        page.get_by_label("Name, MediLink ID, phone or birth date").fill("akinyi")
        page.get_by_role("button", name="Open", exact=True).first.click()
        page.get_by_role("dialog").wait_for()
        troubles += [f"the question why: {one}" for one in findings(page)]
        page.keyboard.press("Escape")
        page.goto(f"{demo.url}/profile")
        open_child(page)
        check_tabs(page, "a child", troubles)
    if role is Role.PATIENT:
        check_made_file(page, demo, troubles)
    assert not troubles, "\n".join(troubles)


def test_the_plain_pages(browser: Browser, demo: Server, tmp_path: Path) -> None:
    page, troubles = new_page(browser, demo, Watched(), phone=True), list[str]()
    page.goto(f"{demo.url}/sign-in")
    troubles += findings(page) + unreached(page)
    sign_in(page, demo, "amina", "wrong")
    troubles += findings(page)
    sign_in(page, demo, "amina", PASSWORD)
    page.get_by_role("button", name="Sign out").wait_for()
    page.goto(f"{demo.url}/new-password")
    troubles += findings(page) + unreached(page)
    with running(tmp_path / "clinic") as empty:
        for path in ("/", "/set-up/backup"):
            page.goto(f"{empty.url}{path}")
            troubles += findings(page) + unreached(page)
    elsewhere = new_page(browser, demo, Watched(), phone=True)
    elsewhere.goto(f"{demo.url}/recover")
    troubles += findings(elsewhere) + unreached(elsewhere)
    assert not troubles, "\n".join(troubles)


def test_every_text_the_pages_said_is_in_every_catalogue(demo: Server, said: Path) -> None:
    """After the walks above: what `say` was asked for, tables and all."""
    asked = {str(ast.literal_eval(line)) for line in said.read_text("utf-8").splitlines()}
    assert len(asked) > 300, "the walks above come first"
    for language in set(languages()) - {"en"}:
        known = read_catalogue(language)
        assert sorted(text for text in asked if text and known.get(text) is None) == []
