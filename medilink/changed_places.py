"""Where in a file a change lies, as a person would look for it: a page, a table, an entry. Pure.

The bytes that changed are known from the seal (`medilink.proving`); what stands there is found from
the file as it is now, as far as it can still be read.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import orjson
import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

from medilink.proving import Container

MOST_PLACES = 20
_OBJECT = re.compile(rb"(?<![0-9])(\d{1,8}) 0 obj\b")
_INSIDE = re.compile(_OBJECT.pattern + rb"(?:(?!endobj)[\s\S]){0,300}?/EmbeddedFile")


class What(StrEnum):
    """What a place in a file is."""

    PAGE = "page"
    MEMBER = "file inside"
    ENTRY = "entry"
    PERSON = "person"
    ABOUT = "about"
    RECORD = "record inside"
    LINE = "line"
    FONT = "letters"  # how what is written is drawn
    FRAME = "between"
    SEAL = "seal"  # at the end of the file, or what says that there is one


@dataclass(frozen=True, slots=True)
class ChangedPlace:
    """One place. `named`: the number of a page or line, the name of a file inside, or the kind and
    date of an entry."""

    what: What
    named: str = ""


def places(
    container: Container, content: bytes, changed: Iterable[tuple[int, int]]
) -> list[ChangedPlace]:
    """The places the changed bytes lie in, each once, in the order of the file; at most
    `MOST_PLACES`."""
    found: dict[ChangedPlace, None] = {}
    spans = list(_SPANS[container](content))
    for begin, end in changed:
        for first, last, place in spans:
            if first < end and begin < last:
                found[place] = None
        if not any(first < end and begin < last for first, last, _ in spans):
            found[ChangedPlace(What.FRAME)] = None
    return list(found)[:MOST_PLACES]


Span = tuple[int, int, ChangedPlace]


def _of_lines(content: bytes) -> Iterator[Span]:
    """JSON of which every line is an item."""
    at = 0
    for number, line in enumerate(content.split(b"\n"), start=1):
        yield at, at + len(line) + 1, _of_line(number, line)
        at += len(line) + 1


def _of_line(number: int, line: bytes) -> ChangedPlace:
    if line.startswith(b'"patient":'):
        return ChangedPlace(What.PERSON)
    if line.startswith((b'{"about":', b'"record":{"about":')):
        return ChangedPlace(What.ABOUT)
    try:
        said = orjson.loads(line.rstrip(b",]"))
    except orjson.JSONDecodeError:
        said = None
    if isinstance(said, dict) and "type" in said:
        day = str(said.get("at", ""))[:10]
        return ChangedPlace(What.ENTRY, f"{said['type']} {day}".strip())
    return ChangedPlace(What.LINE, str(number))


def _of_resources(content: bytes) -> Iterator[Span]:
    """A Bundle: one resource after the other, each from where its entry begins."""
    begins = [found.start() for found in re.finditer(rb'\{"fullUrl":|\{"resource":', content)]
    for begin, end in zip(begins, [*begins[1:], len(content)], strict=True):
        kind = re.search(rb'"resourceType":"([A-Za-z]{1,40})"', content[begin:end])
        yield begin, end, ChangedPlace(What.ENTRY, kind[1].decode() if kind else "")


def _of_members(content: bytes) -> Iterator[Span]:
    """A zip: its files, each from its local header on (APPNOTE 4.3.7)."""
    begins = [found.start() for found in re.finditer(rb"PK\x03\x04|PK\x01\x02", content)]
    for begin, end in zip(begins, [*begins[1:], len(content)], strict=True):
        if content[begin + 2] != 3:  # the list of files at the end
            yield begin, len(content), ChangedPlace(What.FRAME)
            return
        length = int.from_bytes(content[begin + 26 : begin + 28], "little")
        name = content[begin + 30 : begin + 30 + length].decode("utf-8", "replace")
        yield begin, end, ChangedPlace(What.MEMBER, name)


def _of_objects(content: bytes) -> Iterator[Span]:
    """A PDF: the pages its objects belong to, and the record inside."""
    owners = _owners(content)
    begins = [(found.start(), int(found[1])) for found in _OBJECT.finditer(content)]
    ends = [begin for begin, _ in begins[1:]]
    for (begin, number), end in zip(begins, [*ends, len(content)], strict=True):
        if number in owners:
            yield begin, end, owners[number]


def _owners(content: bytes) -> dict[int, ChangedPlace]:
    """What each object of a PDF belongs to; what several pages share is the first one's."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        found: dict[int, ChangedPlace] = {}
        for number, page in enumerate(reader.pages, start=1):
            here = ChangedPlace(What.PAGE, str(number))
            for own in _within(page, "/Font"):
                found.setdefault(own, here)
            for own in _within(page, ""):
                found.setdefault(own, ChangedPlace(What.FONT))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    for one in re.finditer(
        rb"(?<![0-9])(\d{1,8}) 0 obj(?:(?!endobj).){0,300}?/EmbeddedFile", content, re.S
    ):
        found[int(one[1])] = ChangedPlace(What.RECORD)
    return found


def _within(page: DictionaryObject, but: str) -> Iterator[int]:
    """The numbers of a page's own objects: the page, what it draws, its pictures; without what
    stands under `but`."""
    own = page.indirect_reference
    if own is not None:
        yield own.idnum
    waiting: list[object] = [
        page.raw_get(key) for key in ("/Contents", "/Resources") if key in page
    ]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            yield one.idnum
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            waiting += [one.raw_get(key) for key in one if key not in (but, "/Parent")]
        elif isinstance(one, list):
            waiting += list(one)


_SPANS: dict[Container, Callable[[bytes], Iterator[Span]]] = {
    Container.JSON: _of_lines,
    Container.FHIR: _of_resources,
    Container.ZIP: _of_members,
    Container.PDF: _of_objects,
}
