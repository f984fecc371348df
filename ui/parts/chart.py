"""The sections of a record, drawn. What was not shared is not there to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from medilink.absence import ABSENCE_WORDS, says_none
from medilink.audit import Method
from medilink.choices import SECTION_WORDS
from medilink.entering import OFFERED
from medilink.laboratory import shown_result
from medilink.laboratory_tests import TEST_BY_CODE
from medilink.permissions import Right
from medilink.records import (
    Allergy,
    Condition,
    Encounter,
    Entry,
    Immunization,
    Medication,
    Observation,
    Record,
    Section,
    section_of,
)
from medilink.vitals import BMI_CODE, LOWER, UPPER, VITAL_BY_CODE, VITAL_SIGNS
from ui.parts.person import day, moment
from ui.words import say, say_kept, say_number

SECTION_ICONS = {
    Section.ALERTS: "warning",
    Section.ALLERGIES: "allergy",
    Section.CONDITIONS: "stethoscope",
    Section.MEDICATIONS: "pill",
    Section.VITALS: "monitor_heart",
    Section.RESULTS: "science",
    Section.VISITS: "event_note",
    Section.IMMUNISATIONS: "vaccines",
    Section.PROCEDURES: "healing",
    Section.DOCUMENTS: "description",
    Section.PERSON: "person",
    Section.CONTACTS: "call",
    Section.INSURANCE: "badge",
}


def section_list(sections: Iterable[Section | str]) -> str:
    """Sections as words: `Allergies, Medicines`."""
    wanted = {str(section) for section in sections}
    return ", ".join(say(word) for section, word in SECTION_WORDS.items() if section in wanted)


def show_right(right: Right) -> None:
    """By what right, until when, why: on every record somebody else looks at. Not what was held
    back: that would say what there is."""
    shared = (
        say("The patient has shared parts of the record with you")
        if right.narrowed
        else say("The patient has shared the whole record with you")
    )
    how = {
        Method.CARE: say("You see this record because the patient is in your care"),
        Method.CODE: shared,
        Method.QR: shared,
        Method.STANDING: shared,
        Method.EMERGENCY: say("You opened this record in an emergency, to read only"),
        Method.GUARDIAN: say("You see this record as guardian"),
    }[right.method]  # fmt: skip
    until = say("until {moment}", moment=moment(right.until)) if right.until else ""
    why = say("reason: {reason}", reason=say_kept(right.reason)) if right.reason else ""
    text = " · ".join(part for part in (how, until, why) if part)
    st.html(f'<div class="ml-right" role="note" dir="auto">{escape(text)}</div>')


def show_summary(record: Record) -> None:
    """What matters in the first ten seconds."""
    for alert in record.alerts:
        if alert.status == "active":
            grave = f"{say('High risk')}: " if alert.level == "high" else ""
            text = escape(grave + alert.text)
            st.html(f'<div class="ml-alert" role="alert" dir="auto">{text}</div>')
    if Section.ALLERGIES in record.sections:
        _heading(Section.ALLERGIES)
        _items(record.allergies, "active", say("Nobody has asked yet. There may be allergies."))
    columns = st.columns(2)
    with columns[0]:
        if Section.CONDITIONS in record.sections:
            _heading(Section.CONDITIONS)
            _items(record.conditions, "active", say("Nobody has asked yet."))
    with columns[1]:
        if Section.MEDICATIONS in record.sections:
            _heading(Section.MEDICATIONS)
            _items(record.medications, "active", say("Nobody has asked yet."))
    if Section.VITALS in record.sections:
        _heading(Section.VITALS)
        show_last_vitals(record)


def _heading(section: Section) -> None:
    st.subheader(f":material/{SECTION_ICONS[section]}: {say(SECTION_WORDS[section])}", anchor=False)


def _items(entries: Sequence[Entry], status: str, empty: str) -> None:
    named = [e for e in entries if getattr(e, "status", "") == status and not says_none(e)]
    stands = named or [e for e in entries if getattr(e, "status", "") == status]
    lines = [_line(entry) for entry in stands]
    over = [_line(entry) for entry in entries if getattr(entry, "status", "") != status]
    if not lines:
        st.caption(empty)
    else:
        st.html('<ul class="ml-list">' + "".join(lines) + "</ul>")
    if over:
        with st.expander(say("Past ({count})", count=len(over))):
            st.html('<ul class="ml-list ml-over">' + "".join(over) + "</ul>")


def entry_words(entry: Entry) -> str:
    """An entry's own words on one line."""
    if says_none(entry):
        return say(ABSENCE_WORDS[section_of(entry)][1])
    if isinstance(entry, Allergy):
        unsure = say("suspected") if entry.certainty == "unconfirmed" else ""
        severity = say_kept(entry.severity) if entry.severity else ""
        grave = say("life-threatening") if entry.criticality == "high" else ""
        parts = [entry.substance, _word(entry.reaction), severity, grave, unsure]
    elif isinstance(entry, Condition):
        unsure = say("suspected") if entry.certainty == "unconfirmed" else ""
        lasting = say("lasting (chronic)") if entry.course == "chronic" else ""
        parts = [entry.name, unsure, lasting]
    elif isinstance(entry, Medication):
        parts = [entry.name, entry.dose, _word(entry.frequency)]
    elif isinstance(entry, Immunization):
        dose = say("dose {number}", number=entry.dose) if entry.dose else ""
        parts = [entry.vaccine, dose, day(entry.at)]
    elif isinstance(entry, Observation):
        parts = [say_kept(entry.name), shown_value(entry), day(entry.at)]
    elif isinstance(entry, Encounter):
        parts = [say_kept(entry.kind), day(entry.at), entry.reason[:80]]
    else:
        parts = [next((found for name in _NAMES if (found := getattr(entry, name, ""))), "")]
    return " · ".join(part for part in parts if part)


