"""Signing in, out, and choosing a password, as plain pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from medilink.acts.sign_in import change_password, log_sign_out, sign_in
from medilink.desk import Visitor
from medilink.errors import MediLinkError, TooManyTries
from ui.doors.drawing import draw, read_form
from ui.guard import COOKIE
from ui.house import House
from ui.sessions import Session
from ui.words import say


@dataclass(frozen=True, slots=True)
class Guest:
    """A sign-in offered on the page of a demonstration."""

    title: str
    user: str
    password: str


def visitor_of(request: Request) -> Visitor:
    """Where a request comes from."""
    ip = request.client.host if request.client else ""
    return Visitor("", ip, request.headers.get("user-agent", "")[:200])


def session_of(request: Request) -> Session | None:
    """The session the guard has found for a request."""
    found: Session | None = request.scope.get("state", {}).get("medilink_session")
    return found


def sign_in_routes(house: House, guests: tuple[Guest, ...] = ()) -> list[Route]:
    """Routes /sign-in, /sign-out, /new-password."""

    def page(request: Request, error: MediLinkError | None = None, **values: Any) -> Response:
        status = 429 if isinstance(error, TooManyTries) else 403 if error else 200
        shown: dict[str, Any] = {"user": "", "notice": "", "guests": guests} | values
        return draw(request, house, "sign_in.html", error=error, status=status, **shown)

    async def show(request: Request) -> Response:
        if session_of(request):
            return RedirectResponse("/", status_code=303)
        notices = {
            "out": say("You are signed out on every device."),
            "idle": say("You were away for a while, so we signed you out. Drafts are kept."),
            "password": say("The new password is saved. Sign in with it."),
        }
        return page(request, notice=notices.get(request.query_params.get("after", ""), ""))

    async def enter(request: Request) -> Response:
        form = await read_form(request)
        visitor = visitor_of(request)
        desk = house.desk(visitor=visitor)
        user = form.get("user", "")
        try:
            account = await run_in_threadpool(sign_in, desk, user, form.get("password", ""))
        except MediLinkError as error:
            return page(request, error, user=user[:80])
        cookie, session = house.sessions.begin(account, visitor.ip, visitor.agent)
        door = "/new-password" if session.account.must_change else "/"
        answer = RedirectResponse(door, status_code=303)
        answer.set_cookie(
            COOKIE,
            cookie,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path="/",
        )
        return answer

    async def leave(request: Request) -> Response:
        session = session_of(request)
        if session:
            await run_in_threadpool(log_sign_out, house.desk(session))
            house.sessions.end_all_of(session.account.id)
            await run_in_threadpool(house.keep_head_outside)
        answer = RedirectResponse("/sign-in?after=out", status_code=303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

    async def password_page(request: Request) -> Response:
        session = session_of(request)
        first = bool(session and session.account.must_change)
        return draw(request, house, "new_password.html", first=first)

    async def new_password(request: Request) -> Response:
        session = session_of(request)
        form = await read_form(request)
        if session is None:
            return RedirectResponse("/sign-in", status_code=303)
        new = form.get("new", "")
        try:
            await run_in_threadpool(
                change_password, house.desk(session), form.get("old", ""), new, form.get("again", "")
            )
            await run_in_threadpool(house.rewrap_passphrase, session.account.user_name, new)
        except MediLinkError as error:
            first = session.account.must_change
            return draw(request, house, "new_password.html", error=error, status=400, first=first)
        house.sessions.end_all_of(session.account.id)
        return RedirectResponse("/sign-in?after=password", status_code=303)

    return [
        Route("/sign-in", show, methods=["GET"]),
        Route("/sign-in", enter, methods=["POST"]),
        Route("/sign-out", leave, methods=["POST"]),
        Route("/new-password", password_page, methods=["GET"]),
        Route("/new-password", new_password, methods=["POST"]),
    ]
