"""Scan a code: live camera, USB scanner, typed digits, or a picture. What it opens is one click."""

from __future__ import annotations

import streamlit as st

from medilink.acts.read_visiting import visiting_here
from medilink.acts.receive import open_with_code
from medilink.acts.scan import Scanned, take_scanned
from medilink.errors import IdNeeded, MediLinkError, OfferCodeWrong, OfferNeedsCode, QrNotOurs
from medilink.sharing import looks_like_code
from medilink.smart.links import looks_like_link
from medilink.visiting import Visiting
from ui.parts.check_receipt import show_verdict
from ui.parts.desk import current_desk, go_to, put_on_desk
from ui.parts.health_card import show_health_card
from ui.parts.health_link import show_health_link
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.receipt import show_receipt
from ui.parts.rows import SPREAD
from ui.parts.scanning import scan_text
from ui.parts.telling import tell_error
from ui.words import say

REFUSED, WAITING, FOUND, LINK = "scan-refused", "scan-waiting", "scan-found", "scan-link"


def show() -> None:
    """Opens what the patient has shared."""
    st.title(say("Scan a code"), anchor=False)
    refused: MediLinkError | None = st.session_state.get(REFUSED)
    if refused:
        tell_error(refused)
    if st.session_state.get(WAITING):
        _ask_digits()
        return
    _show_found()
    try:
        scanned = scan_text("camera")
    except MediLinkError as unreadable:
        _refuse(unreadable)
        return
    if scanned:
        _try(scanned)
    _typed(id_needed=isinstance(refused, IdNeeded))
    _face_to_face()
    _opened_before()


def _typed(*, id_needed: bool) -> None:
    """Also where a USB scanner types: it ends with Enter, which submits."""
    with st.form("typed-code", clear_on_submit=True):
        code = st.text_input(
            say("Six digits, or scan with a USB scanner"), max_chars=5000, autocomplete="off"
        )
        medilink_id = st.text_input(
            say("MediLink ID of the patient"),
            placeholder="ML-7KQ2-94ZD",
            help=say("Needed after three wrong codes."),
        )
        if st.form_submit_button(say("Open the record"), type="primary"):
            _try(code or "", medilink_id or "")
    if id_needed:
        st.caption(say("Type the MediLink ID and the code again."))


def _face_to_face() -> None:
    st.divider()
    if st.button(
        say("Ask a patient of another clinic, face to face"),
        icon=":material/handshake:",
        width="stretch",
    ):
        go_to("ask")


def _ask_digits() -> None:
    """A saved code of another clinic: the patient's digits are its second half."""
    st.write(say("This code was saved by the patient. Ask for the six digits that belong to it."))
    with st.form("offer-digits", clear_on_submit=True):
        digits = st.text_input(say("Six digits of the patient"), max_chars=12, autocomplete="off")
        if st.form_submit_button(say("Open the record"), type="primary"):
            _try(st.session_state[WAITING], digits=digits or "")
    if st.button(say("Scan another code"), icon=":material/arrow_back:"):
        st.session_state.pop(WAITING)
        st.session_state.pop(REFUSED, None)
        st.rerun()


def _try(text: str, medilink_id: str = "", digits: str = "") -> None:
    if looks_like_link(text.strip()):
        st.session_state[LINK] = text.strip()
        st.session_state.pop(REFUSED, None)
        st.rerun()
    try:
        found = _open(text, medilink_id, digits)
    except OfferNeedsCode as needed:
        st.session_state[WAITING] = text
        if digits:  # not six of them: nothing was counted
            _refuse(needed)
        st.session_state.pop(REFUSED, None)
        st.rerun()
    except MediLinkError as refused:
        if not isinstance(refused, OfferCodeWrong):
            st.session_state.pop(WAITING, None)
        _refuse(refused)
        return
    for held in (REFUSED, WAITING):
        st.session_state.pop(held, None)
    _go_on(found)


def _open(text: str, medilink_id: str, digits: str) -> Scanned:
    code = looks_like_code(text)
    if code and medilink_id.strip():
        return Scanned(patient=open_with_code(current_desk(), code, medilink_id))
    if not text.strip():
        raise QrNotOurs
    return take_scanned(current_desk(), text, digits)


def _go_on(found: Scanned) -> None:
    if found.patient is not None:
        put_on_desk(found.patient)
        go_to("record")
    if found.share is not None:
        st.session_state["visiting"] = found.share
        go_to("visiting")
    st.session_state[FOUND] = found
    st.rerun()


def _refuse(why: MediLinkError) -> None:
    st.session_state[REFUSED] = why
    st.rerun()


def _show_found() -> None:
    """What was scanned and is no record of a patient here."""
    link = st.session_state.get(LINK)
    if link:
        show_health_link(link)
    found: Scanned | None = st.session_state.get(FOUND)
    if found and found.card:
        show_health_card(found.card)
    if found and found.receipt:
        show_receipt(found.receipt)
    if found and found.log_receipt:
        show_verdict(found.log_receipt)
    if found and found.taken:
        st.success(
            say(
                "What {clinic} has written is in the record at home now. New entries: {count}.",
                clinic=plain(found.taken.clinic),
                count=found.taken.new,
            ),
            icon=":material/check_circle:",
        )
    if (found or link) and st.button(say("Done"), key="found-done"):
        st.session_state.pop(FOUND, None)
        st.session_state.pop(LINK, None)
        st.rerun()


def _opened_before() -> None:
    held = visiting_here(current_desk())
    if not held:
        return
    st.subheader(say("Patients of other clinics"), anchor=False)
    st.caption(say("What they have shared with you, until it ends."))
    for one in held:
        _line(one)


def _line(one: Visiting) -> None:
    with st.container(border=True, horizontal=True, **SPREAD):
        opened = moment(one.opened_at or 0)
        until = say("until {moment}", moment=moment(one.ends))
        st.markdown(
            f"**{plain(one.clinic)}**  \n" + say("opened {moment}", moment=opened) + f" · {until}"
        )
        if st.button(say("Open"), key=f"visiting-{one.key.hex()}"):
            st.session_state["visiting"] = one.key
            go_to("visiting")
