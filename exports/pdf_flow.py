"""What goes down a page and on to the next: headings, paragraphs, tables, boxes.

Points; `y` is where the next thing begins, counted from the bottom as PDF does. A row that fits on
one page is not torn; one that does not goes on where the page begins anew, under its table's head.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from exports.pdf_letters import EMPTY, Line
from exports.pdf_paper import HIGH, WIDE, Colour, Paper
from exports.pdf_tags import Element

LEFT = 42.0
ROOM = WIDE - 2 * LEFT
FIRST_TOP, TOP, BOTTOM = HIGH - 40, HIGH - 62, 54.0  # the first page has no running head
TITLE, HEADING, SUBHEADING, TEXT, SMALL = 17.0, 12.0, 9.5, 9.0, 7.5
STEP = 1.32  # from line to line, × size
_UP = 1.02  # from the top of a line to what it stands on, × size
_BETWEEN_COLUMNS = 8.0
_ROW_AIR = 2.2
_TITLE_ROOM = 150.0  # for a heading with a text beside it
_SMALLEST = 5.0
_TORN_FROM = 0.35  # of a page: a row that is higher may be torn
GREY, HAIR, BLACK = 0.35, 0.72, (0.0, 0.0, 0.0)
SHADE: Colour = (0.93, 0.93, 0.93)


class Cell(NamedTuple):
    """What stands in a column of a row."""

    text: str
    bold: bool = False
    small: bool = False


class Column(NamedTuple):
    """A column of a table: its head, and its share of the width."""

    head: str
    share: float


class Part(NamedTuple):
    """Lines side by side with others of the same row. `size`: where it is not that of the row;
    `prose`: a line that reads from the right ends at the right, as paragraphs do."""

    x: float
    room: float
    lines: Sequence[Line]
    element: Element
    size: float = 0.0
    prose: bool = False


class Head(NamedTuple):
    """A table's head: where its columns are, its words, how large and how high they are."""

    places: list[tuple[float, float]]
    lines: list[list[Line]]
    size: float
    high: float


