"""Compliance reports: made for a time that is chosen, and those MediLink has written each month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import streamlit as st
from babel.dates import format_skeleton

from medilink.acts.report import kept_reports, make_report, open_kept_report
from medilink.clock import EARLIEST
from medilink.compliance import Report
from medilink.errors import LastBeforeFirst
from medilink.periods import Period, days_between, month_named, month_of, quarter_of
from ui.house import the_house
from ui.parts.desk import current_desk
from ui.parts.person import moment, plain_day, today
from ui.parts.plain import plain
from ui.parts.report_files import show_report
from ui.parts.rows import SPREAD
from ui.parts.telling import tell_error, told
from ui.words import say, spoken_locale

MONTH, QUARTER, DAYS = "month", "quarter", "days"
KIND_WORDS = {MONTH: "A month", QUARTER: "A quarter", DAYS: "From – to"}
MONTHS_OFFERED, QUARTERS_OFFERED = 36, 12
MADE = "report-made"


def show() -> None:
    """First what is wanted, then the report itself, then those that were written before."""
    st.title(say("Reports"), anchor=False)
    st.caption(
        say(
            "Numbers from the log for whoever supervises the clinic: who opened records by which"
            " right, files handed out, failed attempts, emergencies, licences, and whether the log"
            " is whole. They name no patient."
        )
    )
    period = _period()
    if st.button(
        say("Make the report"), type="primary", icon=":material/summarize:", disabled=not period
    ):
        _make(period)
    made: Report | None = st.session_state.get(MADE)
    if made:
        show_report(made)
    told(_kept)()


@told
def _make(period: Period) -> None:
    st.session_state.pop(MADE, None)
    with st.spinner(say("Every entry of the log is checked and counted …")):
        st.session_state[MADE] = make_report(current_desk(), period, the_house().outside_head())


# ---- which time


def _period() -> Period | None:
    """The chosen time; None while it cannot be right."""
    kind = st.segmented_control(
        say("For which time"),
        list(KIND_WORDS),
        default=MONTH,
        required=True,
        format_func=lambda one: say(KIND_WORDS[one]),
    )
    now = today().date()
    if kind == DAYS:
        return _days(now)
    if kind == QUARTER:
        return _chosen(say("Quarter"), _before(quarter_of(now), quarter_of, QUARTERS_OFFERED))
    months = _before(month_of(now), month_of, MONTHS_OFFERED)
    return _chosen(say("Month"), months, month_words)


def _before(newest: Period, around: Callable[[date], Period], many: int) -> list[Period]:
    """A period and those before it, newest first."""
    found = [newest]
    while len(found) < many:
        found.append(around(found[-1].first - timedelta(days=1)))
    return found


def month_words(month: Period) -> str:
    """March 2026."""
    return str(format_skeleton("yMMMM", month.first, locale=spoken_locale()))


def period_words(period: Period) -> str:
    """Its first and last day."""
    return f"{plain_day(period.first)} – {plain_day(period.last)}"


def _chosen(
    label: str, periods: list[Period], words: Callable[[Period], str] = period_words
) -> Period:
    """The last whole one unless another is chosen."""
    place = st.selectbox(
        label, range(len(periods)), index=1, format_func=lambda number: words(periods[number])
    )
    return periods[place]


def _days(now: date) -> Period | None:
    left, right = st.columns(2)
    ends: dict[str, Any] = {
        "min_value": EARLIEST.date(),
        "max_value": now,
        "format": "YYYY-MM-DD",
    }
    first = left.date_input(say("From"), month_of(now).first, **ends)
    last = right.date_input(say("To"), now, **ends)
    try:
        return days_between(first, last)
    except LastBeforeFirst as trouble:
        tell_error(trouble)
        return None


# ---- written by MediLink itself


def _kept() -> None:
    st.header(say("Written every month by itself"), anchor=False)
    months = kept_reports(current_desk())
    if not months:
        st.caption(say("The first one is written when a month is over."))
    for name, made_at in months.items():
        with st.container(border=True, horizontal=True, **SPREAD):
            written = say("written {moment}", moment=moment(made_at))
            st.markdown(f"**{plain(month_words(month_named(name)))}** · {plain(written)}")
            if st.button(say("Show"), key=f"report-{name}"):
                st.session_state[MADE] = open_kept_report(current_desk(), name)
                st.rerun()
