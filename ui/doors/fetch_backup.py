"""A backup fetched from another computer or a store on the internet, before there is a clinic.

What is typed to get in there is kept in memory until the backup is here or it is given up, and
nowhere else. Like everything before there is a clinic, only from the computer MediLink runs on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from backup.chosen import bucket_at, computer_at, far_place_of
from backup.fetching import Lying, backups_lying, bring_here, reaching
from backup.patience import BOUNDS, Bounded, heard
from backup.sftp import Address, fingerprint
from backup.typed import REGION, host_key_words, typed_address, typed_bucket
from medilink.backup_places import ChosenPlace
from medilink.errors import FetchStopped, MediLinkError, Missing
from ui.doors.drawing import draw, read_form
from ui.doors.set_up import Page, from_this_computer, only_for_new_clinics
from ui.doors.waiting import Waiting
from ui.house import House
from ui.utc_words import utc_words
from ui.words import say

COMPUTER, STORE = "computer", "store"
STOP_S = 2 * BOUNDS.farewell
SHOWN = 200  # of one place: half a year of daily ones
# What stands in the fields at first. A password or key is never written into a page.
_SHOWN = {"host": "", "port": "22", "user": "", "folder": "",
          "endpoint": "", "bucket": "", "region": REGION, "key_id": ""}  # fmt: skip


@dataclass(slots=True)
class Fetching(Waiting):
    """A far place that was named. `address`: another computer whose key is being looked at;
    `place`: it let us in; `lying`: what lies there."""

    kind: str
    typed: dict[str, str] = field(repr=False)
    address: Address | None = None
    place: Bounded | None = field(default=None, repr=False)
    name: str = ""
    lying: list[Lying] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def called_off(self) -> FetchStopped | None:
        """For whoever waits for that place."""
        return FetchStopped() if self.stopped.is_set() else None

    async def reach(self, look: Callable[[], None]) -> None:
        """`look` there in a thread, which hears of it when MediLink is closed meanwhile. Raises
        FetchStopped, or what `look` raises."""
        try:
            await run_in_threadpool(look)
        except asyncio.CancelledError as closing:
            self.stopped.set()
            raise FetchStopped from closing

    async def ended(self) -> None:
        """Once it was stopped: until it is over."""
        if self.work:
            await asyncio.wait({self.work}, timeout=STOP_S)

    def forget(self) -> None:
        """How one gets in there."""
        self.address = self.place = None
        self.typed = {}


class FetchDoor:
    """Routes under /set-up/backup. `chosen` is told of the file that is here."""

    def __init__(self, house: House, chosen: Callable[[Path], None]) -> None:
        self._house, self._chosen = house, chosen
        self._fetching: Fetching | None = None

    def routes(self) -> list[Route]:
        """For the app."""
        pages: tuple[tuple[str, Page, str], ...] = (
            ("/set-up/backup/computer", self.show_computer, "GET"),
            ("/set-up/backup/computer", self.take_address, "POST"),
            ("/set-up/backup/computer/key", self.show_key, "GET"),
            ("/set-up/backup/computer/key", self.accept_key, "POST"),
            ("/set-up/backup/store", self.show_store, "GET"),
            ("/set-up/backup/store", self.take_store, "POST"),
            ("/set-up/backup/there", self.show_there, "GET"),
            ("/set-up/backup/there", self.take_one, "POST"),
            ("/set-up/backup/fetching", self.show_progress, "GET"),
            ("/set-up/backup/fetching/stop", self.stop, "POST"),
        )
        return [
            Route("/set-up/backup/fetching/state", self.state, methods=["GET"]),
            *(
                Route(path, only_for_new_clinics(self._house, page), methods=[how])
                for path, page, how in pages
            ),
        ]

    def give_up(self) -> None:
        """Whoever goes back to the first list has given it up, unless it is on its way."""
        if not (self._fetching and self._fetching.working):
            self.end()

    def end(self) -> None:
        """Nobody fetches any more: there is a clinic now, or it is begun anew."""
        begun, self._fetching = self._fetching, None
        if begun:
            begun.stopped.set()
            begun.forget()

    async def close(self) -> None:
        """MediLink is being closed: nothing half fetched is left."""
        begun = self._fetching
        self.end()
        if begun:
            await begun.ended()

    # ---- where, and how one gets in

    async def show_computer(self, request: Request) -> Response:
        """Another computer: address, user, folder."""
        return self._where_page(request, COMPUTER)

    async def show_store(self, request: Request) -> Response:
        """A store on the internet: address, bucket, key."""
        return self._where_page(request, STORE)

    def _where_page(
        self, request: Request, kind: str, error: MediLinkError | None = None
    ) -> Response:
        begun = self._fetching
        if begun and begun.working:
            return _PROGRESS
        typed = begun.typed if begun and begun.kind == kind else {}
        shown = {"typed": {name: typed.get(name, known) for name, known in _SHOWN.items()}}
        if begun and begun.kind == kind:  # begun anew: what opens that place is typed again
            begun.forget()
            begun.typed = shown["typed"]
        status, page = 400 if error else 200, f"fetch_{kind}.html"
        return draw(request, self._house, page, error=error, status=status, **shown)

    async def take_address(self, request: Request) -> Response:
        """It shows its key, before anything is said to it."""
        begun = await self._begin(request, COMPUTER)
        if begun is None:
            return _PROGRESS

        def look() -> None:
            with reaching():
                begun.address = heard(partial(typed_address, begun.typed), begun.called_off)

        try:
            await begun.reach(look)
        except MediLinkError as error:
            return self._where_page(request, COMPUTER, error)
        return RedirectResponse("/set-up/backup/computer/key", status_code=303)

    async def show_key(self, request: Request) -> Response:
        """Whether that is the computer is for somebody to say who knows it."""
        begun = self._fetching
        if begun is None or begun.address is None:
            return _COMPUTER
        host, key = begun.address.host, begun.address.host_key
        return draw(
            request,
            self._house,
            "fetch_key.html",
            host=host,
            key_words=host_key_words(key),
            fingerprint=fingerprint(key),
        )

    async def accept_key(self, request: Request) -> Response:
        """It is the one: now it is told who we are."""
        begun = self._fetching
        if begun is None or begun.address is None:
            return _COMPUTER
        address = begun.address
        return await self._enter(request, begun, lambda: computer_at(address))

    async def take_store(self, request: Request) -> Response:
        """What lies in the bucket."""
        begun = await self._begin(request, STORE)
        if begun is None:
            return _PROGRESS
        typed = begun.typed
        return await self._enter(request, begun, lambda: bucket_at(typed_bucket(typed)))

    async def _begin(self, request: Request, kind: str) -> Fetching | None:
        """What was typed; None while something is on its way here."""
        if self._fetching and self._fetching.working:
            return None
        self.end()
        self._fetching = Fetching(kind=kind, typed=await read_form(request))
        return self._fetching

    async def _enter(
        self, request: Request, begun: Fetching, choose: Callable[[], ChosenPlace]
    ) -> Response:
        def look() -> None:
            chosen = choose()
            place = far_place_of(chosen, begun.called_off)
            begun.lying = backups_lying(place)
            begun.place, begun.name = place, chosen.name

        try:
            await begun.reach(look)
        except MediLinkError as error:
            return self._where_page(request, begun.kind, error)
        return RedirectResponse("/set-up/backup/there", status_code=303)

    # ---- which one

    async def show_there(self, request: Request) -> Response:
        """What lies there; what went wrong the time before stands on top."""
        begun = self._fetching
        if begun is None or begun.place is None:
            return _FILES
        if begun.working:
            return _PROGRESS
        if begun.work is not None:
            begun.work.result()  # what nobody has foreseen is told like everywhere else
        return self._there_page(request, begun, begun.error)

    def _there_page(
        self, request: Request, begun: Fetching, error: MediLinkError | None
    ) -> Response:
        shown = {
            "place": begun.name,
            "back": f"/set-up/backup/{begun.kind}",
            "found": [_about(one) for one in begun.lying[:SHOWN]],
        }
        status, page = 400 if error else 200, "fetch_there.html"
        return draw(request, self._house, page, error=error, status=status, **shown)

    async def take_one(self, request: Request) -> Response:
        """It is on its way here."""
        begun, form = self._fetching, await read_form(request)
        if begun is None or begun.place is None:
            return _FILES
        if begun.working:
            return _PROGRESS
        asked = next((one for one in begun.lying if one.name == form.get("name")), None)
        if asked is None:
            return self._there_page(request, begun, Missing(field="Backup"))
        place, folder, wanted = begun.place, self._house.config.backups_dir, asked

        def bring() -> None:
            self._chosen(bring_here(place, wanted, folder, begun.progress))
            begun.forget()

        begun.stopped.clear()
        begun.begin(bring, wanted.size, folder)
        return _PROGRESS

    # ---- how far it is

    async def show_progress(self, request: Request) -> Response:
        """The page that waits."""
        begun = self._fetching
        if begun is None or not begun.working:
            return RedirectResponse(self._next(), status_code=303)
        page = "come_back_progress.html"
        return draw(request, self._house, page, of=begun.of, done=begun.done, fetching=True)

    async def stop(self, request: Request) -> Response:  # noqa: ARG002 every page takes it
        """What has come of it goes; the list stands there again."""
        begun = self._fetching
        if begun:
            begun.stopped.set()
            await begun.ended()
        return _PROGRESS

    async def state(self, request: Request) -> Response:
        """How far it is, for the page that waits."""
        begun = self._fetching
        if begun is None or not from_this_computer(request):
            return Response(status_code=404)
        return JSONResponse(begun.as_state() if begun.working else {"next": self._next()})

    def _next(self) -> str:
        begun = self._fetching
        return "/set-up/backup/there" if begun and begun.place else "/set-up/backup"


def _about(one: Lying) -> dict[str, str]:
    """A backup as it stands in the list."""
    return {
        "name": one.name,
        "day": utc_words(one.changed * 1000) or say("day not known"),
        "number": str(one.generation),
        "size": f"{one.size / 1e6:,.1f} MB",
    }


_FILES = RedirectResponse("/set-up/backup", status_code=303)
_COMPUTER = RedirectResponse("/set-up/backup/computer", status_code=303)
_PROGRESS = RedirectResponse("/set-up/backup/fetching", status_code=303)
