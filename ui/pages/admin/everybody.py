"""Every record out of MediLink: to move, to hand over, or because the law asks."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from exports.everybody import BULK, AllWanted, everybody_path, export_everybody
from exports.forms import Form
from medilink.errors import FolderUnusable, MediLinkError, Missing
from medilink.handing_out import Asked
from ui.parts.desk import current_desk
from ui.parts.making_file import make_with_progress
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say, say_many, spoken
from ui.words.wording import DocumentWords

ALL_FORM_WORDS = {
    Form.JSON.value: "MediLink files: they keep everything",
    BULK: "FHIR R4 lines for another program (NDJSON)",
    Form.FHIR.value: "FHIR R4 bundles",
    Form.IPS.value: "Patient summaries (IPS)",
    Form.PDF.value: "To read and print (PDF)",
    Form.EXCEL.value: "As tables with charts (Excel)",
    Form.CSV.value: "As plain tables (CSV)",
}
WRITTEN, WANTED = "everybody-written", "everybody-wanted"


def show() -> None:
    """A reason, a place, a password."""
    st.title(say("Take every record out"), anchor=False)
    st.write(
        say(
            "One locked zip with a signed file for every patient, written to a folder or a stick on"
            " the computer MediLink runs on. The other administrators and every patient are told."
        )
    )
    wanted: dict[str, str] | None = st.session_state.pop(WANTED, None)
    if wanted is not None:
        _write(wanted)
    written: tuple[str, int] | None = st.session_state.get(WRITTEN)
    if written:
        st.success(
            plain(
                say_many(
                    "{number} record was written to {path}",
                    "{number} records were written to {path}",
                    written[1],
                    path=written[0],
                )
            ),
            icon=":material/check_circle:",
        )
        st.write(
            say(
                "Keep the password apart from it. The zip opens here under Import, or with 7-Zip"
                " or another program that knows AES-256."
            )
        )
        if st.button(say("Write another one"), icon=":material/add:"):
            st.session_state.pop(WRITTEN)
            st.rerun()
        return
    _ask()


def _ask() -> None:
    with st.form("everybody"):
        why = st.text_input(say("Reason"), help=say("It stands in the log."))
        folder = st.text_input(
            say("Folder on this computer, or the stick"),
            placeholder="/media/stick",
            help=say("Write the whole path. The folder must be there already."),
        )
        form = st.selectbox(
            say("What kind of file?"),
            list(ALL_FORM_WORDS),
            format_func=lambda one: say(ALL_FORM_WORDS[one]),
        )
        password = st.text_input(
            say("Password of the zip"),
            type="password",
            autocomplete="new-password",
            help=say("Nobody can recover it. Keep it apart from the stick."),
        )
        if st.form_submit_button(say("Write the zip"), type="primary"):
            st.session_state[WANTED] = {
                "why": why or "",
                "folder": folder or "",
                "form": form,
                "password": password or "",
            }
            st.session_state.pop(WRITTEN, None)
            st.rerun()


def _write(wanted: dict[str, str]) -> None:
    if not wanted["why"].strip():
        tell_error(Missing(field="Reason"))
        return
    if not wanted["folder"].strip():
        tell_error(Missing(field="Folder on this computer, or the stick"))
        return
    if not Path(wanted["folder"]).is_absolute():
        tell_error(FolderUnusable(folder=wanted["folder"]))
        return
    path = everybody_path(Path(wanted["folder"]), current_desk().clock())
    try:
        count = make_with_progress(
            lambda progress: export_everybody(
                current_desk(),
                path,
                AllWanted(
                    why=wanted["why"],
                    form=wanted["form"],
                    asked=Asked(language=spoken()),
                    words=DocumentWords(spoken()),
                ),
                wanted["password"],
                progress,
            )
        )
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state[WRITTEN] = (str(path), count)
    st.rerun()
