"""The one page of a locked store."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from medilink.errors import (
    LogUnguarded,
    MediLinkError,
    StoreRolledBack,
    StoreTrouble,
    TooManyTries,
    WrongPassphrase,
)
from ui.doors.drawing import draw, read_form
from ui.house import House, State
from ui.words import say, say_error

LOOK_AGAIN_S = "3"
LONGEST_WAIT_MS = 300_000


class Patience:
    """Wrong passphrases and words in a row: each makes the next try wait, for everybody."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._wrong = 0
        self._wait_until = 0
        self.one_at_a_time = asyncio.Lock()

    def _now(self) -> int:
        return int(self._house.clock().timestamp() * 1000)

    def check(self) -> None:
        """Raises TooManyTries."""
        left = self._wait_until - self._now()
        if 0 < left <= LONGEST_WAIT_MS:  # longer: the clock was set back since
            raise TooManyTries(seconds=left // 1000 + 1)

    def count(self) -> None:
        self._wrong += 1
        wait = 1000 * 2 ** min(self._wrong, 9) if self._wrong > 2 else 0
        self._wait_until = self._now() + min(wait, LONGEST_WAIT_MS)


def draw_trouble(request: Request, house: House, error: MediLinkError) -> Response:
    """Why the store cannot be opened, whatever is typed."""
    tampered = isinstance(error, StoreRolledBack | LogUnguarded)
    heading = say("Do not work on") if tampered else say("Stopped")
    shown: dict[str, Any] = {"heading": heading, "advice": say_error(error), "alarm": tampered}
    return draw(request, house, "trouble.html", status=503, **shown)


class UnlockDoor:
    """Route /unlock."""

    def __init__(self, house: House, patience: Patience) -> None:
        self._house, self._patience = house, patience

    def routes(self) -> list[Route]:
        """For the app."""
        return [
            Route("/unlock", self.show, methods=["GET"]),
            Route("/unlock", self.unlock, methods=["POST"]),
        ]

    def _page(self, request: Request, error: MediLinkError | None = None) -> Response:
        if isinstance(error, StoreTrouble) and not isinstance(error, WrongPassphrase):
            return draw_trouble(request, self._house, error)
        status = 403 if error else 200
        return draw(request, self._house, "unlock.html", error=error, status=status)

    def _wait(self, request: Request) -> Response:
        """Not locked: other records are being put in place. The page looks again by itself."""
        page = draw(
            request,
            self._house,
            "trouble.html",
            status=503,
            heading=say("One moment"),
            advice=say("The records are being replaced. This page goes on by itself."),
            alarm=False,
        )
        page.headers["Refresh"] = LOOK_AGAIN_S
        return page

    async def show(self, request: Request) -> Response:
        """The form; why a start by itself failed is said first."""
        if self._house.state is not State.LOCKED:
            return RedirectResponse("/", status_code=303)
        if self._house.stands_still:
            return self._wait(request)
        return self._page(request, self._house.trouble)

    async def unlock(self, request: Request) -> Response:
        """A passphrase or the words of the sheet. One try at a time, whoever makes it."""
        if self._house.stands_still:
            return self._wait(request)
        form = await read_form(request)
        async with self._patience.one_at_a_time:
            try:
                self._patience.check()
                await run_in_threadpool(self._house.unlock, form.get("passphrase", ""))
            except MediLinkError as error:
                if isinstance(error, WrongPassphrase):
                    self._patience.count()
                return self._page(request, error)
        return RedirectResponse("/sign-in", status_code=303)
