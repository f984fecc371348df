"""Vaccines given and procedures done."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from medilink.records import Entry, Immunization, Procedure, Record, Section
from ui.parts.person import day
from ui.parts.vaccine_plan import show_plan
from ui.words import say


def show_given(record: Record, *, plan: bool = True) -> None:
    """Newest first. `plan`: also which vaccines are due by what is known here."""
    if Section.IMMUNISATIONS in record.sections:
        st.subheader(f":material/vaccines: {say('Vaccines')}", anchor=False)
        _list(record.immunisations, say("No vaccine written down."))
        if plan:
            show_plan(record)
    if Section.PROCEDURES in record.sections:
        st.subheader(f":material/healing: {say('Procedures')}", anchor=False)
        _list(record.procedures, say("No procedure written down."))


def _list(entries: Sequence[Immunization] | Sequence[Procedure], empty: str) -> None:
    if not entries:
        st.caption(empty)
        return
    st.html('<ul class="ml-list">' + "".join(_line(entry) for entry in entries) + "</ul>")


def _line(entry: Entry) -> str:
    if isinstance(entry, Immunization):
        dose = say("dose {number}", number=entry.dose) if entry.dose else ""
        lot = say("batch {lot}", lot=entry.lot) if entry.lot else ""
        not_given = say("not given") if entry.status == "not-done" else ""
        name, parts = entry.vaccine, [dose, lot, entry.site, not_given]
    else:
        assert isinstance(entry, Procedure)  # noqa: S101 the other kind shown here
        name, parts = entry.name, [entry.outcome]
    told = [*parts, day(entry.at), entry.author, entry.why]
    small = " · ".join(part for part in told if part)
    return f'<li dir="auto"><strong>{escape(name)}</strong><small>{escape(small)}</small></li>'
