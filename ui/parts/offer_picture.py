"""A code to take along: on the page, as a picture for the phone, and on paper."""

from __future__ import annotations

import streamlit as st

from exports.offer_paper import OfferPaper, draw_offer_paper, draw_offer_picture
from medilink.acts.offer import MadeOffer
from ui.parts.desk import current_desk
from ui.parts.person import moment
from ui.parts.qr_picture import show_qr
from ui.words import say


def show_offer_picture(made: MadeOffer) -> None:
    """The code, and what is kept of it. Neither picture nor paper carries the digits or anybody's
    name."""
    show_qr(made.text, title=say("Code to take along, to be scanned"))
    paper = OfferPaper(made.text, current_desk().clinic.name, moment(made.grant.expires_at))
    picture, page = st.columns(2)
    picture.download_button(
        say("Save the picture"),
        lambda: draw_offer_picture(paper, say),
        "medilink-code.png",
        "image/png",
        icon=":material/smartphone:",
        type="primary",
        width="stretch",
    )
    page.download_button(
        say("Code to print"),
        lambda: draw_offer_paper(paper, say),
        "medilink-code.pdf",
        "application/pdf",
        icon=":material/print:",
        width="stretch",
    )
