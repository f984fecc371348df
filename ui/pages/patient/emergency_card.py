"""The emergency card: choose what is on it, print it, keep it on the phone."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from exports.card_face import card_face
from exports.emergency_card import draw_phone_card, draw_wallet_card
from medilink.acts.cards import EmergencyCard, make_emergency_card
from medilink.errors import MediLinkError
from medilink.sensitive import Sensitive
from medilink.smart.card_bundle import CardPart
from ui.parts.choose_parts import SENSITIVE_WORDS
from ui.parts.desk import current_desk, go_to, show_flash
from ui.parts.half_done import MADE_CARD, forget, keep, kept
from ui.parts.lost_card import show_lost_card
from ui.parts.network_words import tell_if_removed
from ui.parts.person import moment, plain_day, today
from ui.parts.picture import show_picture
from ui.parts.telling import tell_error
from ui.parts.whose import choose_person
from ui.words import say

PART_WORDS = {
    CardPart.ALERTS: "Alerts",
    CardPart.ALLERGIES: "Allergies",
    CardPart.CONDITIONS: "Conditions",
    CardPart.MEDICATIONS: "Medicines",
    CardPart.BLOOD: "Blood type",
    CardPart.CONTACTS: "Whom to call",
    CardPart.PHONE: "My own phone number",
}
USUAL = frozenset(CardPart) - {CardPart.PHONE}


def show() -> None:
    """One card at a time; it is shown now and can be made again."""
    st.title(say("Emergency card"), anchor=False)
    tell_if_removed()
    made = kept(MADE_CARD, EmergencyCard)
    show_flash()
    if made:
        _show(made)
    else:
        _choose()
    if st.button(say("Back to Share"), icon=":material/arrow_back:"):
        forget(MADE_CARD)
        go_to("share")


def _choose() -> None:
    st.write(
        say(
            "For your wallet and your phone. Whoever finds you can read it: anybody with a scanner,"
            " without internet and without a password. Choose what may stand on it."
        )
    )
    whose = choose_person()
    parts = frozenset(
        part
        for part, words in PART_WORDS.items()
        if st.checkbox(say(words), value=part in USUAL, key=f"card-{part}")
    )
    with st.expander(say("More choices"), icon=":material/tune:"):
        st.markdown(f"**{say('Also share what is about')}**")
        sensitive = frozenset[Sensitive](
            kind
            for kind, words in SENSITIVE_WORDS.items()
            if st.checkbox(say(words), key=f"card-{kind.value}")
        )
    if st.button(say("Make the card"), type="primary", icon=":material/badge:", width="stretch"):
        try:
            made = make_emergency_card(current_desk(), parts, sensitive, patient=whose)
        except MediLinkError as error:
            tell_error(error)
            return
        keep(MADE_CARD, made)
        st.rerun()
    show_lost_card(whose)


def _show(made: EmergencyCard) -> None:
    face = card_face(
        made.content,
        say,
        health_card=made.card.text,
        pointer=made.pointer,
        clinic=made.clinic,
        printed=plain_day(today().date()),
        until=plain_day(datetime.fromtimestamp(made.grant.expires_at / 1000).astimezone().date()),
        shortened=made.card.shortened,
    )
    if made.card.shortened:
        st.warning(
            say(
                "Not everything you chose fits the codes: some of it is left out. Allergies,"
                " warnings and medicines in use are kept longest."
            ),
            icon=":material/content_cut:",
        )
    st.caption(say("Medicines and vaccines are in the codes, not in the printed words."))
    phone = draw_phone_card(face, say)
    show_picture(phone, says=say("As a picture for the phone"), width=280, caption=True)
    paper, picture = st.columns(2)
    paper.download_button(
        say("Card to print"),
        draw_wallet_card(face, say),
        "emergency-card.pdf",
        "application/pdf",
        icon=":material/print:",
        type="primary",
        width="stretch",
    )
    picture.download_button(
        say("Picture for the phone"),
        phone,
        "emergency-card.png",
        "image/png",
        icon=":material/smartphone:",
        width="stretch",
    )
    st.caption(
        say(
            "Valid until {moment}. Lost it? Withdraw it under Share, Emergency card, or tell your"
            " clinic: clinics that have heard of it refuse it then. What somebody has read from it"
            " stays read.",
            moment=moment(made.grant.expires_at),
        )
    )
