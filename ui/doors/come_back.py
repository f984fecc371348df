"""A clinic that had a laptop before: its backup, the recovery words, and everybody works again.

Beside "new clinic" on the first page, and like it only from the computer MediLink runs on. What is
typed stays in memory until it is done or given up.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from backup.format import Label
from backup.found import Found, backups_found, folders_to_look_in
from backup.looking import open_with_words
from medilink.acts.sign_in import check_new_password
from medilink.errors import BackupUnwritten, MediLinkError, Missing
from ui.coming_back import ComingBack, check_accepted, come_back, day_of, made_at
from ui.doors.drawing import draw, read_form
from ui.doors.set_up import Page, from_this_computer, only_for_new_clinics
from ui.house import House, State

log = logging.getLogger("medilink")
SHOWN = 40  # backups in the list: more are found by their path
TYPED = "typed"  # the choice of a path in place of one that was found


@dataclass(slots=True)
class Returning:
    """A return in progress. One at a time: the last one started counts."""

    file: Path
    words: str
    label: Label
    user_name: str = ""
    began: float = 0.0
    done: int = 0
    of: int = 0
    error: MediLinkError | None = None
    work: asyncio.Task[None] | None = field(default=None, repr=False)

    def progress(self, done: int, of: int) -> None:
        self.done, self.of = done, of

    @property
    def working(self) -> bool:
        return self.work is not None and not self.work.done()

    def seconds_left(self, now: float) -> int | None:
        """By how long it took until here; None while that says nothing, and for the checks at the
        end."""
        elapsed = now - self.began
        if not self.done or elapsed < 2 or self.done >= self.of:
            return None
        return round(elapsed * (self.of - self.done) / self.done)


class ComeBackDoor:
    """Routes under /set-up/backup."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._returning: Returning | None = None
        self._typed: dict[str, str] = {}

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
        return await self._files_page(request)

    async def _files_page(
        self, request: Request, error: MediLinkError | None = None, words: str = ""
    ) -> Response:
        folders = folders_to_look_in(self._house.config.data_dir)
        found = await run_in_threadpool(backups_found, folders)
        shown = {
            "found": [_about(one) for one in found[:SHOWN]],
            "chosen": self._typed.get("file", ""),
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
            file = Path(path).expanduser()
            label = await run_in_threadpool(open_with_words, file, words)
        except MediLinkError as error:
            return await self._files_page(request, error, words)
        self._returning = Returning(file, words, label)
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
            await run_in_threadpool(check_new_password, brought.passphrase, brought.again, known)
        except MediLinkError as error:
            return self._accept_page(request, begun, error)
        begun.error, begun.done, begun.of = None, 0, begun.label.says.pages
        begun.began = time.monotonic()
        begun.work = asyncio.create_task(run_in_threadpool(self._come_back, begun, brought))
        return _PROGRESS

    def _come_back(self, begun: Returning, brought: ComingBack) -> None:
        house = self._house
        try:
            come_back(house.config, brought, house.clock, begun.progress)
            house.unlock(brought.passphrase)
            begun.words = ""  # nobody needs them any more
        except MediLinkError as error:
            begun.error = error
        except OSError as trouble:
            log.warning("restore stopped: %s", type(trouble).__name__)
            why = trouble.strerror or "it cannot be reached"
            begun.error = BackupUnwritten(folder=house.config.data_dir, why=why)

    # ---- how far it is

    async def show_progress(self, request: Request) -> Response:
        """The page that waits."""
        begun = self._returning
        if begun is None:
            return _FILES
        if not begun.working:
            return RedirectResponse("/set-up/backup/accept", status_code=303)
        return draw(request, self._house, "come_back_progress.html", of=begun.of, done=begun.done)

    async def state(self, request: Request) -> Response:
        """How far it is, for the page that waits; also while the clinic is just opening."""
        begun = self._returning
        if begun is None or not from_this_computer(request):
            return Response(status_code=404)
        if begun.working:
            left = begun.seconds_left(time.monotonic())
            return JSONResponse({"done": begun.done, "of": begun.of, "left": left})
        if self._house.state is State.OPEN:
            self._returning = None
            return JSONResponse({"next": "/sign-in?after=restored"})
        return JSONResponse({"next": "/set-up/backup/accept"})


def _about(one: Found) -> dict[str, str]:
    """A backup that was found, as it stands in the list."""
    changed = datetime.fromtimestamp(one.changed, UTC)
    return {
        "path": str(one.path),
        "folder": str(one.path.parent),
        "day": f"{changed:%Y-%m-%d %H:%M}",
        "number": str(one.generation),
        "size": f"{one.size / 1e6:,.1f} MB",
    }


_FILES = RedirectResponse("/set-up/backup", status_code=303)
_PROGRESS = RedirectResponse("/set-up/backup/progress", status_code=303)
