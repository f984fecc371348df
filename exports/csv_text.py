"""Tables as CSV a spreadsheet opens without running anything in it.

A cell that begins like a formula gets an apostrophe in front (OWASP, "CSV Injection"; ASVS 5.0,
1.2.10); the mark at the beginning tells a spreadsheet that the text is UTF-8.

Where the regional settings part cells by semicolons or tabs, as in French, a spreadsheet does not
heed the quotation marks of a table parted by commas: then a new cell begins after every semicolon,
tab and line break, whatever cell it stood in. So what looks like a formula there gets its
apostrophe too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

FORMULA_BEGINS = frozenset("=+-@\t\r\n|%＝＋－＠﹦﹢﹣﹫⁺⁻⁼₊₋₌−")
MARK = "\ufeff"
TOGETHER = 64  # rows: few calls, and never much in memory

_RUNS = "[" + re.escape("".join(sorted(FORMULA_BEGINS - set("\t\r\n")))) + "]"
# What may stand before a formula without being seen: spaces, controls, quotation marks, characters
# of no width.
_UNSEEN = (
    r"[\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\xad'\"\u1680\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\ufeff]*"
)
_BEGINS = re.compile(_UNSEEN + _RUNS)
_BEGINS_AGAIN = re.compile(rf"([;\t\r\n])(?={_UNSEEN}{_RUNS})")
_ANYWHERE = re.compile(rf"[\x1f;\t\r\n]{_UNSEEN}{_RUNS}|\x1f[\t\r\n]|\0")
# A number below zero is no formula. One with a plus is a phone number, and stays whole as a text.
_NUMBER = re.compile(r"-[0-9]{1,15}(\.[0-9]{1,15})?")


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, a few rows at a time, every cell in quotation marks and harmless."""
    yield MARK.encode()
    coming = iter(rows)
    while some := [safe_cells([str(cell) for cell in row]) for row in islice(coming, TOGETHER)]:
        out = io.StringIO(newline="")
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows(some)
        yield out.getvalue().encode("utf-8", "replace")


def safe_cells(cells: Sequence[str]) -> Sequence[str]:
    """A row no spreadsheet finds a formula in."""
    if not _ANYWHERE.search("\x1f" + "\x1f".join(cells)):
        return cells  # nearly every row: one search takes a tenth of the time of twenty
    return [safe_cell(cell) for cell in cells]


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula. What is not seen in front is looked through,
    as spreadsheets do."""
    shown = text.replace("\0", "")
    if _NUMBER.fullmatch(shown):
        return shown
    guarded = _BEGINS_AGAIN.sub(r"\1'", shown)
    begins = _BEGINS.match(guarded) or guarded[:1] in FORMULA_BEGINS
    return f"'{guarded}" if begins and guarded else guarded
