"""Texts as lines of glyphs: wrapped, split over the faces that have their letters, in order.

Nearly everything is written in Latin letters, and for them a word is looked up whole: its codes and
its width. Only a text with other letters is ordered and joined, line by line. Letters nobody has a
font for are drawn as a sign that says so, and counted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from exports.pdf_faces import Face, face_for, shipped, what_glyphs_say
from exports.pdf_fonts import UsedFace
from exports.pdf_order import has_right_to_left, reads_from_right, runs_of
from exports.pdf_text import JOINERS, MARKS, MISSING, NO_DIRECTIONS, as_data, never_changes


class Piece(NamedTuple):
    """Glyphs of one face. `show`: (how far above the line in thousandths, what is shown)."""

    face: str
    show: tuple[tuple[float, str], ...]


class Line(NamedTuple):
    """A line from left to right, its width in thousandths of the size."""

    pieces: tuple[Piece, ...]
    width: float
    rtl: bool = False


class _Word(NamedTuple):
    codes: str
    width: float


EMPTY = Line((), 0.0)
_ROUNDING = 0.01


class Letters:
    """The texts of one document. `missing`: letters nobody had a font for."""

    def __init__(self) -> None:
        self.used: dict[str, UsedFace] = {}
        self.missing: set[str] = set()
        self._main = {bold: self._use(shipped(bold=bold)[0]) for bold in (False, True)}
        self._letters: dict[bool, dict[str, _Word]] = {False: {}, True: {}}
        self._words: dict[bool, dict[str, _Word | None]] = {False: {}, True: {}}
        self._widths: dict[bool, dict[str, float]] = {False: {}, True: {}}
        self._space = {bold: self._letter(" ", bold) for bold in (False, True)}

    # ---- lines

    def wrap(self, text: str, room: float, *, bold: bool = False) -> list[Line]:
        """The lines of a text, none wider than `room` thousandths of its size. An empty line
        between paragraphs stays."""
        shown = as_data(text)
        if "\n" not in shown:
            return self._paragraph(shown, room, bold=bold)
        parts = shown.strip("\n").split("\n")
        return [line for part in parts for line in self._paragraph(part, room, bold=bold)]

    def line(self, text: str, *, bold: bool = False) -> Line:
        """A text as one line, however wide."""
        return self.wrap(" ".join(text.split()), float("inf"), bold=bold)[0]

    def cut(self, text: str, room: float, *, bold: bool = False) -> Line:
        """A text as one line of this width, its end cut off where it is longer."""
        words = " ".join(text.split())[:_NO_LINE_IS_LONGER]
        lines = self.wrap(words, room, bold=bold)
        if len(lines) == 1 and words:
            return lines[0]
        while words and self.line(words + "…", bold=bold).width > room:
            words = words[: -1 - len(words) // 20].rstrip()
        return self.line(words + "…", bold=bold) if words else EMPTY

    def _paragraph(self, text: str, room: float, *, bold: bool) -> list[Line]:
        words = text.split()
        if not words:
            return [EMPTY]
        known, found = self._words[bold], []
        for word in words:
            one = known[word] if word in known else self._learn(word, bold)
            if one is None:
                return self._mixed(words, room, bold=bold)
            found.append(one)
        return self._plain_lines(words, found, room, bold)

    def _plain_lines(
        self, texts: list[str], words: list[_Word], room: float, bold: bool
    ) -> list[Line]:
        face, space = self._main[bold].name, self._space[bold]
        gap, between = space.width, space.codes
        lines: list[Line] = []
        row: list[str] = []
        wide = -gap
        for place, word in enumerate(words):
            longer = wide + gap + word.width
            if longer <= room:
                row.append(word.codes)
                wide = longer
                continue
            if row:
                lines.append(_plain_line(face, between.join(row), wide))
            *full, word = self._broken(texts[place], room, bold) if word.width > room else [word]
            lines += [_plain_line(face, part.codes, part.width) for part in full]
            row, wide = [word.codes], word.width
        lines.append(_plain_line(face, between.join(row), wide))
        return lines

    def _broken(self, text: str, room: float, bold: bool) -> list[_Word]:
        """A word that is wider than a line, in parts that are not."""
        letters = self._letters[bold]
        parts: list[_Word] = []
        begin, wide = 0, 0.0
        for place, letter in enumerate(text):
            width = letters[letter].width
            if wide + width > room and place > begin:
                parts.append(self._joined(text[begin:place], bold))
                begin, wide = place, 0.0
            wide += width
        return [*parts, self._joined(text[begin:], bold)]

    # ---- words of plain letters

    def _learn(self, word: str, bold: bool) -> _Word | None:
        """A word's codes and width; None where its letters must be ordered, joined or found."""
        main = self._main[bold].face
        plain = word.isascii() or all(never_changes(one) and main.glyph(one) for one in word)
        marked = not word.isascii() and any(map(unicodedata.combining, word))
        one = self._joined(word, bold) if plain and not marked else None
        self._words[bold][word] = one
        return one

    def _joined(self, text: str, bold: bool) -> _Word:
        known = self._letters[bold]
        found = [known.get(one) or self._letter(one, bold) for one in text]
        return _Word("".join([one.codes for one in found]), sum([one.width for one in found]))

    def _letter(self, letter: str, bold: bool) -> _Word:
        used = self._main[bold]
        glyph = used.face.glyph(letter)
        made = _Word(used.code(glyph, letter), used.face.width(glyph))
        self._letters[bold][letter] = made
        return made

    # ---- lines of any letters

    def _mixed(self, words: list[str], room: float, *, bold: bool) -> list[Line]:
        rtl = reads_from_right(" ".join(words[:50]))
        gap = self._space[bold].width
        lines: list[Line] = []
        row: list[str] = []
        wide = -gap
        for word, width in self._measured(words, room, bold=bold):
            if row and wide + gap + width > room + _ROUNDING:
                lines.append(self._mixed_line(" ".join(row), rtl=rtl, bold=bold))
                row, wide = [], -gap
            row.append(word)
            wide += gap + width
        return [*lines, self._mixed_line(" ".join(row), rtl=rtl, bold=bold)]

    def _measured(
        self, words: list[str], room: float, *, bold: bool
    ) -> Iterator[tuple[str, float]]:
        """Words with their widths, a word wider than a line in parts."""
        for word in words:
            if len(word) <= _NO_LINE_IS_LONGER and (width := self._mixed_width(word, bold)) <= room:
                yield word, width
                continue
            begin = word[:_NO_LINE_IS_LONGER]
            fits = len(begin) * room / max(self._mixed_width(begin, bold), 1)
            most = max(1, int(min(fits, len(begin)) * _SURE_TO_FIT))
            for first in range(0, len(word), most):
                part = word[first : first + most]
                yield part, self._mixed_width(part, bold)

    def _mixed_width(self, word: str, bold: bool) -> float:
        """How wide a word is, in whatever order it is drawn."""
        known = self._widths[bold]
        if word not in known:
            rtl = has_right_to_left(word)
            parts = self._by_face(word.translate(NO_DIRECTIONS) or " ", bold)
            known[word] = sum(
                sum(moves for _, _, moves, _, _ in face.shape(part, rtl=rtl))
                if face
                else self._signs(part, bold)[1]
                for face, part in parts
            )
        return known[word]

    def _mixed_line(self, text: str, *, rtl: bool, bold: bool) -> Line:
        turns = rtl or has_right_to_left(text)
        runs = runs_of(text, rtl=rtl) if turns else [(text, False)]
        pieces: list[Piece] = []
        width = 0.0
        for ordered, backwards in runs:
            run = ordered.translate(NO_DIRECTIONS)
            parts = list(self._by_face(run, bold)) if run else []
            for face, part in reversed(parts) if backwards else parts:
                piece, wide = (
                    self._piece(face, part, backwards=backwards)
                    if face
                    else self._signs(part, bold)
                )
                pieces.append(piece)
                width += wide
        return Line(tuple(pieces), width, rtl)

    def _by_face(self, run: str, bold: bool) -> Iterator[tuple[Face | None, str]]:
        """A run split by the faces that have its letters; None for letters nobody has."""
        begin, now = 0, self._face_of(run[0], None, bold)
        for place, letter in enumerate(run):
            face = self._face_of(letter, now, bold)
            if face is not now:
                yield now, run[begin:place]
                begin, now = place, face
        yield now, run[begin:]

    def _face_of(self, letter: str, before: Face | None, bold: bool) -> Face | None:
        clings = letter in JOINERS or letter == " " or unicodedata.category(letter) in MARKS
        if clings and before is not None and (letter in JOINERS or before.glyph(letter)):
            return before
        return face_for(letter, bold=bold)

    def _piece(self, face: Face, text: str, *, backwards: bool) -> tuple[Piece, float]:
        used = self._use(face)
        drawn = face.shape(text, rtl=backwards)
        said = what_glyphs_say(text, [cluster for _, cluster, *_ in drawn], backwards=backwards)
        show: list[tuple[float, str]] = []
        row: list[str] = []
        above = width = 0.0
        for (glyph, _, moves, right, up), (silent, letters) in zip(drawn, said, strict=True):
            if up != above:
                if row:
                    show.append((above, "".join(row)))
                row, above = [], up
            row += [f"<{used.silent_code(one)}>" for one in silent]
            before = f"{-right:.0f}" if right else ""
            after = right + face.width(glyph) - moves
            back = f"{after:.0f}" if abs(after) > _ROUNDING else ""
            row.append(f"{before}<{used.code(glyph, letters)}>{back}")
            width += moves
        show.append((above, "".join(row)))
        return Piece(used.name, tuple(show)), width

    def _signs(self, text: str, bold: bool) -> tuple[Piece, float]:
        """A visible sign for each letter nobody has; copied, it is the letter."""
        used = self._main[bold]
        glyph = used.face.glyph(MISSING)
        self.missing.update(text)
        codes = "".join(used.code(glyph, letter) for letter in text)
        return Piece(used.name, ((0.0, f"<{codes}>"),)), used.face.width(glyph) * len(text)

    def _use(self, face: Face) -> UsedFace:
        key = face.name
        if key not in self.used:
            self.used[key] = UsedFace(face, f"F{len(self.used) + 1}")
        return self.used[key]


_NO_LINE_IS_LONGER = 400  # characters: more never stand beside each other on A4
_SURE_TO_FIT = 0.7  # letters of one word are not of one width


def _plain_line(face: str, codes: str, width: float) -> Line:
    return Line((Piece(face, ((0.0, f"<{codes}>"),)),), width)
