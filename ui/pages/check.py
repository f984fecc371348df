"""Is a document genuine: the code on paper by camera, or the file. Works without any connection."""

from __future__ import annotations

import streamlit as st

from medilink.acts.check_document import check_document_code, check_document_file
from medilink.document_check import Checked
from medilink.errors import MediLinkError
from ui.parts.check_document import show_document
from ui.parts.desk import current_desk
from ui.parts.scanning import scan_text
from ui.parts.telling import tell_error
from ui.words import say

FOUND, REFUSED = "document-found", "document-refused"
LARGEST_BYTES = 200 * 1024 * 1024


def show() -> None:
    """One question, two ways to ask it."""
    st.title(say("Is this document genuine?"), anchor=False)
    _show_found()
    st.write(
        say(
            "Hold the square code of the paper before the camera, or choose the file as you got it."
        )
    )
    _file()
    try:
        scanned = scan_text("document-camera")
    except MediLinkError as unreadable:
        _keep(REFUSED, unreadable)
        return
    if scanned:
        _check_code(scanned)


def _file() -> None:
    given = st.file_uploader(
        say("The file (PDF, JSON, Excel, zip)"),
        type=["pdf", "json", "xlsx", "zip", "fhir"],
        key="document-file",
    )
    if given is None or st.session_state.get("document-looked") == given.file_id:
        return
    st.session_state["document-looked"] = given.file_id
    with st.spinner(say("Checking the file …")):
        _keep(FOUND, check_document_file(current_desk(), given.getvalue()))


def _check_code(text: str) -> None:
    try:
        _keep(FOUND, check_document_code(current_desk(), text))
    except MediLinkError as refused:
        _keep(REFUSED, refused)


def _keep(what: str, found: Checked | MediLinkError) -> None:
    st.session_state.pop(FOUND, None)
    st.session_state.pop(REFUSED, None)
    st.session_state[what] = found
    st.rerun()


def _show_found() -> None:
    refused: MediLinkError | None = st.session_state.get(REFUSED)
    if refused:
        tell_error(refused)
    found: Checked | None = st.session_state.get(FOUND)
    if found:
        show_document(found)
        st.divider()
