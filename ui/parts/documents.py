"""Documents of a record: a list, one opened at a time, and adding one."""

from __future__ import annotations

import streamlit as st

from medilink.acts.documents import KIND_WORDS, add_document, open_document
from medilink.attachments import MOST_MEGABYTES, PDF
from medilink.errors import MediLinkError
from medilink.people import PatientId
from medilink.records import Document, Record
from ui.parts.desk import current_desk, flash
from ui.parts.person import day
from ui.parts.picture import show_picture
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say, say_kept


def show_documents(record: Record) -> None:
    """Choose a document to look at; each look is in the log."""
    if not record.documents:
        st.caption(say("No documents yet."))
        return
    chosen = st.selectbox(
        say("Which document"),
        record.documents,
        format_func=document_words,
        index=None,
        placeholder=say("Choose"),
        key="which-document",
    )
    if chosen is not None:
        _show(record.patient.id, chosen)


def document_words(document: Document) -> str:
    """A document on one line."""
    parts = (document.title, say_kept(document.kind) if document.kind else "", day(document.at))
    return " · ".join(part for part in parts if part)


def _show(patient: PatientId, document: Document) -> None:
    try:
        body = open_document(current_desk(), patient, document.uid)
    except MediLinkError as error:
        tell_error(error)
        return
    by = (document.author, document.origin, say("{size} kB", size=-(-document.size // 1000)))
    st.caption(plain(" · ".join(part for part in by if part)))
    if document.media != PDF:
        show_picture(body, says=document.title, caption=True)
    ending = "pdf" if document.media == PDF else "jpg"
    st.download_button(
        say("Save on this device"),
        body,
        file_name=f"document-{document.uid.hex()[:8]}.{ending}",
        mime=document.media,
        icon=":material/download:",
    )


def show_add_document(patient: PatientId) -> None:
    """A file or a photo from this device's camera becomes a document."""
    again = st.session_state.get("documents-added", 0)
    with st.form("add-document", border=False):
        file = st.file_uploader(
            say("Picture or PDF (at most {limit} MB)", limit=MOST_MEGABYTES),
            type=["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "pdf"],
            max_upload_size=MOST_MEGABYTES,
            key=f"document-{again}",
        )
        title = st.text_input(say("Title"), key=f"document-title-{again}") or ""
        kind = st.selectbox(say("Kind of document"), KIND_WORDS, format_func=say)
        if not st.form_submit_button(say("Add the document"), type="primary"):
            return
    if file is None:
        st.warning(say("Choose a file first."))
        return
    try:
        add_document(current_desk(), patient, title=title, kind=kind, body=file.getvalue())
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state["documents-added"] = again + 1  # empty fields next time
    flash(say("Saved."))
    st.rerun()
