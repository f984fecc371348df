"""The emergency cards of a patient that still count, and taking them back when one was lost."""

from __future__ import annotations

import streamlit as st

from medilink.acts.lost_card import cards_out, withdraw_lost_cards
from medilink.people import PatientId
from ui.parts.desk import current_desk, flash
from ui.parts.half_done import MADE_CARD, forget
from ui.parts.person import moment
from ui.words import say


def show_lost_card(patient: PatientId) -> None:
    """Nothing where there is no card."""
    cards = cards_out(current_desk(), patient)
    if not cards:
        return
    with st.expander(say("Emergency card lost?"), icon=":material/report:"):
        st.write(
            say(
                "The emergency card is valid until {moment}.",
                moment=moment(max(card.expires_at for card in cards)),
            )
            + " "
            + say(
                "Withdrawn, it is refused here at once, and at other clinics as soon as the news"
                " reaches them. A new one can be made at any time."
            )
        )
        if st.button(say("Withdraw the card"), icon=":material/block:", key="lost-card"):
            withdraw_lost_cards(current_desk(), patient)
            forget(MADE_CARD)
            flash(say("The emergency card is withdrawn."))
            st.rerun()
