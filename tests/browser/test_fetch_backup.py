"""A lost laptop, a recovery sheet, and a backup that lies on another computer or in a store on the
internet: fetched on the first page of a fresh install, and everybody works again."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from backup.kept import name_of
from tests.backup.dripping import Line, dripping
from tests.backup.s3_server import KEY_ID, SECRET, s3_store
from tests.backup.sftp_server import PASSWORD, USER, another_computer
from tests.backup.standing_here import Here, close_all
from tests.backup.test_restoring import Laptop
from tests.browser.driving import Server, Watched, heading, new_page, running, sign_in
from tests.browser.test_keys import THIRD, bring_back

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def photograph(page: Page, name: str) -> None:
    folder = os.environ.get("MEDILINK_SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@pytest.fixture
def lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    """The laptop that was lost; nothing is plugged into the new one."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    here = Here(Laptop(tmp_path / "lost"))
    here.register("Achieng")
    return here


def words_and_day(page: Page, server: Server, words: str, kind: str) -> None:
    """From the fetched file to the sign-in."""
    expect(page.get_by_role("radio").first).to_be_checked(timeout=60_000)
    photograph(page, f"{kind}-4-here")
    page.get_by_label("The words of the recovery sheet, in order").fill(words)
    page.get_by_role("button", name="Next: what is in it").click()
    page.get_by_text("The words open it").wait_for()
    expect(page.get_by_label("User name of an administrator")).to_have_value("grace")
    photograph(page, f"{kind}-5-accept")
    bring_back(page)
    sign_in(page, server, "grace", THIRD)
    heading(page, "What happened")


def test_from_another_computer_on_a_desktop(browser: Browser, tmp_path: Path, lost: Here) -> None:
    file = lost.back_up()
    close_all()
    watched = Watched()
    with another_computer(tmp_path / "far") as computer, running(tmp_path / "new") as server:
        (computer.root / file.name).write_bytes(file.read_bytes())
        page = new_page(browser, server, watched)
        page.goto(server.url)
        page.get_by_role("link", name="I have a backup").click()
        page.get_by_text("No backup was found").wait_for()
        photograph(page, "sftp-1-none")
        page.get_by_role("link", name="from another computer (SFTP)").click()
        page.get_by_label("Address of the computer").fill("127.0.0.1")
        page.get_by_label("Port").fill(str(computer.port))
        page.get_by_label("User name there").fill(USER)
        page.get_by_label("Folder there").fill("/")
        page.get_by_label("Password there").fill("a wrong guess")
        photograph(page, "sftp-2-where")
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("answers with this key").wait_for()
        photograph(page, "sftp-2-key")
        assert computer.said_passwords == []
        page.get_by_role("button", name="Yes, that is it").click()
        page.get_by_text("did not let MediLink in").wait_for()
        photograph(page, "sftp-2-refused")
        page.get_by_label("Password there").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("button", name="Yes, that is it").click()
        page.get_by_text("number 1").wait_for()
        photograph(page, "sftp-3-there")
        page.get_by_role("button", name="Bring it to this computer first").click()
        words_and_day(page, server, lost.laptop.words, "sftp")
        page.context.close()
    assert not watched.complaints
    assert not watched.outside
    for path in (tmp_path / "new").rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes(), path


def ask_store(page: Page, server: Server, line: Line) -> None:
    page.goto(f"{server.url}/set-up/backup/store")
    for label, typed in {
        "Address of the store": f"http://127.0.0.1:{line.port}",
        "Bucket": "clinic",
        "Access key": KEY_ID,
        "Secret of the access key": SECRET,
    }.items():
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_role("button", name="Go on").click(no_wait_after=True)


def test_ctrl_c_while_a_store_is_still_asked(browser: Browser, tmp_path: Path) -> None:
    with (
        s3_store() as store,
        dripping(store.server.server_port) as line,
        running(tmp_path / "new") as server,
    ):
        line.drips.set()
        page = new_page(browser, server, Watched())
        ask_store(page, server, line)
        while not line.dripped:
            assert server.process.poll() is None
            page.wait_for_timeout(50)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == 0
        assert "Traceback" not in server.log.read_text()
        page.context.close()


def test_stopped_on_the_page_and_by_ctrl_c(browser: Browser, tmp_path: Path, lost: Here) -> None:
    file = lost.back_up()
    close_all()
    watched = Watched()
    with (
        s3_store() as store,
        dripping(store.server.server_port) as line,
        running(tmp_path / "new") as server,
    ):
        store.objects[f"/clinic/{file.name}"] = file.read_bytes()
        page = new_page(browser, server, watched, phone=True)
        ask_store(page, server, line)
        page.get_by_text("number 1").wait_for()
        line.drips.set()
        page.get_by_role("button", name="Bring it to this computer first").click()
        expect(page.get_by_role("status")).to_have_text("Waiting for the first part of it …")
        photograph(page, "stop-1-waiting")
        page.set_viewport_size({"width": 1100, "height": 900})
        photograph(page, "stop-1-waiting-wide")
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("It was stopped.").wait_for()
        photograph(page, "stop-2-stopped")
        page.get_by_role("button", name="Bring it to this computer first").click()
        expect(page.get_by_role("status")).to_have_text("Waiting for the first part of it …")
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) == 0
        assert "Traceback" not in server.log.read_text()
        page.context.close()
    assert not watched.complaints
    assert list((tmp_path / "new" / "backups").iterdir()) == []


def test_from_a_store_on_the_internet_on_a_phone_sized_window(
    browser: Browser, tmp_path: Path, lost: Here
) -> None:
    file = lost.back_up()
    close_all()
    watched = Watched()
    with s3_store() as store, running(tmp_path / "new") as server:
        for number in (1, 2, 3):  # others of an earlier life lie there too
            name = file.name if number == 1 else name_of("0" * 32, number)
            store.objects[f"/clinic/{name}"] = file.read_bytes()
        page = new_page(browser, server, watched, phone=True)
        page.goto(server.url)
        page.get_by_role("link", name="I have a backup").click()
        photograph(page, "s3-1-none")
        page.get_by_role("link", name="from a store on the internet (S3)").click()
        for label, typed in {
            "Address of the store": store.endpoint,
            "Bucket": "clinic",
            "Access key": KEY_ID,
            "Secret of the access key": SECRET,
        }.items():
            page.get_by_label(label, exact=True).fill(typed)
        photograph(page, "s3-2-where")
        page.get_by_role("button", name="Go on").click()
        page.get_by_text("number 3").wait_for()
        photograph(page, "s3-3-there")
        page.get_by_text("number 1").click()
        page.get_by_role("button", name="Bring it to this computer first").click()
        words_and_day(page, server, lost.laptop.words, "s3")
        page.context.close()
    assert not watched.complaints
