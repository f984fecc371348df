"""Pages of a tagged PDF: text, lines, pictures at a place. Points from the bottom left, as PDF has
them; what is drawn belongs to an element of `exports.pdf_tags` or is decoration.

Pages stay open until the last is drawn, because each says how many there are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from exports.pdf_fonts import embed
from exports.pdf_letters import Letters, Line
from exports.pdf_objects import Document, Raw, add_raw, add_stream, number_of, text_string
from exports.pdf_tags import Element, Tags

WIDE, HIGH = A4
Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
_ATTRIBUTES = ("StructParents", "Tabs", "AF")  # newer than ReportLab's list of what a page has


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture inside the document. `name`: of the resource; sides in dots."""

    name: str
    wide: int
    high: int


@dataclass(frozen=True, slots=True)
class About:
    """What a PDF says of itself. `language`: a BCP 47 tag; `made`: in UTC."""

    title: str
    author: str
    language: str
    made: datetime


class _Info(pdfdoc.PDFInfo):
    """What stands in the file about itself; in hexadecimal digits, so that no title ends it."""

    def __init__(self, about: About) -> None:
        super().__init__()
        self.title, self.author, self.made = about.title, about.author, about.made

    def format(self, document: Document) -> bytes:  # noqa: ARG002 as ReportLab calls it
        """Its bytes, as ReportLab asks for them."""
        when = f"(D:{self.made:%Y%m%d%H%M%S}Z)"
        told = f"/Title {text_string(self.title)} /Author {text_string(self.author)}"
        made = f"/Creator (MediLink) /Producer (ReportLab) /CreationDate {when} /ModDate {when}"
        return f"<< {told} {made} >>".encode()


