"""My profile: licence, training and certificates; what of it others see; my patients today."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from medilink.acts.credentials import (
    my_credentials,
    save_credentials,
    set_own_photo,
    submit_credentials,
)
from medilink.acts.look_back import my_activity, my_patients
from medilink.credentials import Certification, Credentials, Held, State, judge, read_years
from medilink.errors import EditedMeanwhile, MediLinkError
from ui.parts.activity_numbers import show_own_numbers
from ui.parts.desk import current_desk, flash, go_to, put_on_desk, show_flash
from ui.parts.hand_over import show_hand_over
from ui.parts.log_words import entry_html
from ui.parts.person import facts, moment, today
from ui.parts.plain import plain
from ui.parts.provider_card import standing_words
from ui.parts.rows import SPREAD
from ui.parts.tabs import show_tabs
from ui.parts.telling import tell_error
from ui.words import say


def show() -> None:
    """For providers."""
    st.title(say("My profile"), anchor=False)
    show_flash()
    show_tabs(
        {
            say("Licence and training"): _credentials,
            say("My patients"): _patients,
            say("What I did"): _activity,
        },
        key="profile-tabs",
    )


def _credentials() -> None:
    held = _held()
    st.markdown(standing_words(judge(held, today().date())))
    if held.reason:
        st.info(plain(say("reason: {reason}", reason=held.reason)))
    if held.state is State.VERIFIED:
        st.caption(say("A change of licence or training has to be checked again."))
    with st.form("credentials", border=False):
        typed = _fields(held.credentials)
        saved = st.form_submit_button(say("Save"), type="primary")
    if saved:
        _try(lambda: save_credentials(current_desk(), held, _read(typed)), say("Saved."))
    if held.version and held.state in (State.DRAFT, State.REFUSED):
        st.write(say("An administrator checks what you send."))
        if st.button(say("Send to be checked"), icon=":material/send:"):
            _try(lambda: submit_credentials(current_desk(), held), say("Sent."))
    if held.version:
        _photo()


def _held() -> Held:
    """The version this form began with; the newest, where a decision came in meanwhile."""
    newest = my_credentials(current_desk())
    begun: Held | None = st.session_state.get("credentials-of")
    if begun is None or (begun.credentials == newest.credentials and begun != newest):
        begun = newest
    st.session_state["credentials-of"] = begun
    return begun


def _fields(said: Credentials) -> dict[str, str]:
    years = "" if said.years is None else str(said.years)
    typed = {
        "licence": st.text_input(say("Licence number"), said.licence),
        "issuer": st.text_input(say("Issued by"), said.issuer),
        "expires": st.text_input(say("Valid until"), said.expires),
        "specialities": st.text_area(
            say("Specialities, one a line"), "\n".join(said.specialities), height=80
        ),
        "certifications": st.text_area(
            say("Certificates, one a line: name; issued by; issued on; valid until"),
            "\n".join(_certificate_line(one) for one in said.certifications),
            height=100,
        ),
        "school": st.text_input(say("Medical school"), said.school),
        "residency": st.text_input(say("Residency"), said.residency),
        "years": st.text_input(say("Years of practice"), years),
        "affiliations": st.text_area(
            say("Works also at, one a line"), "\n".join(said.affiliations), height=80
        ),
        "phone": st.text_input(say("Phone"), said.phone),
        "email": st.text_input(say("E-mail"), said.email),
    }
    public = st.checkbox(say("Patients may see my phone number"), said.public_phone == 1)
    return {name: text or "" for name, text in typed.items()} | {"public": "1" if public else ""}


def _certificate_line(one: Certification) -> str:
    return "; ".join((one.name, one.issuer, one.issued, one.expires)).rstrip("; ")


def _read(typed: dict[str, str]) -> Credentials:
    """The form as credentials. Raises NotANumber; the rest is checked when it is saved."""
    certificates = [
        [part.strip() for part in line.split(";")]
        for line in typed["certifications"].splitlines()
        if line.strip()
    ]
    return Credentials(
        licence=typed["licence"],
        issuer=typed["issuer"],
        expires=typed["expires"],
        specialities=tuple(typed["specialities"].splitlines()),
        certifications=tuple(Certification(*parts[:4]) for parts in certificates),
        school=typed["school"],
        residency=typed["residency"],
        years=read_years(typed["years"]),
        affiliations=tuple(typed["affiliations"].splitlines()),
        phone=typed["phone"],
        email=typed["email"],
        public_phone=int(bool(typed["public"])),
    )


def _photo() -> None:
    with st.expander(say("Change the photo"), icon=":material/photo_camera:"):
        file = st.file_uploader(say("A picture of the face"), type=["jpg", "jpeg", "png", "webp"])
        if file and st.button(say("Use this photo")):
            _try(lambda: set_own_photo(current_desk(), file.getvalue()), say("Saved."))


def _try(act: Callable[[], object], done: str) -> None:
    try:
        act()
    except EditedMeanwhile as meanwhile:
        st.session_state.pop("credentials-of", None)
        tell_error(meanwhile)
        return
    except MediLinkError as error:
        tell_error(error)
        return
    st.session_state.pop("credentials-of", None)
    flash(done)
    st.rerun()


def _patients() -> None:
    found = my_patients(current_desk())
    if not found:
        st.info(say("Nobody is in your care now, and nobody has shared with you."))
    for patient, until in found:
        with st.container(border=True, horizontal=True, **SPREAD):
            st.markdown(
                f"**{plain(patient.details.full_name)}**  \n{plain(' · '.join(facts(patient)))}"
                f"  \n{plain(say('until {moment}', moment=moment(until)))}"
            )
            if st.button(say("Open"), key=f"mine-{patient.id}"):
                put_on_desk(patient.id)
                go_to("record")
    if found:
        show_hand_over(current_desk().who.id)


def _activity() -> None:
    show_own_numbers()
    entries = my_activity(current_desk())
    lines = [entry_html(entry, own=True) for entry in entries]
    st.html('<ul class="ml-log">' + "".join(lines) + "</ul>")
