"""What staff did: everybody's numbers for a period, counted from the log."""

from __future__ import annotations

import streamlit as st

from medilink.acts.activity import staff_activity
from medilink.acts.staff import list_staff
from medilink.acts.unusual import count_unusual
from ui.parts.activity_numbers import in_short, period_of, show_numbers
from ui.parts.desk import current_desk, go_to
from ui.parts.plain import plain
from ui.words import say

PERIOD_WORDS = {1: "Today", 7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}


def show() -> None:
    """Who did most comes first."""
    st.title(say("What staff did"), anchor=False)
    st.caption(say("Numbers compare days of work, not people: nobody is judged by them alone."))
    days = st.selectbox(
        say("When"), list(PERIOD_WORDS), format_func=lambda d: say(PERIOD_WORDS[d]), index=2
    )
    desk = current_desk()
    with st.spinner(say("Reading the log.")):
        found = staff_activity(desk, *period_of(days))
    flags = count_unusual(desk)
    staff = {account.id: account.title for account in list_staff(desk)}
    idle = [staff[who] for who, activity in found.items() if not activity.acts]
    at_work = [(who, activity) for who, activity in found.items() if activity.acts]
    for who, activity in sorted(at_work, key=lambda one: -one[1].acts):
        with st.expander(f"**{plain(staff[who])}** · {plain(in_short(activity))}"):
            show_numbers(activity, flags.get(who, 0))
            if flags.get(who) and st.button(say("Look at what is unusual"), key=f"flags-{who}"):
                go_to("unusual")
    if idle:
        st.caption(plain(say("Nothing in this time: {names}", names=", ".join(idle))))
