"""Ask a patient of another clinic, face to face: their screen answers this one, and nothing else
can open the answer."""

from __future__ import annotations

import streamlit as st

from medilink.acts.ask import Asked, ask_patient, give_up_asking, open_answer
from medilink.errors import MediLinkError
from ui.parts.carried import show_carried
from ui.parts.desk import current_desk, go_to, put_visiting
from ui.parts.half_done import forget, keep, kept
from ui.parts.person import moment
from ui.parts.scanning import scan_text
from ui.parts.telling import tell_error
from ui.words import say

ASKED, REFUSED = "asked", "ask-refused"


def show() -> None:
    """The question as a code, and the camera that waits for the answer."""
    st.title(say("Ask face to face"), anchor=False)
    refused: MediLinkError | None = st.session_state.pop(REFUSED, None)
    if refused:
        tell_error(refused)
    desk = current_desk()
    asked = kept(ASKED, Asked)
    if asked is None or not desk.waiting.is_waiting(asked.name, desk.now):
        asked = ask_patient(desk)
        keep(ASKED, asked)
    _without_signal(asked)
    st.write(
        say(
            "1. The patient opens Share in MediLink of their own clinic, chooses Scan a clinic's"
            " question, and scans this code."
        )
    )
    show_carried(
        asked.text, title=say("Question to be scanned by the patient"), name="question", save=False
    )
    st.caption(say("It waits until {moment}, then make a new one.", moment=moment(asked.ends)))
    st.write(say("2. Scan the answer on the patient's screen."))
    try:
        answer = scan_text("answer")
        if answer:
            _open(asked, answer)
    except MediLinkError as trouble:
        st.session_state[REFUSED] = trouble
        st.rerun()
    _leave(asked)


def _without_signal(asked: Asked) -> None:
    """The patient's page comes from the computer of their own clinic."""
    st.write(say("Works while the patient's phone reaches the computer of their own clinic."))
    if st.button(
        say("No signal? Scan their saved code or card"),
        icon=":material/qr_code_scanner:",
        width="stretch",
    ):
        _forget(asked)
        go_to("scan")


def _open(asked: Asked, answer: str) -> None:
    opened = open_answer(current_desk(), asked.name, answer)
    forget(ASKED)
    put_visiting(opened.key)
    go_to("visiting")


def _leave(asked: Asked) -> None:
    anew, stop = st.columns(2)
    if anew.button(say("Make a new question"), icon=":material/refresh:", width="stretch"):
        _forget(asked)
        st.rerun()
    if stop.button(say("Stop asking"), icon=":material/close:", width="stretch"):
        _forget(asked)
        go_to("scan")


def _forget(asked: Asked) -> None:
    give_up_asking(current_desk(), asked.name)
    forget(ASKED)
