"""Share: at another clinic or at this one, by a code or with a provider by name; what is shared."""

from __future__ import annotations

import streamlit as st

from medilink.acts.credentials import Card, see_cards
from medilink.acts.offer import other_clinics
from medilink.acts.read_record import open_identity
from medilink.acts.share import MadeCode, make_share_code
from medilink.acts.standing import share_with, share_with_clinic
from medilink.errors import MediLinkError
from medilink.people import PatientId
from medilink.scopes import Scope
from medilink.sharing import LONGEST_STANDING_DAYS
from ui.pages.patient.elsewhere import alone_words
from ui.parts.desk import current_desk, flash, go_to, show_flash
from ui.parts.digits import show_digits
from ui.parts.half_done import MADE_CODE, forget, keep, kept
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.provider_card import show_card
from ui.parts.qr_picture import show_qr
from ui.parts.receipts_list import show_receipts
from ui.parts.scope_form import choose_hours, choose_scope, scope_words
from ui.parts.shared_list import show_shared
from ui.parts.tabs import show_tabs
from ui.parts.telling import tell_error
from ui.parts.whose import choose_person
from ui.words import say, say_many

STANDING_DAYS = (30, 90, LONGEST_STANDING_DAYS)


def show() -> None:
    """The patient's home."""
    st.title(say("Share my record"), anchor=False)
    show_flash()
    made = kept(MADE_CODE, MadeCode)
    whose = made.grant.patient if made else choose_person()
    if made:
        _show_code(made)
    else:
        _elsewhere()
        show_tabs(
            {
                say("With a code"): lambda: _make(whose),
                say("With my doctor"): lambda: _give(whose),
            },
            key="share-tabs",
        )
    show_shared(whose)
    show_receipts(whose)
    _show_staff()


def _show_staff() -> None:
    """Who works here, to be looked at before sharing."""
    folded = st.expander(say("Who works here"), key="cards", on_change="rerun")
    if folded.open:
        with folded:
            for card in see_cards(current_desk()):
                show_card(card)


# ---- a code


def _make(whose: PatientId) -> None:
    st.write(
        say(
            "Make a code and show it to the doctor or nurse. Only with it can they open what "
            "you choose here."
        )
    )
    scope = choose_scope("share")
    hours = choose_hours("share-hours")
    once = st.toggle(
        say("For one doctor or nurse only"),
        value=True,
        help=say(
            "The first who opens it keeps it until the time is over. Nobody else can use the code."
        ),
    )
    if st.button(
        say("Make the code"), type="primary", icon=":material/qr_code_2:", width="stretch"
    ):
        try:
            made = make_share_code(
                current_desk(), scope, hours=hours, single_use=once, patient=whose
            )
        except MediLinkError as error:
            tell_error(error)
            return
        keep(MADE_CODE, made)
        st.rerun()


def _show_code(made: MadeCode) -> None:
    show_digits(made.code)
    show_qr(made.qr, title=say("QR code to be scanned"))
    whose = open_identity(current_desk(), made.grant.patient)
    st.markdown(
        f"**{plain(whose.details.full_name)}** · {plain(' · '.join(scope_words(made.grant.scope)))}"
        "  \n" + say("until {moment}", moment=moment(made.grant.expires_at))
    )
    st.caption(say("Shown only now. If you lose it, make a new one."))
    if st.button(say("Done"), width="stretch"):
        forget(MADE_CODE)
        st.rerun()


# ---- another clinic


def _elsewhere() -> None:
    """One tap each; what works everywhere comes first."""
    clinic = current_desk().clinic.name
    others = other_clinics(current_desk())
    ways = (
        (say("Code to take along"), "luggage", "elsewhere"),
        (say("Scan a clinic's question"), "qr_code_scanner", "answer"),
        (say("Emergency card"), "emergency", "card"),
        (say("File to take along"), "output", "take-along"),
    )
    shown = ways if others else ways[2:]
    places = [place for _ in shown[::2] for place in st.columns(2)]
    for place, (label, icon, page) in zip(places, shown, strict=True):
        if place.button(label, icon=f":material/{icon}:", width="stretch"):
            go_to(page)
    if not others:
        st.caption(alone_words())
        return
    st.caption(
        say(
            "For another clinic: a code to take along works everywhere, without internet. Its"
            " question you can answer only while this phone reaches the computer of {clinic}.",
            clinic=plain(clinic),
        )
    )


# ---- somebody by name


def _give(whose: PatientId) -> None:
    st.write(
        say(
            "Somebody you trust can open your record without a code, until you withdraw it or the"
            " time is over."
        )
    )
    cards = {card.account: card for card in see_cards(current_desk())}
    chosen = st.selectbox(
        say("Who?"),
        [None, *cards],
        format_func=lambda account: (
            cards[account].title
            if account is not None
            else say("Everybody who treats patients here")
        ),
        index=1 if cards else 0,
        key="standing-who",
    )
    card = cards.get(chosen) if chosen is not None else None
    if card:
        show_card(card)
    scope = choose_scope("standing")
    days = st.segmented_control(
        say("How long?"),
        STANDING_DAYS,
        default=LONGEST_STANDING_DAYS,
        required=True,
        format_func=lambda number: say_many("{number} day", "{number} days", number),
        key="standing-days",
    )
    if st.button(
        say("Give this permission"), type="primary", icon=":material/handshake:", width="stretch"
    ):
        _try_to_give(whose, card, scope, days or LONGEST_STANDING_DAYS)


def _try_to_give(whose: PatientId, card: Card | None, scope: Scope, days: int) -> None:
    try:
        if card:
            share_with(current_desk(), card.account, scope, days=days, patient=whose)
        else:
            share_with_clinic(current_desk(), scope, days=days, patient=whose)
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Shared. You can withdraw it at any time."))
    st.rerun()
