"""The places backups are carried to, each with its own state and what it holds."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from backup.chosen import on_same_disk
from backup.kept import Kept
from backup.ledger import AtPlace
from backup.rounds import HOME
from medilink.acts.back_up_places import chosen_places, forget_place, switch_place
from medilink.backup_places import ChosenPlace, PlaceKind
from ui.house import the_house
from ui.parts.backup_words import place_words, trouble_words
from ui.parts.desk import current_desk, flash
from ui.parts.person import moment
from ui.parts.plain import plain
from ui.parts.rows import SPREAD
from ui.rounds import begin_round, remembered
from ui.words import say, say_number

SHOWN = 100  # of one place: a year of them fits
KIND_ICONS = {
    PlaceKind.FOLDER: "folder",
    PlaceKind.STICK: "usb",
    PlaceKind.COMPUTER: "dns",
    PlaceKind.BUCKET: "cloud",
}


def show_places() -> None:
    """This computer first, then what was chosen."""
    st.subheader(say("Where the backups are"), anchor=False)
    known, places = remembered(the_house()), chosen_places(current_desk())
    with st.container(border=True):
        st.markdown(f":material/computer: **{say('This computer')}**")
        st.write(plain(place_words(known.at(HOME), on=True)))
        st.write(say("Each one is opened and looked at whole when it is made."))
        _trouble(known.at(HOME))
        if not places:
            st.write(say("If this computer is lost, these are lost too. Add a place below."))
        _held(known.at(HOME), HOME)
    for place in places:
        _place(place, known.at(place.key))


def _place(place: ChosenPlace, at: AtPlace) -> None:
    with st.container(border=True):
        st.markdown(f":material/{KIND_ICONS[place.kind]}: **{plain(place.name)}**")
        st.write(plain(place_words(at, on=place.on)))
        if place.on:
            _trouble(at)
        if beside_records(place):
            st.warning(
                say("This folder is on the same disk as the records: they would be lost together.")
            )
        with st.container(horizontal=True, **SPREAD):
            on = st.toggle(say("Copy backups here"), place.on, key=f"on-{place.key}")
            if st.button(say("Remove"), key=f"remove-{place.key}", icon=":material/delete:"):
                forget_place(current_desk(), place)
                flash(say("Removed. The backups that lie there stay there."))
                st.rerun()
        if on != place.on:
            switch_place(current_desk(), place, on=on)
            if on:
                begin_round(the_house())
            st.rerun()
        _held(at, place.key)


def beside_records(place: ChosenPlace) -> bool:
    """Whether it is a folder that goes when the disk of the records does."""
    if place.kind is not PlaceKind.FOLDER:
        return False
    return on_same_disk(Path(place.details["path"]), the_house().config.data_dir)


def _trouble(at: AtPlace) -> None:
    if at.trouble is not None:
        said = f"{trouble_words(at.trouble.code)} {say('MediLink tries again by itself.')}"
        st.error(plain(said), icon=":material/error:")


def _held(at: AtPlace, key: str) -> None:
    if not at.held:
        return
    title = say("Backups here: {number}", number=len(at.held))
    folded = st.expander(title, key=f"held-{key}", on_change="rerun")
    if folded.open:
        with folded:
            newest = sorted(at.held, key=lambda one: one.generation, reverse=True)
            st.table([_row(one) for one in newest[:SHOWN]])


def _row(one: Kept) -> dict[str, str]:
    checked = moment(one.verified_at) if one.verified_at is not None else say("not sound")
    return {
        say("Backup number"): str(one.generation),
        say("Made"): moment(one.at),
        say("Checked here"): checked,
        say("MB"): say_number(f"{max(one.size / 1_000_000, 0.1):.1f}"),
    }
