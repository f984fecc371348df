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

FORMULA_BEGINS = frozenset("=+-@\t\r\n|%＝＋－＠﹦﹢﹣﹫⁺⁻⁼₊₋₌−")
MARK = "\ufeff"
TOGETHER = 1024  # cells looked at in one go

# While cells are looked at, this parts them (ASCII calls it so). Not seen in any spreadsheet, it is
# left out of what was typed, as NUL is.
_CELL = "\x1f"
_LEFT_OUT = dict.fromkeys(map(ord, (_CELL, "\0")))

_RUNS = "[" + re.escape("".join(sorted(FORMULA_BEGINS - set("\t\r\n")))) + "]"
# What may stand before a formula without being seen: spaces, controls, quotation marks, characters
# of no width.
_UNSEEN = (
    r"[\x01-\x08\x0b\x0c\x0e-\x1e\x20\x7f-\xa0\xad'\"\u1680\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\ufeff]*"
)
# A number below zero is no formula. One with a plus is a phone number, and stays whole as a text.
_NUMBER = rf"-[0-9]{{1,15}}(?:\.[0-9]{{1,15}})?(?:{_CELL}|\Z)"
# Most cells begin with a letter or a digit of ASCII: those are told first, in half the time.
_CELL_BEGINS = re.compile(
    rf"{_CELL}(?![0-9A-Za-z{_CELL}])(?={_UNSEEN}{_RUNS}|[\t\r\n])(?!{_NUMBER})"
)
_BEGINS_INSIDE = re.compile(rf"[;\t\r\n](?={_UNSEEN}{_RUNS})")
_PARTS = ";\t\r\n"


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, a row at a time, every cell in quotation marks and harmless."""
    yield MARK.encode()
    for row in rows:
        yield csv_bytes([harmless([str(cell) for cell in row])])


def harmless(cells: Sequence[str]) -> Sequence[str]:
    """Texts as they may stand between quotation marks: none a formula, every quotation mark twice.
    Texts that were so already are the same ones."""
    safe: list[str] = []
    for first in range(0, len(cells), TOGETHER):
        safe += _harmless_some(cells[first : first + TOGETHER])
    return safe


def csv_bytes(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows of harmless texts in UTF-8, without the mark. Written here and not by `csv`, which would
    take four times as long: with every cell in quotation marks there is nothing to decide."""
    lines = '"\r\n"'.join(map('","'.join, rows))
    return f'"{lines}"\r\n'.encode("utf-8", "replace")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula. What is not seen in front is looked through,
    as spreadsheets do."""
    return _no_formulas(_CELL + text.translate(_LEFT_OUT))[1:]


def _harmless_some(cells: Sequence[str]) -> Sequence[str]:
    parted = _CELL + _CELL.join(cells)
    if "\0" in parted or parted.count(_CELL) != len(cells):
        return _harmless_some([cell.translate(_LEFT_OUT) for cell in cells])
    safe = _no_formulas(parted).replace('"', '""')
    return cells if safe == parted else safe[1:].split(_CELL)


def _no_formulas(parted: str) -> str:
    begun = _CELL_BEGINS.sub(r"\g<0>'", parted)
    if any(part in begun for part in _PARTS):
        return _BEGINS_INSIDE.sub(r"\g<0>'", begun)
    return begun
