"""Setting up the clinic, in three plain pages: clinic and administrator, recovery sheet, unlocking.

Only from the computer MediLink runs on, so that nobody else on the network can be faster. What is
typed stays in memory until the last step makes keys and store at once.
"""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from babel import Locale
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from exports.recovery_sheet import draw_recovery_sheet
from medilink.acts.set_up import ClinicForm, check_form
from medilink.errors import MediLinkError, SheetNotTaken, WordsWrong
from security.passwords import strength
from security.slots import new_recovery_words
from ui.doors.drawing import draw, read_form
from ui.house import House, State
from ui.words import languages, say, spoken

WORDS_ASKED = 3
_EMPTY = ClinicForm("", "KE", "en", "", "", "", "")


@dataclass(slots=True)
class Beginning:
    """A set-up in progress. One at a time: the last one started counts."""

    form: ClinicForm = _EMPTY
    words: tuple[str, ...] = ()
    asked: tuple[int, ...] = ()
    sheet_taken: bool = False
    sheet_read: bool = False
    typed: dict[int, str] = field(default_factory=dict)


@cache
def _countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).territories
    codes = [(code, str(name)) for code, name in names.items() if code.isalpha() and len(code) == 2]
    return sorted(codes, key=lambda pair: pair[1])


def from_this_computer(request: Request) -> bool:
    """Whether a request comes over the loopback interface."""
    try:
        return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


def set_up_routes(house: House) -> list[Route]:  # noqa: C901 one closure a page
    """Routes under /set-up."""
    current = [Beginning()]

    def refused(request: Request) -> Response | None:
        if house.state is not State.NO_CLINIC:
            return RedirectResponse("/", status_code=303)
        if not from_this_computer(request):
            return draw(request, house, "set_up_elsewhere.html", status=403)
        return None

    def clinic_page(request: Request, error: MediLinkError | None = None) -> Response:
        draw_values: dict[str, Any] = {
            "form": current[0].form,
            "countries": _countries(spoken()),
            "languages": list(languages().items()),
        }
        status = 400 if error else 200
        return draw(request, house, "set_up_clinic.html", error=error, status=status, **draw_values)

    async def show(request: Request) -> Response:
        return refused(request) or clinic_page(request)

    async def take_clinic(request: Request) -> Response:
        if no := refused(request):
            return no
        typed = await read_form(request)
        names = ClinicForm.__dataclass_fields__
        form = ClinicForm(**{name: typed.get(name, "") for name in names})
        try:
            form = await run_in_threadpool(check_form, form)
        except MediLinkError as error:
            current[0] = Beginning(form)
            return clinic_page(request, error)
        numbers = secrets.SystemRandom().sample(range(1, 25), WORDS_ASKED)
        current[0] = Beginning(form, new_recovery_words(), tuple(sorted(numbers)))
        return RedirectResponse("/set-up/sheet", status_code=303)

    def sheet_page(request: Request, error: MediLinkError | None = None) -> Response:
        begun = current[0]
        status = 400 if error else 200
        values = {"asked": begun.asked, "typed": begun.typed}
        return draw(request, house, "set_up_sheet.html", error=error, status=status, **values)

    async def show_sheet(request: Request) -> Response:
        if not current[0].words:
            return refused(request) or RedirectResponse("/set-up", status_code=303)
        return refused(request) or sheet_page(request)

    async def sheet(request: Request) -> Response:
        begun = current[0]
        if (no := refused(request)) or not begun.words:
            return no or RedirectResponse("/set-up", status_code=303)
        begun.sheet_taken = True
        made_on = house.clock().date()
        pdf = await run_in_threadpool(
            draw_recovery_sheet, begun.form.name, begun.words, made_on, say
        )
        name = 'attachment; filename="MediLink-recovery-sheet.pdf"'
        return Response(pdf, media_type="application/pdf", headers={"content-disposition": name})

    async def check_sheet(request: Request) -> Response:
        begun = current[0]
        if (no := refused(request)) or not begun.words:
            return no or RedirectResponse("/set-up", status_code=303)
        typed = await read_form(request)
        begun.typed = {n: typed.get(f"word{n}", "").strip().lower() for n in begun.asked}
        if not begun.sheet_taken:
            return sheet_page(request, SheetNotTaken())
        for number, word in begun.typed.items():
            if word != begun.words[number - 1]:
                return sheet_page(request, WordsWrong(number=number))
        begun.sheet_read = True
        return RedirectResponse("/set-up/unlocking", status_code=303)

    async def show_unlocking(request: Request) -> Response:
        if not current[0].sheet_read:
            return refused(request) or RedirectResponse("/set-up", status_code=303)
        return refused(request) or draw(request, house, "set_up_unlocking.html")

    async def finish(request: Request) -> Response:
        begun = current[0]
        if (no := refused(request)) or not begun.sheet_read:
            return no or RedirectResponse("/set-up", status_code=303)
        unattended = (await read_form(request)).get("unlocking") == "unattended"
        try:
            await run_in_threadpool(house.set_up, begun.form, begun.words, unattended=unattended)
        except MediLinkError as error:
            return draw(request, house, "set_up_unlocking.html", error=error, status=503)
        current[0] = Beginning()
        return RedirectResponse("/sign-in", status_code=303)

    async def back(request: Request) -> Response:
        return refused(request) or RedirectResponse("/set-up", status_code=303)

    async def judge(request: Request) -> Response:
        if no := refused(request):
            return no
        asked = await request.json()
        known = tuple(str(word)[:200] for word in asked.get("known", ())[:5])
        passphrase = str(asked.get("passphrase", ""))
        return JSONResponse({"strength": await run_in_threadpool(strength, passphrase, known)})

    return [
        Route("/set-up", show, methods=["GET"]),
        Route("/set-up", take_clinic, methods=["POST"]),
        Route("/set-up/sheet", show_sheet, methods=["GET"]),
        Route("/set-up/sheet", check_sheet, methods=["POST"]),
        Route("/set-up/sheet.pdf", sheet, methods=["GET"]),
        Route("/set-up/unlocking", show_unlocking, methods=["GET"]),
        Route("/set-up/unlocking", finish, methods=["POST"]),
        Route("/set-up/back", back, methods=["POST"]),
        Route("/set-up/strength", judge, methods=["POST"]),
    ]
