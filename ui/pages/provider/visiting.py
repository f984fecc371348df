"""What a patient of another clinic has shared here: to read, until it ends; and to go on from."""

from __future__ import annotations

import streamlit as st

from medilink.acts.going_home import not_sent
from medilink.acts.read_record import may_open
from medilink.acts.read_visiting import (
    VisitingRecord,
    close_visiting,
    open_visiting,
    register_visiting,
)
from medilink.acts.receipts import receipt_for_patient
from medilink.days import DAY_MS
from medilink.scopes import scope_from_bits
from medilink.visiting import Mode
from ui.parts.carried import show_carried
from ui.parts.desk import (
    current_desk,
    go_to,
    leave_visiting,
    put_on_desk,
    show_flash,
    visiting_on_desk,
)
from ui.parts.emergency_view import show_emergency
from ui.parts.from_elsewhere import show_from_elsewhere
from ui.parts.person import moment, show_person
from ui.parts.plain import plain
from ui.parts.scope_form import warn_shortened
from ui.parts.send_home import stays_here
from ui.words import say, say_many

ERASING = "visiting-erase"


def show() -> None:
    """The shared record of the patient in front of the provider."""
    share = visiting_on_desk()
    if share is None:
        st.info(say("Scan a code first."))
        if st.button(say("Scan a code")):
            go_to("scan")
        return
    opened = open_visiting(current_desk(), share)
    show_person(opened.record.patient)
    show_flash()
    _honesty(opened)
    _offer(opened)
    if opened.held.mode is Mode.CARD:
        show_emergency(opened.record)
    show_from_elsewhere(opened)
    _receipt(opened)
    _close(opened)


def _honesty(opened: VisitingRecord) -> None:
    """Where it is from, until when, and what cannot be known here."""
    held = opened.held
    lines = [
        say("Shared by the patient, signed by {clinic}", clinic=held.clinic),
        say("until {moment}", moment=moment(held.ends)),
    ]
    if opened.terms.purpose:
        lines.append(say("reason: {reason}", reason=opened.terms.purpose))
    st.info(plain(" · ".join(lines)), icon=":material/verified_user:")
    warn_shortened(shortened=opened.shortened)
    if opened.summary:
        st.caption(
            say(
                "A code holds a summary: what stands now, the last five visits and eight results at"
                " most. For the whole record, ask face to face."
            )
        )
    st.caption(plain(_known(opened)))


def _known(opened: VisitingRecord) -> str:
    if opened.heard is None:
        known = say("This clinic has never heard what was withdrawn there.")
    else:
        days = max(0, (current_desk().now - opened.heard) // DAY_MS)
        known = say(
            "Withdrawals there are known as of {moment} ({days}).",
            moment=moment(opened.heard),
            days=say_many("{number} day ago", "{number} days ago", days) if days else say("today"),
        )
    if opened.held.mode in (Mode.ANSWER, Mode.WHOLE) or not opened.held.single_use:
        return known
    return known + " " + say("This device cannot know whether the code was used elsewhere.")


def _offer(opened: VisitingRecord) -> None:
    if not scope_from_bits(opened.held.scope).write_back:
        st.warning(plain(stays_here(opened.held.clinic)), icon=":material/home_health:")
    if st.button(
        say("Write a visit here"),
        type="primary",
        icon=":material/edit_note:",
        help=say("Gives the patient a file here, under the MediLink ID they have at home."),
    ):
        patient = register_visiting(current_desk(), opened.held.key)
        put_on_desk(patient.id)
        go_to("visit")


def _receipt(opened: VisitingRecord) -> None:
    folded = st.expander(
        say("Receipt for the patient"), icon=":material/receipt:", key="receipt", on_change="rerun"
    )
    if folded.open:
        with folded:
            st.write(say("Signed by this clinic: who opened it, when, until when."))
            text = receipt_for_patient(current_desk(), opened.held.key)
            show_carried(text, title=say("Receipt to be scanned"), name="receipt")


def _close(opened: VisitingRecord) -> None:
    """Asked once more: what is erased does not come back."""
    key = opened.held.key
    if st.session_state.get(ERASING) != key:
        if st.button(say("Done: erase it here"), icon=":material/delete:"):
            st.session_state[ERASING] = key
            st.rerun()
        return
    st.warning("  \n".join(plain(line) for line in _lost(opened)), icon=":material/delete:")
    erase, keep = st.columns(2)
    if erase.button(say("Erase it now"), type="primary", icon=":material/delete:", width="stretch"):
        close_visiting(current_desk(), key)
        st.session_state.pop(ERASING)
        leave_visiting()
        go_to("scan")
    if keep.button(say("Keep it"), width="stretch"):
        st.session_state.pop(ERASING)
        st.rerun()


def _lost(opened: VisitingRecord) -> list[str]:
    """What erasing takes away, and what it leaves."""
    desk, local = current_desk(), opened.held.local
    lines = [
        say("You cannot read this again, and its allergies no longer warn you when you prescribe."
            " To see it again, the patient must share anew."),
    ]  # fmt: skip
    if local is None:
        return lines
    lines.append(say("What was written here stays in the patient's file here."))
    if may_open(desk, local) and (waiting := not_sent(desk, local)):
        told = say_many(
            "{number} entry written here was not sent home yet.",
            "{number} entries written here were not sent home yet.",
            waiting,
        )
        lines.append(told + " " + say("Send it first, from the record, while the patient is here."))
    return lines
