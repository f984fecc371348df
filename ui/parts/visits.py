"""Visits of a record: newest first, each with what was measured; earlier versions; amending."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from medilink.acts.write_visit import amend_visit
from medilink.errors import EditedMeanwhile, MediLinkError
from medilink.records import Encounter, Record
from medilink.visits import KIND_WORDS, PART_WORDS, NewVisit
from ui.parts.chart import shown_value
from ui.parts.desk import current_desk, flash
from ui.parts.person import day, when
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say, say_kept

VISITS_SHOWN = 20


def show_visits(record: Record, *, may_amend: bool = False) -> None:
    """Every visit, newest first; the newest one open."""
    if not record.encounters:
        st.caption(say("No visits yet."))
        return
    shown = st.session_state.get("visits-shown", VISITS_SHOWN)
    for number, encounter in enumerate(record.encounters[:shown]):
        what = encounter.diagnosis.replace("\n", ", ") or encounter.reason
        parts = (day(encounter.at), say_kept(encounter.kind), what[:80])
        with st.expander(plain(" · ".join(p for p in parts if p)), expanded=number == 0):
            show_visit(encounter, record)
    if len(record.encounters) > shown and st.button(say("Show older visits")):
        st.session_state["visits-shown"] = shown + VISITS_SHOWN
        st.rerun()
    if may_amend:
        _amending(record)


def show_visit(encounter: Encounter, record: Record) -> None:
    """One visit, read top to bottom, then what it said before it was corrected."""
    _texts(encounter)
    earlier = record.earlier_versions(encounter)
    uids = {encounter.uid, *(old.uid for old in earlier)}
    measured = [seen for seen in record.observations if seen.encounter in uids]
    if measured:
        lines = [
            f"<li>{escape(say_kept(s.name))} <strong>{escape(shown_value(s))}</strong></li>"
            for s in measured[:60]
        ]
        st.html('<ul class="ml-list">' + "".join(lines) + "</ul>")
    for old in earlier:
        assert isinstance(old, Encounter)  # noqa: S101 versions are of one kind
        st.html(f'<strong class="ml-old">{escape(say("Earlier version"))}</strong>')
        _texts(old)


def _texts(encounter: Encounter) -> None:
    where = (when(encounter.at), encounter.author, encounter.origin)
    st.caption(plain(" · ".join(part for part in where if part)))
    if encounter.why:
        st.caption(plain(say("Corrected, because: {reason}", reason=encounter.why)))
    for name, title in PART_WORDS.items():
        if text := getattr(encounter, name):
            st.html(
                f"<strong>{escape(say(title))}</strong>"
                f'<div dir="auto" class="ml-text">{escape(text)}</div>'
            )


# ---- amending


def _amending(record: Record) -> None:
    folded = st.expander(
        say("Correct a visit"), icon=":material/edit:", key="amending", on_change="rerun"
    )
    if not folded.open:
        return
    with folded:
        chosen = st.selectbox(
            say("Which visit"),
            record.encounters,
            format_func=_visit_line,
            key="amend-which",
        )
        if chosen:
            _amend(record, chosen)


def _visit_line(visit: Encounter) -> str:
    return f"{day(visit.at)} · {visit.reason or say_kept(visit.kind)}"[:90]


def _amend(record: Record, old: Encounter) -> None:
    st.caption(say("What was signed stays readable; your correction stands beside it."))
    with st.form(f"amend-{old.uid.hex()}", border=False):
        typed: dict[str, Any] = {
            name: st.text_area(say(title), getattr(old, name), height=80) or ""
            for name, title in PART_WORDS.items()
        }
        why = st.text_input(say("Why it is corrected")) or ""
        if not st.form_submit_button(say("Sign the correction"), type="primary"):
            return
    diagnoses = tuple(line.strip() for line in typed.pop("diagnosis").splitlines() if line.strip())
    visit = replace(NewVisit(**typed), diagnoses=diagnoses, kind=old.kind or KIND_WORDS[0])
    try:
        amend_visit(current_desk(), record.patient.id, old, visit, why)
    except EditedMeanwhile as meanwhile:
        tell_error(meanwhile)
        return
    except MediLinkError as error:
        tell_error(error)
        return
    flash(say("Saved."))
    st.rerun()
