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
from functools import partial
from itertools import islice

import orjson
import pypdf
from pypdf.generic import DictionaryObject, IndirectObject

from medilink.proving import Container
from security.locked_files import BROKEN_PDF

MOST_PLACES = 20
# What is looked through at most, and how long a line may be to be read: whoever is signed in may
# have a file checked, and a file may be made to keep the laptop busy.
MOST_PARTS = 500_000
MOST_INSIDE = 100
LONGEST_LINE = 1_000_000  # bytes
_OBJECT = re.compile(rb"(?<![0-9])(\d{1,8}) 0 obj\b")
_RESOURCE = re.compile(rb'\{"fullUrl":|\{"resource":')
_KIND = re.compile(rb'"resourceType":"([A-Za-z]{1,40})"')
_MEMBER = re.compile(rb"PK\x03\x04|PK\x01\x02")


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


Span = tuple[int, int]
Part = tuple[int, int, Callable[[], ChangedPlace]]  # from, up to, how it is called


def places(container: Container, content: bytes, changed: Iterable[Span]) -> list[ChangedPlace]:
    """The places the changed bytes lie in, each once, in the order of the file; at most
    `MOST_PLACES`. `changed`: in the order of the file too."""
    found: dict[ChangedPlace, None] = {}
    for place in _PLACES[container](content, changed):
        found[place] = None
        if len(found) == MOST_PLACES:
            break
    return list(found)


def _in_lines(content: bytes, changed: Iterable[Span]) -> Iterator[ChangedPlace]:
    """JSON of which every line is an item."""
    told = 0  # up to where lines were told
    for begin, end in changed:
        at = max(told, begin)
        while at < min(end, len(content)):
            first, last = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at)
            told = last + 1 or len(content)
            yield _of_line(content.count(b"\n", 0, first) + 1, content[first:told])
            at = told
        if begin >= len(content):
            yield ChangedPlace(What.FRAME)


def _of_line(number: int, line: bytes) -> ChangedPlace:
    if line.startswith(b'"patient":'):
        return ChangedPlace(What.PERSON)
    if line.startswith((b'{"about":', b'"record":{"about":')):
        return ChangedPlace(What.ABOUT)
    try:
        said = orjson.loads(line[:LONGEST_LINE].rstrip(b",]\n"))
    except orjson.JSONDecodeError:
        said = None
    if isinstance(said, dict) and "type" in said:
        day = str(said.get("at", ""))[:10]
        return ChangedPlace(What.ENTRY, f"{said['type']} {day}".strip()[:100])
    return ChangedPlace(What.LINE, str(number))


def _in_parts(parts: Iterator[Part], changed: Iterable[Span]) -> Iterator[ChangedPlace]:
    """The places of parts that follow each other."""
    coming = islice(parts, MOST_PARTS)
    part, told = next(coming, None), False
    for begin, end in changed:
        while part and part[1] <= begin:
            part, told = next(coming, None), False
        if part is None or part[0] >= end:
            yield ChangedPlace(What.FRAME)
        while part and part[0] < end:
            if not told:
                yield part[2]()
            if part[1] > end:
                told = True
                break
            part, told = next(coming, None), False


def _resources(content: bytes) -> Iterator[Part]:
    """A Bundle: one resource after the other, each from where its entry begins."""
    for begin, end in _from_each(_RESOURCE, content):
        yield begin, end, partial(_of_resource, content, begin, end)


def _of_resource(content: bytes, begin: int, end: int) -> ChangedPlace:
    kind = _KIND.search(content, begin, end)
    return ChangedPlace(What.ENTRY, kind[1].decode() if kind else "")


def _members(content: bytes) -> Iterator[Part]:
    """A zip: its files, each from its local header on (APPNOTE 4.3.7)."""
    for begin, end in _from_each(_MEMBER, content):
        if content[begin + 2] != 3:  # the list of files at the end
            yield begin, len(content), partial(ChangedPlace, What.FRAME)
            return
        yield begin, end, partial(_of_member, content, begin)


def _of_member(content: bytes, begin: int) -> ChangedPlace:
    length = int.from_bytes(content[begin + 26 : begin + 28], "little")
    name = content[begin + 30 : begin + 30 + min(length, 200)].decode("utf-8", "replace")
    return ChangedPlace(What.MEMBER, name)


def _objects(content: bytes) -> Iterator[Part]:
    """A PDF: the pages its objects belong to, and the record inside."""
    owners = _owners(content)
    for begin, end in _from_each(_OBJECT, content):
        owner = owners.get(int(content[begin : content.index(b" ", begin)]))
        if owner is not None:
            yield begin, end, partial(ChangedPlace, owner.what, owner.named)


def _from_each(mark: re.Pattern[bytes], content: bytes) -> Iterator[Span]:
    """From each mark to the next, the last one to the end."""
    marks = mark.finditer(content)
    found = next(marks, None)
    while found:
        after = next(marks, None)
        yield found.start(), after.start() if after else len(content)
        found = after


def _owners(content: bytes) -> dict[int, ChangedPlace]:
    """What each object of a PDF belongs to; what several pages share is the first one's."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        found: dict[int, ChangedPlace] = {}
        seen: set[int] = set()
        seen_fonts: set[int] = set()
        for number, page in enumerate(reader.pages, start=1):
            here = ChangedPlace(What.PAGE, str(number))
            for own in _within(page, "/Font", seen):
                found.setdefault(own, here)
            for own in _within(page, "", seen_fonts):
                found.setdefault(own, ChangedPlace(What.FONT))
    except BROKEN_PDF:
        return {}
    for one in islice(re.finditer(b"/EmbeddedFile", content), MOST_INSIDE):
        numbers = _OBJECT.findall(content, max(0, one.start() - 300), one.start())
        if numbers:
            found[int(numbers[-1])] = ChangedPlace(What.RECORD)
    return found


def _within(page: DictionaryObject, but: str, seen: set[int]) -> Iterator[int]:
    """The numbers of a page's own objects: the page, what it draws, its pictures; without what
    stands under `but`, and what was `seen` with a page before."""
    own = page.indirect_reference
    if own is not None:
        yield own.idnum
    waiting: list[object] = [
        page.raw_get(key) for key in ("/Contents", "/Resources") if key in page
    ]
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


_PLACES: dict[Container, Callable[[bytes, Iterable[Span]], Iterator[ChangedPlace]]] = {
    Container.JSON: _in_lines,
    Container.FHIR: lambda content, changed: _in_parts(_resources(content), changed),
    Container.ZIP: lambda content, changed: _in_parts(_members(content), changed),
    Container.PDF: lambda content, changed: _in_parts(_objects(content), changed),
}
