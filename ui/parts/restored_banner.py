"""Telling everybody who works here, once, that the records came out of a backup and from when."""

from __future__ import annotations

import streamlit as st

from medilink.acts.notices import mark_read, unread_of_restore
from medilink.people import Role
from ui.house import the_house
from ui.parts.desk import current_desk
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.words import say

_TOLD = "restore-told"


def show_restored() -> None:
    """Nothing to patients, and nothing once it was read: here or under Notices."""
    desk = current_desk()
    if desk.who.role is Role.PATIENT or st.session_state.get(_TOLD):
        return
    notice = unread_of_restore(desk)
    if notice is None:
        st.session_state[_TOLD] = True
        return
    made = int(notice.entry.extra.get("made_at", "0"))
    with st.container(border=True):
        st.warning(
            plain(
                say(
                    "On {restored} the records were brought back from the backup of {made}. What"
                    " was written between these two is missing: look through your patients of those"
                    " days, and write it again from paper.",
                    restored=moment(notice.entry.at),
                    made=moment(made),
                )
            ),
            icon=":material/settings_backup_restore:",
        )
        if desk.who.role is Role.ADMIN:
            st.markdown(_to_do(notice.entry.extra.get("from_store", "")))
        if st.button(say("I have read this"), icon=":material/done:", key="restore-read"):
            mark_read(desk, [notice])
            st.session_state[_TOLD] = True
            st.rerun()


def _to_do(from_store: str) -> str:
    """For administrators. What came back on another computer has another name and new keys."""
    if from_store == the_house().store_id:
        return say("Check who works here, and what was withdrawn since.")
    return say(
        "The clinic has new keys: open Other clinics and tell the others. Let the old"
        " laptop not be used any more. Check who works here, and what was withdrawn."
    )
