"""An error nobody foresaw, in the server's own log."""

from __future__ import annotations

import logging
from pathlib import Path

log = logging.getLogger("medilink")


def log_unforeseen(error: BaseException) -> None:
    """By type and place, never by text: a text may quote a record."""
    trace, places = error.__traceback__, []
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("unforeseen %s at %s", type(error).__name__, " > ".join(places[-6:]))
