"""Waiting for a file: how far it is, and a way out.

A click on anything, also on Stop, ends the run of the page at the next step of the bar; what was
made so far is gone with it, and the act notes that it did not finish.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import ScriptControlException

from backup.patience import CalledOff
from exports.record_file import Progress
from medilink.errors import MediLinkError
from ui.words import say

T = TypeVar("T")
_STEPS = 40  # redraws of the bar: each is a message to the browser


def make_with_progress(make: Callable[[Progress], T], words: str = "") -> T:
    """Draw the bar and the way out, and make it; where that cannot be done, both are taken away.
    `words`: what is being done, where it is no file."""
    place, words = st.empty(), words or say("The file is being made …")
    with place.container():
        bar = st.progress(0.0, words)
        st.button(say("Stop"), icon=":material/cancel:", key="export-stop")
    shown = -1

    def progress(done: int, of: int) -> None:
        nonlocal shown
        step = _STEPS * done // of if of else _STEPS
        if step != shown:
            shown = step
            bar.progress(min(step / _STEPS, 1.0), words)

    try:
        return make(progress)
    except MediLinkError:
        place.empty()
        raise


def page_left() -> CalledOff:
    """For a wait in which no bar moves: what ends this run of the page, once somebody clicked."""
    place, ends = st.empty(), list[BaseException]()

    def left() -> BaseException | None:
        try:
            place.empty()  # a message to the browser is where Streamlit ends a run
        except ScriptControlException as end:
            ends.append(end)  # it says so once
        return ends[0] if ends else None

    return left
