"""What happened in this clinic: its log, whether it is whole, and what becomes of its old part."""

from __future__ import annotations

import streamlit as st

from ui.parts.desk import show_flash
from ui.parts.log_archived import show_archived
from ui.parts.log_entries import show_entries
from ui.parts.log_hand_out import show_hand_out
from ui.parts.log_whole import show_whole
from ui.parts.tabs import show_tabs
from ui.parts.telling import told
from ui.words import say


def show() -> None:
    """The administrator's home."""
    st.title(say("What happened"), anchor=False)
    show_flash()
    show_tabs(
        {
            say("Entries"): told(show_entries),
            say("Is it whole?"): told(show_whole),
            say("Hand out"): told(show_hand_out),
            say("Old entries"): told(show_archived),
        },
        key="log-tabs",
    )
