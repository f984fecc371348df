"""The patient's own record, read-only."""

from __future__ import annotations

from medilink.acts.read_record import open_record
from medilink.errors import NotYours
from medilink.records import Record, Section
from ui.parts.chart import show_last_vitals, show_results, show_summary, show_trends, show_visits
from ui.parts.desk import current_desk
from ui.parts.person import show_person
from ui.parts.tabs import show_tabs
from ui.words import say


def show() -> None:
    """Everything the clinic has written."""
    desk = current_desk()
    if desk.who.patient is None:
        raise NotYours
    record = open_record(desk, desk.who.patient).record
    show_person(record.patient)
    show_tabs(
        {
            say("Summary"): lambda: show_summary(record),
            say("Visits"): lambda: show_visits(record),
            say("Measurements"): lambda: _measurements(record),
            say("Test results"): lambda: show_results(record),
        },
        key="my-record-tabs",
    )


def _measurements(record: Record) -> None:
    show_last_vitals(record)
    show_trends(record, Section.VITALS)
