"""The same person twice? Suspicions, side by side, merged or dismissed; merges taken back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from medilink.acts.merge import (
    SideBySide,
    compare_side_by_side,
    dismiss_pair,
    list_merges,
    list_suspected,
    merge_patients,
    scan_for_duplicates,
    undo_merge,
)
from medilink.acts.read_record import open_identity
from medilink.choices import SECTION_WORDS, SEX_WORDS
from medilink.errors import MediLinkError
from medilink.merging import Merge, SuspectedPair, differing
from medilink.people import Patient
from ui.house import the_house
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.parts.telling import tell_error
from ui.words import say

KEPT, OTHER = "kept", "other"
FIELD_WORDS = {
    "given": "Given names",
    "family": "Family name",
    "sex": "Sex",
    "birth_date": "Birth date",
    "phone": "Phone",
    "village": "Village or place",
}


def show() -> None:
    """For administrators and providers."""
    st.title(say("The same person twice?"), anchor=False)
    show_flash()
    if st.button(say("Look through everybody"), icon=":material/person_search:"):
        with st.spinner(say("Comparing names, birth dates and phones.")):
            new = scan_for_duplicates(current_desk())
        flash(say("New suspicions: {count}", count=new))
        st.rerun()
    pairs = list_suspected(current_desk())
    if not pairs:
        st.info(say("Nobody is suspected of being here twice."))
    chosen: SuspectedPair | None = st.session_state.get("pair")
    for pair in pairs:
        if chosen and (chosen.low, chosen.high) == (pair.low, pair.high):
            _compare(pair)
        else:
            _line(pair)
    _merges()


def _line(pair: SuspectedPair) -> None:
    desk = current_desk()
    one, other = open_identity(desk, pair.low), open_identity(desk, pair.high)
    with st.container(border=True, horizontal=True, **SPREAD):
        names = f"{plain(one.details.full_name)} · {plain(other.details.full_name)}"
        why = ", ".join(say(reason) for reason in pair.reasons if reason)
        st.markdown(f"**{names}**  \n{plain(why)}")
        if st.button(say("Compare"), key=f"compare-{pair.low}-{pair.high}"):
            st.session_state["pair"] = pair
            st.rerun()


def _compare(pair: SuspectedPair) -> None:
    both = compare_side_by_side(current_desk(), pair.low, pair.high)
    with st.container(border=True):
        for column, person in zip(st.columns(2), (both.one, both.other), strict=True):
            with column:
                _person(both, person)
        fields = differing(both.one.details, both.other.details)
        wanted = {
            field: st.radio(
                say(FIELD_WORDS[field]),
                [KEPT, OTHER],
                format_func=partial(_shown, both, field),
                horizontal=True,
                key=f"take-{field}-{pair.low}-{pair.high}",
            )
            for field in fields
        }
        st.warning(
            say(
                "Everything written goes to {kept}. The codes of the other are withdrawn, and both"
                " sign-ins are switched off until whoever treats the patient gives out a new slip."
                " You can take this back.",
                kept=both.one.medilink_id,
            )
        )
        _decide(pair, both, {field: take == OTHER for field, take in wanted.items()})


def _person(both: SideBySide, person: Patient) -> None:
    st.markdown(f"**{plain(person.details.full_name)}**  \n{person.medilink_id}")
    for field, words in FIELD_WORDS.items():
        st.markdown(f"{say(words)}: {plain(_value(person, field))}")
    counts = [
        f"{say(words)} {both.entries[person.id, section.value]}"
        for section, words in SECTION_WORDS.items()
        if (person.id, section.value) in both.entries
    ]
    st.caption(", ".join(counts) or say("Nothing written yet."))


def _shown(both: SideBySide, field: str, which: str) -> str:
    return plain(_value(both.other if which == OTHER else both.one, field))


def _value(person: Patient, field: str) -> str:
    if field == "sex":
        return say(SEX_WORDS[person.details.sex])
    return str(getattr(person.details, field)) or "–"


def _decide(pair: SuspectedPair, both: SideBySide, wanted: dict[str, bool]) -> None:
    merge, apart = st.columns(2)
    why = apart.text_input(say("Why they are two people"), key=f"why-{pair.low}-{pair.high}") or ""
    try:
        if merge.button(say("They are one person: merge"), type="primary"):
            merge_patients(current_desk(), both.one, both.other, wanted)
            for person in (both.one, both.other):
                the_house().sessions.end_all_about(person.id)
        elif apart.button(say("They are two people")):
            dismiss_pair(current_desk(), pair, why)
        else:
            return
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state.pop("pair", None)
    flash(say("Saved."))
    st.rerun()


def _merges() -> None:
    folded = st.expander(say("What was merged"), key="merges", on_change="rerun")
    if not folded.open:
        return
    with folded:
        done = list_merges(current_desk())
        if not done:
            st.caption(say("Nothing was merged yet."))
        for merge in done:
            _merge(merge)


def _merge(merge: Merge) -> None:
    kept = open_identity(current_desk(), merge.kept)
    with st.container(border=True, horizontal=True, **SPREAD):
        state = say("taken back") if merge.undone_at else plain(moment(merge.at))
        st.markdown(f"**{plain(kept.details.full_name)}** · {kept.medilink_id}  \n{state}")
        if not merge.undone_at and st.button(say("Take it back"), key=f"undo-{merge.id}"):
            try:
                undo_merge(current_desk(), merge.id)
            except MediLinkError as error:
                tell_error(error)
                return
            flash(say("Taken back: both are as they were."))
            st.rerun()
