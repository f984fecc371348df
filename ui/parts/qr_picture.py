"""A QR code on the page."""

from __future__ import annotations

from html import escape

import streamlit as st

from exports.qr import qr_data_uri


def show_qr(text: str, *, title: str, small: bool = False) -> None:
    """Draw a QR, large enough for a camera; `title` is what a screen reader says."""
    kind = "ml-qr small" if small else "ml-qr"
    source = escape(qr_data_uri(text), quote=True)
    st.html(f'<div class="{kind}"><img src="{source}" alt="{escape(title, quote=True)}"></div>')
