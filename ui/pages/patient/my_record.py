"""The patient's own record, read-only."""

from __future__ import annotations

import streamlit as st

from medilink.acts.read_record import open_record
from medilink.errors import NotYours
from medilink.records import Section
from ui.parts.chart import show_last_vitals, show_results, show_summary, show_trends, show_visits
from ui.parts.desk import current_desk
from ui.parts.person import show_person
from ui.words import say


def show() -> None:
    """Everything the clinic has written."""
    desk = current_desk()
    if desk.who.patient is None:
        raise NotYours
    record = open_record(desk, desk.who.patient).record
    show_person(record.patient)
    summary, visits, vitals, results = st.tabs(
        [say("Summary"), say("Visits"), say("Measurements"), say("Test results")]
    )
    with summary:
        show_summary(record)
    with visits:
        show_visits(record)
    with vitals:
        show_last_vitals(record)
        show_trends(record, Section.VITALS)
    with results:
        show_results(record)
