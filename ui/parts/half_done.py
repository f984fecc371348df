"""What is half done on a page and cannot be made a second time: a code shown only now, a question
that waits for its answer.

It lies in this tab and, so that a reload loses nothing, in the session: in memory only, gone when
it is done, at sign-out and with the process.
"""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

from ui.parts.desk import current_session

MADE_CODE, MADE_OFFER, MADE_CARD = "made-code", "made-offer", "made-card"
Kept = TypeVar("Kept")


def keep(name: str, what: object) -> None:
    """Keep it under a name, in place of what was there."""
    st.session_state[name] = current_session().half_done[name] = what


def kept(name: str, kind: type[Kept]) -> Kept | None:
    """What this tab keeps; after a reload, what the session does."""
    if name not in st.session_state:
        st.session_state[name] = current_session().half_done.get(name)
    found = st.session_state[name]
    return found if isinstance(found, kind) else None


def forget(*names: str) -> None:
    """Done or given up."""
    for name in names:
        st.session_state.pop(name, None)
        current_session().half_done.pop(name, None)
