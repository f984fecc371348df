"""The passphrase is lost, the recovery sheet is there: its words, then a new passphrase.

Works on a locked clinic, which the words unlock, and on one that opened by itself.
"""

from __future__ import annotations

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from medilink.acts.back_up import administrators
from medilink.acts.unlocking import new_passphrase_by_sheet
from medilink.audit import Act, Outcome
from medilink.errors import MediLinkError, StoreTrouble, WrongRecoveryWords
from medilink.people import Account
from security import slots
from ui.doors.drawing import draw, read_form
from ui.doors.sign_in import visitor_of
from ui.doors.unlock import Patience, draw_trouble
from ui.house import House, State

PROOF_MINUTES = 15  # to think of a new passphrase; after that the words are typed again


class RecoverDoor:
    """Routes /recover and /recover/passphrase."""

    def __init__(self, house: House, patience: Patience) -> None:
        self._house, self._patience = house, patience
        self._proofs: dict[str, int] = {}

    def routes(self) -> list[Route]:
        """For the app."""
        return [
            Route("/recover", self.show, methods=["GET"]),
            Route("/recover", self.take_words, methods=["POST"]),
            Route("/recover/passphrase", self.take_passphrase, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Where the words are typed."""
        return self._words_page(request)

    def _words_page(
        self, request: Request, error: MediLinkError | None = None, words: str = ""
    ) -> Response:
        """What was typed stays: nobody types 66 words anew for one that was wrong."""
        if isinstance(error, StoreTrouble) and not isinstance(error, WrongRecoveryWords):
            return draw_trouble(request, self._house, error)
        back = "/unlock" if self._house.state is State.LOCKED else "/sign-in"
        shown = {"back": back, "words": words}
        status = 403 if error else 200
        return draw(request, self._house, "recover.html", error=error, status=status, **shown)

    def _passphrase_page(
        self, request: Request, proof: str, error: MediLinkError | None = None, user: str = ""
    ) -> Response:
        shown = {"admins": administrators(self._house.desk()), "proof": proof, "user": user}
        status, page = 400 if error else 200, "recover_passphrase.html"
        return draw(request, self._house, page, error=error, status=status, **shown)

    async def take_words(self, request: Request) -> Response:
        """The words of the sheet, or of two of three. One try at a time, whoever makes it."""
        words = (await read_form(request)).get("words", "")
        async with self._patience.one_at_a_time:
            try:
                self._patience.check()
                await run_in_threadpool(self._prove, request, words)
            except WrongRecoveryWords as wrong:
                self._patience.count()
                return self._words_page(request, wrong, words)
            except MediLinkError as error:
                return self._words_page(request, error, words)
        proof = secrets.token_urlsafe(32)
        self._proofs = {proof: self._now() + PROOF_MINUTES * 60_000}  # the last one counts
        return self._passphrase_page(request, proof)

    def _prove(self, request: Request, words: str) -> None:
        """Open with the words; what is open already is checked against them."""
        house = self._house
        if house.state is not State.OPEN:
            house.unlock_with_words(words)
            return
        try:
            slots.unlock_with_words(house.unlockers.held(), words)
        except WrongRecoveryWords:
            desk = house.desk(visitor=visitor_of(request))
            why = WrongRecoveryWords.code
            desk.store.log.write(desk.event(Act.UNLOCK_FAILED, outcome=Outcome.REFUSED, why=why))
            raise

    async def take_passphrase(self, request: Request) -> Response:
        """The new passphrase of the administrator who is named."""
        form = await read_form(request)
        proof, user = form.get("proof", ""), form.get("user", "")
        left = self._proofs.get(proof, 0) - self._now()
        if not 0 < left <= PROOF_MINUTES * 60_000 or self._house.state is not State.OPEN:
            return RedirectResponse("/recover", status_code=303)
        try:
            await run_in_threadpool(self._keep, request, form)
        except MediLinkError as error:
            return self._passphrase_page(request, proof, error, user)
        self._proofs = {}
        return RedirectResponse("/sign-in?after=passphrase", status_code=303)

    def _keep(self, request: Request, form: dict[str, str]) -> None:
        house, new = self._house, form.get("new", "")
        desk = house.desk(visitor=visitor_of(request))
        who: Account = new_passphrase_by_sheet(
            desk, form.get("user", ""), new, form.get("again", "")
        )
        house.sessions.end_all_of(who.id)
        house.unlockers.keep_passphrase(who, new)
        house.keep_head_outside()

    def _now(self) -> int:
        return int(self._house.wall().timestamp() * 1000)
