"""What a patient chooses to share: everything or parts, and under "More choices" the rest."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from medilink.choices import SECTION_WORDS
from medilink.records import ALL_SECTIONS, Section
from medilink.scopes import Scope
from medilink.sensitive import Sensitive
from medilink.sharing import DEFAULT_HOURS, DURATIONS_HOURS
from ui.parts.chart import SECTION_ICONS, section_list
from ui.parts.durations import say_duration
from ui.parts.person import plain_day, today
from ui.words import say

EVERYTHING, CHOSEN = "everything", "chosen"
EARLIEST = date(1900, 1, 1)
SENSITIVE_WORDS = {
    Sensitive.HIV: "HIV",
    Sensitive.MENTAL_HEALTH: "Mental health",
    Sensitive.REPRODUCTIVE: "Pregnancy, family planning and sexuality",
}


def choose_scope(key: str) -> Scope:
    """The questions; `key` keeps two of these forms apart. What cannot be so is said when it is
    saved."""
    parts = st.radio(
        say("What may they see?"),
        [EVERYTHING, CHOSEN],
        format_func=lambda s: say("All parts") if s == EVERYTHING else say("Only parts of it"),
        horizontal=True,
        key=f"{key}-parts",
    )
    sections = set(ALL_SECTIONS)
    if parts == CHOSEN:
        sections = {
            section
            for section in Section
            if st.checkbox(
                f":material/{SECTION_ICONS[section]}: {say(SECTION_WORDS[section])}",
                key=f"{key}-{section}",
            )
        }
    st.caption(
        say(
            "HIV, mental health, pregnancy and sexuality are left out, unless you tick them under"
            " More choices."
        )
    )
    writes = st.checkbox(
        say("They may also write visits and measurements into my record"),
        key=f"{key}-writes",
        help=say("Without it they only read: what another clinic finds and does stays there."),
    )
    with st.expander(say("More choices"), icon=":material/tune:"):
        return _more(key, frozenset(sections), writes)


def _more(key: str, sections: frozenset[Section], writes: bool) -> Scope:
    st.markdown(f"**{say('Also share what is about')}**")
    sensitive = {
        category
        for category, words in SENSITIVE_WORDS.items()
        if st.checkbox(say(words), key=f"{key}-{category.value}")
    }
    st.caption(
        say(
            "MediLink finds these by words, codes and medicines, and rather leaves out too much."
            " It cannot find what is only hinted at."
        )
    )
    st.markdown(f"**{say('Only what happened in a time')}**")
    first, last = st.columns(2)
    since = first.date_input(say("From"), key=f"{key}-from", **any_past_day())
    until = last.date_input(say("To"), key=f"{key}-to", **any_past_day())
    st.caption(
        say("Allergies, illnesses and medicines that you have today are shown whatever the dates.")
    )
    return Scope(
        sections,
        frozenset(sensitive),
        midnight(since),
        midnight(until + timedelta(days=1) if until else None),
        writes,
    )


def any_past_day() -> dict[str, Any]:
    """What a question for a day of the past is asked with."""
    return {
        "value": None,
        "min_value": EARLIEST,
        "max_value": today().date(),
        "format": "YYYY-MM-DD",
    }


def midnight(day: date | None) -> int | None:
    """The beginning of a day here, in milliseconds UTC."""
    if day is None:
        return None
    return int(datetime.combine(day, time.min).astimezone().timestamp() * 1000)


def choose_hours(key: str) -> int:
    """For how long."""
    hours = st.segmented_control(
        say("How long?"),
        DURATIONS_HOURS,
        default=DEFAULT_HOURS,
        required=True,
        format_func=say_duration,
        key=key,
    )
    return hours or DEFAULT_HOURS


def warn_shortened(*, shortened: bool) -> None:
    """What a code of one picture may have left out."""
    if shortened:
        st.warning(
            say(
                "Shortened to fit one code: visits, results and vaccines may be missing or cut."
                " Alerts, allergies, illnesses, medicines, blood type and whom to call never are."
            ),
            icon=":material/content_cut:",
        )


def scope_words(scope: Scope) -> list[str]:
    """What a scope covers, for whoever gave it."""
    everything = scope.sections >= ALL_SECTIONS
    told = [say("All parts") if everything else section_list(scope.sections)]
    without = [say(words) for kind, words in SENSITIVE_WORDS.items() if kind not in scope.sensitive]
    if without:
        told.append(say("without: {kinds}", kinds=", ".join(without)))
    if scope.since is not None:
        told.append(say("from {day}", day=_day_of(scope.since)))
    if scope.until is not None:
        told.append(say("up to {day}", day=_day_of(scope.until - 1)))
    if scope.write_back:
        told.append(say("they may write"))
    return told


def _day_of(at: int) -> str:
    return plain_day(datetime.fromtimestamp(at / 1000).astimezone().date())
