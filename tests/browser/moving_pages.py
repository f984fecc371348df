"""Two pages for the browser tests: one shows a moving code, the other catches it and says what it
has caught. `SHOWING` and `CATCHING` put them in the place of the scan page of a server."""

from __future__ import annotations

import hashlib
from random import Random

import streamlit as st

from ui.doors.scanner import CAUGHT
from ui.parts.camera import camera
from ui.parts.desk import current_session
from ui.parts.moving_qr import moving_frames, moving_qr
from ui.sessions import take_caught

_PUT = "from tests.browser import moving_pages\nfrom ui.pages.provider import scan\n"
SHOWING = _PUT + "scan.show = moving_pages.show_moving"
CATCHING = _PUT + "scan.show = moving_pages.catch"
SHOWN = Random(77).randbytes(1_500)


def show_moving() -> None:
    """A small content, so that a test sees all of it soon."""
    st.title("Scan a code", anchor=False)
    moving_qr(moving_frames(SHOWN, 15), title="A moving code")


def catch() -> None:
    """The SHA-256 of what was caught."""
    st.title("Scan a code", anchor=False)
    text = camera(key="catching")
    if text and text.startswith(CAUGHT):
        content = take_caught(current_session(), text.removeprefix(CAUGHT))
        said = hashlib.sha256(content).hexdigest() if content is not None else "nothing"
        st.text(f"Caught {said}")


show_moving.__module__ = catch.__module__ = "ui.pages.provider.scan"
