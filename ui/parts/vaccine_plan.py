"""A person's vaccines against the schedule: what is to be given first."""

from __future__ import annotations

from html import escape

import streamlit as st

from medilink.people import age_in_days
from medilink.records import Record
from medilink.reference import YEAR
from medilink.vaccination import (
    GIVE_NOW,
    STATE_WORDS,
    WHY_WORDS,
    Due,
    Person,
    State,
    what_is_due,
)
from medilink.vaccine_schedules import kenya
from ui.parts.person import clock_in_doubt, plain_day, today
from ui.words import say

UNTIL_YEARS = 15


def show_plan(record: Record) -> None:
    """Nothing for adults."""
    details, day = record.patient.details, today()
    if clock_in_doubt():
        return
    age = age_in_days(details.birth_date, day.date())
    if age is None or age > UNTIL_YEARS * YEAR:
        return
    schedule = kenya()
    person = Person(sex=details.sex, zone=day.tzinfo) if day.tzinfo else Person(sex=details.sex)
    dues = what_is_due(details.birth_date, record.immunisations, day.date(), schedule, person)
    now = [due for due in dues if due.state in GIVE_NOW]
    st.subheader(say("Vaccines due"), anchor=False)
    if not now:
        st.caption(say("Nothing is due today."))
    _list(now)
    with st.expander(say("The whole schedule")):
        _list([due for due in dues if due not in now])
        st.caption(say("Schedule: {name}. Countries differ.", name=schedule.name))


def _list(dues: list[Due]) -> None:
    st.html('<ul class="ml-list">' + "".join(map(_line, dues)) + "</ul>")


def _line(due: Due) -> str:
    when = plain_day(due.due_on) if due.due_on else ""
    early = [say(WHY_WORDS[one.why]) for one in due.not_counted]
    told = [say(STATE_WORDS[due.state]), when, *early]
    name = say("{vaccine}, dose {number}", vaccine=say(due.name), number=due.dose)
    mark = "! " if due.state is State.OVERDUE else ""
    small = escape(" · ".join(part for part in told if part))
    return f"<li>{mark}<strong>{escape(name)}</strong><small>{small}</small></li>"
