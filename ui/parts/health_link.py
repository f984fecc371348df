"""A SMART Health Link somebody has shown: fetched over the internet, if there is one, and read."""

from __future__ import annotations

import streamlit as st

from medilink.acts.cards import judge_shown_card
from medilink.acts.health_link import LinkRead, open_health_link
from medilink.errors import LinkNeedsPasscode, LinkPasscodeWrong, MediLinkError
from ui.fetching import HttpsFetch
from ui.parts.chart import show_summary
from ui.parts.desk import current_desk
from ui.parts.health_card import show_health_card
from ui.parts.person import show_person
from ui.parts.telling import tell_error
from ui.words import say

READ = "link-read"


def show_health_link(text: str) -> None:
    """Where it needs a passcode, ask; then show what it holds."""
    kept: tuple[str, LinkRead] | None = st.session_state.get(READ)
    if kept and kept[0] == text:
        _show(kept[1])
        return
    st.write(
        say(
            "This is a health link: the record lies on a server. It is fetched over the internet,"
            " and this clinic's name is shown there."
        )
    )
    with st.form("health-link", clear_on_submit=True):
        passcode = st.text_input(
            say("Passcode, if there is one"), max_chars=100, autocomplete="off", type="password"
        )
        if not st.form_submit_button(say("Fetch the record"), type="primary"):
            return
    try:
        read = open_health_link(current_desk(), text, HttpsFetch(), passcode or "")
    except (LinkNeedsPasscode, LinkPasscodeWrong) as asked:
        tell_error(asked)
        return
    except MediLinkError as refused:
        tell_error(refused)
        return
    st.session_state[READ] = (text, read)
    st.rerun()


def _show(read: LinkRead) -> None:
    for card in read.cards:
        show_health_card(judge_shown_card(current_desk(), [card]))
    for record in read.records:
        st.warning(
            say("From a server, not signed by a clinic of this network."), icon=":material/help:"
        )
        show_person(record.patient)
        show_summary(record)
    if read.left_out:
        st.caption(say("Parts that cannot be read here: {count}.", count=read.left_out))
