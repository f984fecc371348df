"""The archived part of the log, and erasing personal details from it."""

from __future__ import annotations

import streamlit as st

from medilink.acts.log_parts import archived_parts
from medilink.acts.log_upkeep import erase_details
from medilink.acts.staff import list_staff
from medilink.errors import Missing
from medilink.people import AccountId, PatientId
from ui.parts.desk import current_desk, flash
from ui.parts.likely_patient import choose_likely_patient
from ui.parts.person import day
from ui.parts.plain import plain
from ui.parts.telling import told
from ui.words import say, say_many

PATIENT, STAFF = "patient", "staff"
KIND_WORDS = {PATIENT: "A patient", STAFF: "Somebody of the staff"}
Theirs = tuple[PatientId | None, AccountId | None]


def show_archived() -> None:
    """What is archived; under it, what the law may ask to be erased."""
    years = current_desk().clinic.log_years
    st.write(
        say(
            "Entries older than {years} years are packed and signed, and can still be searched and"
            " checked. Nothing is ever taken out of the middle.",
            years=years,
        )
    )
    parts = archived_parts(current_desk())
    if not parts:
        st.info(say("Nothing is old enough to be archived yet."))
    for part in parts:
        with st.container(border=True):
            entries = say("Entries {first} to {last}", first=part.first, last=part.last)
            times = f"{day(part.since)} – {day(part.until)}"
            erased = say_many("{number} detail erased", "{number} details erased", part.erased)
            st.markdown(f"**{plain(entries)}**  \n{plain(f'{times} · {erased}')}")
    told(_erase)()


def _erase() -> None:
    st.subheader(say("Erase personal details"), anchor=False)
    st.caption(say("Only where somebody asks for it by law, and only from archived entries."))
    kind = st.segmented_control(
        say("Whose details"),
        list(KIND_WORDS),
        default=PATIENT,
        required=True,
        format_func=lambda one: say(KIND_WORDS[one]),
    )
    chosen = _patient() if kind == PATIENT else _account()
    why = st.text_input(say("Reason"), max_chars=200, key="erase-why") or ""
    if st.button(say("Erase personal details …")):
        if chosen is None:
            raise Missing(field="Patient" if kind == PATIENT else "Who")
        if not why.strip():
            raise Missing(field="Reason")
        _confirm(*chosen, why)


def _patient() -> tuple[str, Theirs] | None:
    typed = st.text_input(say("Name or MediLink ID of the patient"), max_chars=200)
    if not typed:
        return None
    found = choose_likely_patient(typed, "erase-which-patient")
    return (found[1], (found[0], None)) if found else None


def _account() -> tuple[str, Theirs] | None:
    people = {account.id: account.title for account in list_staff(current_desk())}
    account = st.selectbox(
        say("Who"), list(people), format_func=people.__getitem__, index=None, key="erase-who"
    )
    return (people[account], (None, account)) if account else None


@st.dialog(" ")
def _confirm(name: str, theirs: Theirs, why: str) -> None:
    st.markdown(f"**{plain(say('Erase the personal details of {name}?', name=name))}**")
    st.write(
        say(
            "From archived entries, names, network addresses and browsers go for ever. Nobody can"
            " bring them back."
        )
    )
    st.write(
        say(
            "What was done, when, and under which number stays, and so does every proof that the"
            " log is whole. Newer entries and the record itself are not touched. That it was"
            " erased, and your reason, are in the log."
        )
    )
    if st.button(say("Erase for ever"), type="primary", icon=":material/delete_forever:"):
        told(_do)(theirs, why)


def _do(theirs: Theirs, why: str) -> None:
    patient, account = theirs
    count = erase_details(current_desk(), patient=patient, account=account, why=why)
    flash(
        say_many(
            "Erased: the personal details of {number} entry.",
            "Erased: the personal details of {number} entries.",
            count,
        )
    )
    st.rerun()
