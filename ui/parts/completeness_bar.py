"""How complete a record is, and what to ask next."""

from __future__ import annotations

import streamlit as st

from medilink.completeness import completeness
from medilink.records import Record
from ui.parts.person import today
from ui.words import say

SHOWN = 5


def show_completeness(record: Record) -> None:
    """A bar with its number; folded, what is missing and why it matters."""
    found = completeness(record, record.patient, today().date())
    st.progress(found.percent / 100, text=say("{percent} % complete", percent=found.percent))
    if not found.missing:
        return
    folded = st.expander(say("What is missing"), key="missing", on_change="rerun")
    if folded.open:
        with folded:
            for one in found.missing[:SHOWN]:
                st.markdown(f"**{say(one.what)}**  \n{say(one.why)}")
