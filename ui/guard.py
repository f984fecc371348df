"""The guard in front of everything: HTTP and WebSocket alike, before any page sees a request.

Denies by default. A request goes through when its host is one of ours and either its path is public
in the house's present state or its cookie belongs to a live session. Identity reaches the pages
only through headers this guard sets itself; whatever came in under those names is thrown away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.house import House, State
from ui.sessions import Session

COOKIE = "medilink"
SESSION_HEADER = "x-medilink-session"
REFERRER = "referrer-policy"
_OUR_HEADERS = (b"x-medilink-",)
CLOSE_NOT_SIGNED_IN = 4401

# Plain pages, reachable in each state without a session.
ALWAYS_PUBLIC = ("/healthz", "/assets/", "/favicon.ico", "/language")
PUBLIC: dict[State, tuple[str, ...]] = {
    State.NO_CLINIC: ("/set-up",),
    State.LOCKED: ("/unlock", "/recover", "/set-up/backup/state"),
    State.OPEN: ("/sign-in", "/recover", "/set-up/backup/state", "/take/", "/.well-known/"),
}
FRONT_DOOR = {State.NO_CLINIC: "/set-up", State.LOCKED: "/unlock", State.OPEN: "/sign-in"}
# What somebody with a first password may reach until it is changed.
CHANGE_FIRST = ("/new-password", "/sign-out")
LARGEST_FORM_BYTES = 8 * 1024 * 1024
LARGEST_UPLOAD_BYTES = 201 * 1024 * 1024


def security_headers(script_hashes: Iterable[str], *, secure: bool) -> dict[str, str]:
    """What every answer carries. Scripts and pictures come from this machine and nowhere else."""
    scripts = " ".join(["'self'", "blob:", "'wasm-unsafe-eval'", *script_hashes])
    policy = "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "connect-src 'self' ws: wss:" if not secure else "connect-src 'self' wss:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        REFERRER: "same-origin",  # with no-referrer, browsers send Origin: null
        "permissions-policy": "camera=(self), microphone=(), geolocation=()",
        "cross-origin-opener-policy": "same-origin",
    }


class Guard:
    """Pure ASGI middleware around the whole app."""

    def __init__(
        self,
        app: ASGIApp,
        house: House,
        hosts: Callable[[], frozenset[str]],
        script_hashes: tuple[str, ...],
    ) -> None:
        self._app, self._house, self._hosts = app, house, hosts
        self._script_hashes = script_hashes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        session = self._session(headers)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, headers, session)
        else:
            await self._http(scope, receive, send, headers, session)

    def _session(self, headers: Headers) -> Session | None:
        if self._house.state is not State.OPEN:
            return None
        return self._house.sessions.by_cookie(read_cookie(headers))

    def _ours(self, headers: Headers) -> bool:
        return host_name(headers.get("host", "")) in self._hosts()

    # ---- HTTP

    async def _http(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        headers: Headers,
        session: Session | None,
    ) -> None:
        send = self._with_headers(scope, send)
        refusal = self._refusal(scope, headers, session)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if session and not scope["path"].startswith("/_stcore/health"):
            if scope["method"] == "POST":
                self._house.sessions.touch(session)
        limited = _limit_body(receive, LARGEST_UPLOAD_BYTES if session else LARGEST_FORM_BYTES)
        await self._app(_with_identity(scope, session), limited, send)

    def _refusal(self, scope: Scope, headers: Headers, session: Session | None) -> Response | None:
        path, state = scope["path"], self._house.state
        if not self._ours(headers):
            return PlainTextResponse("This is not an address of MediLink.", status_code=400)
        if not _same_site(scope, headers):
            return PlainTextResponse("This request came from another site.", status_code=403)
        public = (*ALWAYS_PUBLIC, *PUBLIC[state])
        if any(path == way or path.startswith(_folder(way)) for way in public):
            return None
        if session is None:
            return _turn_away(headers, FRONT_DOOR[state])
        if session.account.must_change and path not in CHANGE_FIRST:
            return _turn_away(headers, "/new-password")
        return None

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        extra = security_headers(self._script_hashes, secure=scope["scheme"] == "https")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                stricter = headers.get(REFERRER, extra[REFERRER])  # a door may ask for more
                for name, value in extra.items():
                    headers[name] = value
                headers[REFERRER] = stricter
                if not scope["path"].startswith(("/static/", "/assets/")):
                    headers["cache-control"] = "no-store"
            await send(message)

        return sending

    # ---- WebSocket

    async def _websocket(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        headers: Headers,
        session: Session | None,
    ) -> None:
        allowed = session and not session.account.must_change and self._ours(headers)
        if not allowed or session is None or not _same_site(scope, headers):
            await receive()
            await send({"type": "websocket.close", "code": CLOSE_NOT_SIGNED_IN})
            return
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()

        def end() -> None:
            loop.call_soon_threadsafe(ended.set)

        session.on_end.add(end)
        try:
            watched = _until_ended(receive, ended, lambda: self._house.sessions.touch(session))
            await self._app(_with_identity(scope, session), watched, _closing(send, ended))
        finally:
            session.on_end.discard(end)


def _until_ended(
    receive: Receive, ended: asyncio.Event, touched: Callable[[], None]
) -> Callable[[], Awaitable[Message]]:
    """What the browser sends, until the session ends: then the connection is closed."""

    async def receiving() -> Message:
        incoming = asyncio.ensure_future(receive())
        ending = asyncio.ensure_future(ended.wait())
        await asyncio.wait({incoming, ending}, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if ended.is_set():
            incoming.cancel()
            return {"type": "websocket.disconnect", "code": CLOSE_NOT_SIGNED_IN}
        message = incoming.result()
        if message["type"] == "websocket.receive":
            touched()
        return message

    return receiving


def _closing(send: Send, ended: asyncio.Event) -> Send:
    """Say why when the server ends a connection: 4401 makes the page go to the sign-in."""

    async def sending(message: Message) -> None:
        if ended.is_set() and message["type"] == "websocket.close":
            message = {**message, "code": CLOSE_NOT_SIGNED_IN}
        await send(message)

    return sending


# ---- small rules


def read_cookie(headers: Headers) -> str:
    """The session cookie of a request; empty when there is none."""
    try:
        cookies: SimpleCookie = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def host_name(host: str) -> str:
    """The name in a Host header, without port: `[::1]:8600` → `::1`."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


def _same_site(scope: Scope, headers: Headers) -> bool:
    """Whether a request that changes something comes from our own pages."""
    reading = scope["type"] == "http" and scope["method"] in ("GET", "HEAD", "OPTIONS")
    origin = headers.get("origin")
    if reading or origin is None:
        fetched = headers.get("sec-fetch-site", "same-origin")
        return reading or fetched in ("same-origin", "none")
    return origin.partition("://")[2].lower() == headers.get("host", "").lower()


def _folder(path: str) -> str:
    return path if path.endswith("/") else path + "/"


def _turn_away(headers: Headers, door: str) -> Response:
    if "text/html" in headers.get("accept", ""):
        return RedirectResponse(door, status_code=303)
    return JSONResponse({"error": "not signed in"}, status_code=401)


def _with_identity(scope: Scope, session: Session | None) -> Scope:
    """The request with our identity header and nobody else's."""
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if not name.lower().startswith(_OUR_HEADERS)
    ]
    if session:
        kept.append((SESSION_HEADER.encode(), session.name.encode()))
    state: dict[str, Any] = {**scope.get("state", {}), "medilink_session": session}
    return {**scope, "headers": kept, "state": state}


def _limit_body(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            return {"type": "http.disconnect"}
        return message

    return receiving
