"""Putting the cursor where work begins, so that hands stay on the keyboard; and the keyboard that
fits on touch screens."""

from __future__ import annotations

import streamlit as st

# Not on touch screens, where it would raise the keyboard over the page, and never away from where
# somebody already types.
_JS = """
export default function ({ data }) {
  const arrival = `${data.arrival} ${data.label}`;
  if (window.medilinkBegan === arrival || !matchMedia("(hover: hover)").matches) return;
  let tries = 40;
  const look = () => {
    const field = [...document.querySelectorAll("input")].find(
      (one) => (one.getAttribute("aria-label") ?? "").startsWith(data.label));
    const elsewhere = document.activeElement?.matches?.("input, textarea");
    if (field && !elsewhere) { window.medilinkBegan = arrival; field.focus(); }
    else if (!elsewhere && tries-- > 0) setTimeout(look, 50);
  };
  look();
}
"""

# Streamlit's text field cannot ask for the number pad of a phone by itself, and is drawn anew a
# moment after the page is: looked for throughout two seconds.
_NUMBERS_JS = """
export default function ({ data }) {
  let tries = 40;
  const look = () => {
    const field = [...document.querySelectorAll("input")].find(
      (one) => (one.getAttribute("aria-label") ?? "").startsWith(data.label));
    if (field) field.inputMode = "numeric";
    if (tries-- > 0) setTimeout(look, 50);
  };
  look();
}
"""


def count_arrival(page: str) -> None:
    """Told which page is drawn: a redraw of the same is no arrival."""
    if st.session_state.get("page-before") != page:
        st.session_state["page-before"] = page
        for key in st.session_state.pop("only-here", set()):
            st.session_state.pop(key, None)
        st.session_state["arrivals"] = st.session_state.get("arrivals", 0) + 1


def only_here(*keys: str) -> None:
    """What the page keeps under these keys is gone once another page is drawn."""
    st.session_state.setdefault("only-here", set()).update(keys)


def begin_at(label: str) -> None:
    """The cursor stands in the field whose label begins so, once each time the page is come to."""
    part = st.components.v2.component("medilink_begin_at", js=_JS)
    part(key="begin_at", data={"label": label, "arrival": st.session_state["arrivals"]})


def numbers_only(label: str) -> None:
    """A phone shows its number pad for the field whose label begins so."""
    part = st.components.v2.component("medilink_numbers_only", js=_NUMBERS_JS)
    part(key="numbers_only", data={"label": label})