class Flow:
    """A document from top to bottom."""

    def __init__(self, paper: Paper, accent: Colour) -> None:
        self.paper, self.accent = paper, accent
        self.y = FIRST_TOP
        self.above = paper.tags.root  # what new parts belong to
        self._again: Callable[[], None] | None = None  # a table's head, on a new page
        self._bar = False

    # ---- room

    def next_page(self) -> None:
        """Go on at the top of an empty page."""
        self.paper.new_page()
        self.y = TOP
        if self._again:
            self._again()

    def keep(self, height: float) -> None:
        """Have this much room, on a new page if need be."""
        if self.y - height < BOTTOM and self.y < TOP:
            self.next_page()

    def gap(self, height: float) -> None:
        """Leave room, unless a page begins here."""
        if self.y < TOP:
            self.y -= height

    # ---- text

    def wrap(self, text: str, room: float, size: float, *, bold: bool = False) -> list[Line]:
        """The lines of a text in a width."""
        return self.paper.letters.wrap(text, room * 1000 / size, bold=bold)

    def section(self, title: str, *, keep: float = 60.0) -> None:
        """A new part under a heading, which is not left alone at the bottom."""
        self.gap(12)
        lines = self.wrap(title, ROOM, HEADING, bold=True)
        self.keep(len(lines) * HEADING * STEP + keep)
        self.above = self.paper.tags.root.add("Sect")
        self.paper.colour(self.accent)
        self.put([Part(LEFT, ROOM, lines, self.above.add("H2"))], HEADING)
        self.paper.colour(BLACK)
        with self.paper.decoration():
            self.paper.rectangle(LEFT, self.y - 2.6, ROOM, 1.1, fill=self.accent)
        self.y -= 6.5

    def empty_section(self, title: str, text: str) -> None:
        """A heading with the one thing there is to say beside it."""
        self.gap(9)
        left = self.wrap(title, _TITLE_ROOM - _BETWEEN_COLUMNS, HEADING, bold=True)
        room = ROOM - _TITLE_ROOM
        right = self.wrap(text, room, TEXT)
        self.keep(max(len(left), len(right)) * HEADING * STEP)
        self.above = self.paper.tags.root.add("Sect")
        top = self.y
        self.paper.colour(self.accent)
        self.put([Part(LEFT, _TITLE_ROOM, left, self.above.add("H2"))], HEADING)
        self.paper.colour(BLACK)
        below, self.y = self.y, top - (HEADING - TEXT) * _UP
        self.put([Part(LEFT + _TITLE_ROOM, room, right, self.above.add("P"))], TEXT)
        self.y = min(below, self.y)

    def subheading(self, text: str, *, keep: float = 30.0) -> None:
        """A heading within a part."""
        self.gap(4)
        self.keep(SUBHEADING * STEP + keep)
        lines = self.wrap(text, ROOM, SUBHEADING, bold=True)
        self.put([Part(LEFT, ROOM, lines, self.above.add("H3"))], SUBHEADING)
        self.y -= 1.5

    def paragraph(
        self, text: str, size: float = TEXT, *, bold: bool = False, indent: float = 0
    ) -> None:
        """A text over as many lines and pages as it needs."""
        room = ROOM - indent
        lines = self.wrap(text, room, size, bold=bold)
        self.put([Part(LEFT + indent, room, lines, self.above.add("P"), prose=True)], size)
        self.y -= size * 0.3

    def labelled(self, label: str, text: str, *, wide: float = 84.0) -> None:
        """A text beside the word for what it is."""
        whole = self.above.add("P")
        left = self.wrap(label, wide - _BETWEEN_COLUMNS, TEXT, bold=True)
        right = self.wrap(text, ROOM - wide, TEXT)
        parts = [
            Part(LEFT, wide, left, whole),
            Part(LEFT + wide, ROOM - wide, right, whole, prose=True),
        ]
        self.put(parts, TEXT)
        self.y -= TEXT * 0.25

    @contextmanager
    def barred(self) -> Iterator[None]:
        """What is put meanwhile has a black bar at its left, on every page it is on."""
        self._bar = True
        yield
        self._bar = False

    def put(self, parts: Sequence[Part], size: float) -> None:
        """Lines side by side, torn over pages only where they do not fit on one."""
        high = max(len(part.lines) * (part.size or size) for part in parts) * STEP
        if high <= _TORN_FROM * HIGH:
            self.keep(high)
        done = [0] * len(parts)
        while any(count < len(part.lines) for count, part in zip(done, parts, strict=True)):
            high = self._draw(parts, done, size)
            if not high:
                self.next_page()
                continue
            if self._bar:
                with self.paper.decoration():
                    self.paper.rectangle(LEFT, self.y - high, 3, high, fill=BLACK)
            self.y -= high

    def _draw(self, parts: Sequence[Part], done: list[int], size: float) -> float:
        """Draw of each part what still fits on the page; how high that is. `done`: how many lines
        of each are drawn."""
        base, free, high = self.y - size * _UP, self.y - BOTTOM + 0.01, 0.0
        for place, (x, room, lines, element, own, prose) in enumerate(parts):
            step = (own or size) * STEP
            shown = lines[done[place] : done[place] + int(free / step)]
            done[place] += len(shown)
            high = max(high, len(shown) * step)
            if shown and (len(shown) > 1 or shown[0] is not EMPTY):
                with self.paper.part(element):
                    self.paper.text(
                        x, base, shown, own or size, step=step, room=room if prose else 0
                    )
        return high

    # ---- tables

    def table(
        self, columns: Sequence[Column], rows: Iterable[Iterable[Cell]], size: float = TEXT
    ) -> None:
        """Rows under a head, which stands again on every page. A column whose head and cells are
        all empty should not be given."""
        table = self.above.add("Table")
        head = self._head(columns)
        self.keep(head.high + 2 * size * STEP)
        row = table.add("TR")
        self._draw_head(head, [row.add("TH") for _ in columns])
        self._again = lambda: self._draw_head(head, [])
        for cells in rows:
            self._row(cells, head.places, table.add("TR"), size)
        self._again = None
        self.gap(3)

    def _head(self, columns: Sequence[Column]) -> Head:
        """The head of a table, its letters small enough that no word is torn."""
        places, letters = _places(columns), self.paper.letters
        narrowest = min(
            room / max(letters.line(word, bold=True).width for word in (column.head or "-").split())
            for column, (_, room) in zip(columns, places, strict=True)
        )
        size = max(_SMALLEST, min(SMALL, narrowest * 1000))
        lines = [
            self.wrap(column.head, room, size, bold=True)
            for column, (_, room) in zip(columns, places, strict=True)
        ]
        return Head(places, lines, size, max(map(len, lines)) * size * STEP + 4.6)

    def _draw_head(self, head: Head, elements: Sequence[Element]) -> None:
        """Drawn again without elements, it is for whoever looks: whoever listens has heard it."""
        with self.paper.decoration():
            shade = (LEFT, self.y - head.high + 1.6, ROOM, head.high - 1.6)
            self.paper.rectangle(*shade, fill=SHADE)
        base, step = self.y - 1.2 - head.size * _UP, head.size * STEP
        for place, ((x, _), lines) in enumerate(zip(head.places, head.lines, strict=True)):
            drawing = self.paper.part(elements[place]) if elements else self.paper.decoration()
            with drawing:
                self.paper.text(x, base, lines, head.size, step=step)
        self.y -= head.high

    def _row(
        self,
        cells: Iterable[Cell],
        places: Sequence[tuple[float, float]],
        row: Element,
        size: float,
    ) -> None:
        wrap, parts = self.paper.letters.wrap, []
        for (text, bold, small), (x, room) in zip(cells, places, strict=True):
            own = SMALL if small else size
            lines = wrap(text, room * 1000 / own, bold=bold)
            parts.append(Part(x, room, lines, row.add("TD"), own))
        self.put(parts, size)
        self.y -= _ROW_AIR * 0.5
        self.rule()
        self.y -= _ROW_AIR * 0.5

    def rule(self, thick: float = 0.4, grey: float = HAIR) -> None:
        """A line over the whole width."""
        with self.paper.decoration():
            ends = ((LEFT, self.y), (LEFT + ROOM, self.y))
            self.paper.path(ends, thick=thick, grey=grey)


def _places(columns: Sequence[Column]) -> list[tuple[float, float]]:
    """Where each column begins, and how wide its text may be."""
    whole = sum(column.share for column in columns)
    x, found = LEFT + 3, []
    for column in columns:
        wide = (ROOM - 6) * column.share / whole
        found.append((x, wide - _BETWEEN_COLUMNS))
        x += wide
    return found
