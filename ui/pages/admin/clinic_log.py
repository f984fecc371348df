"""What happened in this clinic: the log with filters, and whether it is whole."""

from __future__ import annotations

import streamlit as st

from medilink.acts.log_proof import verify_log
from medilink.acts.look_back import PAGE_ENTRIES, named_patients, read_log
from medilink.acts.register import find_patients
from medilink.acts.staff import list_staff
from medilink.audit import Act, AuditEntry
from medilink.days import DAY_MS
from medilink.people import AccountId, PatientId
from medilink.store import LogFilter
from ui.house import the_house
from ui.parts.desk import current_desk
from ui.parts.log_words import ACT_WORDS, entry_html
from ui.parts.person import today
from ui.parts.plain import plain
from ui.words import say, say_many

PERIOD_WORDS = {1: "Today", 7: "7 days", 30: "30 days", 0: "All"}


def show() -> None:
    """The administrator's home."""
    st.title(say("What happened"), anchor=False)
    _verify()
    wanted = _filter()
    limit = st.session_state.get("log-limit", PAGE_ENTRIES)
    entries = read_log(current_desk(), wanted, limit=limit)
    if not entries:
        st.info(say("Nothing matches."))
    names = named_patients(current_desk(), entries)
    st.html('<ul class="ml-log">' + "".join(_line(entry, names) for entry in entries) + "</ul>")
    if len(entries) == limit and st.button(say("Show older entries")):
        st.session_state["log-limit"] = limit + PAGE_ENTRIES
        st.rerun()


def _line(entry: AuditEntry, names: dict[PatientId, str]) -> str:
    about = [f"#{entry.seq}"]
    if entry.patient is not None:
        about.append(names.get(entry.patient, str(entry.patient)))
    if entry.ip:
        about.append(entry.ip)
    return entry_html(entry, own=False, about=" · ".join(about))


def _verify() -> None:
    if not st.button(say("Check that the log is whole"), icon=":material/verified:"):
        return
    verdict = verify_log(current_desk(), the_house().outside_head())
    if verdict.sound:
        st.success(
            say_many(
                "Whole: {number} entry, none changed or missing.",
                "Whole: {number} entries, none changed or missing.",
                verdict.checked,
            )
        )
    else:
        st.error(
            say(
                "Not whole: entry {seq}: {why}. Do not work on; keep this computer as it is "
                "and call for help.",
                seq=verdict.broken_at,
                why=say(verdict.why),
            )
        )


def _filter() -> LogFilter:
    desk = current_desk()
    people = {account.id: account.title for account in list_staff(desk)}
    left, right = st.columns(2)
    who = left.selectbox(
        say("Who"),
        list(people),
        format_func=people.__getitem__,
        index=None,
        placeholder=say("Everybody"),
    )
    acts = right.multiselect(
        say("What"),
        list(ACT_WORDS),
        format_func=lambda act: say(ACT_WORDS[act]),
        placeholder=say("Everything"),
    )
    left, right = st.columns(2)
    period = left.selectbox(
        say("When"), list(PERIOD_WORDS), format_func=lambda d: say(PERIOD_WORDS[d]), index=1
    )
    typed = right.text_input(say("Patient (name or MediLink ID)"), max_chars=200)
    refused = st.toggle(say("Only refused"))
    patient = None
    if typed:
        found = find_patients(desk, typed, limit=1)
        if not found:
            st.caption(say("No patient is called like that."))
        else:
            patient = found[0].patient.id
            person = found[0].patient
            st.caption(plain(f"{person.details.full_name} · {person.medilink_id}"))
    midnight = today().replace(hour=0, minute=0, second=0, microsecond=0)
    since = int(midnight.timestamp() * 1000) - (period - 1) * DAY_MS if period else None
    return LogFilter(
        patient=patient,
        account=AccountId(who) if who else None,
        acts=frozenset(Act(act) for act in acts),
        outcome="refused" if refused else "",
        since=since,
    )
