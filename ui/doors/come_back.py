"""A clinic that had a laptop before: its backup, the recovery words, and everybody works again.

Beside "new clinic" on the first page, and like it only from the computer MediLink runs on. What is
typed stays in memory until it is done or given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from backup.format import Label
from backup.found import Found, backups_found, folders_to_look_in
from backup.looking import open_with_words
from medilink.acts.sign_in import check_new_password
from medilink.errors import MediLinkError, Missing
from ui.coming_back import ComingBack, check_accepted, check_known_then, come_back, day_of, made_at
from ui.doors.drawing import draw, read_form
from ui.doors.fetch_backup import FetchDoor
from ui.doors.set_up import Page, from_this_computer, only_for_new_clinics
from ui.doors.waiting import Waiting
from ui.house import House, State
from ui.utc_words import utc_words
from ui.words import say

SHOWN = 40  # backups in the list: more are found by their path
TYPED = "typed"  # the choice of a path in place of one that was found


@dataclass(slots=True)
class Returning(Waiting):
    """A return in progress. One at a time: the last one started counts."""

    file: Path
    words: str = field(repr=False)
    label: Label
    user_name: str = ""


class ComeBackDoor:
    """Routes under /set-up/backup."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._returning: Returning | None = None
        self._typed: dict[str, str] = {}
        self._fetching = FetchDoor(house, self._choose)

    def _choose(self, file: Path) -> None:
        """One that was fetched: the words are typed next."""
        self._typed = {"file": str(file.resolve())}

    def end_fetching(self) -> None:
        """There is a clinic now."""
        self._fetching.end()

    async def close(self) -> None:
        """MediLink is being closed."""
        await self._fetching.close()

    def routes(self) -> list[Route]:
        """For the app."""
        pages: tuple[tuple[str, Page, str], ...] = (
            ("/set-up/backup", self.show, "GET"),
            ("/set-up/backup", self.take_file, "POST"),
            ("/set-up/backup/accept", self.show_accept, "GET"),
            ("/set-up/backup/accept", self.accept, "POST"),
            ("/set-up/backup/progress", self.show_progress, "GET"),
        )
        return [
            Route("/set-up/backup/state", self.state, methods=["GET"]),
            *self._fetching.routes(),
            *(
                Route(path, only_for_new_clinics(self._house, page), methods=[how])
                for path, page, how in pages
            ),
        ]

    # ---- which backup, and what opens it

    async def show(self, request: Request) -> Response:
        """What was found, and where the words are typed."""
        if self._returning and self._returning.working:
            return _PROGRESS
        self._fetching.give_up()
        return await self._files_page(request)

    async def _files_page(
        self, request: Request, error: MediLinkError | None = None, words: str = ""
    ) -> Response:
        folders = folders_to_look_in(self._house.config.data_dir)
        found = await run_in_threadpool(backups_found, folders)
        chosen = self._typed.get("file", "")
        shown = {
            "found": [_about(one) for one in _shown(found, chosen)],
            "chosen": chosen,
            "path": self._typed.get("path", ""),
            "words": words,
        }
        status = 400 if error else 200
        return draw(
            request, self._house, "come_back_file.html", error=error, status=status, **shown
        )

    async def take_file(self, request: Request) -> Response:
        """The words open the backup that was chosen, or it is said what is wrong."""
        if self._returning and self._returning.working:
            return _PROGRESS
        form = await read_form(request)
        self._typed = {"file": form.get("file", ""), "path": form.get("path", "").strip()}
        chosen = self._typed["file"]
        path = self._typed["path"] if chosen in ("", TYPED) else chosen
        words = form.get("words", "")
        try:
            if not path:
                raise Missing(field="Backup")
            file = Path(path).expanduser().resolve()
            label = await run_in_threadpool(open_with_words, file, words)
        except MediLinkError as error:
            return await self._files_page(request, error, words)
        self._returning = Returning(file=file, words=words, label=label)
        return RedirectResponse("/set-up/backup/accept", status_code=303)

    # ---- what is in it, and who unlocks from now on

    def _accept_page(
        self, request: Request, begun: Returning, error: MediLinkError | None = None
    ) -> Response:
        says = begun.label.says
        shown = {
            "clinic_named": says.clinic,
            "made": f"{made_at(begun.label):%Y-%m-%d %H:%M} UTC",
            "day": day_of(begun.label),
            "patients": f"{says.patients:,}",
            "user_name": begun.user_name,
            "administrators": begun.label.administrators,
        }
        status, page = 400 if error else 200, "come_back_accept.html"
        return draw(request, self._house, page, error=error, status=status, **shown)

    async def show_accept(self, request: Request) -> Response:
        """What the backup holds; what went wrong the time before stands on top."""
        begun = self._returning
        if begun is None:
            return _FILES
        if begun.working:
            return _PROGRESS
        if begun.work is not None:
            begun.work.result()  # what nobody has foreseen is told like everywhere else
        return self._accept_page(request, begun, begun.error)

    async def accept(self, request: Request) -> Response:
        """The day is typed, the passphrase chosen: the work begins."""
        begun, form = self._returning, await read_form(request)
        if begun is None:
            return _FILES
        if begun.working:
            return _PROGRESS
        begun.user_name = form.get("user_name", "").strip()
        brought = ComingBack(
            begun.file,
            begun.words,
            begun.user_name,
            form.get("new", ""),
            form.get("again", ""),
            form.get("day", "").strip(),
        )
        known = (begun.label.says.clinic, begun.user_name)
        try:
            check_accepted(begun.label, brought.accepted)
            check_known_then(begun.label, brought.user_name)
            await run_in_threadpool(check_new_password, brought.passphrase, brought.again, known)
        except MediLinkError as error:
            return self._accept_page(request, begun, error)
        begun.begin(
            lambda: self._come_back(begun, brought),
            begun.label.says.pages,
            self._house.config.data_dir,
        )
        return _PROGRESS

    def _come_back(self, begun: Returning, brought: ComingBack) -> None:
        house = self._house
        come_back(house.config, brought, house.clock, begun.progress)
        house.unlock(brought.passphrase)
        begun.words = ""  # nobody needs them any more

    # ---- how far it is

    async def show_progress(self, request: Request) -> Response:
        """The page that waits."""
        begun = self._returning
        if begun is None:
            return _FILES
        if not begun.working:
            return RedirectResponse("/set-up/backup/accept", status_code=303)
        page = "come_back_progress.html"
        return draw(request, self._house, page, of=begun.of, done=begun.done, fetching=False)

    async def state(self, request: Request) -> Response:
        """How far it is, for the page that waits; also while the clinic is just opening."""
        begun = self._returning
        if begun is None or not from_this_computer(request):
            return Response(status_code=404)
        if begun.working:
            return JSONResponse(begun.as_state())
        if self._house.state is State.OPEN:
            self._returning = None
            return JSONResponse({"next": "/sign-in?after=restored"})
        return JSONResponse({"next": "/set-up/backup/accept"})


def _shown(found: Sequence[Found], chosen: str) -> list[Found]:
    """The newest; what was chosen or just fetched before all, however old it is."""
    first = [one for one in found if str(one.path) == chosen]
    return [*first, *(one for one in found if one not in first)][:SHOWN]


def _about(one: Found) -> dict[str, str]:
    """A backup that was found, as it stands in the list."""
    return {
        "path": str(one.path),
        "folder": str(one.path.parent),
        "day": utc_words(one.changed * 1000) or say("day not known"),
        "number": str(one.generation),
        "size": f"{one.size / 1e6:,.1f} MB",
    }


_FILES = RedirectResponse("/set-up/backup", status_code=303)
_PROGRESS = RedirectResponse("/set-up/backup/progress", status_code=303)
