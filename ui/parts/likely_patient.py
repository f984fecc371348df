"""Who is meant by a typed name or MediLink ID; a choice where several may be."""

from __future__ import annotations

import streamlit as st

from medilink.acts.register import find_patients
from medilink.people import PatientId
from ui.parts.desk import current_desk
from ui.parts.plain import plain
from ui.words import say

LIKELY_PEOPLE = 5


def choose_likely_patient(typed: str, key: str) -> tuple[PatientId, str] | None:
    """The patient and what to call them; None where nobody is called like that, which is said."""
    named = {
        one.patient.id: f"{one.patient.details.full_name} · {one.patient.medilink_id}"
        for one in find_patients(current_desk(), typed, limit=LIKELY_PEOPLE)
    }
    if not named:
        st.caption(say("No patient is called like that."))
        return None
    if len(named) == 1:
        st.caption(plain(*named.values()))
        return next(iter(named.items()))
    chosen = st.selectbox(say("Which patient"), list(named), format_func=named.__getitem__, key=key)
    return chosen, named[chosen]
