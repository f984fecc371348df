"""The public card of somebody who treats patients: photo, name, training, whether checked."""

from __future__ import annotations

from html import escape

import streamlit as st

from medilink.acts.credentials import Card
from medilink.credentials import STANDING_WORDS, Standing
from ui.parts.picture import show_picture
from ui.parts.plain import plain
from ui.words import say

_ICONS = {
    Standing.VERIFIED: "verified",
    Standing.EXPIRING: "verified",
    Standing.EXPIRED: "event_busy",
    Standing.REFUSED: "block",
}


def standing_words(standing: Standing) -> str:
    """An icon and words: never colour alone."""
    icon = _ICONS.get(standing, "help")
    return f":material/{icon}: {say(STANDING_WORDS[standing])}"


def show_card(card: Card) -> None:
    """One person."""
    with st.container(border=True):
        if card.photo:
            show_picture(card.photo, says=card.title, width=96)
        st.markdown(f"**{plain(card.title)}**  \n{standing_words(card.standing)}")
        facts = [
            ", ".join(card.specialities),
            say("licence issued by {issuer}", issuer=card.issuer) if card.issuer else "",
            card.school,
            say("{years} years of practice", years=card.years) if card.years else "",
            card.phone,
        ]
        shown = " · ".join(fact for fact in facts if fact)
        if shown:
            st.html(f'<small dir="auto">{escape(shown)}</small>')
