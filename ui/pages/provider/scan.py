"""Scan a code: live camera, USB scanner, typed digits, or a picture. What it opens is one click."""

from __future__ import annotations

import streamlit as st

from medilink.acts.receive import open_share, open_with_code
from medilink.errors import IdNeeded, MediLinkError, PictureUnreadable, QrNotOurs
from medilink.people import PatientId
from medilink.sharing import looks_like_code
from ui.parts.camera import camera
from ui.parts.desk import current_desk, go_to, put_on_desk
from ui.parts.telling import tell_error
from ui.reading import LARGEST_PICTURE_BYTES, read_qr
from ui.words import say


def show() -> None:
    """Opens the record the patient has shared."""
    st.title(say("Scan a code"), anchor=False)
    refused: MediLinkError | None = st.session_state.get("scan-refused")
    if refused:
        tell_error(refused)
    scanned = camera()
    if scanned:
        _try(scanned)
    _typed(id_needed=isinstance(refused, IdNeeded))
    with st.expander(say("Use a picture or screenshot instead"), icon=":material/image:"):
        _picture()


def _typed(*, id_needed: bool) -> None:
    """Also where a USB scanner types: it ends with Enter, which submits."""
    with st.form("typed-code", clear_on_submit=True):
        code = st.text_input(
            say("Six digits, or scan with a USB scanner"), max_chars=500, autocomplete="off"
        )
        medilink_id = st.text_input(
            say("MediLink ID of the patient"),
            placeholder="ML-7KQ2-94ZD",
            help=say("Needed after three wrong codes."),
        )
        if st.form_submit_button(say("Open the record"), type="primary"):
            _try(code or "", medilink_id or "")
    if id_needed:
        st.caption(say("Type the MediLink ID and the code again."))


def _picture() -> None:
    file = st.file_uploader(
        say("Picture with the QR code"), type=["png", "jpg", "jpeg", "webp"], key="qr-picture"
    )
    if file is None or st.session_state.get("picture-read") == file.file_id:
        return
    st.session_state["picture-read"] = file.file_id
    text = read_qr(file.getvalue()) if file.size <= LARGEST_PICTURE_BYTES else None
    if text is None:
        _refuse(PictureUnreadable())
    else:
        _try(text)


def _try(text: str, medilink_id: str = "") -> None:
    try:
        patient = _open(text, medilink_id)
    except MediLinkError as refused:
        _refuse(refused)
        return
    st.session_state.pop("scan-refused", None)
    put_on_desk(patient)
    go_to("record")


def _open(text: str, medilink_id: str) -> PatientId:
    code = looks_like_code(text)
    if code and medilink_id.strip():
        return open_with_code(current_desk(), code, medilink_id)
    if not text.strip():
        raise QrNotOurs
    return open_share(current_desk(), text)


def _refuse(why: MediLinkError) -> None:
    st.session_state["scan-refused"] = why
    st.rerun()
