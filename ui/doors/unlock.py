"""The one page of a locked store."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from medilink.errors import (
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
        if left > 0:
            raise TooManyTries(seconds=left // 1000 + 1)

    def count(self) -> None:
        self._wrong += 1
        wait = 1000 * 2 ** min(self._wrong, 9) if self._wrong > 2 else 0
        self._wait_until = self._now() + min(wait, 300_000)


def unlock_routes(house: House) -> list[Route]:
    """Route /unlock."""
    patience = Patience(house)

    def page(request: Request, error: MediLinkError | None = None, **values: Any) -> Response:
        if isinstance(error, StoreTrouble) and not isinstance(
            error, WrongPassphrase | WrongRecoveryWords
        ):
            heading = say("Do not work on") if isinstance(error, StoreRolledBack) else say("Stopped")
            return draw(
                request, house, "trouble.html", status=503, heading=heading, advice=say_error(error)
            )
        status = 403 if error else 200
        return draw(request, house, "unlock.html", error=error, status=status, **values)

    async def show(request: Request) -> Response:
        if house.state is not State.LOCKED:
            return RedirectResponse("/", status_code=303)
        return page(request, by_words=False)

    async def unlock(request: Request) -> Response:
        form = await read_form(request)
        words = form.get("words", "")
        async with patience.one_at_a_time:
            try:
                patience.check()
                if words:
                    await run_in_threadpool(house.unlock_with_words, words)
                else:
                    await run_in_threadpool(house.unlock, form.get("passphrase", ""))
            except MediLinkError as error:
                if isinstance(error, WrongPassphrase | WrongRecoveryWords):
                    patience.count()
                return page(request, error, by_words=bool(words))
        return RedirectResponse("/sign-in", status_code=303)

    return [
        Route("/unlock", show, methods=["GET"]),
        Route("/unlock", unlock, methods=["POST"]),
    ]
