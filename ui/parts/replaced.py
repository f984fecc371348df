"""Records that were replaced, kept until an administrator deletes them; and how long it took."""

from __future__ import annotations

import shutil

import streamlit as st

from medilink.acts.replace_store import replaced_is_deleted, swaps_known
from medilink.errors import FolderReadOnly
from medilink.store_backup import Swap, SwapWhy
from ui.house import the_house
from ui.parts.desk import current_desk, flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.words import say, say_many

# What the project promises: a gigabyte of records back at work in ten minutes.
PROMISED_BYTES, PROMISED_S = 1_000_000_000, 600
WHY_WORDS = {SwapWhy.RESTORE: "A backup was restored", SwapWhy.NEW_KEY: "The records got a new key"}
_ASKED = "replaced-asked"


def show_replaced() -> None:
    """Each time, the newest first."""
    swaps = swaps_known(current_desk())
    if not swaps:
        return
    st.header(say("Records that were replaced"), anchor=False)
    st.caption(
        say(
            "They are kept, encrypted as they were, until you delete them. Delete them once you are"
            " sure that the present ones are right: they take as much room again."
        )
    )
    for swap in swaps:
        _show_one(swap)


def _show_one(swap: Swap) -> None:
    there = (the_house().config.data_dir / swap.folder).is_dir()
    with st.container(border=True):
        st.markdown(f"**{plain(say(WHY_WORDS[swap.why]))}** · {plain(moment(swap.at))}")
        if swap.took:
            st.caption(plain(took_words(swap)))
        if not there:
            st.caption(say("The records from before are deleted."))
            return
        st.caption(plain(say("Kept in the folder {folder}", folder=swap.folder)))
        if st.session_state.get(_ASKED) != swap.folder:
            if st.button(
                say("Delete the replaced records"),
                icon=":material/delete:",
                key=f"delete-{swap.folder}",
            ):
                st.session_state[_ASKED] = swap.folder
                st.rerun()
            return
        st.warning(say("They cannot be brought back afterwards."), icon=":material/warning:")
        with st.container(horizontal=True, **SPREAD):
            if st.button(say("Delete them now"), type="primary", key=f"really-{swap.folder}"):
                _delete(swap)
            if st.button(say("Keep them"), key=f"keep-{swap.folder}"):
                st.session_state.pop(_ASKED)
                st.rerun()


def _delete(swap: Swap) -> None:
    folder = the_house().config.data_dir / swap.folder
    replaced_is_deleted(current_desk(), swap.folder)
    try:
        shutil.rmtree(folder)
    except OSError as trouble:
        raise FolderReadOnly(folder=folder) from trouble
    st.session_state.pop(_ASKED, None)
    flash(say("The replaced records are deleted."))
    st.rerun()


def took_words(swap: Swap) -> str:
    """How long it took, beside what was promised. Small records tell nothing of large ones."""
    seconds, megabytes = max(round(swap.took / 1000), 1), max(round(swap.size / 1e6), 1)
    done = say_many(
        "Back at work after {number} second ({megabytes} MB).",
        "Back at work after {number} seconds ({megabytes} MB).",
        seconds,
        megabytes=megabytes,
    )
    if swap.why is not SwapWhy.RESTORE:
        return done
    return f"{done} {say('Promised: 1 GB in at most 10 minutes.')} {_verdict(swap)}"


def _verdict(swap: Swap) -> str:
    allowed_ms = PROMISED_S * 1000 * max(swap.size / PROMISED_BYTES, 0.05)
    return (
        say("The promise was kept.")
        if swap.took <= allowed_ms
        else say("The promise was not kept: this computer is too slow.")
    )
