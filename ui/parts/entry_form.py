"""Forms for single entries, drawn from the table the rules check them by; and what can be done with
an entry that stands: correct it, end it, say it was a mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from medilink.absence import says_none
from medilink.acts.prescribe import taken_in_spite
from medilink.acts.write_record import (
    CLOSED_AS,
    add_entry,
    correct_entry,
    end_entry,
    strike_entry,
)
from medilink.entering import FORMS, Field, Kind, typed_of
from medilink.errors import MediLinkError, PatientReacts
from medilink.people import PatientId
from medilink.prescribing import known
from medilink.records import Allergy, Entry, Medication, Section, section_of
from ui.parts.chart import entry_words
from ui.parts.desk import current_desk, flash, warn
from ui.parts.medicine_rows import NOT_CHECKED_WORDS, reaction_words
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say, say_kept

CORRECT, END, STRIKE = MATTER_WORDS = ("Correct it", "It is over", "Written by mistake")


def entry_fields(section: Section, before: Mapping[str, str], key: str) -> dict[str, str]:
    """The fields of a kind of entry, starting with what stands."""
    return {field.name: _field(field, before.get(field.name, ""), key) for field in FORMS[section]}


def _field(field: Field, before: str, key: str) -> str:
    label = say(field.label)
    if not field.required:
        label = say("{label} (if known)", label=label)
    place = f"{key}-{field.name}"
    if field.kind is Kind.CHOICE:
        choices = list(field.choices)
        start = choices.index(before) if before in choices else 0
        return str(
            st.selectbox(
                say(field.label),
                choices,
                index=start,
                format_func=lambda choice: say(field.choices[choice]),
                key=place,
            )
        )
    if field.kind is Kind.TICK:
        return "1" if st.checkbox(say(field.label), value=before == "1", key=place) else ""
    if field.kind is Kind.NOTE:
        return st.text_area(label, before, key=place, height=80) or ""
    if field.choices:
        return _offered(field, label, before, place)
    hint = say("Like 2019, 2019-05 or 2019-05-23") if "day" in field.kind else None
    return st.text_input(label, before, key=place, help=None, placeholder=hint) or ""


def _offered(field: Field, label: str, before: str, place: str) -> str:
    listed = list(field.choices)
    if before and before not in listed:
        listed.append(before)
    chosen = st.selectbox(
        label,
        listed,
        index=listed.index(before) if before else None,
        format_func=lambda one: say_kept(field.choices.get(one, one)),
        placeholder=say("Choose or type"),
        accept_new_options=True,
        key=place,
    )
    return str(chosen or "")


def show_add(patient: PatientId, section: Section) -> None:
    """A form for a new entry of one kind."""
    reacts: PatientReacts | None = st.session_state.get(f"reacts-{patient}")
    with st.form(f"add-{section}", clear_on_submit=False, border=False):
        typed = entry_fields(section, {}, f"add-{section}-{st.session_state.get('added', 0)}")
        override = ""
        if section is Section.MEDICATIONS and reacts:
            _say_reactions(reacts)
            override = st.text_input(say("Why it is given all the same")) or ""
        if st.form_submit_button(say("Add"), type="primary"):
            named = typed.get("name", "")
            _add(patient, section, typed, override if _warned_of(reacts, named) else "")


def _warned_of(reacts: PatientReacts | None, medicine: str) -> bool:
    """Whether the reason was typed below the warning for this very medicine."""
    found = reacts.reactions if reacts else None
    return isinstance(found, dict) and medicine.strip() in found


def _say_reactions(reacts: PatientReacts) -> None:
    found = reacts.reactions
    for warnings in found.values() if isinstance(found, dict) else ():
        for warning in warnings:
            st.error(plain(reaction_words(warning)), icon=":material/warning:")


def _add(patient: PatientId, section: Section, typed: dict[str, str], override: str) -> None:
    try:
        made = add_entry(current_desk(), patient, section, typed, override=override)
    except PatientReacts as reacts:
        st.session_state[f"reacts-{patient}"] = reacts
        st.rerun()
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state.pop(f"reacts-{patient}", None)
    st.session_state["added"] = st.session_state.get("added", 0) + 1  # empty fields next time
    unchecked = section is Section.MEDICATIONS and not known(typed.get("name", ""))
    flash(say("Saved.") + (" " + say(NOT_CHECKED_WORDS[0]) if unchecked else ""))
    if isinstance(made, Allergy):
        warnings = taken_in_spite(current_desk(), patient, made)
        warn(
            *(
                say("{medicine} is taken now.", medicine=one.medicine) + " " + reaction_words(one)
                for one in warnings
            )
        )
    st.rerun()


# ---- an entry that stands


def show_change(patient: PatientId, entries: Sequence[Entry], key: str) -> None:
    """Choose an entry, then what is the matter with it."""
    if not entries:
        return
    held: Entry | None = st.session_state.get(f"{key}-held")
    if held and all(held.uid != entry.uid for entry in entries):
        entries = [*entries, held]  # somebody changed it meanwhile; saving will say so
    chosen = st.selectbox(
        say("Which entry"),
        entries,
        format_func=entry_words,
        index=None,
        placeholder=say("Choose"),
        key=f"{key}-which-{st.session_state.get('entries-changed', 0)}",
    )
    st.session_state[f"{key}-held"] = chosen
    if chosen is None:
        return
    what = st.segmented_control(
        say("What is the matter"),
        _possible(chosen),
        format_func=say,
        required=True,
        default=_possible(chosen)[0],
        key=f"{key}-what",
    )
    with st.form(f"{key}-change", border=False):
        typed: dict[str, str] = {}
        section = section_of(chosen)
        if what == CORRECT:
            place = f"{key}-{chosen.uid.hex()}"
            typed = entry_fields(section, typed_of(chosen, section), place)
        why = st.text_input(say("Reason")) or ""
        reacts: PatientReacts | None = st.session_state.get(f"reacts-{key}")
        override = ""
        if reacts and isinstance(chosen, Medication):
            _say_reactions(reacts)
            override = st.text_input(say("Why it is given all the same")) or ""
            override = override if _warned_of(reacts, typed.get("name", "")) else ""
        if st.form_submit_button(say("Save"), type="primary"):
            _change(patient, chosen, str(what), typed | {"override": override, "key": key}, why)


def _possible(entry: Entry) -> list[str]:
    """What can be done with an entry: only some are over one day, only those with a form can be
    typed again."""
    ends = type(entry) in CLOSED_AS and entry.status == "active"
    typed_again = section_of(entry) in FORMS and not says_none(entry)
    return [CORRECT] * typed_again + [END] * ends + [STRIKE]


def _change(patient: PatientId, entry: Entry, what: str, typed: dict[str, str], why: str) -> None:
    desk = current_desk()
    try:
        if what == CORRECT:
            override = typed["override"]
            correct_entry(desk, patient, entry, typed, why, override=override)
        elif what == END:
            end_entry(desk, patient, entry, why)
        else:
            strike_entry(desk, patient, entry, why)
    except PatientReacts as reacts:
        st.session_state[f"reacts-{typed['key']}"] = reacts
        st.rerun()
    except MediLinkError as error:
        tell_error(error)
        return
    for kept in (f"reacts-{typed['key']}", f"{typed['key']}-held"):
        st.session_state.pop(kept, None)
    # nothing stays chosen
    st.session_state["entries-changed"] = st.session_state.get("entries-changed", 0) + 1
    flash(say("Saved."))
    st.rerun()
