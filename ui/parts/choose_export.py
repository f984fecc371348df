"""Which parts of a record go into a file, in which language, locked or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from exports.forms import Form
from medilink.choices import SECTION_WORDS
from medilink.handing_out import Asked, Purpose
from medilink.records import ALL_SECTIONS, Section
from ui.parts.chart import SECTION_ICONS
from ui.parts.scope_form import CHOSEN, EVERYTHING, SENSITIVE_WORDS, any_past_day, midnight
from ui.words import languages, say, spoken

_KEY = "export"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was chosen. `password`: empty for a file that is open to whoever has it."""

    asked: Asked
    form: Form
    password: str = ""


def choose_export(purpose: Purpose, form: Form) -> Wanted | None:
    """The questions that have good answers already stand under More choices. What was chosen once
    the file is to be made; else None."""
    sections = _sections()
    language = st.selectbox(
        say("Language of the file"),
        list(languages()),
        index=list(languages()).index(spoken()),
        format_func=lambda code: languages()[code],
        key=f"{_KEY}-language",
    )
    with st.expander(say("More choices"), icon=":material/tune:"):
        st.markdown(f"**{say('Only what happened in a time')}**")
        first, last = st.columns(2)
        since = first.date_input(say("From"), key=f"{_KEY}-from", **any_past_day())
        until = last.date_input(say("To"), key=f"{_KEY}-to", **any_past_day())
        st.caption(
            say("Allergies, illnesses and medicines of today are in the file whatever the dates.")
        )
        st.markdown(f"**{say('Leave out what is about')}**")
        left_out = {
            category
            for category, words in SENSITIVE_WORDS.items()
            if st.checkbox(say(words), key=f"{_KEY}-without-{category.value}")
        }
    password = _password_and_go()
    if password is None:
        return None
    asked = Asked(
        purpose=purpose,
        sections=frozenset(sections),
        since=midnight(since),
        until=midnight(until + timedelta(days=1) if until else None),
        language=language or spoken(),
        sensitive=frozenset(SENSITIVE_WORDS) - left_out,
    )
    return Wanted(asked, form, password)


def _sections() -> set[Section]:
    parts = st.radio(
        say("Which parts?"),
        [EVERYTHING, CHOSEN],
        format_func=lambda s: say("All parts") if s == EVERYTHING else say("Only parts of it"),
        horizontal=True,
        key=f"{_KEY}-parts",
    )
    if parts == EVERYTHING:
        return set(ALL_SECTIONS)
    return {
        section
        for section in Section
        if st.checkbox(
            f":material/{SECTION_ICONS[section]}: {say(SECTION_WORDS[section])}",
            key=f"{_KEY}-{section}",
        )
    }


def _password_and_go() -> str | None:
    """The password, empty for none, once the button is pressed. In a form, because outside of one
    Streamlit forgets a password whose field is left by Tab: the eye beside it comes next."""
    with st.form(f"{_KEY}-make", border=False):
        with st.expander(say("Lock the file"), icon=":material/lock:"):
            password = st.text_input(
                say("Password of the file"),
                type="password",
                autocomplete="new-password",
                key=f"{_KEY}-password",
                help=say(
                    "Whoever opens the file needs it. Tell it on another way than the file goes;"
                    " nobody can recover it."
                ),
            )
        go = st.form_submit_button(
            say("Make the file"), type="primary", icon=":material/output:", width="stretch"
        )
    return (password or "") if go else None
