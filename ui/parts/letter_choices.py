"""What kind of letter, in which language, and what of the record goes along with it."""

from __future__ import annotations

import streamlit as st

from exports.letter_kinds import Part, Urgency
from medilink.choices import SECTION_WORDS
from medilink.handing_out import LETTERS, PURPOSE_WORDS, Asked, Purpose
from medilink.records import Record, Section
from medilink.scopes import ALL_SENSITIVE
from medilink.sensitive import Sensitive, sensitive_parts
from medilink.summing_up.summary import EXPECTED
from ui.parts.chart import SECTION_ICONS
from ui.parts.choose_parts import SENSITIVE_WORDS
from ui.parts.letter_text import Typed
from ui.words import languages, say, spoken

URGENCY_LABEL_WORDS = {
    Urgency.TODAY: "Today",
    Urgency.SOON: "Within two weeks",
    Urgency.ROUTINE: "When there is a place",
}


def choose_purpose(typed: Typed) -> Purpose:
    """Referral, consultation, discharge or a summary."""
    chosen = st.segmented_control(
        say("What do you write?"),
        LETTERS,
        default=Purpose(typed.choices.get("purpose", Purpose.REFERRAL)),
        required=True,
        format_func=lambda purpose: say(PURPOSE_WORDS[purpose]),
        key=f"letter-{typed.patient}-purpose",
    )
    typed.choices["purpose"] = (chosen or Purpose.REFERRAL).value
    return chosen or Purpose.REFERRAL


def choose_urgency(typed: Typed) -> Urgency:
    """How soon the patient is to be seen."""
    chosen = st.segmented_control(
        say("How urgent"),
        list(Urgency),
        default=Urgency(typed.choices.get(Part.URGENCY, Urgency.SOON)),
        required=True,
        format_func=lambda urgency: say(URGENCY_LABEL_WORDS[urgency]),
        key=f"letter-{typed.patient}-how-urgent",
    )
    typed.choices[Part.URGENCY] = (chosen or Urgency.SOON).value
    return chosen or Urgency.SOON


def choose_asked(typed: Typed, purpose: Purpose, seen: Record) -> Asked:
    """The language, and the sections and private matters that go along; only what the author may
    see is offered."""
    there = _private_matters(seen)
    wanted = {section for section in EXPECTED if section in seen.sections}
    kept = typed.choices.get("sections")
    if kept is not None:
        wanted = {section for section in seen.sections if section.value in kept}
    named = ", ".join(say(SENSITIVE_WORDS[one]) for one in sorted(there))
    if there:
        st.warning(
            say(
                "This record says something of: {kinds}. Untick what is not to go along.",
                kinds=named,
            ),
            icon=":material/lock:",
        )
    without = _choose_private(typed, there)
    with st.expander(say("What goes along, and the language"), icon=":material/tune:"):
        st.caption(
            say("Only what you may see is offered. What is not ticked is named in the letter.")
        )
        sections = _choose_sections(typed, seen, wanted)
        language = _choose_language(typed)
    return Asked(
        purpose,
        sections,
        language=language,
        sensitive=ALL_SENSITIVE - without,
    )


def _private_matters(seen: Record) -> frozenset[Sensitive]:
    """What the part of the record its reader may see is about."""
    return frozenset[Sensitive]().union(*sensitive_parts(seen).values())


def _choose_private(typed: Typed, there: frozenset[Sensitive]) -> frozenset[Sensitive]:
    without = {
        kind
        for kind in sorted(there)
        if not st.checkbox(
            say("Take along: {kind}", kind=say(SENSITIVE_WORDS[kind])),
            value=kind.value not in typed.choices.get("without", ()),
            key=f"letter-{typed.patient}-with-{kind.value}",
        )
    }
    typed.choices["without"] = sorted(kind.value for kind in without)
    return frozenset(without)


def _choose_sections(typed: Typed, seen: Record, wanted: set[Section]) -> frozenset[Section]:
    chosen = {
        section
        for section in Section
        if section in seen.sections
        and st.checkbox(
            f":material/{SECTION_ICONS[section]}: {say(SECTION_WORDS[section])}",
            value=section in wanted,
            key=f"letter-{typed.patient}-along-{section.value}",
        )
    }
    typed.choices["sections"] = sorted(section.value for section in chosen)
    return frozenset(chosen)


def _choose_language(typed: Typed) -> str:
    codes = list(languages())
    kept = typed.choices.get("language", spoken())
    chosen = st.selectbox(
        say("Language of the document"),
        codes,
        index=codes.index(kept) if kept in codes else 0,
        format_func=lambda code: languages()[code],
        key=f"letter-{typed.patient}-language",
    )
    typed.choices["language"] = chosen or spoken()
    return chosen or spoken()
