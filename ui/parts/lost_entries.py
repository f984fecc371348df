"""What an old backup has of a record and today's record has not, to be ticked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from medilink.bringing_back import Lost
from medilink.choices import SECTION_WORDS
from medilink.records import section_of
from ui.parts.chart import SECTION_ICONS, entry_words
from ui.parts.person import day
from ui.parts.plain import plain
from ui.words import say

SHOWN = 150
# How an entry stands today, or stood, in the words of the page.
STATUS_WORDS = {
    "active": "in force",
    "amended": "corrected",
    "entered-in-error": "struck as written by mistake",
    "stopped": "stopped",
    "resolved": "over",
    "refuted": "refuted",
    "ended": "over",
    "superseded": "replaced",
    "completed": "goes on under a newer entry",
}


def show_lost(lost: Sequence[Lost], *, may_tick: bool = True) -> frozenset[bytes]:
    """Section after section; which of them are ticked. What is missing is, to begin with: somebody
    came for it. What was struck or ended since is not: somebody meant that."""
    ticked: set[bytes] = set()
    for section, some in groupby(lost[:SHOWN], lambda one: section_of(one.entry)):
        st.markdown(f"**:material/{SECTION_ICONS[section]}: {say(SECTION_WORDS[section])}**")
        for one in some:
            if not may_tick:
                st.markdown(f"- {plain(_words(one))}")
            elif st.checkbox(plain(_words(one)), value=not one.today, key=_key(one)):
                ticked.add(one.entry.uid)
    if (more := len(lost) - SHOWN) > 0:
        st.caption(say("{number} more: bring these back first.", number=more))
    return frozenset(ticked)


def _key(one: Lost) -> str:
    return f"lost-{one.entry.uid.hex()}"


def _words(one: Lost) -> str:
    """What it is, since when, by whom, and how it stands today."""
    entry = one.entry
    written = day(entry.at)
    parts = [entry_words(entry) or say(SECTION_WORDS[section_of(entry)])]
    parts += [part for part in (written, entry.author) if part and part not in parts[0]]
    if one.today is None:
        old = entry.status in ("amended", "entered-in-error")
        parts += [_status(entry.status)] if old else []
    else:
        parts.append(
            say(
                "today: {today}, in the backup: {then}",
                today=_status(one.today.status),
                then=_status(entry.status),
            )
        )
    return " · ".join(parts)


def _status(status: str) -> str:
    return say(STATUS_WORDS[status]) if status in STATUS_WORDS else status or say("in force")
