"""Face to face: another clinic's screen asks, this page scans the question and shows the answer."""

from __future__ import annotations

import streamlit as st

from medilink.acts.ask import Answer, Asker, answer_ask, read_ask
from medilink.errors import MediLinkError
from ui.parts.carried import show_carried
from ui.parts.desk import current_desk, go_to
from ui.parts.half_done import forget, keep, kept
from ui.parts.network_words import tell_if_removed
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.scanning import scan_text
from ui.parts.scope_form import choose_hours, choose_scope, warn_shortened
from ui.parts.telling import tell_error
from ui.parts.whose import choose_person
from ui.words import say

ASKER, ANSWER, REFUSED = "asker", "answer-shown", "answer-refused"


def show() -> None:
    """Scan, see who asks, choose, show."""
    st.title(say("Answer a clinic"), anchor=False)
    tell_if_removed()
    refused: MediLinkError | None = st.session_state.pop(REFUSED, None)
    if refused:
        tell_error(refused)
    asker, answer = kept(ASKER, Asker), kept(ANSWER, Answer)
    if answer:
        _show_answer(answer)
    elif asker:
        _answer(asker)
    else:
        _scan()


def leave_answer() -> None:
    """Whoever goes to another page has shown their answer; the permission itself stays, and is
    listed."""
    forget(ASKER, ANSWER)


def _scan() -> None:
    clinic = plain(current_desk().clinic.name)
    st.write(
        say(
            "Scan the code on the screen of the doctor who asks. You see who it is before anything"
            " is shown."
        )
    )
    st.caption(
        say(
            "Works only while this phone reaches the computer of {clinic}. Elsewhere, show a code"
            " you have saved or printed, or your emergency card.",
            clinic=clinic,
        )
    )
    try:
        text = scan_text("ask-camera")
        if text:
            keep(ASKER, read_ask(current_desk(), text))
            st.rerun()
    except MediLinkError as trouble:
        st.session_state[REFUSED] = trouble
        st.rerun()
    if st.button(say("Back to Share"), icon=":material/arrow_back:"):
        go_to("share")


def _answer(asker: Asker) -> None:
    st.info(
        say(
            "{who} at {clinic} asks to see your record.",
            who=plain(asker.who),
            clinic=plain(asker.clinic),
        ),
        icon=":material/person_raised_hand:",
    )
    whose = choose_person()
    scope = choose_scope("answer")
    hours = choose_hours("answer-hours")
    purpose = st.text_input(say("Why? (you may leave it empty)"), max_chars=60, key="answer-why")
    whole = st.toggle(
        say("With the whole history, as a moving code"),
        help=say(
            "Every visit and result of what you have chosen. Takes some seconds longer. Without it,"
            " what matters most fits one code."
        ),
        key="answer-whole",
    )
    yes, no = st.columns(2)
    if yes.button(
        say("Show my answer"), type="primary", icon=":material/qr_code_2:", width="stretch"
    ):
        try:
            answer = answer_ask(
                current_desk(), asker, scope, hours=hours, whole=whole, purpose=purpose or "",
                patient=whose,
            )  # fmt: skip
        except MediLinkError as error:
            tell_error(error)
            return
        forget(ASKER)
        keep(ANSWER, answer)
        st.rerun()
    if no.button(say("No, do not share"), icon=":material/block:", width="stretch"):
        forget(ASKER)
        st.rerun()


def _show_answer(answer: Answer) -> None:
    st.write(say("Let the doctor scan this. Only their device can open it, and only once."))
    show_carried(answer.text, title=say("Answer to be scanned"), name="answer", save=False)
    warn_shortened(shortened=answer.shortened)
    st.markdown(
        say("Who can open it: {who}", who=plain(answer.to))
        + "  \n"
        + say("until {moment}", moment=moment(answer.grant.expires_at))
    )
    st.caption(say("A receipt, signed by both clinics, lies under My receipts."))
    if st.button(say("Done"), width="stretch"):
        forget(ANSWER)
        go_to("share")
