"""The slip a patient takes home: sign-in name and first password, shown once."""

from __future__ import annotations

from html import escape

import streamlit as st

from medilink.acts.register import Slip
from ui.parts.desk import current_desk
from ui.words import say


def show_slip(slip: Slip) -> None:
    """To be written down or printed; the password is kept nowhere."""
    st.write(say("Write this down for the patient, or print it. It is shown only now."))
    lines = (
        (say("Name"), slip.patient.details.full_name),
        ("MediLink ID", slip.patient.medilink_id),
        (say("First password, to be changed at the first sign-in"), slip.password),
        (say("Clinic"), current_desk().clinic.name),
    )
    body = "".join(f'<dt>{escape(k)}</dt><dd dir="auto">{escape(v)}</dd>' for k, v in lines)
    st.html(f'<dl class="ml-slip">{body}</dl>')
