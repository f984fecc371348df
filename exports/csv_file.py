"""A table as CSV that a spreadsheet opens without running anything in it.

A cell that begins like a formula gets an apostrophe in front (OWASP, "CSV Injection"); the mark at
the beginning tells Excel that the text is UTF-8.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_BEGINS = frozenset("=+-@\t\r\n|%＝＋－＠")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Comma-separated, every cell in quotation marks (RFC 4180), UTF-8 with its mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    for row in (header, *rows):
        writer.writerow([safe_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula. Spaces in front are looked through, as
    spreadsheets do."""
    shown = text.replace("\0", "")
    begins = shown.lstrip()[:1] or shown[:1]
    return f"'{shown}" if begins in FORMULA_BEGINS or shown[:1] in FORMULA_BEGINS else shown
