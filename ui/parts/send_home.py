"""Sending home what was written here for a patient of another clinic."""

from __future__ import annotations

import streamlit as st

from medilink.acts.going_home import Home, Return, home_of, make_return, not_sent
from medilink.errors import MediLinkError
from medilink.people import PatientId
from ui.parts.carried import show_to_carry_away
from ui.parts.desk import current_desk, flash
from ui.parts.person import day
from ui.parts.plain import plain
from ui.parts.telling import tell_error
from ui.words import say, say_many

OPEN, PACKED = "send-home", "going-home"


def say_where_it_goes(home: Home | None) -> None:
    """Before a visit is written: whether it can go home; and what to do where it cannot."""
    if home is None:
        return
    if home.goes:
        told = say(
            "This visit can be sent home to {clinic}: save it, then send it.", clinic=home.clinic
        )
        st.info(plain(told), icon=":material/home_health:")
    else:
        st.warning(plain(stays_here(home.clinic)), icon=":material/home_health:")


def stays_here(clinic: str) -> str:
    """That what is written does not go home."""
    return say(
        "What you write stays here only: the patient has not allowed you to write into the record"
        " at {clinic}, or no longer. Should it go there, ask them to share again and to tick that"
        " you may write.",
        clinic=clinic,
    )


def remind_to_send(patient: PatientId) -> None:
    """After a visit was saved: that it should go home, with what sends it opened."""
    home = home_of(current_desk(), patient)
    if home is None:
        flash(say("The visit is saved."))
    elif home.goes:
        st.session_state[OPEN] = True
        flash(say("The visit is saved here. Now send it home to {clinic}.", clinic=home.clinic))
    else:
        flash(say("The visit is saved here. It does not go home to {clinic}.", clinic=home.clinic))


def show_send_home(patient: PatientId) -> None:
    """For a visiting patient: what waits to be sent, and to where; or that nothing can be."""
    home = home_of(current_desk(), patient)
    if home is None:
        return
    if not home.can_send:
        st.caption(plain(stays_here(home.clinic)))
        return
    waiting = not_sent(current_desk(), patient)
    if waiting:
        told = say_many(
            "{number} entry written here was not sent home yet.",
            "{number} entries written here were not sent home yet.",
            waiting,
        )
        st.warning(told, icon=":material/home_health:")
    folded = st.expander(
        say("Send home to {clinic}", clinic=plain(home.clinic)),
        icon=":material/home_health:",
        key=OPEN,
        on_change="rerun",
    )
    if folded.open:
        with folded:
            _send(patient, home, waiting)


def _send(patient: PatientId, home: Home, waiting: int) -> None:
    held: tuple[PatientId, Return] | None = st.session_state.get(PACKED)
    if held is None or held[0] != patient or waiting:
        if st.button(
            say("Pack what was written here"), type="primary", icon=":material/package_2:"
        ):
            _pack(patient)
        return
    going = held[1]
    st.write(
        say(
            "The patient photographs this, or takes the paper or the file home. Only {clinic} can"
            " open it. Entries in it: {count}.",
            clinic=plain(home.clinic),
            count=going.entries,
        )
    )
    show_to_carry_away(
        going.text,
        title=say("Visit to be taken home"),
        name="visit-home",
        lines=[
            say("For {clinic}: only there can it be opened.", clinic=home.clinic),
            say(
                "Show all of it at the desk there, in any order, until {day}.", day=day(going.ends)
            ),
        ],
    )


def _pack(patient: PatientId) -> None:
    try:
        st.session_state[PACKED] = (patient, make_return(current_desk(), patient))
    except MediLinkError as error:
        tell_error(error)
        return
    st.rerun()
