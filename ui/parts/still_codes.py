"""Codes that stand still: what a moving code carries, in a few codes beside each other, each with
its number, and the same on paper. They can be photographed, printed and carried about; a camera or
an upload reads them in any order and says which are missing.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

import streamlit as st

from exports.codes_paper import draw_codes
from exports.qr import FrameQr, frame_png
from exports.surfaces import Code
from medilink.carrying.frames import MOST_STILL
from ui.words import say

# The finest that a webcam reads from paper and from a photo on a phone (exports.optics).
STILL_VERSION = 20


def can_stand_still(pieces: int) -> bool:
    """Whether so many codes are few enough to be photographed one by one."""
    return pieces <= MOST_STILL


def still_codes(frames: Sequence[FrameQr], *, title: str) -> None:
    """Draw the codes beside each other, numbered. `title` is what a screen reader says."""
    drawn = "".join(
        f'<figure><img src="{_picture(frame)}" alt="{escape(f"{title}, {number}", quote=True)}">'
        f"<figcaption>{escape(number)}</figcaption></figure>"
        for frame, number in zip(frames, _numbers(len(frames)), strict=True)
    )
    st.html(f'<div class="ml-codes">{drawn}</div>')


def save_on_paper(codes: Sequence[Code], *, title: str, lines: Sequence[str], name: str) -> None:
    """A button that saves the codes as a PDF to print. `lines` stand above them; `name` is what the
    file is called: nobody's name."""
    st.download_button(
        say("On paper (PDF)"),
        lambda: draw_codes(title, lines, codes, _numbers(len(codes))),
        f"{name}.pdf",
        "application/pdf",
        key=f"paper-{name}",
        icon=":material/print:",
    )


def _numbers(count: int) -> list[str]:
    return [say("{number} of {count}", number=at, count=count) for at in range(1, count + 1)]


def _picture(frame: FrameQr) -> str:
    return "data:image/png;base64," + base64.b64encode(frame_png(frame)).decode()
