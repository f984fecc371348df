"""Setting up the clinic, in three plain pages: clinic and administrator, recovery sheet, unlocking.

Only from the computer MediLink runs on, so that nobody else on the network can be faster. What is
typed stays in memory until the last step makes keys and store at once.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache

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
from ui.doors.drawing import LONGEST_FIELD, choose_language, draw, read_form
from ui.house import House, State
from ui.words import languages, say

WORDS_ASKED = 3
Page = Callable[[Request], Awaitable[Response]]
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


def only_for_new_clinics(house: House, page: Page) -> Page:
    """The page, while there is no clinic and for somebody at this computer."""

    async def guarded(request: Request) -> Response:
        if house.state is not State.NO_CLINIC:
            return RedirectResponse("/", status_code=303)
        if not from_this_computer(request):
            return draw(request, house, "set_up_elsewhere.html", status=403)
        return await page(request)

    return guarded


class SetUpDoor:
    """Routes under /set-up. `done`: what happens once there is a clinic."""

    def __init__(self, house: House, done: Callable[[], None]) -> None:
        self._house, self._begun, self._done = house, Beginning(), done

    def routes(self) -> list[Route]:
        """For the app."""
        pages = (
            ("/set-up", self.show, "GET"),
            ("/set-up", self.take_clinic, "POST"),
            ("/set-up/sheet", self.show_sheet, "GET"),
            ("/set-up/sheet", self.check_sheet, "POST"),
            ("/set-up/sheet.pdf", self.sheet, "GET"),
            ("/set-up/unlocking", self.show_unlocking, "GET"),
            ("/set-up/unlocking", self.finish, "POST"),
            ("/set-up/strength", self.judge, "POST"),
        )
        return [
            Route(path, only_for_new_clinics(self._house, page), methods=[how])
            for path, page, how in pages
        ]

    # ---- step 1: clinic and administrator

    def _clinic_page(self, request: Request, error: MediLinkError | None = None) -> Response:
        shown = {
            "form": self._begun.form,
            "countries": _countries(choose_language(request, self._house)),
            "spoken_here": list(languages().items()),
        }
        status = 400 if error else 200
        return draw(request, self._house, "set_up_clinic.html", error=error, status=status, **shown)

    async def show(self, request: Request) -> Response:
        """The first page."""
        return self._clinic_page(request)

    async def take_clinic(self, request: Request) -> Response:
        """Clinic and administrator are typed: new recovery words, and which will be asked for."""
        typed = await read_form(request)
        form = ClinicForm(**{name: typed.get(name, "") for name in _FIELDS})
        try:
            form = await run_in_threadpool(check_form, form)
        except MediLinkError as error:
            self._begun = Beginning(form)
            return self._clinic_page(request, error)
        numbers = secrets.SystemRandom().sample(range(1, 25), WORDS_ASKED)
        self._begun = Beginning(form, new_recovery_words(), tuple(sorted(numbers)))
        return RedirectResponse("/set-up/sheet", status_code=303)

    async def judge(self, request: Request) -> Response:
        """How strong a passphrase is, 0 to 4, while it is typed."""
        asked = json.loads((await request.body())[:LONGEST_FIELD])
        known = tuple(str(word)[:200] for word in asked.get("known", ())[:5])
        passphrase = str(asked.get("passphrase", ""))
        return JSONResponse({"strength": await run_in_threadpool(strength, passphrase, known)})

    # ---- step 2: recovery sheet

    def _sheet_page(self, request: Request, error: MediLinkError | None = None) -> Response:
        shown = {"asked": self._begun.asked, "typed": self._begun.typed}
        status = 400 if error else 200
        return draw(request, self._house, "set_up_sheet.html", error=error, status=status, **shown)

    async def show_sheet(self, request: Request) -> Response:
        """The second page."""
        return self._sheet_page(request) if self._begun.words else _FROM_THE_START

    async def sheet(self, request: Request) -> Response:  # noqa: ARG002 every page takes it
        """The sheet itself."""
        begun = self._begun
        if not begun.words:
            return _FROM_THE_START
        begun.sheet_taken = True
        made_on = self._house.clock().date()
        pdf = await run_in_threadpool(
            draw_recovery_sheet, begun.form.name, begun.words, made_on, say
        )
        name = 'attachment; filename="MediLink-recovery-sheet.pdf"'
        return Response(pdf, media_type="application/pdf", headers={"content-disposition": name})

    async def check_sheet(self, request: Request) -> Response:
        """Words typed back from the sheet show that it can be read."""
        begun, typed = self._begun, await read_form(request)
        if not begun.words:
            return _FROM_THE_START
        begun.typed = {n: typed.get(f"word{n}", "").strip().lower() for n in begun.asked}
        if not begun.sheet_taken:
            return self._sheet_page(request, SheetNotTaken())
        for number, word in begun.typed.items():
            if word != begun.words[number - 1]:
                return self._sheet_page(request, WordsWrong(number=number))
        begun.sheet_read = True
        return RedirectResponse("/set-up/unlocking", status_code=303)

    # ---- step 3: how it unlocks

    async def show_unlocking(self, request: Request) -> Response:
        """The third page."""
        if not self._begun.sheet_read:
            return _FROM_THE_START
        return draw(request, self._house, "set_up_unlocking.html")

    async def finish(self, request: Request) -> Response:
        """Make keys, store, clinic and administrator at once."""
        begun, typed = self._begun, await read_form(request)
        if not begun.sheet_read:
            return _FROM_THE_START
        unattended = typed.get("unlocking") == "unattended"
        try:
            await run_in_threadpool(
                self._house.set_up, begun.form, begun.words, unattended=unattended
            )
        except MediLinkError as error:
            return draw(request, self._house, "set_up_unlocking.html", error=error, status=503)
        self._begun = Beginning()
        self._done()
        return RedirectResponse("/sign-in", status_code=303)


_FIELDS = tuple(ClinicForm.__dataclass_fields__)
_FROM_THE_START = RedirectResponse("/set-up", status_code=303)
