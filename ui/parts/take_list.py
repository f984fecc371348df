"""The list of who looked, to take along: as a PDF with a receipt at its end, or as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

import streamlit as st

from exports.csv_text import csv_lines
from exports.log_list import PrintedList, draw_log_list
from medilink.acts.take_list import TakenList, take_list_along
from medilink.audit import AuditEntry
from medilink.errors import MediLinkError
from medilink.looking import Wanted
from medilink.people import PatientId
from ui.parts.desk import current_desk
from ui.parts.log_receipt import receipt_lines, what_it_is_for
from ui.parts.looked_words import (
    by_day,
    how_words,
    mark_words,
    parts_words,
    told_words,
    what_words,
    where_words,
    who_words,
    why_words,
)
from ui.parts.person import clock_time, instant, moment
from ui.parts.telling import tell_error
from ui.words import say

TAKEN = "list-taken"


@dataclass(frozen=True, slots=True)
class MadeFiles:
    """What was made of whose list, so that the browser can keep it."""

    whose: PatientId
    wanted: Wanted
    name: str
    pdf: bytes
    csv: bytes


def show_take_list(whose: PatientId, wanted: Wanted) -> None:
    """First it is made, which is on record; then the browser keeps it."""
    st.write(say("This list as a file: what is chosen under The list, newest first."))
    made: MadeFiles | None = st.session_state.get(TAKEN)
    if made and (made.whose, made.wanted) == (whose, wanted):
        st.download_button(
            say("Save as PDF"),
            made.pdf,
            f"{made.name}.pdf",
            "application/pdf",
            icon=":material/picture_as_pdf:",
        )
        st.download_button(
            say("Save as a table (CSV)"),
            made.csv,
            f"{made.name}.csv",
            "text/csv",
            icon=":material/table:",
        )
        st.caption(say("It is not locked: whoever has the file can read it."))
    elif st.button(say("Make the file"), icon=":material/output:", key="take-list"):
        try:
            taken = take_list_along(current_desk(), wanted, whose)
        except MediLinkError as error:
            tell_error(error)
            return
        name = f"{taken.medilink_id}-{taken.receipt.says.size}"
        pdf = draw_log_list(printed(taken), say("Page {number} of {count}"))
        st.session_state[TAKEN] = MadeFiles(whose, wanted, name, pdf, table(taken))
        st.rerun()


def printed(taken: TakenList) -> PrintedList:
    """The list as it stands on paper."""
    desk = current_desk()
    me, clinic = desk.who.id, desk.clinic.name
    days = [
        (day, [(clock_time(one.at), _line(one, own=one.account == me)) for one in some])
        for day, some in by_day(taken.entries)
    ]
    return PrintedList(
        title=say("Who looked at my record"),
        lines=[
            say("MediLink ID: {id}", id=taken.medilink_id),
            clinic,
            moment(taken.receipt.says.at),
        ],
        days=days,
        receipt=taken.receipt.text,
        receipt_title=say("Receipt of the log"),
        receipt_lines=[*receipt_lines(taken.receipt), what_it_is_for()],
    )


def _line(entry: AuditEntry, *, own: bool) -> str:
    told = told_words(entry, own=own, clinic=current_desk().clinic.name)
    mark = mark_words(entry)
    return f"{mark}: {told}" if mark else told


def table(taken: TakenList) -> bytes:
    """The list as CSV, one entry a row; times with their zone (ISO 8601)."""
    desk = current_desk()
    me, clinic = desk.who.id, desk.clinic.name
    header = [
        say("Entry"), say("Time (UTC)"), say("Who"), say("Clinic"), say("What"), say("How"),
        say("Parts"), say("Mark"), say("Reason"),
    ]  # fmt: skip
    rows = [
        [
            str(one.seq),
            instant(one.at).astimezone(UTC).isoformat(timespec="seconds"),
            who_words(one, own=one.account == me),
            one.extra.get("clinic", "") or where_words(one, clinic),
            what_words(one),
            how_words(one, own=one.account == me),
            parts_words(one.sections) if one.sections else "",
            mark_words(one),
            why_words(one),
        ]
        for one in taken.entries
    ]
    end = [
        "",
        "",
        say("Receipt of the log"),
        taken.receipt.line,
        taken.receipt.text,
        "",
        "",
        "",
        "",
    ]
    return b"".join(csv_lines([header, *rows, end]))
