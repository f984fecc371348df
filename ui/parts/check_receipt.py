"""Checking an old receipt of the log: by camera, from a picture, pasted or typed; the verdict in
plain words, and the proof to keep."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from medilink.acts.log_export import prove_receipts
from medilink.acts.log_proof import CheckedReceipt, check_receipt
from medilink.errors import MediLinkError
from medilink.log_check import TOO_SHORT
from medilink.people import PatientId
from security import check_log
from ui.parts.desk import current_desk
from ui.parts.person import instant, plain_day
from ui.parts.scanning import scan_text
from ui.parts.telling import tell_error
from ui.words import say

CHECKED, REFUSED, PROOF = "receipt-checked", "receipt-refused", "receipt-proof"


def show_check_receipt(whose: PatientId | None = None) -> None:
    """Folded. `whose`: the record the proof may say something about; administrators have none."""
    folded = st.expander(
        say("Check an old receipt"),
        icon=":material/fact_check:",
        key="check-receipt",
        on_change="rerun",
    )
    if not folded.open:
        return
    with folded:
        _show_found(whose)
        try:
            scanned = scan_text("receipt-camera")
        except MediLinkError as unreadable:
            _refuse(unreadable)
            return
        if scanned:
            _check(scanned)
        with st.form("typed-receipt", clear_on_submit=True):
            typed = st.text_area(
                say("Or type its line: a number and six words"), height=80, max_chars=2000
            )
            if st.form_submit_button(say("Check"), type="primary"):
                _check(typed or "")


def _check(text: str) -> None:
    """Every entry is read: seconds in a long log, so it is done once and kept."""
    try:
        with st.spinner(say("Checking every entry …")):
            found = check_receipt(current_desk(), text)
    except MediLinkError as refused:
        _refuse(refused)
        return
    _forget()
    st.session_state[CHECKED] = (text.strip(), found)
    st.rerun()


def _refuse(why: MediLinkError) -> None:
    _forget()
    st.session_state[REFUSED] = why
    st.rerun()


def _forget() -> None:
    for held in (CHECKED, REFUSED, PROOF):
        st.session_state.pop(held, None)


def _show_found(whose: PatientId | None) -> None:
    refused: MediLinkError | None = st.session_state.get(REFUSED)
    if refused:
        tell_error(refused)
    checked: tuple[str, CheckedReceipt] | None = st.session_state.get(CHECKED)
    if checked:
        show_verdict(checked[1])
        if checked[1].says:
            _offer_proof(checked[0], whose)


def show_verdict(checked: CheckedReceipt) -> None:
    """Whether a receipt is still true, and what to do where it is not."""
    if checked.verdict.sound:
        st.success(_still_true(checked), icon=":material/verified:")
        return
    if checked.says is None:
        st.error(
            say(
                "These words do NOT fit the list. Look once more whether each word is as on the"
                " receipt, and whether this clinic gave it; one wrong letter is enough. If all is"
                " right, the list was changed after the receipt was given."
            ),
            icon=":material/gpp_bad:",
        )
    else:
        why = (
            say("NOT true any more: entries that were there are missing now.")
            if checked.verdict.why == TOO_SHORT
            else say("NOT true any more: the list was changed after the receipt was given.")
        )
        st.error(why, icon=":material/gpp_bad:")
    st.write(
        say(
            "What to do: keep the receipt and give it to nobody. Show it to the administrator, and"
            " to somebody outside the clinic whom you trust, such as the health authority."
        )
    )


def _still_true(checked: CheckedReceipt) -> str:
    if checked.says:
        since = plain_day(instant(checked.says.at).astimezone().date())
        return say("Still true: the list has only grown since {day}.", day=since)
    return say(
        "Still true: the list has only grown since it had {count} entries.", count=checked.size
    )


def _offer_proof(text: str, whose: PatientId | None) -> None:
    made: str | None = st.session_state.get(PROOF)
    if made is None:
        if st.button(say("Make the proof as a file"), icon=":material/verified_user:"):
            try:
                st.session_state[PROOF] = prove_receipts(current_desk(), [text], patient=whose)
            except MediLinkError as error:
                tell_error(error)
                return
            st.rerun()
        return
    st.write(
        say(
            "Keep the proof together with the receipt. Anybody who knows computers can check it"
            " with the small checker, without MediLink and without this clinic."
        )
    )
    st.download_button(
        say("Save the proof"),
        made,
        "proof.json",
        "application/json",
        on_click="ignore",
        icon=":material/download:",
    )
    st.download_button(
        say("Save the checker"),
        Path(check_log.__file__).read_bytes(),
        "check_log.py",
        "text/x-python",
        on_click="ignore",
        icon=":material/download:",
    )
