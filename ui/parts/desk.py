"""The desk of the page that is being drawn, and which patient is on it."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from medilink.desk import Desk
from medilink.errors import NotSignedIn
from medilink.people import PatientId
from security.codes import new_token
from ui.house import State, the_house
from ui.parts.plain import plain
from ui.sessions import Session
from ui.words import LANGUAGE_COOKIE, language_asked

ON_DESK, FROM = "on", "from"
VISITING = "visiting"


def current_session() -> Session:
    """The live session of this page. Raises NotSignedIn."""
    house = the_house()
    name = st.user.get("session")
    session = house.sessions.by_name(str(name)) if name and house.state is State.OPEN else None
    if session is None:
        raise NotSignedIn
    return session


def current_desk() -> Desk:
    """The desk of whoever looks at this page. Raises NotSignedIn."""
    return the_house().desk(current_session())


def language_here() -> str | None:
    """The language of whoever looks at this page: their own choice, their browser's, the
    clinic's. None where no page is drawn, or for nobody."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    cookie = st.context.cookies.get(LANGUAGE_COOKIE, "")
    try:
        session = current_session()
    except NotSignedIn:
        return language_asked(cookie, st.context.headers.get("Accept-Language") or "")
    desk = the_house().desk(session)
    # Not what this page's own line says: a browser may send another language there than elsewhere.
    return desk.who.language or language_asked(cookie, session.languages) or desk.clinic.language


def put_on_desk(patient: PatientId) -> None:
    """This tab works on a patient; the session remembers, so that a refresh comes back to it."""
    st.session_state["patient"] = patient
    current_session().patient = patient


def patient_on_desk() -> PatientId | None:
    """The patient this tab works on: also after a refresh, while another tab has another one. The
    number in the address is nobody's name and opens nothing."""
    held = st.session_state.get("patient")
    if held is None:
        asked = st.query_params.get(ON_DESK, "")
        held = int(asked) if asked.isdecimal() and len(asked) < 10 else current_session().patient
        st.session_state["patient"] = held
    if held is not None and st.query_params.get(ON_DESK) != str(held):
        st.query_params[ON_DESK] = str(held)
    return PatientId(held) if held is not None else None


def put_visiting(key: bytes) -> None:
    """This tab reads what a patient of another clinic has shared."""
    st.session_state[VISITING] = key


def visiting_on_desk() -> bytes | None:
    """What of another clinic this tab reads: also after a refresh. The session knows it by a name
    made up for the address, which is nobody's and opens nothing: the gate is asked again."""
    session = current_session()
    held: bytes | None = st.session_state.get(VISITING)
    if held is None:
        held = session.visiting.get(st.query_params.get(FROM, ""))
    if held is None:
        return None
    st.session_state[VISITING] = held
    named = next((name for name, key in session.visiting.items() if key == held), None)
    if named is None:
        named = new_token()
        session.visiting[named] = held
    if st.query_params.get(FROM) != named:
        st.query_params[FROM] = named
    return held


def leave_visiting() -> None:
    """This tab is done with it."""
    st.session_state.pop(VISITING, None)
    if FROM in st.query_params:
        del st.query_params[FROM]


def go_to(address: str) -> None:
    """Show another page of this role."""
    st.switch_page(st.session_state["pages"][address])


def flash(text: str) -> None:
    """Say something once, on the next page drawn."""
    st.session_state["flash"] = text


def warn(*texts: str) -> None:
    """Warn once, on the next page drawn."""
    if texts:
        st.session_state["warned"] = texts


def show_flash() -> None:
    """Say what the page before left to be said."""
    text: Any = st.session_state.pop("flash", None)
    if text:
        st.success(plain(text), icon=":material/check_circle:")
    for warning in st.session_state.pop("warned", ()):
        st.error(plain(warning), icon=":material/warning:")
