"""Which sections of a record, and of which time: asked in the same words wherever it is asked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from medilink.choices import SECTION_WORDS
from medilink.records import ALL_SECTIONS, Section
from medilink.sensitive import Sensitive
from ui.parts.chart import SECTION_ICONS
from ui.parts.person import today
from ui.words import say

EVERYTHING, CHOSEN = "everything", "chosen"
EARLIEST = date(1900, 1, 1)
SENSITIVE_WORDS = {
    Sensitive.HIV: "HIV",
    Sensitive.MENTAL_HEALTH: "Mental health",
    Sensitive.REPRODUCTIVE: "Pregnancy, family planning and sexuality",
}


def choose_sections(question: str, key: str) -> frozenset[Section]:
    """All of them, or those that are ticked; nothing where none is. `key` keeps two of these
    questions apart."""
    parts = st.radio(
        question,
        [EVERYTHING, CHOSEN],
        format_func=lambda s: say("All parts") if s == EVERYTHING else say("Only parts of it"),
        horizontal=True,
        key=f"{key}-parts",
    )
    if parts == EVERYTHING:
        return ALL_SECTIONS
    return frozenset(
        section
        for section in Section
        if st.checkbox(
            f":material/{SECTION_ICONS[section]}: {say(SECTION_WORDS[section])}",
            key=f"{key}-{section}",
        )
    )


def choose_matters(key: str) -> frozenset[Sensitive]:
    """Private matters, each to be ticked."""
    return frozenset(
        category
        for category, words in SENSITIVE_WORDS.items()
        if st.checkbox(say(words), key=f"{key}-{category.value}")
    )


def choose_time(key: str) -> tuple[int | None, int | None]:
    """From when, and until when (not including): milliseconds UTC of midnights here, None for
    any."""
    st.markdown(f"**{say('Only what happened in a time')}**")
    first, last = st.columns(2)
    since = first.date_input(say("From"), key=f"{key}-from", **any_past_day())
    until = last.date_input(say("To"), key=f"{key}-to", **any_past_day())
    return midnight(since), midnight(until + timedelta(days=1) if until else None)


def any_past_day() -> dict[str, Any]:
    """What a question for a day of the past is asked with."""
    return {
        "value": None,
        "min_value": EARLIEST,
        "max_value": today().date(),
        "format": "YYYY-MM-DD",
    }


def midnight(day: date | None) -> int | None:
    """The beginning of a day here, in milliseconds UTC."""
    if day is None:
        return None
    return int(datetime.combine(day, time.min).astimezone().timestamp() * 1000)
