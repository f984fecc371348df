"""A record taken along as a file, for another clinic or for oneself."""

from __future__ import annotations

import streamlit as st

from exports.fhir import write_bundle
from medilink.acts.hand_out import hand_out_record
from medilink.errors import MediLinkError
from medilink.records import Record
from ui.parts.desk import current_desk
from ui.parts.telling import tell_error
from ui.words import say

MEDIA = "application/fhir+json"


def show_take_along(record: Record) -> None:
    """First it is made, which is on record; then the browser keeps it."""
    patient = record.patient
    st.subheader(say("Take the record along"), anchor=False)
    st.write(
        say(
            "A file with everything you may see here, for another clinic's program (FHIR R4)."
            " It is not locked: whoever has the file can read it."
        )
    )
    made: tuple[int, bytes] | None = st.session_state.get("taken-along")
    if made and made[0] == patient.id:
        st.download_button(
            say("Save the file on this device"),
            made[1],
            file_name=f"{patient.medilink_id}.fhir.json",
            mime=MEDIA,
            icon=":material/download:",
            on_click=_forget,
        )
    elif st.button(say("Make the file"), icon=":material/output:"):
        try:
            file = write_bundle(hand_out_record(current_desk(), patient.id))
        except MediLinkError as error:
            tell_error(error)
            return
        st.session_state["taken-along"] = (patient.id, file)
        st.rerun()


def _forget() -> None:
    st.session_state.pop("taken-along", None)
