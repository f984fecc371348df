"""Share: choose what and for how long, show the code and QR, see and withdraw what is active."""

from __future__ import annotations

import streamlit as st

from medilink.acts.credentials import see_cards
from medilink.acts.read_record import open_identity
from medilink.acts.share import MadeCode, make_share_code, my_codes, revoke_code
from medilink.errors import MediLinkError
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS, Section
from medilink.sharing import DEFAULT_HOURS, DURATIONS_HOURS, Grant
from ui.parts.chart import SECTION_ICONS, SECTION_WORDS, section_list
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.provider_card import show_card
from ui.parts.qr_picture import show_qr
from ui.parts.rows import SPREAD
from ui.parts.telling import tell_error
from ui.parts.whose import choose_person
from ui.words import say, say_many

DAY_HOURS = 24
EVERYTHING, CHOSEN = "everything", "chosen"


def show() -> None:
    """The patient's home."""
    st.title(say("Share my record"), anchor=False)
    show_flash()
    made: MadeCode | None = st.session_state.get("made-code")
    whose = made.grant.patient if made else choose_person()
    if made:
        _show_code(made)
    else:
        _make(whose)
    _show_active(whose)
    _show_staff()


def _show_staff() -> None:
    """Who works here, to be looked at before sharing."""
    folded = st.expander(say("Who works here"), key="cards", on_change="rerun")
    if folded.open:
        with folded:
            for card in see_cards(current_desk()):
                show_card(card)


def _make(whose: PatientId) -> None:
    st.write(
        say(
            "Make a code and show it to the doctor or nurse. Only with it can they open what "
            "you choose here."
        )
    )
    scope = st.radio(
        say("What may they see?"),
        [EVERYTHING, CHOSEN],
        format_func=lambda s: say("Everything") if s == EVERYTHING else say("Only parts of it"),
        horizontal=True,
    )
    sections = set(ALL_SECTIONS)
    if scope == CHOSEN:
        sections = {
            section
            for section in Section
            if st.checkbox(
                f":material/{SECTION_ICONS[section]}: {say(SECTION_WORDS[section])}",
                key=f"share-{section}",
            )
        }
    hours = st.segmented_control(
        say("How long?"),
        DURATIONS_HOURS,
        default=DEFAULT_HOURS,
        required=True,
        format_func=_how_long,
        key="share-hours",
    )
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
            st.session_state["made-code"] = make_share_code(
                current_desk(),
                frozenset(sections),
                hours=hours or DEFAULT_HOURS,
                single_use=once,
                patient=whose,
            )
        except MediLinkError as error:
            tell_error(error)
            return
        st.rerun()


def _show_code(made: MadeCode) -> None:
    st.html(
        f'<p class="ml-code" aria-label="{say("Your code")}">{made.code[:3]} {made.code[3:]}</p>'
    )
    show_qr(made.qr, title=say("QR code to be scanned"))
    whose = open_identity(current_desk(), made.grant.patient)
    st.markdown(
        f"**{plain(whose.details.full_name)}** · {section_list(made.grant.sections)}  \n"
        + say("until {moment}", moment=moment(made.grant.expires_at))
    )
    st.caption(say("Shown only now. If you lose it, make a new one."))
    if st.button(say("Done"), width="stretch"):
        st.session_state.pop("made-code")
        st.rerun()


def _how_long(hours: int) -> str:
    if hours % DAY_HOURS or hours == DAY_HOURS:
        return say_many("{number} hour", "{number} hours", hours)
    return say_many("{number} day", "{number} days", hours // DAY_HOURS)


def _show_active(whose: PatientId) -> None:
    grants = my_codes(current_desk(), whose)
    st.subheader(say("Active codes ({count})", count=len(grants)), anchor=False)
    if not grants:
        st.caption(say("Nobody can open your record with a code now."))
    for grant in grants:
        _active(grant)


def _active(grant: Grant) -> None:
    with st.container(border=True, horizontal=True, **SPREAD):
        state = (
            say_many("opened by {number} person", "opened by {number} people", len(grant.opened_by))
            if grant.opened_by
            else say("not used yet")
        )
        until = say("until {moment}", moment=moment(grant.expires_at))
        st.markdown(f"**{section_list(grant.sections)}**  \n{until} · {state}")
        if st.button(
            say("Withdraw"), key=f"revoke-{grant.id}", icon=":material/block:", type="secondary"
        ):
            _withdraw(grant)


def _withdraw(grant: Grant) -> None:
    withdrawn = revoke_code(current_desk(), grant.id)
    made: MadeCode | None = st.session_state.get("made-code")
    if made and made.grant.id == grant.id:
        st.session_state.pop("made-code")
    flash(
        say("Withdrawn. Nobody can open your record with it any more.")
        if withdrawn
        else say("That code had already ended.")
    )
    st.rerun()
