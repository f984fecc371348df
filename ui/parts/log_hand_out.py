"""The whole log handed out for somebody else to check, with the program that does it."""

from __future__ import annotations

import streamlit as st

from exports.log_package import CHECK_COMMAND, pack_log
from medilink.acts.log_export import export_log
from ui.parts.desk import current_desk
from ui.parts.telling import told
from ui.words import say

PACKAGE, DETAILS = "log-package", "log-package-details"


def show_hand_out() -> None:
    """With or without personal details; first it is made, which is on record."""
    st.write(
        say(
            "For an inspector or a court: every entry, signed, with a small program that checks it"
            " without MediLink."
        )
    )
    details = st.checkbox(
        say("With personal details: names of staff and patients, addresses, browsers"), key=DETAILS
    )
    st.caption(
        say("Whoever has this file reads who did what to whom. It is not locked.")
        if details
        else say("Without them it says what was done and when, by number, and proves as much.")
    )
    told(_package)(details)
    st.write(how_to_check())
    st.code(CHECK_COMMAND, language=None, wrap_lines=True)


def how_to_check() -> str:
    """What an inspector does with the file."""
    return say(
        "Unpack the file on a computer with Python 3.11 or newer and its package cryptography, and"
        " run this; add --receipt and the text of a receipt to check that too. It says whether"
        " every entry fits."
    )


def _package(details: bool) -> None:
    made: tuple[bool, bytes] | None = st.session_state.get(PACKAGE)
    if made and made[0] == details:
        st.download_button(
            say("Save the file on this device"),
            made[1],
            file_name="log-with-details.zip" if details else "log.zip",
            mime="application/zip",
            type="primary",
            icon=":material/download:",
            on_click=_forget,
        )
    elif st.button(say("Make the file"), type="primary", icon=":material/folder_zip:"):
        with st.spinner(say("The log is being packed …")):
            lines = export_log(current_desk(), details=details)
            how = f"{how_to_check()}\n\n    {CHECK_COMMAND}\n"
            st.session_state[PACKAGE] = (details, pack_log(lines, how))
        st.rerun()


def _forget() -> None:
    st.session_state.pop(PACKAGE, None)
