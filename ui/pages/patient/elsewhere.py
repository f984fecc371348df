"""Sharing with another clinic: answer a doctor who asks, or save a code to take along."""

from __future__ import annotations

import streamlit as st

from medilink.acts.ask import Answer, Asker, answer_ask, read_ask
from medilink.acts.network import network_here, own_id
from medilink.acts.offer import MOST_NAMED, MadeOffer, make_offer
from medilink.errors import MediLinkError
from medilink.people import PatientId
from medilink.sharing import DEFAULT_HOURS, DURATIONS_HOURS
from ui.parts.carried import show_carried
from ui.parts.desk import current_desk, go_to, show_flash
from ui.parts.digits import show_digits
from ui.parts.durations import say_duration
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.scanning import scan_text
from ui.parts.scope_form import choose_scope
from ui.parts.telling import tell_error
from ui.parts.whose import choose_person
from ui.words import say

ASKER, ANSWER, OFFER = "asker", "answer-shown", "made-offer"
REFUSED = "elsewhere-refused"
EVERYONE, NAMED = "everyone", "named"


def show() -> None:
    """Two ways: face to face first, it is the safer one."""
    st.title(say("For another clinic"), anchor=False)
    show_flash()
    refused: MediLinkError | None = st.session_state.pop(REFUSED, None)
    if refused:
        tell_error(refused)
    if st.session_state.get(ANSWER):
        _show_answer(st.session_state[ANSWER])
    elif st.session_state.get(ASKER):
        _answer(st.session_state[ASKER])
    elif st.session_state.get(OFFER):
        _show_offer(st.session_state[OFFER])
    else:
        _choose()


def _choose() -> None:
    st.subheader(say("The doctor is in front of you"), anchor=False)
    st.write(
        say("Scan the code on the doctor's screen. You see who asks before anything is shown.")
    )
    try:
        text = scan_text("ask-camera")
        if text:
            st.session_state[ASKER] = read_ask(current_desk(), text)
            st.rerun()
    except MediLinkError as trouble:
        st.session_state[REFUSED] = trouble
        st.rerun()
    st.divider()
    st.subheader(say("To take along"), anchor=False)
    _save_for_later()
    st.divider()
    if st.button(say("Back to Share"), icon=":material/arrow_back:"):
        go_to("share")


# ---- face to face


def _answer(asker: Asker) -> None:
    st.info(
        say(
            "{who} at {clinic} asks to see your record.",
            who=plain(asker.who),
            clinic=plain(asker.clinic),
        ),
        icon=":material/person_raised_hand:",
    )
    whose = choose_person()
    scope = choose_scope("answer")
    hours = _how_long("answer-hours")
    purpose = st.text_input(say("Why? (you may leave it empty)"), max_chars=60, key="answer-why")
    whole = st.toggle(
        say("Everything, as a moving code"),
        help=say("Takes some seconds longer. Without it, what matters most fits one code."),
        key="answer-whole",
    )
    yes, no = st.columns(2)
    if yes.button(
        say("Show my answer"), type="primary", icon=":material/qr_code_2:", width="stretch"
    ):
        try:
            st.session_state[ANSWER] = answer_ask(
                current_desk(), asker, scope, hours=hours, whole=whole, purpose=purpose or "",
                patient=whose,
            )  # fmt: skip
        except MediLinkError as error:
            tell_error(error)
            return
        st.session_state.pop(ASKER)
        st.rerun()
    if no.button(say("No, do not share"), icon=":material/block:", width="stretch"):
        st.session_state.pop(ASKER)
        st.rerun()


def _show_answer(answer: Answer) -> None:
    st.write(say("Let the doctor scan this. Only their device can open it, and only once."))
    show_carried(answer.text, title=say("Answer to be scanned"), name="answer", save=False)
    _shortened(shortened=answer.shortened)
    st.caption(say("until {moment}", moment=moment(answer.grant.expires_at)))
    st.caption(say("A receipt, signed by both clinics, lies under My receipts."))
    if st.button(say("Done"), width="stretch"):
        st.session_state.pop(ANSWER)
        go_to("share")


def _shortened(*, shortened: bool) -> None:
    if shortened:
        st.warning(
            say(
                "Shortened to fit one code: visits, results and vaccines may be missing or cut."
                " Alerts, allergies, illnesses, medicines, blood type and whom to call never are."
            ),
            icon=":material/content_cut:",
        )


# ---- to take along


def _save_for_later() -> None:
    folded = st.expander(
        say("Save or print a code"), icon=":material/save:", key="offer-form", on_change="rerun"
    )
    if not folded.open:
        return
    with folded:
        st.write(
            say("Another clinic opens it without internet, together with six digits only you know.")
        )
        _offer_form(choose_person())


def _offer_form(whose: PatientId) -> None:
    clinics = _to_whom()
    scope = choose_scope("offer")
    hours = _how_long("offer-hours")
    once = st.toggle(say("For one doctor or nurse only"), value=True, key="offer-once")
    purpose = st.text_input(say("Why? (you may leave it empty)"), max_chars=60, key="offer-why")
    if st.button(
        say("Make the code"), type="primary", icon=":material/qr_code_2:", width="stretch"
    ):
        try:
            st.session_state[OFFER] = make_offer(
                current_desk(), scope, hours=hours, single_use=once, purpose=purpose or "",
                clinics=clinics, patient=whose,
            )  # fmt: skip
        except MediLinkError as error:
            tell_error(error)
            return
        st.session_state["offer-step"] = 1
        st.rerun()


def _to_whom() -> list[bytes] | None:
    """Everybody of the network, or up to three clinics by name."""
    desk = current_desk()
    network = network_here(desk)
    others = {m.id: m.says.name for m in network.present(desk.now) if m.id != own_id(desk)}
    if not others:
        st.info(say("This clinic is in no network yet: only this clinic can open the code."))
        return None
    to = st.radio(
        say("Who may open it?"),
        [EVERYONE, NAMED],
        format_func=lambda one: (
            say("Every clinic of {network}", network=network.name)
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


def _how_long(key: str) -> int:
    hours = st.segmented_control(
        say("How long?"),
        DURATIONS_HOURS,
        default=DEFAULT_HOURS,
        required=True,
        format_func=say_duration,
        key=key,
    )
    return hours or DEFAULT_HOURS


def _show_offer(made: MadeOffer) -> None:
    """The digits and the code on two screens: on one picture they would be no second half."""
    if st.session_state.get("offer-step") == 1:
        st.write(say("1. Remember these digits, or write them down apart from the code."))
        show_digits(made.code)
        if st.button(say("Next: the code"), type="primary", width="stretch"):
            st.session_state["offer-step"] = 2
            st.rerun()
        return
    st.write(say("2. Save or print this code, and show it at the other clinic."))
    show_carried(made.text, title=say("QR code for another clinic"), name="medilink-code")
    _shortened(shortened=made.shortened)
    st.markdown(
        say("Who can open it: {who}", who=plain(made.to))
        + "  \n"
        + say("until {moment}", moment=moment(made.grant.expires_at))
    )
    st.caption(say("Shown only now. If you lose it, make a new one."))
    if st.button(say("Done"), width="stretch"):
        st.session_state.pop(OFFER)
        st.session_state.pop("offer-step", None)
        go_to("share")
