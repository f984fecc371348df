"""Fonts inside a PDF: which glyphs a document uses, what they say, and embedding just those.

A glyph is not a letter: joined Arabic writes one letter in four ways and two letters as one. So a
font goes in as a CID font (ISO 32000-1, 9.7) whose codes are the glyph's numbers, with a table of
what each code says (ToUnicode, 9.10.3); where one glyph says different things in one document, it
gets a further code. What is drawn can be searched and copied as it was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from exports.pdf_faces import Face
from exports.pdf_objects import Document, Raw, add_raw, add_stream, number_of, utf16

_A_BLOCK = 100  # entries of a ToUnicode block (Adobe Technical Note 5411)
_SYMBOLIC = 4
_SILENT = "\0"  # marks what a code without a picture says; no text has it
_CODES_BEGIN = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n" \
    "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n" \
    "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"  # fmt: skip
_CODES_END = "endcmap CMapName currentdict /CMap defineresource pop end end\n"


@dataclass(slots=True)
class UsedFace:
    """A face as one document uses it. `name`: of the resource, as "F3"."""

    face: Face
    name: str
    says: dict[int, str] = field(default_factory=dict)  # code → text
    glyphs: dict[int, int] = field(default_factory=dict)  # code → glyph
    _codes: dict[tuple[int, str], int] = field(default_factory=dict)
    _next: int = 0

    def code(self, glyph: int, text: str) -> str:
        """The code of a glyph that says a text here, as four hexadecimal digits."""
        found = self._codes.get((glyph, text))
        if found is None:
            found = self._codes[glyph, text] = self._new_code(glyph, text)
        return f"{found:04X}"

    def silent_code(self, text: str) -> str:
        """A code that draws nothing and takes no room, and says a text."""
        return self.code(self.face.glyph(" "), f"{text}{_SILENT}")

    def width(self, code: int) -> float:
        """How far a code moves on, in thousandths of the size."""
        return 0.0 if self.says[code].endswith(_SILENT) else self.face.width(self.glyphs[code])

    def _new_code(self, glyph: int, text: str) -> int:
        code = glyph
        if glyph in self.says:
            code = self._next = max(self._next + 1, self.face.glyph_count)
        self.says[code], self.glyphs[code] = text, glyph
        return code


def embed(doc: Document, used: list[UsedFace]) -> None:
    """Put the faces of a document into it, each cut to what was used of it."""
    fonts = doc.idToObject["BasicFonts"].dict
    fonts.clear()  # Helvetica, which nothing here is written in and nobody could embed
    for place, one in enumerate(used):
        if one.says:
            fonts[one.name] = add_raw(doc, _font(doc, one, place))


def _font(doc: Document, used: UsedFace, place: int) -> str:
    face, codes = used.face, sorted(used.says)
    base = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[place % 26] * 6}+{face.name}"
    file = _font_file(doc, used)
    extents = face.hb_font.get_font_extents("ltr")
    high, low = round(extents.ascender * face.scale), round(extents.descender * face.scale)
    descriptor = add_raw(
        doc,
        f"<< /Type /FontDescriptor /FontName /{base} /Flags {_SYMBOLIC} /ItalicAngle 0 "
        f"/FontBBox [-1000 {low} 2000 {high}] /Ascent {high} /Descent {low} /CapHeight {high} "
        f"/StemV 80 /FontFile2 {number_of(doc, file)} 0 R >>",
    )
    widths = " ".join(f"{code} [{used.width(code):.0f}]" for code in codes)
    same = all(code == glyph for code, glyph in used.glyphs.items())
    to_glyphs = (
        "/Identity" if same else f"{number_of(doc, add_stream(doc, _glyph_table(used)))} 0 R"
    )
    below = add_raw(
        doc,
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{base} /DW 1000 /W [{widths}] "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"/FontDescriptor {number_of(doc, descriptor)} 0 R /CIDToGIDMap {to_glyphs} >>",
    )
    says = add_stream(doc, _to_unicode(used, codes))
    return (
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{base} /Encoding /Identity-H "
        f"/DescendantFonts [{number_of(doc, below)} 0 R] /ToUnicode {number_of(doc, says)} 0 R >>"
    )


def _font_file(doc: Document, used: UsedFace) -> Raw:
    data = used.face.cut_to(set(used.glyphs.values()) | {0})
    return add_stream(doc, data, f"/Length1 {len(data)}")


def _glyph_table(used: UsedFace) -> bytes:
    table = bytearray(2 * (max(used.glyphs) + 1))
    for code, glyph in used.glyphs.items():
        table[2 * code : 2 * code + 2] = glyph.to_bytes(2)
    return bytes(table)


def _to_unicode(used: UsedFace, codes: list[int]) -> bytes:
    lines = [f"<{code:04X}> <{utf16(used.says[code].removesuffix(_SILENT))}>\n" for code in codes]
    blocks = [lines[first : first + _A_BLOCK] for first in range(0, len(lines), _A_BLOCK)]
    parts = [f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks]
    return (_CODES_BEGIN + "".join(parts) + _CODES_END).encode()
