"""Is the log whole: checked against what was noted outside and receipts; its newest head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from medilink.acts.log_parts import newest_head_line
from medilink.acts.log_proof import verify_log
from medilink.errors import PictureUnreadable
from medilink.log_check import Verdict
from ui.house import the_house
from ui.parts.desk import current_desk
from ui.parts.plain import plain
from ui.parts.telling import told
from ui.parts.verdict_words import verdict_sentence, what_to_do
from ui.reading import LARGEST_PICTURE_BYTES, read_codes
from ui.words import say, say_many

LONGEST_RECEIPTS = 20_000  # letters: some fifty receipts


def show_whole() -> None:
    """The check first; what it can be compared with under it."""
    st.write(
        say(
            "Every entry is looked at: none may be changed, missing, or in another place. What this"
            " computer noted outside the store is compared too."
        )
    )
    checked = st.button(
        say("Check that the log is whole"), type="primary", icon=":material/verified:"
    )
    with st.expander(say("Compare with receipts"), icon=":material/receipt_long:", key="receipts"):
        typed = st.text_area(
            say("Receipts: a number and six words, or the text of the code; one a line"),
            max_chars=LONGEST_RECEIPTS,
        )
        pictures = st.file_uploader(
            say("Pictures of the codes of receipts"), accept_multiple_files=True
        )
    if checked:
        told(_check)(typed, pictures)
    told(_newest_head)()


def _check(typed: str | None, pictures: Sequence[Any]) -> None:
    receipts = [line.strip() for line in (typed or "").splitlines() if line.strip()]
    receipts += [text for picture in pictures for text in _texts_in(picture)]
    with st.spinner(say("Every entry of the log is checked …")):
        verdict = verify_log(current_desk(), the_house().outside_head(), receipts)
    show_verdict(verdict, len(receipts))


def _texts_in(picture: Any) -> list[str]:
    texts = read_codes(picture.getvalue()) if picture.size <= LARGEST_PICTURE_BYTES else []
    if not texts:
        raise PictureUnreadable
    return texts


def show_verdict(verdict: Verdict, receipts: int) -> None:
    """What was found, and what to do where it is bad."""
    found = verdict_sentence(verdict.checked, verdict.broken_at, verdict.why)
    if not verdict.sound:
        st.error(plain(f"{found} {what_to_do(receipts=receipts > 0)}"))
        return
    agrees = say_many(
        "It agrees with {number} receipt.", "It agrees with {number} receipts.", receipts
    )
    st.success(plain(f"{found} {agrees}" if receipts else found))


def _newest_head() -> None:
    st.subheader(say("Note this line down"), anchor=False)
    st.write(
        say(
            "This is how the log stands now. Print or copy it and keep it away from this computer,"
            " for example with the head of the hospital. Whoever types it above next year sees"
            " whether anything was changed since."
        )
    )
    st.code(newest_head_line(current_desk()), language=None, wrap_lines=True)
