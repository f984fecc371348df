"""A picture on the page, with what it shows in words."""

from __future__ import annotations

import base64
from html import escape

import streamlit as st

from ui.parts.plain import plain

_PNG = b"\x89PNG"


def show_picture(
    picture: bytes, *, says: str, width: int | None = None, caption: bool = False
) -> None:
    """A JPEG or PNG, `width` pixels wide (None: as it is), but no wider than the screen. `says` is
    what a screen reader says (`st.image` says nothing); with `caption` everybody reads it below."""
    kind = "png" if picture.startswith(_PNG) else "jpeg"
    source = f"data:image/{kind};base64," + base64.b64encode(picture).decode()
    words = escape(says, quote=True)
    size = "max-width:100%" + (f";width:{width}px" if width else "")
    st.html(f'<img src="{source}" alt="{words}" style="{size}">')
    if caption:
        st.caption(plain(says))
