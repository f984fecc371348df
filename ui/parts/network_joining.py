"""Letting a clinic in, and joining: three steps on each side. Each says what comes next, can be
given up, and can be done again where something was lost on the way."""

from __future__ import annotations

import streamlit as st

from medilink.acts.joining import (
    Invitation,
    admit,
    ask_to_join,
    check_request,
    join,
    read_invitation,
    same_letters,
)
from medilink.acts.news import open_news
from medilink.network import REQUEST_DAYS, Network
from medilink.statements import Signed
from ui.parts.carried import show_to_carry_away
from ui.parts.desk import current_desk, flash
from ui.parts.network_words import compare_words, do_or_tell, show_own_words, words_of
from ui.parts.plain import plain
from ui.parts.scanning import scan_text
from ui.words import say

REQUEST, ANSWER = "join-request", "join-answer"
INVITED, OWN_REQUEST = "join-invitation", "own-join-request"


# ---- the founder's side


def show_let_in(network: Network) -> None:
    """Their request, the words, the answer."""
    if st.session_state.get(ANSWER):
        _show_answer(network)
    elif st.session_state.get(REQUEST):
        _confirm_request(st.session_state[REQUEST], network)
    else:
        _scan_request()


def _scan_request() -> None:
    st.write(
        say(
            "1. At the other clinic, an administrator opens Other clinics, then Join another"
            " network, and makes the request. Scan it on their screen, or pick its file."
        )
    )
    text = do_or_tell(scan_text, "request-camera")
    if text:
        said = do_or_tell(open_news, current_desk(), text)
        do_or_tell(check_request, current_desk(), said)
        st.session_state[REQUEST] = said
        st.rerun()
    st.caption(
        say(
            "Next you compare six words. A request counts for {days} days; if it is refused, they"
            " make it again.",
            days=REQUEST_DAYS,
        )
    )


def _confirm_request(request: list[Signed], network: Network) -> None:
    asked = check_request(current_desk(), request)
    st.markdown(f"**{plain(asked.name)}** ({plain(asked.code)}, {plain(asked.country)})")
    compare_words(asked.signing)
    same = same_letters(current_desk(), asked)
    if same:
        st.warning(
            say(
                "{clinic} numbers its patients with the same three letters. Their MediLink IDs can"
                " clash; tell both clinics.",
                clinic=plain(same.says.name),
            )
        )
    st.caption(
        say(
            "Then it belongs to {network}, and you get an answer for its camera.",
            network=plain(network.name),
        )
    )
    yes, no = st.columns(2)
    if yes.button(say("The words are the same: let it in"), type="primary", width="stretch"):
        st.session_state[ANSWER] = do_or_tell(admit, current_desk(), request)
        st.session_state.pop(REQUEST)
        st.rerun()
    if no.button(say("They differ: refuse"), width="stretch"):
        st.session_state.pop(REQUEST)
        flash(say("Nobody was let in. Let the other clinic make its request again."))
        st.rerun()


def _show_answer(network: Network) -> None:
    st.write(say("Let the other clinic scan this answer, or give it to them as a file."))
    st.info(
        say(
            "Read these words to the other clinic, or let them look: {words}",
            words=words_of(network.root),
        ),
        icon=":material/compare_arrows:",
    )
    show_to_carry_away(
        st.session_state[ANSWER],
        title=say("Answer to be scanned"),
        name="join-answer",
        lines=[network.name],
    )
    st.caption(
        say(
            "If the answer is lost or does not open, scan their request once more: you get a new"
            " one. If they do not join after all, remove them under Network."
        )
    )
    if st.button(say("Done")):
        st.session_state.pop(ANSWER)
        st.rerun()


# ---- the side of who joins


def show_join() -> None:
    """Our request, their answer, the words."""
    invited: Invitation | None = st.session_state.get(INVITED)
    if invited is not None:
        _confirm_joining(invited)
    elif st.session_state.get(OWN_REQUEST):
        _wait_for_answer()
    else:
        st.write(
            say("1. Show this request to the clinic that founded the network, or send the file.")
        )
        if st.button(say("Make the request"), type="primary", icon=":material/group_add:"):
            st.session_state[OWN_REQUEST] = do_or_tell(ask_to_join, current_desk())
            st.rerun()
        st.caption(
            say("Next they compare six words with this screen and show you an answer to scan.")
        )
        _scan_answer()


def _wait_for_answer() -> None:
    st.write(say("1. Show this request to the clinic that founded the network, or send the file."))
    show_own_words()
    show_to_carry_away(
        st.session_state[OWN_REQUEST],
        title=say("Request to be scanned"),
        name="join-request",
        lines=[current_desk().clinic.name],
    )
    _scan_answer()
    if st.button(say("Give up this request"), icon=":material/close:"):
        st.session_state.pop(OWN_REQUEST)
        flash(say("Given up. As long as you take in no answer, nothing has changed here."))
        st.rerun()


def _scan_answer() -> None:
    st.write(say("2. Scan their answer, or pick its file."))
    text = do_or_tell(scan_text, "answer-camera")
    st.caption(
        say(
            "If the answer is lost, wrong or old, let them scan your request again: they get a new"
            " answer for you."
        )
    )
    if not text:
        return
    said = do_or_tell(open_news, current_desk(), text)
    found = do_or_tell(read_invitation, current_desk(), said)
    if found is None:
        st.warning(
            say(
                "This is no answer for this clinic, or it was made for keys it no longer has. Let"
                " them scan your request again."
            )
        )
        return
    st.session_state[INVITED] = found
    st.rerun()


def _confirm_joining(invited: Invitation) -> None:
    network = invited.network
    st.markdown(f"**{plain(network.name)}**")
    compare_words(network.root)
    yes, no = st.columns(2)
    if yes.button(say("The words are the same: join"), type="primary", width="stretch"):
        do_or_tell(join, current_desk(), invited)
        _forget()
        flash(say("Joined. Codes of this clinic open in every clinic of the network now."))
        st.rerun()
    if no.button(say("They differ: do not join"), width="stretch"):
        _forget()
        flash(say("Not joined. Somebody may have changed the answer: let them make a new one."))
        st.rerun()


def _forget() -> None:
    for held in (INVITED, OWN_REQUEST):
        st.session_state.pop(held, None)
