"""Choosing the language before anybody has signed in: kept in a cookie of this browser."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ui.doors.drawing import read_form
from ui.words import LANGUAGE_COOKIE, languages

_BACK_TO = ("/sign-in", "/unlock", "/set-up")
A_YEAR_S = 365 * 24 * 3600


class LanguageDoor:
    """Route /language."""

    def routes(self) -> list[Route]:
        """For the app."""
        return [Route("/language", self.choose, methods=["POST"])]

    async def choose(self, request: Request) -> Response:
        """Keep the choice and show the page again."""
        form = await read_form(request)
        back, wanted = form.get("back", ""), form.get("to", "")
        answer = RedirectResponse(back if back in _BACK_TO else "/", status_code=303)
        if wanted in languages():
            answer.set_cookie(
                LANGUAGE_COOKIE, wanted, max_age=A_YEAR_S, samesite="strict", httponly=True,
                secure=request.url.scheme == "https", path="/",
            )  # fmt: skip
        return answer
