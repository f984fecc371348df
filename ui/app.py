"""Putting it together: Streamlit's app, the plain routes, and the guard in front of both."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import hashlib
import logging
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import streamlit as st
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Lifespan
from streamlit import config as streamlit_config

from medilink.acts.credentials import remind_of_credentials
from medilink.acts.log_upkeep import archive_old_entries
from medilink.acts.one_time_link import end_old_links
from medilink.acts.read_visiting import erase_ended
from medilink.acts.report import keep_monthly_report
from medilink.acts.sign_in import log_sign_out
from medilink.acts.unusual import look_through_when_due
from medilink.audit import Act
from medilink.config import Config
from medilink.errors import MediLinkError
from ui.addresses import own_addresses
from ui.doors.come_back import ComeBackDoor
from ui.doors.health import health_routes
from ui.doors.language import LanguageDoor
from ui.doors.one_time import OneTimeDoor
from ui.doors.published import published_routes
from ui.doors.recover import RecoverDoor
from ui.doors.scanner import scanner_routes
from ui.doors.set_up import SetUpDoor
from ui.doors.sign_in import Guest, SignInDoor
from ui.doors.unlock import Patience, UnlockDoor
from ui.guard import SESSION_HEADER, Guard
from ui.house import MEDILINK_ITSELF, House, State
from ui.parts.desk import language_here
from ui.report_folder import is_there, put_reports
from ui.rounds import OwnRounds
from ui.unforeseen import log_unforeseen
from ui.words import find_language_by

log = logging.getLogger("medilink")
_HERE = Path(__file__).parent
SWEEP_SECONDS = 20

STREAMLIT_SETTINGS: dict[str, object] = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.xsrfCookieSameSite": "strict",
    "server.maxUploadSize": 200,
    "server.disconnectedSessionTTL": 30,
    "server.enableStaticServing": False,
    "server.trustedUserHeaders": {SESSION_HEADER: "session"},
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,  # gc.freeze below instead: a rerun in 10 ms, not 40
    "logger.level": "warning",
    "theme.base": "light",
    "theme.primaryColor": "#0b5d6b",
    "theme.backgroundColor": "#ffffff",
    "theme.secondaryBackgroundColor": "#eef3f3",
    "theme.textColor": "#16262b",
    "theme.linkColor": "#0b5d6b",
    "theme.baseFontSize": 17,
    "theme.font": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
}


def set_streamlit() -> None:
    """Give Streamlit MediLink's settings, over any file or habit of this computer."""
    streamlit_config.get_config_options(
        force_reparse=True, options_from_flags=dict(STREAMLIT_SETTINGS)
    )


def build_app(
    house: House, guests: tuple[Guest, ...] = (), pages: ASGIApp | None = None
) -> ASGIApp:
    """The whole application: guard, plain doors, and behind them the pages (Streamlit's app)."""
    streamlit_app = None
    if pages is None:
        set_streamlit()
        pages = streamlit_app = st.App(_HERE / "script.py", on_script_error=log_script_error)
    find_language_by(language_here)
    patience, come_back = Patience(house), ComeBackDoor(house)
    routes = [
        *health_routes(house),
        *SetUpDoor(house, come_back.end_fetching).routes(),
        *come_back.routes(),
        *UnlockDoor(house, patience).routes(),
        *RecoverDoor(house, patience).routes(),
        *SignInDoor(house, guests).routes(),
        *LanguageDoor().routes(),
        *scanner_routes(house),
        *published_routes(house),
        *OneTimeDoor(house).routes(),
        *(Route(f"/{first}", _home) for first in FIRST_PAGES),
        Mount("/assets", StaticFiles(directory=_HERE / "assets")),
        Mount("/", pages),
    ]
    app = Starlette(routes=routes, lifespan=_lifespan(house, streamlit_app, come_back))
    index = Path(st.__file__).parent / "static" / "index.html"
    return Guard(app, house, _live_hosts(house.config), inline_script_hashes(index))


FIRST_PAGES = ("find", "share", "log")


async def _home(_request: Request) -> RedirectResponse:
    """The first page of a role stands at / alone; Streamlit knows no second address for it."""
    return RedirectResponse("/", status_code=303)


def log_script_error(error: Exception) -> bool:
    """Streamlit has shown its own sentence; the log gets the place."""
    log_unforeseen(error)
    return False


def inline_script_hashes(index: Path) -> tuple[str, ...]:
    """CSP hashes of the inline scripts of Streamlit's own page; they change with its version."""
    scripts = re.findall(r"<script>(.*?)</script>", index.read_text("utf-8"), re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def own_hosts(config: Config) -> frozenset[str]:
    """The names a browser may call us by; a foreign name in a request is DNS rebinding."""
    name = socket.gethostname().lower()
    more = os.environ.get("MEDILINK_HOSTNAMES", "").lower().split(",")
    hosts = {"localhost", "127.0.0.1", "::1", name, f"{name}.local", config.host, *own_addresses()}
    return frozenset(hosts | {extra.strip() for extra in more if extra.strip()})


def _live_hosts(config: Config) -> Callable[[], frozenset[str]]:
    """Our names, looked up again after a while: the Wi-Fi may have given a new address."""
    known: list[tuple[float, frozenset[str]]] = []

    def hosts() -> frozenset[str]:
        now = time.monotonic()
        if not known or now - known[0][0] > SWEEP_SECONDS:
            known[:] = [(now, own_hosts(config))]
        return known[0][1]

    return hosts


def _lifespan(
    house: House, streamlit_app: st.App | None, come_back: ComeBackDoor
) -> Lifespan[Starlette]:
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            if streamlit_app is not None:
                await stack.enter_async_context(streamlit_app.lifespan()(app))
            # Streamlit's reruns otherwise pay for collecting 100,000 import-time objects.
            gc.collect()
            gc.freeze()
            sweeper = asyncio.create_task(_sweep(house))
            yield
            await come_back.close()
            sweeper.cancel()
        await run_in_threadpool(house.close)

    return lifespan


async def _sweep(house: House) -> None:
    """End idle sessions, note the head of the log and ask for a backup, every few seconds."""
    rounds = OwnRounds(house)
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        if house.state is not State.OPEN:
            continue
        try:
            await run_in_threadpool(sweep_once, house)
            if house.config.own_backups:
                await run_in_threadpool(rounds.ask)
        except (OSError, MediLinkError) as trouble:  # a full disk: the next round tries again
            log.warning("housekeeping put off: %s", type(trouble).__name__)


def sweep_once(house: House) -> None:
    """One round of housekeeping."""
    for session in house.sessions.end_idle():
        log_sign_out(house.desk(session), "idle")
    desk = house.desk()
    desk.store.grants.expire(desk.now, audit=desk.event(Act.EXPIRE))
    erase_ended(desk)
    end_old_links(desk, house.shelf)
    desk.waiting.forget_old(desk.now)
    if not desk.doubted:
        remind_of_credentials(desk)
        look_through_when_due(desk.signed_in_as(MEDILINK_ITSELF))
    archive_old_entries(desk)
    house.keep_head_outside()
    itself = desk.signed_in_as(MEDILINK_ITSELF)
    if keep_monthly_report(itself, house.outside_head()):
        house.keep_head_outside()
    folder = desk.clinic.report_folder
    if folder and is_there(Path(folder)):
        put_reports(itself, Path(folder))