def _word(kept: str) -> str:
    """What was chosen from a list, in the language in use; what was typed, as it is."""
    return say_kept(OFFERED.get(kept, kept))


_NAMES = ("name", "text", "title", "insurer")


def _line(entry: Entry) -> str:
    since = say("since {day}", day=day(entry.at))
    by = f" · {entry.author}" if entry.author else ""
    why = f" · {say('reason: {reason}', reason=entry.why)}" if entry.why else ""
    doubted = f" · {say('the clock was in doubt')}" if entry.doubted else ""
    if isinstance(entry, Medication):
        why += _medicine_words(entry)
    return (
        f'<li dir="auto"><strong>{escape(entry_words(entry))}</strong>'
        f"<small>{escape(since + by + why + doubted)}</small></li>"
    )


def _medicine_words(entry: Medication) -> str:
    """By whom it was prescribed, what for, and why although the patient reacts to it."""
    told = [
        say("prescribed by {who}", who=entry.prescriber) if entry.prescriber else "",
        say("for {reason}", reason=entry.reason) if entry.reason else "",
        say("given in spite of an allergy: {reason}", reason=entry.override)
        if entry.override
        else "",
    ]
    return "".join(f" · {part}" for part in told if part)


def show_versions(record: Record) -> None:
    """What was corrected, struck or replaced: nothing that was written is lost."""
    old = sorted(record.versions, key=lambda entry: -entry.at)[:VERSIONS_SHOWN]
    if not old:
        st.caption(say("Nothing was corrected yet."))
        return
    lines = [
        f"<li>{say('written by mistake') if entry.status == STRUCK else say('corrected')}: "
        + _line(entry).removeprefix('<li dir="auto">')
        for entry in old
    ]
    st.html('<ul class="ml-list ml-over">' + "".join(lines) + "</ul>")


# ---- measurements


def shown_value(seen: Observation) -> str:
    """A value as it is read: its digits and unit, or its text."""
    sign = VITAL_BY_CODE.get(seen.code)
    if not seen.value:
        test = TEST_BY_CODE.get(seen.code)
        return say_kept(shown_result(test, seen.text)) if test else seen.text
    unit = sign.shown_unit if sign else seen.unit.replace("mm[Hg]", "mmHg").replace("{score}", "")
    number = seen.number
    digits = seen.value
    if number is not None and len(digits) > 7:  # other systems send 155.1662615246799
        digits = f"{number:.4g}"
    return f"{say_number(digits)} {unit}".strip()


VERSIONS_SHOWN, STRUCK = 200, "entered-in-error"
TOGETHER_WORDS = ("Blood pressure", "Body mass index")  # made of two measurements


def show_last_vitals(record: Record) -> None:
    """The newest value of each measurement; blood pressure as one."""
    cells = []
    for code in [sign.code for sign in VITAL_SIGNS] + [BMI_CODE]:
        seen = record.latest(code)
        lower = record.latest(LOWER)
        paired = lower is not None and _measured_together(record.latest(UPPER), lower)
        if seen is None or (code == LOWER and paired):
            continue
        name = VITAL_BY_CODE[code].name if code in VITAL_BY_CODE else TOGETHER_WORDS[1]
        value = shown_value(seen)
        if code == UPPER and paired and lower is not None:
            name, value = TOGETHER_WORDS[0], f"{say_number(seen.value)}/{shown_value(lower)}"
        cells.append(
            f"<div><span>{escape(say(name))}</span><b>{escape(value)}</b>"
            f"<span>{escape(day(seen.at))}</span></div>"
        )
    if not cells:
        st.caption(say("Nothing measured yet."))
        return
    st.html('<div class="ml-vitals">' + "".join(cells) + "</div>")


def _measured_together(upper: Observation | None, lower: Observation) -> bool:
    return upper is not None and upper.at == lower.at
