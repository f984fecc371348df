"""Sending home what was written here for a patient of another clinic."""

from __future__ import annotations

import streamlit as st

from medilink.acts.going_home import can_return, make_return
from medilink.people import PatientId
from ui.parts.carried import show_carried
from ui.parts.desk import current_desk
from ui.parts.plain import plain
from ui.words import say


def show_send_home(patient: PatientId) -> None:
    """Only where the patient's own share allows it."""
    held = can_return(current_desk(), patient)
    if held is None:
        return
    folded = st.expander(
        say("Send home to {clinic}", clinic=plain(held.clinic)),
        icon=":material/home_health:",
        key="send-home",
        on_change="rerun",
    )
    if folded.open:
        with folded:
            going = st.session_state.get("going-home")
            if going is None or going[0] != patient:
                if not st.button(say("Pack what was written here"), icon=":material/package_2:"):
                    return
                going = st.session_state["going-home"] = (
                    patient,
                    make_return(current_desk(), patient),
                )
            st.write(
                say(
                    "The patient photographs this or takes the file home. Only {clinic} can open"
                    " it. Entries in it: {count}.",
                    clinic=plain(held.clinic),
                    count=going[1].entries,
                )
            )
            show_carried(going[1].text, title=say("Visit to be taken home"), name="visit-home")
