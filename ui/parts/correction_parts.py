"""Wishes to have something corrected: asked by the patient, answered by a clinician."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from medilink.acts.corrections import answer_correction, ask_correction, list_corrections
from medilink.correcting import Correction, CorrectionState
from medilink.errors import MediLinkError
from medilink.records import Entry, Record
from ui.parts.chart import entry_words
from ui.parts.desk import current_desk, flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say

STATE_WORDS = {
    CorrectionState.OPEN: "waiting for an answer",
    CorrectionState.DONE: "done",
    CorrectionState.REFUSED: "not changed",
    CorrectionState.WITHDRAWN: "taken back",
}


def show_ask(record: Record) -> None:
    """A patient says what is wrong; the entry itself stays the clinician's."""
    st.caption(say("Only a clinician changes what a clinician wrote. Say here what is wrong."))
    about = st.selectbox(
        say("What is it about"),
        [None, *_about(record)],
        format_func=lambda entry: entry_words(entry) if entry else say("Something is missing"),
        key="correction-about",
    )
    asked = st.session_state.get("corrections-asked", 0)
    with st.form("ask-correction", border=False):
        label = say("What should be corrected")
        wish = st.text_area(label, height=80, key=f"wish-{asked}") or ""
        if st.form_submit_button(say("Send to the clinic"), type="primary"):
            named = entry_words(about) if about else ""
            _try(lambda: _ask(record, about, named, wish))


def _ask(record: Record, about: Entry | None, named: str, wish: str) -> None:
    ask_correction(current_desk(), record.patient.id, about, named, wish)
    st.session_state["corrections-asked"] = st.session_state.get("corrections-asked", 0) + 1


def _about(record: Record) -> list[Entry]:
    return [
        *record.allergies,
        *record.conditions,
        *record.medications,
        *record.encounters[:20],
        *record.immunisations,
        *record.procedures,
    ]


def _try(act: Callable[[], None]) -> None:
    try:
        act()
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Saved."))
    st.rerun()


def show_wishes(record: Record, *, may_answer: bool) -> None:
    """Every wish and its answer, newest first."""
    for wish in list_corrections(current_desk(), record.patient.id):
        with st.container(border=True):
            _wish(wish)
            if wish.state is not CorrectionState.OPEN:
                continue
            if may_answer:
                _answer(wish)
            elif st.button(say("Take it back"), key=f"withdraw-{wish.id}"):
                _give(wish, CorrectionState.WITHDRAWN, "")


def _give(wish: Correction, state: CorrectionState, answer: str) -> None:
    _try(lambda: answer_correction(current_desk(), wish.id, state, answer))


def _wish(wish: Correction) -> None:
    about = wish.about or say("Something is missing")
    st.markdown(f"**{plain(about)}** · {say(STATE_WORDS[wish.state])}")
    st.markdown(plain(wish.wish))
    st.caption(plain(moment(wish.asked_at)))
    if wish.answer:
        st.markdown(f"{say('Answer')}: {plain(wish.answer)}")


def _answer(wish: Correction) -> None:
    with st.form(f"answer-{wish.id}", border=False):
        answer = st.text_input(say("Answer")) or ""
        done, refuse = st.columns(2)
        if done.form_submit_button(say("It is corrected")):
            _give(wish, CorrectionState.DONE, answer)
        if refuse.form_submit_button(say("It stays as it is")):
            _give(wish, CorrectionState.REFUSED, answer)
