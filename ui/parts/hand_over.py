"""Handing over who is in somebody's care to a colleague."""

from __future__ import annotations

import streamlit as st

from medilink.acts.hand_over import hand_over, list_colleagues
from medilink.people import AccountId
from ui.parts.desk import current_desk, flash
from ui.words import say, say_many


def show_hand_over(giver: AccountId) -> None:
    """Choose who takes over; everyone in the giver's care goes at once."""
    colleagues = [one for one in list_colleagues(current_desk()) if one.id != giver]
    if not colleagues:
        return
    st.subheader(say("Hand over"), anchor=False)
    st.caption(say("Everybody now in care goes to a colleague, until the same time."))
    taker = st.selectbox(
        say("Who takes over"),
        colleagues,
        index=None,
        format_func=lambda one: one.title,
        placeholder=say("Choose"),
        key=f"taker-{giver}",
    )
    if st.button(say("Hand over"), key=f"hand-over-{giver}", disabled=taker is None) and taker:
        moved = hand_over(current_desk(), giver, taker.id)
        flash(say_many("Handed over: {number} person.", "Handed over: {number} people.", moved))
        st.rerun()
