"""Import: FHIR R4 bundles and CSV tables, with progress and a list of what was not read."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from medilink.acts.bring_in import ImportReport, Incoming, bring_in, read_file
from medilink.errors import MediLinkError, Missing
from ui.parts.desk import current_desk
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say, say_error, say_many

UNREAD_SHOWN = 500


def show() -> None:
    """Bring in records from files."""
    st.title(say("Import records"), anchor=False)
    st.write(
        say(
            "Files MediLink made (PDF, JSON, Excel, zip: all carry everything; also the zip of"
            " every record), FHIR R4 bundles (JSON) or a CSV table of patients. Each person comes"
            " in whole or not at all; a file read twice adds nothing twice."
        )
    )
    report: ImportReport | None = st.session_state.get("import-report")
    if report:
        _show_report(report)
    with st.form("import", border=False):  # for the password: see ui.parts.choose_export
        files = st.file_uploader(
            say("Files"),
            type=["json", "csv", "tsv", "txt", "pdf", "xlsx", "zip"],
            accept_multiple_files=True,
            key="import-files",
        )
        password = st.text_input(
            say("Password of the file, where it is locked"),
            type="password",
            autocomplete="off",
            key="import-password",
        )
        strangers = st.checkbox(
            say("Files of clinics that are not known here may come in"),
            key="import-strangers",
            help=say("Only after the six words of their key were compared with that clinic."),
        )
        go = st.form_submit_button(say("Import"), type="primary", icon=":material/upload_file:")
    if go and not files:
        tell_error(Missing(field="Files"))
    if go and files:
        st.session_state["import-report"] = _import(
            [(f.name, f.getvalue()) for f in files], password or "", strangers=strangers
        )
        st.rerun()


def _import(files: list[tuple[str, bytes]], password: str, *, strangers: bool) -> ImportReport:
    desk, report = current_desk(), ImportReport()
    bar = st.progress(0.0, say("Reading …"))
    people: list[Incoming] = []
    for number, (name, content) in enumerate(files, start=1):
        try:
            found, unread = read_file(desk, name, content, password, strangers=strangers)
        except MediLinkError as error:
            st.error(plain(f"{name}: {say_error(error)}"))
            report.troubles.append((name, say_error(error)))
            continue
        people += found
        report.unread += unread
        bar.progress(number / len(files) / 2, say("Reading …"))
    count = max(len(people), 1)
    bring_in(
        desk,
        people,
        report,
        lambda done: _show_progress(bar, done, count),
    )
    return report


def _show_progress(bar: DeltaGenerator, done: int, count: int) -> None:
    share = 0.5 + done / count / 2
    bar.progress(share, say("{done} of {count} people", done=done, count=count))


def _show_report(report: ImportReport) -> None:
    if report.people or report.entries or report.already_here or not report.troubles:
        st.success(
            say(
                "{people} people and {entries} entries added; {before} entries were here already.",
                people=report.people,
                entries=report.entries,
                before=report.already_here,
            )
        )
    for name, why in report.troubles:
        st.error(plain(f"{name}: {why}"))
    if report.unread:
        st.warning(
            say_many(
                "{number} entry could not be read:",
                "{number} entries could not be read:",
                len(report.unread),
            )
        )
        rows = [
            {say("Where"): part.where, say("Why"): part.why}
            for part in report.unread[:UNREAD_SHOWN]
        ]
        st.dataframe(rows, hide_index=True)
