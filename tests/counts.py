"""How many times: few in every run of the tests, many with `python run.py test --long`."""

from __future__ import annotations

import os

LONG = bool(os.environ.get("MEDILINK_LONG"))


def times(quick: int, long: int) -> int:
    """How often something is tried in this run."""
    return long if LONG else quick