class Paper:
    """A PDF in progress. `page`: how many are begun."""

    def __init__(self, about: About) -> None:
        self.letters, self.tags, self.page = Letters(), Tags(), 1
        self._out = io.BytesIO()
        canvas: Any = Canvas(
            self._out, A4, pageCompression=1, invariant=True, pdfVersion=(1, 7), lang=about.language
        )
        self._canvas = canvas
        self._canvas.setViewerPreference("DisplayDocTitle", "true")
        self._doc: Document = canvas._doc  # noqa: SLF001 no other way in
        self._doc.info = _Info(about)
        self._pictures: dict[str, Raw] = {}
        self._pages: list[list[str]] = []
        self._code: list[str] = []

    # ---- what things mean

    @contextmanager
    def part(self, element: Element) -> Iterator[None]:
        """What is drawn meanwhile belongs to an element."""
        self._code.append(f"/{element.kind} << /MCID {self.tags.mark(element)} >> BDC")
        yield
        self._code.append("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """What is drawn meanwhile means nothing: rules, boxes, what stands on every page."""
        self._code.append("/Artifact BMC")
        yield
        self._code.append("EMC")

    # ---- drawing

    def text(  # noqa: PLR0913 where, what and how
        self,
        x: float,
        y: float,
        lines: Sequence[Line],
        size: float,
        *,
        step: float = 0,
        room: float = 0,
    ) -> None:
        """Lines of text, the first standing on `y`, the others each a `step` lower. A line that
        reads from the right ends at `x` + `room`."""
        code = ["BT"]
        face = ""
        for line in lines:
            left = x + room - line.width * size / 1000 if line.rtl and room else x
            code.append(f"1 0 0 1 {left:.2f} {y:.2f} Tm")
            y -= step
            for piece in line.pieces:
                if piece.face != face:
                    face = piece.face
                    code.append(f"/{face} {size:g} Tf")
                for above, show in piece.show:
                    if above:
                        code.append(f"{above * size / 1000:.2f} Ts [{show}] TJ 0 Ts")
                    else:
                        code.append(f"[{show}] TJ")
        code.append("ET")
        self._code.append("\n".join(code))

    def colour(self, fill: Colour) -> None:
        """The colour of text and surfaces from here on."""
        self._code.append("{:.3f} {:.3f} {:.3f} rg".format(*fill))

    def rectangle(self, x: float, y: float, wide: float, high: float, *, fill: Colour) -> None:
        """A surface, without an edge; black is the colour afterwards."""
        red, green, blue = fill
        self._code.append(
            f"{red:.3f} {green:.3f} {blue:.3f} rg {x:.2f} {y:.2f} {wide:.2f} {high:.2f} re f 0 g"
        )

    def frame(self, x: float, y: float, wide: float, high: float, thick: float) -> None:
        """A black edge around nothing."""
        self._code.append(f"{thick:g} w 0 G {x:.2f} {y:.2f} {wide:.2f} {high:.2f} re S")

    def path(
        self,
        points: Sequence[tuple[float, float]],
        *,
        thick: float = 0.5,
        grey: float = 0.0,
        dash: str = "",
        filled: bool = False,
    ) -> None:
        """A line through points; filled with its grey: a surface. `dash`: lengths of dash and
        gap."""
        (x, y), *others = points
        steps = " ".join([f"{a:.2f} {b:.2f} l" for a, b in others])
        begin = f"{grey:g} g" if filled else f"{grey:g} G {thick:g} w [{dash}] 0 d 1 j"
        end = "f 0 g" if filled else "S [] 0 d"
        self._code.append(f"{begin} {x:.2f} {y:.2f} m {steps} {end}")

    def dots(self, points: Sequence[tuple[float, float]], side: float, *, hollow: bool) -> None:
        """A small square at each point; hollow ones are told from filled ones without colour."""
        boxes = " ".join(
            [f"{x - side / 2:.2f} {y - side / 2:.2f} {side:g} {side:g} re" for x, y in points]
        )
        begin, end = ("1 g 0 G 0.7 w", "B 0 g") if hollow else ("0 g", "f")
        self._code.append(f"{begin} {boxes} {end}")

    def code(self, x: float, y: float, side: float, matrix: Sequence[Sequence[int]]) -> None:
        """A QR code without its quiet zone, its lower left corner at (x, y)."""
        module = side / len(matrix)
        boxes = []
        for number, row in enumerate(matrix):
            low = y + side - (number + 1) * module
            for begin, length in _dark_runs(row):
                left, wide = x + begin * module, length * module
                boxes.append(f"{left:.3f} {low:.3f} {wide:.3f} {module:.3f} re")
        self._code.append("0 g " + " ".join(boxes) + " f")

    # ---- pictures

    def add_picture(self, jpeg: bytes, wide: int, high: int) -> Picture:
        """A picture in RGB as JPEG, to be drawn as often as wanted."""
        name = f"I{len(self._pictures) + 1}"
        head = (
            f"<< /Type /XObject /Subtype /Image /Width {wide} /Height {high} /BitsPerComponent 8 "
            f"/ColorSpace /DeviceRGB /Filter /DCTDecode /Length {len(jpeg)} >>\nstream\n"
        )
        self._pictures[name] = add_raw(self._doc, head.encode() + jpeg + b"\nendstream")
        return Picture(name, wide, high)

    def picture(self, picture: Picture, box: tuple[float, float, float, float]) -> None:
        """Draw a picture into (x, y, width, height)."""
        x, y, wide, high = box
        self._code.append(f"q {wide:.2f} 0 0 {high:.2f} {x:.2f} {y:.2f} cm /{picture.name} Do Q")

    # ---- pages, files, the end

    def new_page(self) -> None:
        """Go on with an empty page."""
        self._pages.append(self._code)
        self._code = []
        self.tags.new_page()
        self.page += 1

    def attach(self, name: str, data: bytes, media: str, about: str) -> None:
        """Put a file into the document: the source of what the pages say (ISO 32000-2 14.13)."""
        kind = media.replace("/", "#2F")
        more = f"/Type /EmbeddedFile /Subtype /{kind} /Params << /Size {len(data)} >>"
        file = number_of(self._doc, add_stream(self._doc, data, more))
        called = text_string(name)
        held = add_raw(
            self._doc,
            f"<< /Type /Filespec /F {called} /UF {called} /Desc {text_string(about)} "
            f"/AFRelationship /Source /EF << /F {file} 0 R /UF {file} 0 R >> >>",
        )
        number = number_of(self._doc, held)
        names = f"<< /EmbeddedFiles << /Names [{called} {number} 0 R] >> >>"
        self._doc.Catalog.Names = add_raw(self._doc, names)
        self._doc.Catalog.AF = add_raw(self._doc, f"[{number} 0 R]")

    def finish(self, on_each: Callable[[int, int], None]) -> bytes:
        """The PDF. `on_each(page, pages)` draws what stands on every page."""
        self._pages.append(self._code)
        made = [self._close(number, on_each) for number in range(1, self.page + 1)]
        embed(self._doc, list(self.letters.used.values()))
        numbers = [number_of(self._doc, page) for page in made]
        catalog = self._doc.Catalog
        catalog.__NoDefault__ = catalog.__Refs__ = [*catalog.__NoDefault__, *_ATTRIBUTES]
        catalog.StructTreeRoot = self.tags.write(self._doc, numbers)
        catalog.MarkInfo = add_raw(self._doc, "<< /Marked true >>")
        self._canvas._code.clear()  # noqa: SLF001 else it begins a further page
        self._canvas.save()
        return self._out.getvalue()

    def _close(self, number: int, on_each: Callable[[int, int], None]) -> Document:
        self._code = self._pages[number - 1]
        on_each(number, self.page)
        self._canvas.showPage()
        page = self._doc.Pages.pages[-1]
        content = "\n".join(self._code).encode("latin-1")
        self._doc.signature.update(content)  # what the file is known by (its ID)
        page.Contents = pdfdoc.PDFStream(content=content, filters=[pdfdoc.PDFZCompress])
        page.XObjects = pdfdoc.PDFDictionary(self._pictures) if self._pictures else None
        page.__NoDefault__ = [*page.__NoDefault__, *_ATTRIBUTES]
        page.StructParents, page.Tabs = number - 1, pdfdoc.PDFName("S")
        self._pages[number - 1] = []
        return page


def _dark_runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(begin, length) of every run of dark modules: one shape for a run leaves no hairlines."""
    begin: int | None = None
    for column, bit in enumerate([*row, 0]):
        if bit & 1 and begin is None:
            begin = column
        elif not bit & 1 and begin is not None:
            yield begin, column - begin
            begin = None
