"""New recovery words in place of old ones: made, printed, typed back, and only then in force."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import streamlit as st

from exports.recovery_sheet import draw_recovery_sheet
from medilink.acts.unlocking import check_may_change
from medilink.errors import MediLinkError, SheetWordWrong, WordsWrong
from ui.house import the_house
from ui.openers import NewRecovery, new_recovery, replace_recovery
from ui.parts.desk import current_desk, flash
from ui.parts.telling import told
from ui.words import say

_BEGUN = "new-recovery"
_ASKED = {False: 3, True: 2}  # words of each sheet, by whether there are three: it can be read


@dataclass(slots=True)
class _Begun:
    """Words that do not count yet, their papers, and which words are asked for on each sheet."""

    new: NewRecovery
    papers: tuple[bytes, ...]
    asked: tuple[tuple[int, ...], ...] = field(default=())


def offer_replacing() -> None:
    """The way to new words."""
    if st.button(say("Replace"), key="replace-words"):
        st.dialog(say("New recovery words"))(told(_begin))()


def show_replacing() -> bool:
    """The page while words are being replaced. Whether they are."""
    begun: _Begun | None = st.session_state.get(_BEGUN)
    if begun is None:
        return False
    _sheets(begun)
    told(_typed_back)(begun)
    if st.button(say("Cancel: the old words stay")):
        st.session_state.pop(_BEGUN)
        st.rerun()
    return True


def _begin() -> None:
    st.write(
        say(
            "When a recovery sheet is lost, or somebody may have seen it. The old words count until"
            " you have typed the new ones."
        )
    )
    with st.form("new-words", border=False):
        split = st.radio(
            say("On how many sheets?"),
            [False, True],
            format_func=lambda three: (
                say("Three sheets, of which any two are needed")
                if three
                else say("One sheet with 24 words")
            ),
        )
        password = st.text_input(say("Your password"), type="password")
        if not st.form_submit_button(say("Make new words"), type="primary"):
            return
    check_may_change(current_desk(), password or "")
    st.session_state[_BEGUN] = _made(split=bool(split))
    st.rerun()


def _made(*, split: bool) -> _Begun:
    desk, new = current_desk(), new_recovery(split=split)
    papers = tuple(
        draw_recovery_sheet(
            desk.clinic.name, words, desk.clock().date(), say, number if split else 0
        )
        for number, words in enumerate(new.sheets, start=1)
    )
    choose = secrets.SystemRandom().sample
    asked = tuple(
        tuple(sorted(choose(range(1, len(words) + 1), _ASKED[split]))) for words in new.sheets
    )
    return _Begun(new, papers, asked)


def _sheets(begun: _Begun) -> None:
    st.subheader(say("1. Print"), anchor=False)
    if begun.new.split:
        st.write(
            say(
                "Print the three sheets and give them to three people. Two of them together open"
                " the clinic."
            )
        )
    else:
        st.write(say("Print the new sheet. Keep the old one until this page says that it is over."))
    for number, paper in enumerate(begun.papers, start=1):
        tail = f"-{number}" if begun.new.split else ""
        words = (
            say("Download sheet {number} (PDF)", number=number)
            if begun.new.split
            else say("Download the sheet (PDF)")
        )
        st.download_button(
            words,
            paper,
            file_name=f"MediLink-recovery-sheet{tail}.pdf",
            mime="application/pdf",
            icon=":material/download:",
            on_click="ignore",
            key=f"sheet-{number}",
        )


def _wrong(begun: _Begun, sheet: int, number: int) -> MediLinkError:
    split = begun.new.split
    return SheetWordWrong(sheet=sheet, number=number) if split else WordsWrong(number=number)


def _typed_back(begun: _Begun) -> None:
    st.subheader(say("2. Type these words from the paper"), anchor=False)
    with st.form("typed-back", border=False):
        typed = {
            (sheet, number): st.text_input(
                say("Sheet {sheet}, word {number}", sheet=sheet, number=number)
                if begun.new.split
                else say("Word {number}", number=number),
                key=f"typed-{sheet}-{number}",
                autocomplete="off",
            )
            for sheet, numbers in enumerate(begun.asked, start=1)
            for number in numbers
        }
        st.subheader(say("3. Your password again"), anchor=False)
        password = st.text_input(say("Your password"), type="password", key="typed-password")
        if not st.form_submit_button(say("From now on the new words count"), type="primary"):
            return
    for (sheet, number), word in typed.items():
        if (word or "").strip().lower() != begun.new.sheets[sheet - 1][number - 1]:
            raise _wrong(begun, sheet, number)
    replace_recovery(the_house(), current_desk(), password or "", begun.new)
    st.session_state.pop(_BEGUN)
    flash(
        say(
            "The new words count from now on. Make a backup now. Keep the old sheet as long as you"
            " keep older backups: they open with the old words."
        )
    )
    st.rerun()
