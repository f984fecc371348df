"""Visits on paper: newest first, each read from top to bottom."""

from __future__ import annotations

from collections import defaultdict

from exports.pdf_flow import SMALL, TEXT
from exports.record_pdf_measured import NAMES
from exports.record_pdf_sheet import Sheet
from exports.record_words import beside
from medilink.handing_out import Purpose
from medilink.records import Encounter, Observation, Section
from medilink.visits import PART_WORDS
from medilink.vitals import LOWER, UPPER

RESULTS_SAID_AGAIN = 6


def draw_visits(sheet: Sheet) -> None:
    """Every visit with what was written and measured in it."""
    record = sheet.record
    if not sheet.begin(Section.VISITS, anything=bool(record.encounters)):
        return
    measured: dict[bytes, list[Observation]] = defaultdict(list)
    for seen in record.observations:
        if seen.encounter:
            measured[seen.encounter].append(seen)
    for visit in record.encounters:
        _visit(sheet, visit, measured)
        sheet.drawn()


def _visit(sheet: Sheet, visit: Encounter, measured: dict[bytes, list[Observation]]) -> None:
    say = sheet.words.say
    kind = sheet.words.say_kept(visit.kind) if visit.kind else ""
    sheet.flow.subheading(beside((sheet.said.moment(visit.at), kind)))
    if by := sheet.by(visit):
        sheet.flow.paragraph(by, SMALL)
    if visit.why:
        sheet.flow.paragraph(say("Corrected, because: {reason}", reason=visit.why), TEXT)
    draw_visit_parts(sheet, visit)
    earlier = sheet.record.earlier_versions(visit) if visit.replaces else []
    seen = [
        one for uid in (visit.uid, *(old.uid for old in earlier)) for one in measured.get(uid, ())
    ]
    _measured(sheet, seen)
    if sheet.document.asked.purpose is not Purpose.LEGAL and earlier:
        sheet.flow.paragraph(say("This visit was corrected; earlier versions are in the record."))
    sheet.flow.gap(2)
    sheet.flow.rule()


def _measured(sheet: Sheet, seen: list[Observation]) -> None:
    """Measurements of a visit in a line. Its results stand in their table; many are not said
    again."""
    say, kept = sheet.words.say, sheet.words.say_kept
    pressures = {one.code: one for one in seen if one.code in (UPPER, LOWER)}
    together = len(pressures) == 2
    told: dict[Section, list[str]] = {Section.VITALS: [], Section.RESULTS: []}
    for one in seen:
        if one.code == UPPER and together:
            both = f"{sheet.said.digits(one)}/{sheet.said.value(pressures[LOWER])}"
            told[one.section].append(f"{say('Blood pressure')} {both}")
        elif one.code != LOWER or not together:
            name = say(NAMES[one.code]) if one.code in NAMES else kept(one.name)
            told[one.section].append(f"{name} {sheet.said.value(one)}")
    if vitals := told[Section.VITALS]:
        sheet.flow.labelled(say("Measured"), "; ".join(vitals))
    if results := told[Section.RESULTS]:
        counted = say("{count}, in the table of test results", count=len(results))
        many = len(results) > RESULTS_SAID_AGAIN
        sheet.flow.labelled(say("Results"), counted if many else "; ".join(results))


def draw_visit_parts(sheet: Sheet, visit: Encounter) -> None:
    """What was written in a visit, each under its name."""
    for name, title in PART_WORDS.items():
        text = getattr(visit, name)
        if text:
            sheet.flow.labelled(sheet.words.say(title), text)
