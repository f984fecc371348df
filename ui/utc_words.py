"""A moment for whoever restores where there is no clinic yet, and so no time zone."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_words(at_ms: float) -> str:
    """Day and time in UTC; nothing for what no calendar knows, as a stick's file may claim."""
    try:
        return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return ""
