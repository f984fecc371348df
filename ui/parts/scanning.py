"""Getting a text in: by camera (also a moving code), from a picture or a file, or typed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from medilink.bundles import Tag, from_moving
from medilink.carrying.frames import Catcher, Progress
from medilink.errors import OfferUnreadable, PictureIsPdf, PictureUnreadable
from ui.doors.scanner import CAUGHT
from ui.parts.camera import camera
from ui.parts.desk import current_session
from ui.reading import LARGEST_PICTURE_BYTES, read_every_code
from ui.sessions import take_caught
from ui.words import say

FILE_ENDING = "medilink"
OTHER_FILES = (FILE_ENDING, "txt", "smart-health-card")
PDF = b"%PDF-"
LARGEST_FILE_BYTES = 12_000_000
MOST_PICTURES = 20  # read at once: twice what codes that stand still need


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
    files = st.file_uploader(
        say("Pictures with QR codes (all of them at once), or a file from MediLink"),
        accept_multiple_files=True,
        key=f"{key}-file",
    )
    newest = list(reversed(files))[:MOST_PICTURES]
    before: dict[str, list[str]] = st.session_state.get(f"{key}-read", {})
    read = {file.file_id: before.get(file.file_id, []) for file in newest}
    st.session_state[f"{key}-read"] = read  # also what is refused is looked at once
    unread = [file for file in newest if file.file_id not in before]
    for file in unread:
        read[file.file_id] = _texts_in_file(file)
    texts = [text for found in read.values() for text in found]
    if unread:
        return _text_in(texts)
    _say_missing(_caught(texts).progress)
    return None


def _texts_in_file(file: UploadedFile) -> list[str]:
    if file.name.rpartition(".")[2].lower() in OTHER_FILES:
        if file.size > LARGEST_FILE_BYTES:
            raise OfferUnreadable
        return [file.getvalue().decode("utf-8", "replace").strip()]
    if file.getvalue().startswith(PDF):
        raise PictureIsPdf
    return read_every_code(file.getvalue()) if file.size <= LARGEST_PICTURE_BYTES else []


def _text_in(texts: Sequence[str]) -> str | None:
    """The one code or file, or what several codes carry together; None while some are missing.
    Raises PictureUnreadable, QrNotOurs."""
    if not texts:
        raise PictureUnreadable
    if not texts[0].startswith(Tag.FRAME):
        return texts[0]
    caught = _caught(texts)
    if caught.content is None:
        _say_missing(caught.progress)
        return None
    return from_moving(caught.content)


def _caught(texts: Sequence[str]) -> Catcher:
    catcher = Catcher()
    for text in texts:
        catcher.take(text)
    return catcher


def _say_missing(progress: Progress) -> None:
    if not progress.got or progress.got == progress.needed:
        return
    told = say(
        "{got} of {needed} parts are here. Add pictures of the others.",
        got=progress.got,
        needed=progress.needed,
    )
    if progress.missing:
        numbers = ", ".join(map(str, progress.missing))
        told += " " + say("Still missing: number {list}.", list=numbers)
    st.info(told, icon=":material/qr_code_2:")
