"""Getting a text in: by camera (also a moving code), from a picture or a file, or typed."""

from __future__ import annotations

import streamlit as st

from medilink.bundles import from_moving
from medilink.errors import OfferUnreadable, PictureIsPdf, PictureUnreadable
from ui.doors.scanner import CAUGHT
from ui.parts.camera import camera
from ui.parts.desk import current_session
from ui.reading import LARGEST_PICTURE_BYTES, read_qr
from ui.sessions import take_caught
from ui.words import say

FILE_ENDING = "medilink"
OTHER_FILES = (FILE_ENDING, "txt", "smart-health-card")
PDF = b"%PDF-"
LARGEST_FILE_BYTES = 12_000_000


def scan_text(key: str, *, digits: bool = False) -> str | None:
    """Draw camera and file picker. What was scanned or picked, once; else None. `digits`: this page
    takes six digits as well. Raises PictureUnreadable, PictureIsPdf, OfferUnreadable, QrNotOurs."""
    found = camera(key, digits=digits)
    if found:
        return _whole(found)
    with st.expander(say("Use a picture, screenshot or file instead"), icon=":material/image:"):
        return _picked(key)


def _whole(found: str) -> str:
    """A moving code is caught beside the page and handed over by name."""
    if not found.startswith(CAUGHT):
        return found
    content = take_caught(current_session(), found.removeprefix(CAUGHT))
    if content is None:
        raise OfferUnreadable
    return from_moving(content)


def _picked(key: str) -> str | None:
    file = st.file_uploader(
        say("Picture with the QR code, or a file from MediLink"),
        key=f"{key}-file",
    )
    if file is None or st.session_state.get(f"{key}-read") == file.file_id:
        return None
    st.session_state[f"{key}-read"] = file.file_id
    if file.name.rpartition(".")[2].lower() in OTHER_FILES:
        if file.size > LARGEST_FILE_BYTES:
            raise OfferUnreadable
        return file.getvalue().decode("utf-8", "replace").strip()
    if file.getvalue().startswith(PDF):
        raise PictureIsPdf
    text = read_qr(file.getvalue()) if file.size <= LARGEST_PICTURE_BYTES else None
    if text is None:
        raise PictureUnreadable
    return text
