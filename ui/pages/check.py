"""Is a document genuine: the code on paper by camera or photo, or the file. Needs no connection."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from medilink.acts.check_document import check_document_code, check_document_file
from medilink.bundles import Tag
from medilink.document_check import Checked
from medilink.errors import MediLinkError, NotADocumentsCode, PictureUnreadable, QrNotOurs
from ui.parts.begin_at import only_here
from ui.parts.camera import camera
from ui.parts.check_document import show_document
from ui.parts.desk import current_desk
from ui.parts.telling import tell_error
from ui.reading import LARGEST_PICTURE_BYTES, read_every_code
from ui.words import say

FOUND, REFUSED = "document-found", "document-refused"
_FILES = ("pdf", "json", "xlsx", "zip", "fhir")
_PICTURES = ("png", "jpg", "jpeg", "webp")


def show() -> None:
    """One question, two ways to ask it: on a phone with paper in hand, or with the file."""
    st.title(say("Is this document genuine?"), anchor=False)
    _show_found()
    st.write(
        say(
            "On paper: hold the square code beside the words How to check this document before the"
            " camera. On a phone or computer: choose the file just as you got it."
        )
    )
    scanned = camera("document-camera")
    if scanned:
        _check_code(scanned)
    _file()


def _file() -> None:
    given = st.file_uploader(
        say("The file (PDF, JSON, Excel, zip), or a photo of the code"),
        type=[*_FILES, *_PICTURES],
        key="document-file",
    )
    if given is None or st.session_state.get("document-looked") == given.file_id:
        return
    st.session_state["document-looked"] = given.file_id
    with st.spinner(say("Checking the file …")):
        if given.name.rpartition(".")[2].lower() in _PICTURES:
            _check_picture(given)
        else:
            _keep(FOUND, check_document_file(current_desk(), given.getvalue()))


def _check_picture(given: UploadedFile) -> None:
    """Of several codes in a photo the one of a document counts."""
    texts = read_every_code(given.getvalue()) if given.size <= LARGEST_PICTURE_BYTES else []
    if not texts:
        _keep(REFUSED, PictureUnreadable())
    _check_code(next((text for text in texts if text.startswith(Tag.ISSUED)), texts[0]))


def _check_code(text: str) -> None:
    try:
        _keep(FOUND, check_document_code(current_desk(), text))
    except QrNotOurs:
        _keep(REFUSED, NotADocumentsCode())
    except MediLinkError as refused:
        _keep(REFUSED, refused)


def _keep(what: str, found: Checked | MediLinkError) -> None:
    """Shown first when the page is drawn anew, which this does."""
    _forget()
    st.session_state[what] = found
    st.rerun()


def _forget() -> None:
    st.session_state.pop(FOUND, None)
    st.session_state.pop(REFUSED, None)


def _show_found() -> None:
    """Not any more when somebody comes back to the page: it would be taken for what is said of the
    next document."""
    only_here(FOUND, REFUSED)
    refused: MediLinkError | None = st.session_state.get(REFUSED)
    if refused:
        tell_error(refused)
    found: Checked | None = st.session_state.get(FOUND)
    if found:
        show_document(found)
        st.divider()
