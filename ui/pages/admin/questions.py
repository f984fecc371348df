"""What patients ask about who looked at their record: an administrator looks into it and answers.
They see the entry and the MediLink ID, not the record."""

from __future__ import annotations

import streamlit as st

from medilink.acts.question_access import Asked, answer_question, questions_to_answer
from medilink.errors import AboutYourself, MediLinkError
from medilink.questioning import FINDING_WORDS, WHY_WORDS, Finding
from ui.parts.check_receipt import show_check_receipt
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.log_words import entry_words
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say, say_error


def show() -> None:
    """Open questions first."""
    st.title(say("Questions about who looked"), anchor=False)
    st.caption(say("Patients who think that somebody should not have looked at their record."))
    show_flash()
    found = questions_to_answer(current_desk())
    if not found:
        st.info(say("Nobody has asked anything."))
    for asked in found:
        with st.container(border=True):
            _question(asked)
    show_check_receipt()


def _question(asked: Asked) -> None:
    one, entry = asked.question, asked.entry
    st.markdown(f"**{plain(asked.medilink_id)}** · #{one.seq}")
    if entry:
        st.markdown(f"{plain(moment(entry.at))} · {plain(entry_words(entry, own=False))}")
    told = " · ".join(part for part in (say(WHY_WORDS[one.why]), one.words) if part)
    st.markdown(f"{say('The patient says')}: {plain(told)}")
    st.caption(plain(say("asked {moment}", moment=moment(one.asked_at))))
    if not one.is_open:
        finding = say(FINDING_WORDS[one.finding]) if one.finding else ""
        st.markdown(f"{say('Answer')}: {plain(f'{finding}. {one.answer}')}")
    elif asked.mine:
        st.caption(plain(say_error(AboutYourself())))
    else:
        _answer(asked)


def _answer(asked: Asked) -> None:
    number = asked.question.id
    with st.form(f"answer-{number}", border=False):
        finding = st.radio(
            say("What you found"),
            list(Finding),
            index=None,
            format_func=lambda one: say(FINDING_WORDS[one]),
            key=f"finding-{number}",
        )
        answer = st.text_area(
            say("Answer, in words the patient understands"), height=80, key=f"answer-{number}"
        )
        if st.form_submit_button(say("Send the answer"), type="primary"):
            _send(number, finding, answer or "")


def _send(number: int, finding: Finding | None, answer: str) -> None:
    if finding is None:
        st.warning(say("Choose what you found."))
        return
    try:
        answer_question(current_desk(), number, finding, answer)
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("The patient can read the answer now."))
    st.rerun()
