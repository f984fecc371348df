"""Which parts of a record go into a file, in which language, locked or not."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from exports.forms import Form
from medilink.handing_out import Asked, Purpose
from ui.parts.choose_parts import SENSITIVE_WORDS, choose_matters, choose_sections, choose_time
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
    sections = choose_sections(say("Which parts?"), _KEY)
    language = st.selectbox(
        say("Language of the file"),
        list(languages()),
        index=list(languages()).index(spoken()),
        format_func=lambda code: languages()[code],
        key=f"{_KEY}-language",
    )
    with st.expander(say("More choices"), icon=":material/tune:"):
        since, until = choose_time(_KEY)
        st.caption(
            say("Allergies, illnesses and medicines of today are in the file whatever the dates.")
        )
        st.markdown(f"**{say('Leave out what is about')}**")
        left_out = choose_matters(f"{_KEY}-without")
    password = _password_and_go()
    if password is None:
        return None
    asked = Asked(
        purpose=purpose,
        sections=sections,
        since=since,
        until=until,
        language=language or spoken(),
        sensitive=frozenset(SENSITIVE_WORDS) - left_out,
    )
    return Wanted(asked, form, password)


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
