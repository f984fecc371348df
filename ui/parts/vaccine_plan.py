"""A child's vaccines against the schedule: what is due first."""

from __future__ import annotations

from html import escape

import streamlit as st

from medilink.people import age_in_days
from medilink.records import Record
from medilink.vaccination import KEPI, YEAR, Dose, DoseState, stand_of
from ui.parts.person import plain_day, today
from ui.words import say

UNTIL_YEARS = 15
ICONS = {
    DoseState.GIVEN: "✓",
    DoseState.DUE: "→",
    DoseState.OVERDUE: "!",
    DoseState.LATER: "·",
    DoseState.NO_LONGER: "–",
}


def show_plan(record: Record) -> None:
    """Nothing for adults; for a child without an exact birth date, why not."""
    details = record.patient.details
    age = age_in_days(details.birth_date, today().date())
    if age is None or age > UNTIL_YEARS * YEAR:
        return
    st.subheader(say("Vaccines due"), anchor=False)
    if len(details.birth_date) < 10 or details.birth_estimated:
        st.caption(say("The schedule needs the exact birth date."))
        return
    doses, early = stand_of(details.birth_date, record.immunisations, today().date())
    open_first = sorted(doses, key=lambda dose: (dose.state is DoseState.GIVEN, dose.due_on))
    st.html('<ul class="ml-list">' + "".join(_line(dose) for dose in open_first) + "</ul>")
    for one in early:
        st.warning(say("Given too early to count: {vaccine}", vaccine=one.vaccine))
    st.caption(say("Schedule: {name}. Countries differ.", name=KEPI.name))


def _line(dose: Dose) -> str:
    name = say("{vaccine}, dose {number}", vaccine=say(dose.vaccine), number=dose.dose)
    told = f"{say(dose.state.value)} · {plain_day(dose.due_on)}"
    return (
        f"<li>{ICONS[dose.state]} <strong>{escape(name)}</strong><small>{escape(told)}</small></li>"
    )
