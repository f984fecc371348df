"""The entries a filter finds, newest first, and all of them as a table to take along."""

from __future__ import annotations

import streamlit as st

from exports.csv_text import csv_lines
from medilink.acts.log_views import export_entries
from medilink.acts.look_back import PAGE_ENTRIES, named_patients, read_log
from medilink.log_views import LogView
from ui.parts.desk import current_desk
from ui.parts.log_entry import entry_with_facts, table_rows
from ui.parts.log_filter import LIMIT, show_filter
from ui.parts.person import today
from ui.parts.telling import told
from ui.words import say, say_many

TABLE = "log-table"


def show_entries() -> None:
    """The administrator's home."""
    view = show_filter()
    if view is None:
        return
    wanted = view.wanted(today().date())
    limit = st.session_state.get(LIMIT, PAGE_ENTRIES)
    entries = read_log(current_desk(), wanted, limit=limit)
    if not entries:
        st.info(say("Nothing matches."))
        return
    names = named_patients(current_desk(), entries)
    lines = (entry_with_facts(entry, names) for entry in entries)
    st.html('<ul class="ml-log">' + "".join(lines) + "</ul>")
    with st.container(horizontal=True):
        if len(entries) == limit and st.button(say("Show older entries")):
            st.session_state[LIMIT] = limit + PAGE_ENTRIES
            st.rerun()
        told(_table)(view)


def _table(view: LogView) -> None:
    """First it is made, which is on record with how many entries; then the browser keeps it."""
    made: tuple[LogView, int, bytes] | None = st.session_state.get(TABLE)
    if made and made[0] == view:
        st.download_button(
            say_many(
                "Save the table ({number} entry)", "Save the table ({number} entries)", made[1]
            ),
            made[2],
            file_name="log.csv",
            mime="text/csv",
            type="primary",
            icon=":material/download:",
            on_click=_forget,
        )
    elif st.button(say("Make a table of all it finds (CSV)"), icon=":material/table:"):
        desk = current_desk()
        count, entries = export_entries(desk, view.wanted(today().date()))
        table = b"".join(csv_lines(table_rows(desk, entries)))
        st.session_state[TABLE] = (view, count, table)
        st.rerun()


def _forget() -> None:
    st.session_state.pop(TABLE, None)
