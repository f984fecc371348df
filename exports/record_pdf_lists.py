"""Lists of a record: conditions, medicines, vaccines, procedures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exports.pdf_flow import Cell, Column
from exports.record_pdf_sheet import Sheet
from exports.record_words import beside
from medilink.absence import ABSENCE_WORDS, Knowledge, knowledge_of, says_none, stated_absence
from medilink.records import (
    Condition,
    Immunization,
    Medication,
    Procedure,
    Section,
)


def draw_lists(sheet: Sheet) -> None:
    """What is so today, then what was."""
    _conditions(sheet)
    _medicines(sheet)


def _known(sheet: Sheet, section: Section, *, past: bool) -> None:
    """That there is nothing to list: nobody asked, or somebody said so, and who. `past`: there was
    something once."""
    known = knowledge_of(sheet.record, section)
    stated = stated_absence(sheet.record, section)
    if known is Knowledge.NONE_KNOWN and stated is not None:
        words = sheet.words.say(ABSENCE_WORDS[section][1])
        told = beside((words, sheet.said.day(stated.at), sheet.by(stated)))
        sheet.flow.paragraph(told, bold=True)
    elif known is Knowledge.NOT_ASKED and past:
        words = sheet.words.say("Nothing is written down as still going on.")
        sheet.flow.paragraph(words, bold=True)
    elif known is Knowledge.NOT_ASKED:
        sheet.flow.paragraph(sheet.words.say("Nobody has asked yet."), bold=True)


def _active_and_past(entries: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    named = [entry for entry in entries if not says_none(entry)]
    active = [entry for entry in named if entry.status == "active"]
    return active, [entry for entry in named if entry.status != "active"]


def _conditions(sheet: Sheet) -> None:
    if not sheet.begin(Section.CONDITIONS, anything=True):
        return
    say = sheet.words.say
    active, past = _active_and_past(sheet.record.conditions)
    _known(sheet, Section.CONDITIONS, past=bool(past))
    by = Column(say("Written by"), 26)
    if active:
        columns = (Column(say("Condition"), 54), Column(say("Since when"), 20), by)
        sheet.flow.table(columns, (_condition(sheet, entry) for entry in active))
    if past:
        sheet.flow.subheading(say("Past ({count})", count=len(past)))
        columns = (Column(say("Condition"), 48), Column(say("From – until"), 26), by)
        sheet.flow.table(columns, (_condition(sheet, entry, over=True) for entry in past))


def _condition(sheet: Sheet, entry: Condition, *, over: bool = False) -> Iterator[Cell]:
    say = sheet.words.say
    sheet.drawn()
    unsure = say("suspected") if entry.certainty == "unconfirmed" else ""
    lasting = say("lasting (chronic)") if entry.course == "chronic" else ""
    why = say("reason: {reason}", reason=entry.why) if entry.why else ""
    yield Cell(beside((entry.name, lasting, unsure, why)), bold=not over)
    yield Cell(_span(sheet, entry.at, entry.ended_at) if over else sheet.said.day(entry.at))
    yield Cell(sheet.by(entry), small=True)


def _span(sheet: Sheet, begun: int, ended: int | None) -> str:
    until = sheet.said.day(ended) if ended else sheet.words.say("end not known")
    return f"{sheet.said.day(begun)} – {until}"


def _medicines(sheet: Sheet) -> None:
    if not sheet.begin(Section.MEDICATIONS, anything=True):
        return
    say = sheet.words.say
    active, past = _active_and_past(sheet.record.medications)
    _known(sheet, Section.MEDICATIONS, past=bool(past))
    dose, by = Column(say("Dose and how often"), 30), Column(say("Prescribed or written by"), 24)
    if active:
        columns = (Column(say("Medicine"), 36), dose, Column(say("Since when"), 15), by)
        sheet.flow.table(columns, (_medicine(sheet, entry) for entry in active))
    if past:
        sheet.flow.subheading(say("Past ({count})", count=len(past)))
        columns = (Column(say("Medicine"), 34), dose, Column(say("From – until"), 22), by)
        sheet.flow.table(columns, (_medicine(sheet, entry, over=True) for entry in past))


def _medicine(sheet: Sheet, entry: Medication, *, over: bool = False) -> Iterator[Cell]:
    say = sheet.words.say
    sheet.drawn()
    told = (
        entry.name,
        say("for {reason}", reason=entry.reason) if entry.reason else "",
        say("given in spite of an allergy: {reason}", reason=entry.override)
        if entry.override
        else "",
        say("stopped, because: {reason}", reason=entry.why) if entry.why and over else "",
    )
    yield Cell(beside(told), bold=not over)
    yield Cell(beside((entry.dose, sheet.said.word(entry.frequency))))
    yield Cell(_span(sheet, entry.at, entry.ended_at) if over else sheet.said.day(entry.at))
    wrote = sheet.by(entry) if entry.author != entry.prescriber else sheet.said.doubt(entry)
    yield Cell(beside((entry.prescriber, wrote)), small=True)


# ---- what was given and done


def draw_given(sheet: Sheet) -> None:
    """Vaccines and procedures, newest first."""
    _vaccines(sheet)
    _procedures(sheet)


def _vaccines(sheet: Sheet) -> None:
    say, record = sheet.words.say, sheet.record
    if sheet.begin(Section.IMMUNISATIONS, anything=bool(record.immunisations)):
        columns = (
            Column(say("Vaccine"), 36),
            Column(say("Dose"), 8),
            Column(say("Given on"), 15),
            Column(say("Batch and place"), 20),
            Column(say("Written by"), 21),
        )
        sheet.flow.table(columns, (_vaccine(sheet, entry) for entry in record.immunisations))


def _procedures(sheet: Sheet) -> None:
    say, record = sheet.words.say, sheet.record
    if sheet.begin(Section.PROCEDURES, anything=bool(record.procedures)):
        columns = (
            Column(say("What was done"), 38),
            Column(say("Done on"), 15),
            Column(say("How it went"), 25),
            Column(say("Written by"), 22),
        )
        sheet.flow.table(columns, (_procedure(sheet, entry) for entry in record.procedures))


def _vaccine(sheet: Sheet, entry: Immunization) -> Iterator[Cell]:
    sheet.drawn()
    refused = sheet.words.say("not given") if entry.status == "not-done" else ""
    yield Cell(beside((entry.vaccine, refused, entry.why)), bold=True)
    yield Cell(entry.dose)
    yield Cell(sheet.said.day(entry.at))
    yield Cell(beside((entry.lot, sheet.said.word(entry.site))))
    yield Cell(sheet.by(entry), small=True)


def _procedure(sheet: Sheet, entry: Procedure) -> Iterator[Cell]:
    sheet.drawn()
    undone = sheet.words.say("not done") if entry.status == "not-done" else ""
    yield Cell(beside((entry.name, undone, entry.why)), bold=True)
    yield Cell(sheet.said.day(entry.at))
    yield Cell(entry.outcome)
    yield Cell(sheet.by(entry), small=True)
