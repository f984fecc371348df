"""What a clinic decides for itself about others: how old their news may be, and where its own card
keys are published."""

from __future__ import annotations

import streamlit as st

from medilink.acts.network import keep_network_settings, membership_here
from medilink.errors import MediLinkError
from medilink.network import NEWS_LIMIT_DAYS
from ui.parts.desk import current_desk, flash
from ui.parts.telling import tell_error
from ui.words import say


def rules_form() -> None:
    """Both, for a clinic among others."""
    with st.form("network-rules"):
        days = st.number_input(
            say("Refuse saved codes when the news is older than days"), 1, 365, _days()
        )
        address = _address()
        if st.form_submit_button(say("Save"), type="primary"):
            _keep(int(days), address)


def card_address_form() -> None:
    """For a clinic alone: there is no news it could wait for."""
    with st.form("network-cards"):
        address = _address()
        if st.form_submit_button(say("Save")):
            _keep(_days(), address)


def _days() -> int:
    held = membership_here(current_desk())
    return held.news_days if held else NEWS_LIMIT_DAYS


def _address() -> str:
    held = membership_here(current_desk())
    typed = st.text_input(
        say("Internet address under which this clinic's card keys are published"),
        held.card_address if held else "",
        placeholder="https://",
        help=say("Empty: only clinics of this network can tell that your cards are genuine."),
    )
    return typed or ""


def _keep(days: int, address: str) -> None:
    try:
        keep_network_settings(current_desk(), news_days=days, card_address=address)
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Saved."))
    st.rerun()
