"""Scan a code: live camera, USB scanner, typed digits, or a picture. What it opens is one click."""

from __future__ import annotations

import streamlit as st

from medilink.acts.coming_home import TakenIn
from medilink.acts.offer import other_clinics
from medilink.acts.read_visiting import VisitingLine, list_visiting, visiting_here
from medilink.acts.receive import open_with_code
from medilink.acts.scan import Scanned, take_scanned
from medilink.choices import SEX_WORDS
from medilink.errors import (
    DigitsUnreadable,
    IdNeeded,
    MediLinkError,
    OfferCodeWrong,
    OfferNeedsCode,
)
from medilink.sharing import check_typed, looks_like_code
from medilink.smart.links import looks_like_link
from ui.parts.begin_at import begin_at, numbers_only
from ui.parts.check_document import show_document
from ui.parts.check_receipt import show_verdict
from ui.parts.desk import current_desk, go_to, put_on_desk, put_visiting
from ui.parts.health_card import show_health_card
from ui.parts.health_link import show_health_link
from ui.parts.network_words import tell_if_removed
from ui.parts.person import age_words, moment, show_person
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
    tell_if_removed()
    refused: MediLinkError | None = st.session_state.get(REFUSED)
    if refused:
        tell_error(refused)
    if st.session_state.get(WAITING):
        _ask_digits()
        return
    _show_found()
    try:
        scanned = scan_text("camera", digits=True)
    except MediLinkError as unreadable:
        _refuse(unreadable)
        return
    if scanned:
        _try(scanned)
    _typed(id_needed=isinstance(refused, IdNeeded))
    if st.button(
        say("Check a document: is it genuine?"), icon=":material/verified:", width="stretch"
    ):
        go_to("check")
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
            _try_typed(code or "", medilink_id or "")
    numbers_only(say("Six digits, or scan with a USB scanner"))
    if id_needed:
        st.caption(say("Type the MediLink ID and the code again."))


def _try_typed(text: str, medilink_id: str) -> None:
    try:
        check_typed(text)
    except DigitsUnreadable as mistyped:
        _refuse(mistyped)
    _try(text, medilink_id)


def _face_to_face() -> None:
    st.divider()
    if not other_clinics(current_desk()):
        st.caption(
            say(
                "This clinic is in no network of clinics yet: patients of other clinics can show an"
                " emergency card or a health card here, nothing else."
            )
        )
        return
    if st.button(
        say("Ask a patient of another clinic, face to face"),
        icon=":material/handshake:",
        width="stretch",
    ):
        go_to("ask")


def _ask_digits() -> None:
    """A saved code of another clinic: the patient's digits are its second half."""
    st.write(say("This code was saved by the patient. Ask for the six digits that belong to it."))
    begin_at(say("Six digits of the patient"))
    with st.form("offer-digits", clear_on_submit=True):
        digits = st.text_input(say("Six digits of the patient"), max_chars=24, autocomplete="off")
        if st.form_submit_button(say("Open the record"), type="primary"):
            if looks_like_code(digits or "") is None:
                _refuse(DigitsUnreadable())
            _try(st.session_state[WAITING], digits=digits or "")
    numbers_only(say("Six digits of the patient"))
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
    except OfferNeedsCode:
        st.session_state[WAITING] = text
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
    return take_scanned(current_desk(), text, digits)


def _go_on(found: Scanned) -> None:
    if found.patient is not None:
        put_on_desk(found.patient)
        go_to("record")
    if found.visiting is not None:
        put_visiting(found.visiting)
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
    if found and found.document:
        show_document(found.document)
    if found and found.taken:
        _show_taken_in(found.taken)
    if (found or link) and st.button(say("Done"), key="found-done"):
        st.session_state.pop(FOUND, None)
        st.session_state.pop(LINK, None)
        st.rerun()


def _show_taken_in(taken: TakenIn) -> None:
    """A visit that came home: now, or before."""
    show_person(taken.patient)
    if taken.new:
        told = say(
            "What {clinic} has written is in this record now. New entries: {count}.",
            clinic=taken.clinic,
            count=taken.new,
        )
        st.success(plain(told), icon=":material/check_circle:")
    elif taken.before:
        told = say(
            "This visit from {clinic} was already taken in: {moment}. Nothing was added.",
            clinic=taken.clinic,
            moment=moment(taken.before),
        )
        st.info(plain(told), icon=":material/history:")
    else:
        told = say("All of this visit from {clinic} is in the record already.", clinic=taken.clinic)
        st.info(plain(told), icon=":material/history:")
    if st.button(say("Open the record"), key="taken-in", icon=":material/folder_open:"):
        st.session_state.pop(FOUND, None)
        put_on_desk(taken.patient.id)
        go_to("record")


def _opened_before() -> None:
    """Folded: names are read, and the list logged, only for who asks."""
    count = len(visiting_here(current_desk()))
    if not count:
        return
    folded = st.expander(
        say("Patients of other clinics ({count})", count=count),
        icon=":material/luggage:",
        key="visiting-list",
        on_change="rerun",
    )
    if not folded.open:
        return
    with folded:
        st.caption(say("What they have shared with you, until it ends."))
        for line in list_visiting(current_desk()):
            _line(line)


def _line(line: VisitingLine) -> None:
    held, details = line.held, line.person.details
    told = [
        age_words(details),
        say(SEX_WORDS[details.sex]),
        held.clinic,
        say("until {moment}", moment=moment(held.ends)),
        say("shortened") if line.shortened else "",
    ]
    with st.container(border=True, horizontal=True, **SPREAD):
        small = plain(" · ".join(part for part in told if part))
        st.markdown(f"**{plain(details.full_name)}**  \n{small}")
        if st.button(say("Open"), key=f"visiting-{held.key.hex()}"):
            put_visiting(held.key)
            go_to("visiting")
