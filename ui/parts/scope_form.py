"""What a patient chooses to share: everything or parts, and under "More choices" the rest."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from medilink.records import ALL_SECTIONS, Section
from medilink.scopes import Scope
from medilink.sharing import DEFAULT_HOURS, DURATIONS_HOURS
from ui.parts.chart import section_list
from ui.parts.choose_parts import SENSITIVE_WORDS, choose_matters, choose_sections, choose_time
from ui.parts.durations import say_duration
from ui.parts.person import plain_day
from ui.words import say


def choose_scope(key: str) -> Scope:
    """The questions; `key` keeps two of these forms apart. What cannot be so is said when it is
    saved."""
    sections = choose_sections(say("What may they see?"), key)
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
        return _more(key, sections, writes)


def _more(key: str, sections: frozenset[Section], writes: bool) -> Scope:
    st.markdown(f"**{say('Also share what is about')}**")
    sensitive = choose_matters(key)
    st.caption(
        say(
            "MediLink finds these by words, codes and medicines, and rather leaves out too much."
            " It cannot find what is only hinted at."
        )
    )
    since, until = choose_time(key)
    st.caption(
        say("Allergies, illnesses and medicines that you have today are shown whatever the dates.")
    )
    return Scope(sections, sensitive, since, until, writes)


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
