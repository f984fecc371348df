"""Where the file of a one-time link is fetched: a plain page without scripts, for any phone.

Opening the page uses nothing up, because messengers open every link they see; the button does. It
says nothing of whom the file is about or what it is. Unknown, used and expired links are told in
the same sentence.
"""

from __future__ import annotations

import threading
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from medilink.acts.one_time_link import fetch_by_link, look_at_link
from medilink.acts.sign_in import must_wait, wait_after
from medilink.errors import LinkOver, MediLinkError, TooManyTries
from ui.doors.drawing import draw
from ui.doors.sign_in import visitor_of
from ui.guard import REFERRER
from ui.house import House

MOST_ADDRESSES = 1_000  # that are remembered for wrong links; the oldest is forgotten first
# A page that is left names at most where it was, never the token. With no-referrer browsers would
# send Origin: null with the button, which the guard refuses.
_PAGE = {REFERRER: "strict-origin"}
_FILE = {REFERRER: "no-referrer", "cache-control": "no-store"}


class _Patience:
    """Wrong links by address: from the fourth in a row on, the next has to wait. No token can be
    guessed; but nobody should keep the laptop busy trying."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._wrong: dict[str, tuple[int, int]] = {}  # address → how many, until when
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        """Raises TooManyTries."""
        now = self._now()
        with self._lock:
            _, until = self._wrong.get(address, (0, 0))
        if must_wait(now, until):
            raise TooManyTries(seconds=(until - now) // 1000 + 1)

    def count(self, address: str) -> None:
        """Another wrong one."""
        with self._lock:
            wrong = self._wrong.pop(address, (0, 0))[0] + 1
            self._wrong[address] = wrong, self._now() + wait_after(wrong)
            if len(self._wrong) > MOST_ADDRESSES:
                del self._wrong[next(iter(self._wrong))]

    def forget(self, address: str) -> None:
        """A right one."""
        with self._lock:
            self._wrong.pop(address, None)

    def _now(self) -> int:
        return int(self._house.clock().timestamp() * 1000)


class OneTimeDoor:
    """Route /take/<token>."""

    def __init__(self, house: House) -> None:
        self._house, self._patience = house, _Patience(house)

    def routes(self) -> list[Route]:
        """For the app."""
        return [
            Route("/take/{token}", self.show, methods=["GET"]),
            Route("/take/{token}", self.fetch, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """That something waits, and a button."""
        return await run_in_threadpool(self._show, request)

    async def fetch(self, request: Request) -> Response:
        """The file, once."""
        return await run_in_threadpool(self._fetch, request)

    def _show(self, request: Request) -> Response:
        visitor = visitor_of(request)
        try:
            self._patience.check(visitor.ip)
            desk = self._house.desk(visitor=visitor)
            look_at_link(desk, self._house.shelf, request.path_params["token"])
        except (LinkOver, TooManyTries) as refused:
            return self._refused(request, refused)
        return self._page(request)

    def _fetch(self, request: Request) -> Response:
        visitor = visitor_of(request)
        try:
            self._patience.check(visitor.ip)
            desk = self._house.desk(visitor=visitor)
            file = fetch_by_link(desk, self._house.shelf, request.path_params["token"])
        except (LinkOver, TooManyTries) as refused:
            return self._refused(request, refused)
        self._patience.forget(visitor.ip)
        called = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        headers = {**_FILE, "content-disposition": called}
        return Response(file.content, media_type=file.media, headers=headers)

    def _refused(self, request: Request, error: MediLinkError) -> Response:
        if isinstance(error, LinkOver):
            self._patience.count(visitor_of(request).ip)
        return self._page(request, error)

    def _page(self, request: Request, error: MediLinkError | None = None) -> Response:
        status = 200 if error is None else 429 if isinstance(error, TooManyTries) else 404
        page = draw(request, self._house, "take.html", error=error, status=status)
        page.headers.update(_PAGE)
        return page
