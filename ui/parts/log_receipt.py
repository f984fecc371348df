"""A receipt of the log on the page: its code, its line of words, and what it is for."""

from __future__ import annotations

from html import escape

import streamlit as st

from exports.receipt_paper import POCKET, draw_receipt
from medilink.acts.log_proof import GivenReceipt, give_receipt
from medilink.errors import MediLinkError
from medilink.people import PatientId
from ui.parts.desk import current_desk
from ui.parts.person import moment
from ui.parts.qr_picture import show_qr
from ui.parts.telling import tell_error
from ui.words import say

GIVEN, VISIT_SAVED = "log-receipt-given", "visit-just-saved"


def show_receipt_to_take(whose: PatientId) -> None:
    """For patients, of their own list or a child's."""
    st.write(
        say(
            "A receipt shows how this list stands now. If anybody changes or removes an entry"
            " later, the receipt no longer fits, and everybody can see it."
        )
    )
    _offer(whose, say("Take a receipt"))


def show_receipt_to_give(patient: PatientId) -> None:
    """For staff, while the patient is here. After a visit was saved, with a word on why."""
    if st.session_state.get(VISIT_SAVED) == patient:
        st.info(
            say("Before the patient leaves: give them a receipt, so that they can check later."),
            icon=":material/receipt_long:",
        )
    _offer(patient, say("Receipt for the patient"))


def _offer(patient: PatientId, label: str) -> None:
    given: tuple[PatientId, GivenReceipt] | None = st.session_state.get(GIVEN)
    if given and given[0] == patient:
        _show(given[1])
        if st.button(say("Done"), key="log-receipt-done"):
            st.session_state.pop(GIVEN)
            st.session_state.pop(VISIT_SAVED, None)
            st.rerun()
    elif st.button(label, icon=":material/receipt_long:", key="log-receipt"):
        try:
            st.session_state[GIVEN] = (patient, give_receipt(current_desk(), patient))
        except MediLinkError as error:
            tell_error(error)
            return
        st.rerun()


def _show(receipt: GivenReceipt) -> None:
    with st.container(border=True):
        show_qr(receipt.text, title=say("Receipt of the log"))
        st.write(say("Photograph this code with your phone, or write down this line:"))
        st.html(f'<p class="ml-words" translate="no">{escape(receipt.line)}</p>')
        st.caption(what_it_is_for())
        _offer_paper(receipt)


def _offer_paper(receipt: GivenReceipt) -> None:
    # Said here: the browser asks for the file later, where nobody's language is known.
    title, lines, caption = say("Receipt of the log"), receipt_lines(receipt), what_it_is_for()
    st.download_button(
        say("Receipt on paper"),
        lambda: draw_receipt(title, lines, receipt.text, caption, POCKET),
        f"receipt-{receipt.says.size}.pdf",
        "application/pdf",
        key="log-receipt-paper",
        icon=":material/print:",
    )


def what_it_is_for() -> str:
    """Two sentences."""
    return say(
        "With it anybody can check later whether the list of who looked was changed. It says"
        " nothing about you or your health."
    )


def receipt_lines(receipt: GivenReceipt) -> list[str]:
    """What stands on the paper: no name, nothing about health."""
    return [
        receipt.clinic,
        moment(receipt.says.at),
        say("Entry {number}", number=receipt.says.seq),
        receipt.line,
        say("Key of the clinic: {words}", words=receipt.key),
    ]
