"""Fonts a PDF is written with: those that ship (`faces/README.md`), then those of this computer.

A face knows its letters, how wide they are, and how HarfBuzz joins them. What of it a document
needs is cut out of it when the document is done (`exports.pdf_fonts`).
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import uharfbuzz as hb

from exports.lettering import bundled_font, fonts_here

_FOLDER = Path(__file__).parent / "faces"
# In the order in which they are asked for a letter.
_SHIPPED = ("NotoSans", "NotoSansEthiopic", "NotoSansArabic", "NotoSansMath")
_NO_BOLD = frozenset({"NotoSansMath"})
NOTHING = "\u200b"  # what a glyph says whose letters another glyph has said
_EM = 1000  # units in which PDF gives widths (ISO 32000-1, 9.2.4)


class Face:
    """One font file. `name`: as the PDF calls it, without what is cut from it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.stem.replace(" ", "")
        self.hb_face = hb.Face(hb.Blob.from_file_path(path))
        self.hb_font = hb.Font(self.hb_face)
        self.scale = _EM / float(self.hb_face.upem)
        self.glyph_count = int(self.hb_face.glyph_count)
        self._glyphs: dict[str, int] = {}
        self._widths: dict[int, float] = {}

    def glyph(self, letter: str) -> int:
        """The number of a letter's glyph; 0 where it has none."""
        found = self._glyphs.get(letter)
        if found is None:
            found = self._glyphs[letter] = int(self.hb_font.get_nominal_glyph(ord(letter)) or 0)
        return found

    def width(self, glyph: int) -> float:
        """How far a glyph moves on, in thousandths of the size."""
        found = self._widths.get(glyph)
        if found is None:
            found = self._widths[glyph] = self.hb_font.get_glyph_h_advance(glyph) * self.scale
        return found

    def shape(self, text: str, *, rtl: bool) -> list[tuple[int, int, float, float, float]]:
        """The text as glyphs from left to right: (glyph, place in the text, how far it moves on,
        and how far it is drawn to the right and above), in thousandths of the size."""
        buffer = hb.Buffer()
        buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_GRAPHEMES
        buffer.add_str(text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        hb.shape(self.hb_font, buffer)
        scale = self.scale
        return [
            (
                info.codepoint,
                info.cluster,
                at.x_advance * scale,
                at.x_offset * scale,
                at.y_offset * scale,
            )
            for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        ]

    def cut_to(self, glyphs: set[int]) -> bytes:
        """The font with only these glyphs, under the same numbers."""
        wanted = hb.SubsetInput()
        wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(glyphs)
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(_TABLES_NOT_PRINTED)
        return bytes(hb.subset(self.hb_face, wanted).blob.data)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode())


# A PDF chooses glyphs by number: how letters are found and joined is done by then.
_TABLES_NOT_PRINTED = {_tag(name) for name in ("GSUB", "GPOS", "GDEF", "DSIG", "kern", "name")}


@cache
def face_at(path: Path) -> Face:
    """A font file, read once."""
    return Face(path)


@cache
def shipped(*, bold: bool) -> tuple[Face, ...]:
    """The faces that ship, in the order in which they are asked for a letter."""
    style = "Bold" if bold else "Regular"
    names = [f"{n}-{'Regular' if n in _NO_BOLD else style}.ttf" for n in _SHIPPED]
    return tuple(face_at(_FOLDER / name) for name in names)


@cache
def _all_faces(*, bold: bool) -> tuple[Face, ...]:
    """What ships, then what this computer has. Outlines of the other kind (CFF) would have to be
    embedded in another way."""
    here = (face_at(path) for path in (bundled_font(bold=bold), *fonts_here()))
    return (*shipped(bold=bold), *(face for face in here if "glyf" in face.hb_face.table_tags))


@cache
def face_for(letter: str, *, bold: bool) -> Face | None:
    """A face that has a letter: one that ships, else one of this computer; None where nobody has
    it."""
    return next((face for face in _all_faces(bold=bold) if face.glyph(letter)), None)


def what_glyphs_say(text: str, clusters: list[int], *, backwards: bool) -> list[tuple[str, str]]:
    """For each glyph what codes without a picture say before it, and what it says itself.

    Whoever reads a PDF turns letters that go from right to left round one by one. So there a glyph
    that stands for several (lam and alef are one) says the first of them, and the others are said
    before it.
    """
    begins = sorted(set(clusters))
    ends = dict(zip(begins, [*begins[1:], len(text)], strict=True))
    found: list[tuple[str, str]] = []
    for cluster, glyphs in Counter(clusters).items():
        letters = text[cluster : ends[cluster]]
        if backwards:
            letters = letters[::-1]
            more = max(0, len(letters) - glyphs)
            found.append((letters[:more], letters[more : more + 1] or NOTHING))
            rest = letters[more + 1 :]
        elif len(letters) == glyphs:
            found.append(("", letters[0]))
            rest = letters[1:]
        else:
            found.append(("", letters))
            rest = ""
        found += [("", one) for one in rest.ljust(glyphs - 1, NOTHING)]
    return found
