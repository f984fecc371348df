"""Asking about an entry of the list, and reading what came of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from medilink.acts.question_access import question_access
from medilink.errors import MediLinkError
from medilink.people import PatientId
from medilink.questioning import FINDING_WORDS, WHY_WORDS, Question, Why
from ui.parts.desk import current_desk, flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say

ASKING = "asking-about"


def show_asked(questions: Sequence[Question]) -> None:
    """What was asked about one entry, and the answers, newest first."""
    for one in questions:
        told = " · ".join(part for part in (say(WHY_WORDS[one.why]), one.words) if part)
        asked = say("You asked, {moment}: {what}", moment=moment(one.asked_at), what=told)
        if one.is_open:
            waiting = say("The administrator has not answered yet.")
            st.warning(f"{plain(asked)}  \n{waiting}", icon=":material/hourglass_empty:")
            continue
        found = say(FINDING_WORDS[one.finding]) if one.finding else ""
        answer = say(
            "Answer, {moment}: {finding}. {answer}",
            moment=moment(one.answered_at or 0),
            finding=found,
            answer=one.answer,
        )
        st.info(f"{plain(asked)}  \n{plain(answer)}", icon=":material/mark_chat_read:")


def offer_to_ask(seq: int, whose: PatientId, *, own: bool) -> None:
    """A button below an entry, and the form it opens there."""
    if st.session_state.get(ASKING) != seq:
        label = say("This was not me") if own else say("Something is wrong here?")
        if st.button(label, key=f"ask-{seq}", type="tertiary", icon=":material/contact_support:"):
            st.session_state[ASKING] = seq
            st.rerun()
        return
    with st.form(f"asking-{seq}"):
        why = st.radio(
            say("What is wrong"),
            [one for one in Why if own or one is not Why.NOT_ME],
            index=None,
            format_func=lambda one: say(WHY_WORDS[one]),
            key=f"why-{seq}",
        )
        words = st.text_area(say("In your words, if you like"), height=80, key=f"words-{seq}") or ""
        st.caption(
            say(
                "The administrator looks into it and answers here. They see this entry and your"
                " MediLink ID, not your record."
            )
        )
        if st.form_submit_button(say("Send to the administrator"), type="primary"):
            _ask(seq, why or Why.OTHER, words, whose)
        if st.form_submit_button(say("Cancel")):
            st.session_state.pop(ASKING, None)
            st.rerun()


def _ask(seq: int, why: Why, words: str, whose: PatientId) -> None:
    try:
        question_access(current_desk(), seq, why, words, whose)
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state.pop(ASKING, None)
    flash(say("Sent. The answer will stand beside the entry, and a notice tells you."))
    st.rerun()
