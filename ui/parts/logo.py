"""The picture on the clinic's papers, as it is kept (JPEG)."""

from __future__ import annotations

import base64
from html import escape

import streamlit as st


def show_logo(kept: bytes, *, title: str) -> None:
    """`title` is what a screen reader says: `st.image` says nothing."""
    source = "data:image/jpeg;base64," + base64.b64encode(kept).decode()
    st.html(f'<img src="{source}" width="160" alt="{escape(title, quote=True)}">')
