"""Tables as CSV a spreadsheet opens without running anything in it.

A cell that begins like a formula gets an apostrophe in front (OWASP, "CSV Injection"; ASVS 5.0,
1.2.10); the mark at the beginning tells a spreadsheet that the text is UTF-8.

Where the regional settings part cells by semicolons or tabs, as in French, a spreadsheet does not
heed the quotation marks of a table parted by commas: there a new cell begins after every semicolon,
tab and line break, whatever cell it stood in. So what looks like a formula after one of them gets
its apostrophe too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

FORMULA_BEGINS = frozenset("=+-@\t\r\n|%＝＋－＠﹦﹢﹣﹫⁺⁻⁼₊₋₌−")
MARK = "\ufeff"
TOGETHER = 64  # rows: few calls, and never much in memory

# While a table is made, these part its rows and cells (ASCII calls them so). Not seen in any
# spreadsheet, they are left out of what was typed, as NUL is.
_ROW, _CELL = "\x1e", "\x1f"
_LEFT_OUT = dict.fromkeys(map(ord, (_ROW, _CELL, "\0")))

_RUNS = "[" + re.escape("".join(sorted(FORMULA_BEGINS - set("\t\r\n")))) + "]"
# What may stand before a formula without being seen: spaces, controls, quotation marks, characters
# of no width.
_UNSEEN = (
    r"[\x01-\x08\x0b\x0c\x0e-\x1d\x20\x7f-\xa0\xad'\"\u1680\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\ufeff]*"
)
# A number below zero is no formula. One with a plus is a phone number, and stays whole as a text.
_NUMBER = rf"-[0-9]{{1,15}}(?:\.[0-9]{{1,15}})?(?:[{_ROW}{_CELL}]|\Z)"
_CELL_BEGINS = re.compile(rf"{_CELL}(?={_UNSEEN}{_RUNS}|[\t\r\n])(?!{_NUMBER})")
_BEGINS_INSIDE = re.compile(rf"[;\t\r\n](?={_UNSEEN}{_RUNS})")
_PARTS = ";\t\r\n"


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, a few rows at a time, every cell in quotation marks and harmless."""
    yield MARK.encode()
    coming = iter(rows)
    while some := [[str(cell) for cell in row] for row in islice(coming, TOGETHER)]:
        yield csv_bytes(some)


def csv_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    """The same of some rows of texts, without the mark. Written here and not by `csv`, which would
    take four times as long: with every cell in quotation marks there is nothing to decide."""
    parted = _parted(rows)
    if parted.count(_CELL) != sum(map(len, rows)) or parted.count(_ROW) != len(rows) - 1:
        parted = _parted([[cell.translate(_LEFT_OUT) for cell in row] for row in rows])
    quoted = _harmless(parted).replace('"', '""')
    lines = quoted.replace(_ROW + _CELL, '"\r\n"').replace(_CELL, '","')[len('",') :]
    return f'{lines}"\r\n'.encode("utf-8", "replace")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula. What is not seen in front is looked through,
    as spreadsheets do."""
    return _harmless(_CELL + text.translate(_LEFT_OUT))[1:]


def _parted(rows: Iterable[Iterable[str]]) -> str:
    """A mark before every cell, and another between rows."""
    return _CELL + (_ROW + _CELL).join(map(_CELL.join, rows))


def _harmless(parted: str) -> str:
    begun = _CELL_BEGINS.sub(r"\g<0>'", parted.replace("\0", ""))
    if any(part in begun for part in _PARTS):
        return _BEGINS_INSIDE.sub(r"\g<0>'", begun)
    return begun
