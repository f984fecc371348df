"""What somebody did in a period, in numbers."""

from __future__ import annotations

import streamlit as st

from medilink.activity import Activity
from medilink.acts.activity import own_activity
from medilink.days import DAY_MS
from ui.parts.desk import current_desk
from ui.parts.log_words import METHOD_WORDS
from ui.parts.person import today
from ui.parts.plain import plain
from ui.words import say, say_many

OWN_DAYS = 30


def period_of(days: int) -> tuple[int, int]:
    """The last so many days, today included: from midnight here until now, milliseconds UTC."""
    now = today()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return int(midnight.timestamp() * 1000) - (days - 1) * DAY_MS, int(now.timestamp() * 1000) + 1


def in_short(activity: Activity) -> str:
    """Patients and days, in one line."""
    patients, days = len(activity.patients), len(activity.days)
    return " · ".join(
        (
            say_many("{number} patient", "{number} patients", patients),
            say_many("{number} day at work", "{number} days at work", days),
        )
    )


def show_numbers(activity: Activity, flags: int | None = None) -> None:
    """Every figure, one a line; `flags` are those that wait."""
    rights = [
        f"{say(words)}: {activity.opened[method]}"
        for method, words in METHOD_WORDS.items()
        if activity.opened[method]
    ]
    lines = [
        say("Records opened: {count}", count=activity.opened.total()),
        *(f"– {line}" for line in rights),
        say("Written in records: {count}", count=activity.writes),
        say("Records taken along as a file: {count}", count=activity.exports),
        say("Searches for patients: {count}", count=activity.searches),
        say("Refused: {count}", count=activity.refusals),
        say("While the clinic is usually closed: {percent} %", percent=activity.closed_percent),
    ]
    if flags is not None:
        lines.append(say("Marked as unusual and still open: {count}", count=flags))
    st.markdown("  \n".join(plain(line) for line in lines))


def show_own_numbers() -> None:
    """What the person at this desk did in the last thirty days."""
    activity = own_activity(current_desk(), *period_of(OWN_DAYS))
    with st.container(border=True):
        st.markdown(f"**{say('The last 30 days')}** · {plain(in_short(activity))}")
        show_numbers(activity)
