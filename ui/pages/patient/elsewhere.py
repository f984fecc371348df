"""A code to take along to another clinic: saved or printed, and opened with six digits."""

from __future__ import annotations

import streamlit as st

from medilink.acts.network import network_here
from medilink.acts.offer import MOST_NAMED, MadeOffer, make_offer, other_clinics
from medilink.errors import MediLinkError
from medilink.people import PatientId
from ui.parts.desk import current_desk, go_to
from ui.parts.digits import show_digits
from ui.parts.half_done import MADE_OFFER, forget, keep, kept
from ui.parts.network_words import tell_if_removed
from ui.parts.offer_picture import show_offer_picture
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.scope_form import choose_hours, choose_scope, warn_shortened
from ui.parts.shared_list import to_words
from ui.parts.telling import tell_error
from ui.parts.whose import choose_person
from ui.words import say

DIGITS_SEEN = "offer-digits-seen"
EVERYONE, NAMED = "everyone", "named"


def show() -> None:
    """Choose; then the digits; then the code."""
    st.title(say("Code to take along"), anchor=False)
    tell_if_removed()
    made = kept(MADE_OFFER, MadeOffer)
    if made and kept(DIGITS_SEEN, bool):
        _show_code(made)
    elif made:
        _show_digits(made)
    else:
        _choose()
        if st.button(say("Back to Share"), icon=":material/arrow_back:"):
            go_to("share")


def _choose() -> None:
    others = other_clinics(current_desk())
    if not others:
        st.info(alone_words(), icon=":material/info:")
        return
    st.write(
        say(
            "Save or print it while you are here. Another clinic opens it anywhere, without"
            " internet, together with six digits only you know."
        )
    )
    _offer_form(choose_person(), others)


def alone_words() -> str:
    """Why so little can be shared from here."""
    return say(
        "{clinic} is in no network of clinics yet, so no other clinic could open a code from here."
        " The emergency card can be read everywhere.",
        clinic=plain(current_desk().clinic.name),
    )


def _offer_form(whose: PatientId, others: dict[bytes, str]) -> None:
    clinics = _to_whom(others)
    scope = choose_scope("offer")
    hours = choose_hours("offer-hours")
    once = st.toggle(say("For one doctor or nurse only"), value=True, key="offer-once")
    purpose = st.text_input(say("Why? (you may leave it empty)"), max_chars=60, key="offer-why")
    if st.button(
        say("Make the code"), type="primary", icon=":material/qr_code_2:", width="stretch"
    ):
        try:
            made = make_offer(
                current_desk(), scope, hours=hours, single_use=once, purpose=purpose or "",
                clinics=clinics, patient=whose,
            )  # fmt: skip
        except MediLinkError as error:
            tell_error(error)
            return
        forget(DIGITS_SEEN)
        keep(MADE_OFFER, made)
        st.rerun()


def _to_whom(others: dict[bytes, str]) -> list[bytes] | None:
    """Everybody of the network, or up to three clinics by name."""
    network = network_here(current_desk()).name
    to = st.radio(
        say("Who may open it?"),
        [EVERYONE, NAMED],
        format_func=lambda one: (
            say("Every clinic of {network}", network=plain(network))
            if one == EVERYONE
            else say("Only clinics I choose")
        ),
        key="offer-who",
    )
    if to == EVERYONE:
        return None
    return st.multiselect(
        say("Clinics (at most {number})", number=MOST_NAMED),
        list(others),
        format_func=lambda one: others[one],
        max_selections=MOST_NAMED,
        key="offer-clinics",
    )


# ---- made: the digits and the code on two screens; on one picture they would be no second half


def _show_digits(made: MadeOffer) -> None:
    st.write(say("1. Remember these digits, or write them down apart from the code."))
    show_digits(made.code)
    if st.button(say("Next: the code"), type="primary", width="stretch"):
        keep(DIGITS_SEEN, True)
        st.rerun()


def _show_code(made: MadeOffer) -> None:
    st.write(say("2. Save or print this code, and show it at the other clinic."))
    show_offer_picture(made)
    warn_shortened(shortened=made.shortened)
    st.markdown(
        say("Who can open it: {who}", who=plain(to_words(made.to)))
        + "  \n"
        + say("until {moment}", moment=moment(made.grant.expires_at))
    )
    st.caption(say("Shown only now. If you lose it, make a new one."))
    if st.button(say("The digits once more"), icon=":material/pin:", width="stretch"):
        forget(DIGITS_SEEN)
        st.rerun()
    if st.button(say("Done"), width="stretch"):
        forget(MADE_OFFER, DIGITS_SEEN)
        go_to("share")
