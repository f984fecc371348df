"""Six digits, large enough to be read out."""

from __future__ import annotations

import streamlit as st

from ui.words import say


def show_digits(code: str) -> None:
    """`123 456`."""
    st.html(f'<p class="ml-code" aria-label="{say("Your code")}">{code[:3]} {code[3:]}</p>')
