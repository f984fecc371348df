"""The one page of a locked store."""

from __future__ import annotations

import asyncio

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
    WrongRecoveryWords,
)
from ui.doors.drawing import draw, read_form
from ui.house import House, State
from ui.words import say, say_error

LOOK_AGAIN_S = "3"
LONGEST_WAIT_MS = 300_000
_MISTYPED = (WrongPassphrase, WrongRecoveryWords)


class Patience:
    """Wrong passphrases in a row: each makes the next try wait, for everybody."""

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


class UnlockDoor:
    """Route /unlock."""

    def __init__(self, house: House) -> None:
        self._house, self._patience = house, Patience(house)

    def routes(self) -> list[Route]:
        """For the app."""
        return [
            Route("/unlock", self.show, methods=["GET"]),
            Route("/unlock", self.unlock, methods=["POST"]),
        ]

    def _page(
        self, request: Request, error: MediLinkError | None = None, *, by_words: bool = False
    ) -> Response:
        if isinstance(error, StoreTrouble) and not isinstance(error, _MISTYPED):
            tampered = isinstance(error, StoreRolledBack | LogUnguarded)
            heading = say("Do not work on") if tampered else say("Stopped")
            return draw(
                request,
                self._house,
                "trouble.html",
                status=503,
                heading=heading,
                advice=say_error(error),
                alarm=tampered,
            )
        status = 403 if error else 200
        return draw(
            request, self._house, "unlock.html", error=error, status=status, by_words=by_words
        )

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
        words = form.get("words", "")
        async with self._patience.one_at_a_time:
            try:
                self._patience.check()
                if words:
                    await run_in_threadpool(self._house.unlock_with_words, words)
                else:
                    await run_in_threadpool(self._house.unlock, form.get("passphrase", ""))
            except MediLinkError as error:
                if isinstance(error, _MISTYPED):
                    self._patience.count()
                return self._page(request, error, by_words=bool(words))
        return RedirectResponse("/sign-in", status_code=303)
