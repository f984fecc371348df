"""A table file as rows of cells: its encoding, its separator, its quotation marks.

Tables come from Excel in any language, from phones and from old programs. What is certain goes
first (a byte order mark, valid UTF-8); only then is the encoding guessed. A quotation mark nobody
closed costs its own row, not the rest of the file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import charset_normalizer

from medilink.errors import FileUnreadable

SEPARATORS = (",", ";", "\t", "|")
_LINES_OF_A_ROW = 100  # a cell may hold line breaks; more than this is a quote nobody closed
_MOST_ACCENTS = 0.3  # share of letters beyond A–Z in Western European text stays far below

UNCLOSED = (
    "This row does not fall into cells: a quotation mark is not closed, or it is far too long."
)


def decoded(data: bytes) -> str:
    """The text of a table file. Raises FileUnreadable where no encoding fits."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FileUnreadable(why="it is empty.")
    if data[:2] in (b"PK", b"\xd0\xcf"):
        raise FileUnreadable(why="it is an Excel workbook. Save it as CSV (UTF-8) first.")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding).removeprefix("\ufeff")
            text.encode()  # some encodings can give half characters, which nothing can store
        except UnicodeError:
            continue
        return text
    raise FileUnreadable(why="its characters are damaged. Save it again as CSV (UTF-8).")


def _encodings(data: bytes) -> Iterator[str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield "utf-16"
    if data[:200].count(0) > len(data[:200]) / 4:  # UTF-16 without its mark: Latin is half zeros
        yield "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    yield "utf-8-sig"
    if _reads_as_western(data):
        yield "cp1252"
    guess = charset_normalizer.from_bytes(data).best()
    if guess:
        yield guess.encoding


def _reads_as_western(data: bytes) -> bool:
    """Whether Windows-1252 gives words: letters with few accents, and no stray signs among them.

    Asked before guessing: on a page of short names a guess is often a neighbour of the right one.
    """
    try:
        letters = [c for c in data.decode("cp1252") if c.isalpha()]
    except UnicodeDecodeError:
        return False
    accented = sum(not c.isascii() for c in letters)
    return accented <= _MOST_ACCENTS * len(letters)


# ---- separators and rows

_SEP_LINE = re.compile(r'"?sep=(.)"?[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)


def without_sep_line(text: str) -> tuple[str, str]:
    """The text without Excel's first line `sep=;`, and the separator it names (or nothing)."""
    named = _SEP_LINE.match(text)
    return (text[named.end() :], named[1]) if named else (text, "")


def rows(text: str, separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each row with its number, the first being 1; None for one that does not fall into cells.

    A row over several lines holds a cell with line breaks, or a quotation mark nobody closed. It is
    the latter if the marks do not pair, or the cells are not as many as in the first row. Then
    reading goes on with the next line, and of the swallowed lines only whole rows are taken.
    """
    lines = list(io.StringIO(text, newline=""))  # only \r, \n and \r\n end a line
    at = number = swallowed = width = 0
    while at < len(lines):
        number += 1
        cells, used = _first_row(lines[at : at + _LINES_OF_A_ROW], separator)
        width = width or len(cells or ())
        whole = cells is not None and len(cells) == width
        if used > 1 and not (whole and _is_well_quoted(lines[at : at + used], separator)):
            whole = False
            swallowed = max(swallowed, at + used)
            used = 1
        yield number, cells if whole or at >= swallowed else None
        at += used


def _first_row(lines: list[str], separator: str) -> tuple[list[str] | None, int]:
    """The cells of the first row of these lines, and how many lines it takes."""
    reader = csv.reader(lines, delimiter=separator)
    try:
        cells = next(reader, [])
    except csv.Error:  # a cell beyond the reader's limit of 131,072 characters
        return None, reader.line_num
    return cells, reader.line_num


def _is_well_quoted(lines: list[str], separator: str) -> bool:
    """Whether the quotation marks in these lines pair up, and stand only at the edges of cells."""
    try:
        next(csv.reader(lines, delimiter=separator, strict=True), None)
    except csv.Error:
        return False
    return True
