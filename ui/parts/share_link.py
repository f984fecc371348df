"""A file shared as a link that works once: made, shown with its QR code, withdrawn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st

from medilink.acts.one_time_link import make_link, withdraw_link
from medilink.one_time import token_digest
from medilink.people import PatientId
from ui.addresses import outside_addresses
from ui.house import the_house
from ui.parts.desk import current_desk
from ui.parts.person import clock_time
from ui.parts.qr_picture import show_qr
from ui.parts.telling import told
from ui.words import say

LINK = "one-time-link"


@dataclass(frozen=True, slots=True)
class _Made:
    """A link that was made here. `of`: what it leads to, so that another file shows no old link."""

    of: tuple[PatientId, str, bytes]
    token: str


def show_share_link(name: str, media: str, content: bytes, patient: PatientId) -> None:
    """Offer a link to this file of a patient's record, or show the one that was made. `name` is
    what it is saved as: let it name nobody."""
    told(_show)(name, media, content, patient)


def _show(name: str, media: str, content: bytes, patient: PatientId) -> None:
    desk, house = current_desk(), the_house()
    addresses = outside_addresses(house.config)
    if not addresses:
        st.caption(say("Other devices cannot reach this computer, so no link can be made."))
        return
    of = (patient, name, hashlib.sha256(content).digest())
    made: _Made | None = st.session_state.get(LINK)
    if made and made.of == of:
        waiting = house.shelf.holds(token_digest(made.token), desk.now)
        if waiting is not None:
            _show_link(made.token, addresses, waiting.until)
            return
        st.info(say("The link is over: its file was fetched, or nobody came in time."))
    st.write(
        say(
            "A link for somebody on this Wi-Fi: it works once, for an hour. Whoever opens it first"
            " has the file."
        )
    )
    if st.button(say("Make a one-time link"), icon=":material/link:", key="make-link"):
        token = make_link(desk, house.shelf, patient, (name, media, content))
        st.session_state[LINK] = _Made(of, token)
        st.rerun()


def _show_link(token: str, addresses: list[str], until: int) -> None:
    address = addresses[0]
    if len(addresses) > 1:
        address = st.selectbox(say("Address of this computer"), addresses, key="link-address")
    link = f"{address}/take/{token}"
    st.write(say("Scan this with the other phone, or type the link there."))
    st.caption(
        say(
            "The other phone may warn that it does not know this computer: the certificate is the"
            " clinic's own. Let it go on to the page."
        )
    )
    show_qr(link, title=say("QR code of the link"))
    st.code(link, language=None, wrap_lines=True)
    st.caption(
        say("It works once, until {time}. It stays when you sign out.", time=clock_time(until))
    )
    if st.button(say("Withdraw the link"), icon=":material/link_off:", key="withdraw-link"):
        withdraw_link(current_desk(), the_house().shelf, token)
        st.session_state.pop(LINK, None)
        st.rerun()
