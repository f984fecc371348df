"""Open a SMART Health Link: fetch what is behind it, and read the cards and records in it."""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.refusing import check_task
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.errors import LinkHoldsNothing, LinkRefused
from medilink.permissions import Task
from medilink.records import Record
from medilink.smart.card_text import CardTextWrong, cards_of_file
from medilink.smart.link_files import Fetch, FileKind, LinkFile, open_link
from medilink.smart.links import read_link
from medilink.smart.reading_card import read_shared_bundle


@dataclass(frozen=True, slots=True)
class LinkRead:
    """What a link held: health cards as their JWS, records to look at, and how much was neither."""

    cards: tuple[str, ...]
    records: tuple[Record, ...]
    left_out: int


def open_health_link(desk: Desk, text: str, fetch: Fetch, passcode: str = "") -> LinkRead:
    """Fetch and read it. The clinic's name is told to whoever shared it, as the standard asks.
    Raises LinkRefused: the kind says what to do. Every try is in the log."""
    check_task(desk, Task.SCAN, Act.READ_CARD)
    try:
        link = read_link(text)
        opened = open_link(link, fetch, recipient=desk.clinic.name, now=desk.now, passcode=passcode)
        read = _read(opened.files, opened.left_out, desk.now)
    except LinkRefused as refused:
        event = desk.event(Act.READ_CARD, outcome=Outcome.REFUSED, why=refused.code)
        desk.store.log.write(event)
        raise
    desk.store.log.write(desk.event(Act.READ_CARD, why="link", files=len(opened.files)))
    return read


def _read(files: tuple[LinkFile, ...], left_out: int, now: int) -> LinkRead:
    cards, records = list[str](), list[Record]()
    for file in files:
        if file.kind is FileKind.CARD:
            try:
                cards += cards_of_file(file.content)
            except CardTextWrong:
                left_out += 1
        elif found := read_shared_bundle(file.content, now):
            records.append(found)
        else:
            left_out += 1
    if not cards and not records:
        raise LinkHoldsNothing
    return LinkRead(tuple(cards), tuple(records), left_out)
