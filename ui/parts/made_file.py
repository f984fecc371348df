"""A file that was made: to be saved on this device, or fetched by another one."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from exports.making import Made
from medilink.people import PatientId
from ui.parts.desk import go_to
from ui.parts.plain import plain
from ui.parts.share_link import show_share_link
from ui.words import say


def show_made(patient: PatientId, made: Made, *, again: Callable[[], None], another: str) -> None:
    """Saving it first; `again` forgets it, by a button that is called `another`."""
    st.success(
        plain(
            say(
                "Document {number} is ready. The clinic has signed it, and it is on record that it"
                " was made.",
                number=made.number,
            )
        ),
        icon=":material/verified:",
    )
    st.download_button(
        say("Save the file on this device"),
        made.content,
        file_name=made.name,
        mime=made.media,
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    with st.expander(say("Send it to another device on this Wi-Fi"), icon=":material/link:"):
        show_share_link(made.name, made.media, made.content, patient)
    if not made.locked:
        st.caption(say("It is not locked: whoever has the file can read it."))
    if st.button(another, icon=":material/add:"):
        again()
        st.rerun()


def offer_take_along() -> None:
    """The ways to the page where a file of the record on the desk is made, and to the one where
    such a file is checked."""
    st.subheader(say("Take the record along"), anchor=False)
    st.write(say("As paper, for another clinic's program, or as tables: signed by this clinic."))
    make, check = st.columns(2)
    if make.button(say("Make a file of this record"), icon=":material/output:", width="stretch"):
        go_to("take-along")
    if check.button(say("Check a document"), icon=":material/verified:", width="stretch"):
        go_to("check")
