"""Driving the real thing: a server process of its own, Chromium, and the steps people take."""

from __future__ import annotations

import base64
import io
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import segno
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright

from ui.navigation import FOLDED_WORDS
from ui.reading import read_codes
from ui.setting_up.system_parts import find_browser

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
WAIT_MS = 15_000
PASSPHRASE = "mango river lantern quiet"
NEW_PASSWORD = "copper violin sunset 88"
BASIC_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def chromium() -> str | None:
    """The browser the tests use; None stands for Playwright's own, which fails loudly when there
    is none: a skipped journey proves nothing."""
    return find_browser()


def free_port() -> int:
    """A port nobody uses, with the one after it free as well."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        with socket.socket() as after:
            if after.connect_ex(("127.0.0.1", port + 1)):
                return port
    raise RuntimeError("no free port")


@dataclass
class Server:
    """A running MediLink and its address."""

    url: str
    data: Path
    process: subprocess.Popen[str]
    log: Path


@contextmanager
def running(
    data: Path, *arguments: str, verb: str = "serve", before: str = "", backups: bool = False
) -> Iterator[Server]:
    """MediLink in a process of its own, as `run.py` starts it, until the block ends. `before`:
    Python that the process runs first; `backups`: it makes them by itself."""
    port = free_port()
    log = data.parent / f"{data.name}-{port}.log"
    environment = os.environ | {
        "MEDILINK_KEYS": str(data.parent / "keys"),
        "MEDILINK_HASH_COST": "light",
        "MEDILINK_BACKUPS": "on" if backups else "off",
        "PYTHONPATH": str(ROOT),
    }
    start = f"import sys; from ui.commands.{verb} import main; sys.exit(main(sys.argv[1:]))"
    where = ["--data", str(data)] if verb == "serve" else []
    with log.open("w") as out:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"{before}\n{start}",
                *where,
                "--port",
                str(port),
                "--no-browser",
            ]
            + ["--host", "127.0.0.1", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
    server = Server(f"http://localhost:{port}", data, process, log)
    try:
        wait_until_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def wait_until_ready(server: Server) -> None:
    """Until /healthz answers."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        assert server.process.poll() is None, server.log.read_text()
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=2) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(server.log.read_text())


@dataclass
class Watched:
    """What a browser asked for and complained about."""

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page, url: str) -> Page:
        """Note every request that leaves this machine and every script error."""
        ours = (url, url.replace("http", "ws", 1), "data:", "blob:", "about:")
        page.on("request", lambda r: None if r.url.startswith(ours) else self.outside.append(r.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                self.complaints.append(said.text)
                if said.type == "error" and "Content Security Policy" in said.text
                else None
            ),
        )
        page.set_default_timeout(WAIT_MS)
        return page


def new_page(
    browser: Browser, server: Server, watched: Watched, *, phone: bool = False, language: str = "en"
) -> Page:
    """A browser of somebody's own: desktop, or a phone 360 px wide."""
    size = {"width": 360, "height": 740} if phone else {"width": 1100, "height": 900}
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        has_touch=phone,
        locale=language,
    )
    return watched.watch(context.new_page(), server.url)


def camera_browser(playwright: Playwright, film: Path) -> Browser:
    """Chromium whose camera shows a film."""
    return playwright.chromium.launch(
        executable_path=chromium(),
        args=[
            *BASIC_FLAGS,
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )


# ---- steps people take


def sheet_words(pdf: bytes) -> dict[int, str]:
    """The words of a recovery sheet, read back from its own QR code as a scanner would."""
    found = _largest_picture(pdf)
    [text] = read_codes(found)
    return dict(enumerate(text.split(), start=1))


def _largest_picture(pdf: bytes) -> bytes:
    """The QR picture in the PDF: ReportLab keeps it as a deflated RGB image."""
    best = b""
    for match in re.finditer(rb"/Height (\d+).*?/Width (\d+).*?stream\r?\n", pdf, re.DOTALL):
        height, width = int(match[1]), int(match[2])
        body = pdf[match.end() : pdf.index(b"endstream", match.end())]
        raw = zlib.decompress(base64.a85decode(body.strip().removesuffix(b"~>")))
        mode = {1: "L", 3: "RGB"}[len(raw) // (width * height)]
        out = io.BytesIO()
        Image.frombytes(mode, (width, height), raw).save(out, "PNG")
        best = out.getvalue()
    return best


def set_up_clinic(page: Page, server: Server, *, unattended: bool = True) -> None:
    """The three pages of set-up, ending at the sign-in."""
    page.goto(server.url)
    page.get_by_label("Clinic name").fill("Kisumu Clinic")
    page.get_by_label("Your name").fill("Grace Wafula")
    page.get_by_label("User name, for signing in").fill("grace")
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_label("Passphrase once more").fill(PASSPHRASE)
    page.get_by_role("button", name="Next: the recovery sheet").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the sheet").click()
    words = sheet_words(Path(download.value.path()).read_bytes())
    for box in page.locator("[id^=word]").all():
        box.fill(words[int((box.get_attribute("id") or "")[4:])])
    page.get_by_role("button", name="Next: how it unlocks").click()
    if unattended:
        page.get_by_label("By itself").check()
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def sign_in(page: Page, server: Server, user: str, password: str) -> None:
    """Name, password, enter."""
    page.goto(f"{server.url}/sign-in")
    page.get_by_label("User name or MediLink ID").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_in_first_time(page: Page, server: Server, user: str, slip: str, new: str) -> None:
    """With the password of the slip, which must be changed, and again with the new one."""
    sign_in(page, server, user, slip)
    page.get_by_label("Password until now").fill(slip)
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password once more").fill(new)
    page.get_by_role("button", name="Save the password").click()
    page.get_by_text("The new password is saved").wait_for()
    sign_in(page, server, user, new)


def heading(page: Page, name: str) -> None:
    """Wait until a page is there."""
    page.get_by_role("heading", name=name, exact=True).wait_for()


def go(page: Page, link: str, title: str) -> None:
    """Use the menu, and what is folded in it."""
    wanted = page.get_by_role("link", name=link, exact=True)
    for folded in FOLDED_WORDS.values():
        # The first one: pages below may have buttons that speak of the clinic too.
        group = page.get_by_role("button", name=folded).first
        wanted.or_(group).first.wait_for()
        if wanted.count():
            break
        group.click()
        page.get_by_test_id("stPopoverBody").get_by_role("link").first.wait_for()
        if not wanted.count():
            page.keyboard.press("Escape")
    wanted.click()
    heading(page, title)
    page.get_by_test_id("stPopoverBody").wait_for(state="detached")


def slip_line(page: Page, number: int) -> str:
    """A line of the slip that is shown once."""
    page.locator(".ml-slip").wait_for()
    return page.locator(".ml-slip dd").nth(number).inner_text()


def picture_of_qr(text: str) -> Image.Image:
    """A QR as somebody else's phone would show it."""
    out = io.BytesIO()
    segno.make_qr(text, error="M", boost_error=False).save(out, kind="png", scale=8, border=4)
    return Image.open(out)
