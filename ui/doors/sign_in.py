"""Signing in, out, and choosing a password, as plain pages."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from medilink.acts.sign_in import change_password, log_sign_out, sign_in
from medilink.desk import Desk, Visitor
from medilink.errors import DiskFull, MediLinkError, SlotsNotKept, TooManyTries
from medilink.people import Account, Role
from ui.doors.drawing import draw, read_form
from ui.guard import COOKIE
from ui.house import House
from ui.sessions import Session

log = logging.getLogger("medilink")


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


NOTICE_WORDS = {
    "out": "You are signed out on every device.",
    "idle": "You were away for a while, so you were signed out. What you typed is kept as a draft.",
    "replaced": "The records were replaced, so everybody was signed out. Sign in again.",
    "password": "The new password is saved. Sign in with it.",
    "passphrase": "The new passphrase is saved. Sign in with it.",
    "restored": "The records are back. Sign in; administrators with the new passphrase.",
}


GUEST_WORDS = ("Patient", "Doctor", "Administrator")  # of a demonstration


class SignInDoor:
    """Routes /sign-in, /sign-out, /new-password."""

    def __init__(self, house: House, guests: tuple[Guest, ...] = ()) -> None:
        self._house, self._guests = house, guests

    def routes(self) -> list[Route]:
        """For the app."""
        return [
            Route("/sign-in", self.show, methods=["GET"]),
            Route("/sign-in", self.enter, methods=["POST"]),
            Route("/sign-out", self.leave, methods=["POST"]),
            Route("/new-password", self.show_password, methods=["GET"]),
            Route("/new-password", self.change_password, methods=["POST"]),
        ]

    def _page(
        self, request: Request, error: MediLinkError | None = None, user: str = "", notice: str = ""
    ) -> Response:
        status = 429 if isinstance(error, TooManyTries) else 403 if error else 200
        shown = {"user": user, "notice": notice, "guests": self._guests}
        return draw(request, self._house, "sign_in.html", error=error, status=status, **shown)

    async def show(self, request: Request) -> Response:
        """The form; whoever is signed in goes on."""
        if session_of(request):
            return RedirectResponse("/", status_code=303)
        after = request.query_params.get("after", "")
        if after == "idle" and self._house.stood_still_lately:
            after = "replaced"
        return self._page(request, notice=NOTICE_WORDS.get(after, ""))

    async def enter(self, request: Request) -> Response:
        """Name and password are in: a session, or a sentence."""
        form, visitor = await read_form(request), visitor_of(request)
        user, desk = form.get("user", ""), self._house.desk(visitor=visitor)
        life = self._house.lives
        try:
            account = await run_in_threadpool(sign_in, desk, user, form.get("password", ""))
        except MediLinkError as error:
            return self._page(request, error, user=user[:80])
        await run_in_threadpool(
            self._keep_missing_passphrase, desk, account, form.get("password", ""), life
        )
        if self._house.lives != life:  # the name and password belong to the records of before
            return RedirectResponse("/sign-in?after=replaced", status_code=303)
        before = session_of(request)
        if before and before.account.id != account.id:
            self._house.sessions.end_all_of(before.account.id)
        cookie, session = self._house.sessions.begin(account, visitor.ip, visitor.agent)
        session.languages = request.headers.get("accept-language", "")
        answer = RedirectResponse("/new-password" if account.must_change else "/", status_code=303)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", secure=secure, path="/")
        return answer

    def _keep_missing_passphrase(
        self, desk: Desk, account: Account, password: str, life: int
    ) -> None:
        """A full disk must not keep an administrator from working: the next sign-in tries again."""
        if self._house.lives != life:
            return
        try:
            at_desk = desk.signed_in_as(account)
            self._house.unlockers.keep_missing_passphrase(at_desk, password)
        except (SlotsNotKept, DiskFull):
            log.warning("the key file could not be written at a sign-in")

    async def leave(self, request: Request) -> Response:
        """Sign out: every session of the account ends, on every device."""
        session = session_of(request)
        if session:
            await run_in_threadpool(log_sign_out, self._house.desk(session))
            self._house.sessions.end_all_of(session.account.id)
            await run_in_threadpool(self._house.keep_head_outside)
        answer = RedirectResponse("/sign-in?after=out", status_code=303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

    async def show_password(self, request: Request) -> Response:
        """The form for a new password."""
        return self._new_password_page(request)

    def _new_password_page(self, request: Request, error: MediLinkError | None = None) -> Response:
        session = session_of(request)
        who = session.account if session else None
        shown = {
            "first": bool(who and who.must_change),
            "unlocks": bool(who and Role.ADMIN in who.roles),
        }
        status, page = 400 if error else 200, "new_password.html"
        return draw(request, self._house, page, error=error, status=status, **shown)

    async def change_password(self, request: Request) -> Response:
        """A new password; an administrator's slot of the key file follows."""
        session, form = session_of(request), await read_form(request)
        if session is None:
            return RedirectResponse("/sign-in", status_code=303)
        desk, who = self._house.desk(session), session.account
        old, new, again = (form.get(name, "") for name in ("old", "new", "again"))
        try:
            await run_in_threadpool(change_password, desk, old, new, again)
            await run_in_threadpool(self._house.unlockers.keep_chosen, desk, new)
        except SlotsNotKept as error:
            self._house.sessions.end_all_of(who.id)
            return self._page(request, error)
        except MediLinkError as error:
            return self._new_password_page(request, error)
        self._house.sessions.end_all_of(who.id)
        return RedirectResponse("/sign-in?after=password", status_code=303)
