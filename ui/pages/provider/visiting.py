"""What a patient of another clinic has shared here: to read, until it ends; and to go on from."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from medilink.acts.read_visiting import (
    VisitingRecord,
    close_visiting,
    open_visiting,
    register_visiting,
)
from medilink.acts.receipts import receipt_for_patient
from medilink.records import Record, Section
from medilink.scopes import scope_from_bits
from medilink.visiting import Mode
from ui.parts.carried import show_carried
from ui.parts.chart import show_last_vitals, show_summary
from ui.parts.desk import current_desk, go_to, put_on_desk, show_flash
from ui.parts.given import show_given
from ui.parts.person import moment, show_person
from ui.parts.person_form import show_person_sections
from ui.parts.plain import plain
from ui.parts.send_home import stays_here
from ui.parts.tabs import show_tabs
from ui.parts.trends import show_results, show_trends
from ui.parts.visits import show_visits
from ui.words import say, say_many

DAY_MS = 86_400_000


def show() -> None:
    """The shared record of the patient in front of the provider."""
    share: bytes | None = st.session_state.get("visiting")
    if share is None:
        st.info(say("Scan a code first."))
        if st.button(say("Scan a code")):
            go_to("scan")
        return
    opened = open_visiting(current_desk(), share)
    show_person(opened.record.patient)
    show_flash()
    _honesty(opened)
    _offer(opened)
    if held_is_summary(opened):
        st.caption(
            say(
                "Not in a code: procedures, documents, insurance and most about the person. That"
                " nothing stands there does not mean that there is nothing."
            )
        )
    show_tabs(_tabs(opened.record), key="visiting-tabs")
    _receipt(opened)
    _close(opened)


def held_is_summary(opened: VisitingRecord) -> bool:
    """Whether what was shared is less than the record."""
    return opened.held.mode != Mode.WHOLE


def _honesty(opened: VisitingRecord) -> None:
    """Where it is from, until when, and what cannot be known here."""
    held = opened.held
    lines = [
        say("Shared by the patient, signed by {clinic}", clinic=held.clinic),
        say("until {moment}", moment=moment(held.ends)),
    ]
    if opened.terms.purpose:
        lines.append(say("reason: {reason}", reason=opened.terms.purpose))
    st.info(plain(" · ".join(lines)), icon=":material/verified_user:")
    if opened.shortened:
        st.warning(
            say(
                "Shortened to fit one code: visits, results and vaccines may be missing or cut."
                " Alerts, allergies, illnesses, medicines, blood type and whom to call never are."
            ),
            icon=":material/content_cut:",
        )
    if held.mode != Mode.WHOLE:
        st.caption(
            say(
                "A code holds a summary: what stands now, the last five visits and eight results at"
                " most. For the whole record, ask face to face."
            )
        )
    st.caption(plain(_known(opened)))


def _known(opened: VisitingRecord) -> str:
    if opened.heard is None:
        known = say("This clinic has never heard what was withdrawn there.")
    else:
        days = max(0, (current_desk().now - opened.heard) // DAY_MS)
        known = say(
            "Withdrawals there are known as of {moment} ({days}).",
            moment=moment(opened.heard),
            days=say_many("{number} day ago", "{number} days ago", days),
        )
    if opened.held.mode in (Mode.ANSWER, Mode.WHOLE) or not opened.held.single_use:
        return known
    return known + " " + say("This device cannot know whether the code was used elsewhere.")


def _offer(opened: VisitingRecord) -> None:
    if not scope_from_bits(opened.held.scope).write_back:
        st.warning(plain(stays_here(opened.held.clinic)), icon=":material/home_health:")
    if st.button(
        say("Write a visit here"),
        type="primary",
        icon=":material/edit_note:",
        help=say("Gives the patient a file here, under the MediLink ID they have at home."),
    ):
        patient = register_visiting(current_desk(), opened.held.key)
        put_on_desk(patient.id)
        go_to("visit")


def _tabs(record: Record) -> dict[str, Callable[[], None]]:
    wanted: list[tuple[str, set[Section], Callable[[], None]]] = [
        (say("Summary"), set(record.sections), lambda: show_summary(record)),
        (say("Visits"), {Section.VISITS}, lambda: show_visits(record, may_amend=False)),
        (say("Measurements"), {Section.VITALS}, lambda: _measured(record)),
        (say("Test results"), {Section.RESULTS}, lambda: show_results(record)),
        (
            say("Vaccines and procedures"),
            {Section.IMMUNISATIONS, Section.PROCEDURES},
            lambda: show_given(record),
        ),
        (
            say("Person"),
            {Section.PERSON, Section.CONTACTS, Section.INSURANCE},
            lambda: show_person_sections(record, may_write=False),
        ),
    ]
    return {title: draw for title, sections, draw in wanted if sections & record.sections}


def _measured(record: Record) -> None:
    show_last_vitals(record)
    show_trends(record, Section.VITALS)


def _receipt(opened: VisitingRecord) -> None:
    folded = st.expander(
        say("Receipt for the patient"), icon=":material/receipt:", key="receipt", on_change="rerun"
    )
    if folded.open:
        with folded:
            st.write(say("Signed by this clinic: who opened it, when, until when."))
            text = receipt_for_patient(current_desk(), opened.held.key)
            show_carried(text, title=say("Receipt to be scanned"), name="receipt")


def _close(opened: VisitingRecord) -> None:
    if st.button(say("Done: erase it here"), icon=":material/delete:"):
        close_visiting(current_desk(), opened.held.key)
        st.session_state.pop("visiting", None)
        go_to("scan")
