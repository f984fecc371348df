"""The log handed out: one zip with the log, the program that checks it, and how that is done."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from security import check_log

CHECKER = Path(check_log.__file__)
LOG_NAME, HOW_NAME = "log.jsonl", "how-to-check.txt"
CHECK_COMMAND = f"python {CHECKER.name} {LOG_NAME}"


def pack_log(lines: Iterable[str], how: str) -> bytes:
    """The zip. `lines` of the log are packed as they come; `how` says what to do with it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open(LOG_NAME, "w", force_zip64=True) as log:
            for line in lines:
                log.write(line.encode())
        packed.writestr(CHECKER.name, CHECKER.read_bytes())
        packed.writestr(HOW_NAME, how)
    return out.getvalue()
