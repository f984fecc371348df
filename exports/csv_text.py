"""Tables as CSV a spreadsheet opens without running anything in it.

A cell that begins like a formula gets an apostrophe in front (OWASP, "CSV Injection"); the mark at
the beginning tells a spreadsheet that the text is UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

FORMULA_BEGINS = frozenset("=+-@\t\r\n|%＝＋－＠")
MARK = "\ufeff"


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, row by row, every cell in quotation marks and harmless."""
    yield MARK.encode()
    for row in rows:
        out = io.StringIO(newline="")
        csv.writer(out, quoting=csv.QUOTE_ALL).writerow([safe_cell(str(cell)) for cell in row])
        yield out.getvalue().encode("utf-8", "replace")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula. Spaces in front are looked through, as
    spreadsheets do."""
    shown = text.replace("\0", "")
    begins = shown.lstrip()[:1] or shown[:1]
    return f"'{shown}" if begins in FORMULA_BEGINS or shown[:1] in FORMULA_BEGINS else shown
