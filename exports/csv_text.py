"""Tables as CSV a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# A cell that begins so is taken for a formula (OWASP, CSV injection); a leading quote ends that.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MARK = "\ufeff"  # without it a spreadsheet takes UTF-8 for something else


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, row by row, every cell harmless."""
    yield MARK.encode()
    for row in rows:
        out = io.StringIO()
        csv.writer(out).writerow([_harmless(str(cell)) for cell in row])
        yield out.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_SIGNS) else cell
