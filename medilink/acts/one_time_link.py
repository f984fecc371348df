"""A file shared as a link that works once, for whoever is in the clinic's network.

Every link is in the log of its patient: when it was made, when its file was fetched, from which
address and with which browser, or that it ended without. No entry has the token. A link outlives
its maker's signing out, because the phone it is fetched with is often the one they sign out of; it
lasts an hour at most, and whoever signs in again can withdraw it.
"""

from __future__ import annotations

from enum import StrEnum

from medilink.acts.read_record import rights_here
from medilink.acts.refusing import refusals_logged
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import LinkOver, NotYours
from medilink.one_time import LONGEST_MS, OneTimeFile, Shelf, token_digest
from medilink.people import PatientId
from medilink.permissions import check_can_open
from security.codes import new_token


class Ending(StrEnum):
    """Why a link ended without its file being fetched. The value stands in the log."""

    WITHDRAWN = "withdrawn"
    NOT_FETCHED = "nobody fetched it in time"
    STOPPED = "MediLink was stopped"


ENDING_WORDS = ("withdrawn", "nobody fetched it in time", "MediLink was stopped")


def make_link(desk: Desk, shelf: Shelf, patient: PatientId, file: tuple[str, str, bytes]) -> str:
    """The token of a link to a file (name, media type, content) made of a patient's record, for
    whoever may open it. `name` is what it is saved as: let it name nobody. Raises NoRight,
    NotVerified, NotSignedIn, TooBigForLink, TooManyLinks."""
    with refusals_logged(desk, Act.MAKE_LINK, patient):
        right = check_can_open(rights_here(desk, patient))
    end_old_links(desk, shelf)
    token, (name, media, content) = new_token(), file
    waiting = OneTimeFile(
        digest=token_digest(token),
        name=name,
        media=media,
        content=content,
        patient=patient,
        maker=desk.who.id,
        until=desk.now + LONGEST_MS,
    )
    event = desk.event(Act.MAKE_LINK, patient, method=right.method, form=media, size=len(content))
    shelf.put(waiting)
    try:
        desk.store.log.write(event)
    except BaseException:
        shelf.drop(waiting.digest)
        raise
    return token


def look_at_link(desk: Desk, shelf: Shelf, token: str) -> None:
    """Raise LinkOver where nothing waits under a token. Looking uses nothing up."""
    if shelf.holds(token_digest(token), desk.now) is None:
        raise LinkOver


def fetch_by_link(desk: Desk, shelf: Shelf, token: str) -> OneTimeFile:
    """The file of a link, once: of many who ask at the same time, one gets it, after its entry is
    in the log. Raises LinkOver, the same for unknown, used, withdrawn and expired links."""
    file = shelf.take(token_digest(token), desk.now)
    if file is None:
        raise LinkOver
    try:
        desk.store.log.write(desk.event(Act.FETCH_LINK, file.patient, form=file.media))
    except BaseException:
        shelf.put_back(file)
        raise
    return file


def withdraw_link(desk: Desk, shelf: Shelf, token: str) -> None:
    """End a link of one's own. One that is over already is left as it is. Raises NotYours."""
    file = shelf.holds(token_digest(token), desk.now)
    if file is None:
        return
    with refusals_logged(desk, Act.END_LINK, file.patient):
        if file.maker != desk.who.id:
            raise NotYours
    _end(desk, shelf, file.digest, Ending.WITHDRAWN)


def end_old_links(desk: Desk, shelf: Shelf) -> None:
    """End what nobody has fetched in time. For housekeeping."""
    for digest in shelf.over(desk.now):
        _end(desk, shelf, digest, Ending.NOT_FETCHED)


def end_all_links(desk: Desk, shelf: Shelf) -> None:
    """End everything that waits: MediLink stops, or is locked."""
    for digest in shelf.all():
        _end(desk, shelf, digest, Ending.STOPPED)


def _end(desk: Desk, shelf: Shelf, digest: bytes, why: Ending) -> None:
    if file := shelf.drop(digest):
        desk.store.log.write(desk.event(Act.END_LINK, file.patient, why=why))
