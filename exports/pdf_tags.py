"""What a page of a PDF means, beside what it looks like: headings, paragraphs, tables, figures.

A tree of elements whose leaves are marked pieces of pages (ISO 32000-1, 14.7 and 14.8). With it a
screen reader reads the document in order and says of a figure what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from exports.pdf_objects import Document, Raw, add_raw, number_of, text_string


class Marked(NamedTuple):
    """A marked piece of a page: number of the page, and of the piece on it."""

    page: int
    piece: int


@dataclass(slots=True, eq=False)
class Element:
    """A part of the document. `kind`: a standard structure type (14.8.4), as "P"; `alt`: what a
    figure shows, in words."""

    kind: str
    parent: Element | None = None
    alt: str = ""
    kids: list[Element | Marked] = field(default_factory=list)
    number: int = 0  # of its object, once it is being written

    def add(self, kind: str, alt: str = "") -> Element:
        """A new part of this one."""
        made = Element(kind, self, alt)
        self.kids.append(made)
        return made


class Tags:
    """The tree of one document, and whose the marked pieces of each page are."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self._pages: list[list[Element]] = [[]]

    def new_page(self) -> None:
        """Pieces belong to the next page from here on."""
        self._pages.append([])

    def mark(self, element: Element) -> int:
        """The number of a new piece of the page in progress, which belongs to an element."""
        page = self._pages[-1]
        page.append(element)
        element.kids.append(Marked(len(self._pages) - 1, len(page) - 1))
        return len(page) - 1

    def write(self, doc: Document, pages: list[int]) -> Raw:
        """Put the tree into the document; the object that is its root. `pages`: the numbers of the
        page objects."""
        top = add_raw(doc, "")
        made: list[tuple[Element, Raw]] = []
        waiting = [self.root]
        while waiting:
            element = waiting.pop()
            # An element without a piece on any page would be an empty promise.
            element.kids = [kid for kid in element.kids if isinstance(kid, Marked) or kid.kids]
            raw = add_raw(doc, "")
            element.number = number_of(doc, raw)
            made.append((element, raw))
            waiting += [kid for kid in element.kids if isinstance(kid, Element)]
        first = number_of(doc, top)
        for element, raw in made:
            raw.text = _element(element, first, pages)
        owners = (
            f"{n} [{' '.join(f'{e.number} 0 R' for e in p)}]" for n, p in enumerate(self._pages)
        )
        tree = add_raw(doc, f"<< /Nums [{' '.join(owners)}] >>")
        top.text = (
            f"<< /Type /StructTreeRoot /K {self.root.number} 0 R "
            f"/ParentTree {number_of(doc, tree)} 0 R /ParentTreeNextKey {len(self._pages)} >>"
        )
        return top


def _element(element: Element, top: int, pages: list[int]) -> str:
    above = element.parent.number if element.parent else top
    alt = f" /Alt {text_string(element.alt)}" if element.alt else ""
    # A head says which way it heads (14.8.5.7).
    scope = " /A << /O /Table /Scope /Column >>" if element.kind == "TH" else ""
    return f"<</S/{element.kind} /P {above} 0 R{alt}{scope}{_kids(element, pages)}>>"


def _kids(element: Element, pages: list[int]) -> str:
    """What it consists of, as short as may be: a long record has a hundred thousand elements."""
    marked = [kid for kid in element.kids if isinstance(kid, Marked)]
    if len(marked) == len(element.kids) and len({kid.page for kid in marked}) == 1:
        pieces = " ".join([str(kid.piece) for kid in marked])
        return f" /Pg {pages[marked[0].page]} 0 R /K [{pieces}]"
    return f" /K [{' '.join([_kid(kid, pages) for kid in element.kids])}]"


def _kid(kid: Element | Marked, pages: list[int]) -> str:
    if isinstance(kid, Element):
        return f"{kid.number} 0 R"
    return f"<</Type/MCR /Pg {pages[kid.page]} 0 R /MCID {kid.piece}>>"
