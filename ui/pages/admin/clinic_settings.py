"""Settings: the clinic's name, when an idle session ends, and how other devices reach MediLink."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from exports.record_look import DEFAULT_ACCENT
from medilink.acts.staff import (
    ADULT_AGES,
    IDLE_MINUTES,
    LOG_YEARS,
    change_clinic,
    change_logo,
    logo_here,
)
from medilink.errors import EditedMeanwhile, MediLinkError
from medilink.store import Clinic
from ui.addresses import outside_addresses
from ui.house import the_house
from ui.parts.clock_banner import show_confirm_clock
from ui.parts.desk import current_desk, flash, show_flash
from ui.parts.picture import show_picture
from ui.parts.qr_picture import show_qr
from ui.parts.telling import tell_error
from ui.report_folder import is_there
from ui.words import say


def show() -> None:
    """What the clinic decides about itself."""
    st.title(say("Settings"), anchor=False)
    show_flash()
    show_confirm_clock()
    clinic: Clinic = st.session_state.setdefault("settings-of", current_desk().clinic)
    with st.form("settings"):
        name = st.text_input(say("Clinic name"), clinic.name) or ""
        low, high = IDLE_MINUTES
        minutes = st.number_input(
            say("Sign out after minutes of not being used"), low, high, clinic.idle_minutes
        )
        youngest, oldest = ADULT_AGES
        adult = st.number_input(
            say("Guardians see a child's record until this age"), youngest, oldest, clinic.adult_age
        )
        lenient = st.checkbox(
            say("Providers may open records before their licence is checked"),
            clinic.unverified_may_open == 1,
        )
        shortest, longest = LOG_YEARS
        log_years = st.number_input(
            say("Keep log entries at hand for … years ({least} at least)", least=shortest),
            shortest,
            longest,
            clinic.log_years,
            help=say("Older ones are archived: signed, packed, still searched and checked."),
        )
        folder = st.text_input(
            say("Folder for each month's report (empty: none)"),
            clinic.report_folder,
            help=say("On the computer MediLink runs on. Reports name no patient."),
        )
        accent = st.color_picker(
            say("Colour of the clinic's papers"), clinic.accent or DEFAULT_ACCENT
        )
        if st.form_submit_button(say("Save"), type="primary"):
            wanted = replace(
                clinic,
                name=name,
                idle_minutes=int(minutes),
                adult_age=int(adult),
                unverified_may_open=int(lenient),
                log_years=int(log_years),
                accent="" if accent == DEFAULT_ACCENT else accent or "",
                report_folder=folder or "",
            )
            _save(clinic, wanted)
    _logo()
    _show_addresses()


def _logo() -> None:
    """On its own: a picture is taken the moment it is chosen."""
    st.subheader(say("Picture on the clinic's papers"), anchor=False)
    held = logo_here(current_desk())
    if held:
        show_picture(held, says=say("Picture on the clinic's papers"), width=160)
        if st.button(say("Take it off"), icon=":material/delete:"):
            change_logo(current_desk(), b"")
            st.rerun()
    given = st.file_uploader(say("Logo (PNG or JPEG)"), type=["png", "jpg", "jpeg"], key="logo")
    if given is not None and st.session_state.get("logo-taken") != given.file_id:
        st.session_state["logo-taken"] = given.file_id
        try:
            change_logo(current_desk(), given.getvalue())
        except MediLinkError as error:
            tell_error(error)
            return
        st.rerun()


def _save(before: Clinic, wanted: Clinic) -> None:
    name, minutes = wanted.name, wanted.idle_minutes
    try:
        change_clinic(
            current_desk(),
            before,
            name=name,
            idle_minutes=minutes,
            adult_age=wanted.adult_age,
            unverified_may_open=bool(wanted.unverified_may_open),
            log_years=wanted.log_years,
            accent=wanted.accent,
            report_folder=wanted.report_folder,
        )
        flash(_saved(wanted.report_folder))
    except EditedMeanwhile as conflict:
        theirs = conflict.theirs
        assert isinstance(theirs, Clinic)  # noqa: S101 the store hands out nothing else here
        flash(
            say(
                "Somebody else saved first: {name}, {minutes} min. Yours was not saved: "
                "{mine}, {my_minutes} min.",
                name=theirs.name,
                minutes=theirs.idle_minutes,
                mine=name,
                my_minutes=minutes,
            )
        )
    except MediLinkError as error:
        tell_error(error)
        return
    the_house().clinic_changed()
    st.session_state.pop("settings-of", None)
    st.rerun()


def _saved(folder: str) -> str:
    if not folder or is_there(Path(folder)):
        return say("Saved.")
    return say(
        "Saved. The folder for each month's report is not there now: reports are put into it as"
        " soon as it is."
    )


def _show_addresses() -> None:
    st.subheader(say("Other devices"), anchor=False)
    config = the_house().config
    addresses = outside_addresses(config)
    if not addresses:
        st.write(say("MediLink is open to this computer only."))
        return
    st.write(
        say(
            "On the clinic's Wi-Fi, open this address or scan it. The first time, the browser"
            " warns because the certificate is the clinic's own."
        )
    )
    for url in addresses:
        st.code(url)
        show_qr(url, title=url, small=True)
