"""What to beware of, at the top of the first page: alerts and allergies."""

from __future__ import annotations

from exports.pdf_flow import BLACK, LEFT, ROOM, SMALL, STEP, TEXT, Part
from exports.record_pdf_sheet import Sheet
from exports.record_words import SECTION_WORDS, beside
from medilink.absence import (
    ABSENCE_WORDS,
    Knowledge,
    knowledge_of,
    listed,
    stated_absence,
)
from medilink.records import Alert, Allergy, Entry, Section

WARNING_SIZE = 10.5
_INSIDE = 8.0  # from an edge to what it holds
_TOLD_ROOM = 225.0  # for since when, and who wrote it
WHITE = (1.0, 1.0, 1.0)


def draw_alerts(sheet: Sheet) -> None:
    """What everyone who opens the record should see first; nothing where there is nothing."""
    active = [alert for alert in sheet.record.alerts if alert.status == "active"]
    if Section.ALERTS not in sheet.record.sections:
        return
    flow, say = sheet.flow, sheet.words.say
    flow.above = flow.paper.tags.root.add("Sect")
    if active:
        _band(sheet, say(SECTION_WORDS[Section.ALERTS]))
    for alert in active:
        _warning(sheet, _alert_words(sheet, alert), sheet.by(alert))
    flow.gap(4 if active else 0)
    over = [alert for alert in sheet.record.alerts if alert.status != "active"]
    if over:
        told = [beside((a.text, sheet.said.day(a.at), a.why), ", ") for a in over]
        flow.paragraph(f"{say('Past alerts')}: {'; '.join(told)}", SMALL)
    sheet.drawn(len(sheet.record.alerts))


def _alert_words(sheet: Sheet, alert: Alert) -> str:
    grave = f"{sheet.words.say('High risk')}: " if alert.level == "high" else ""
    return grave + alert.text


def draw_allergies(sheet: Sheet) -> None:
    """The gravest first. That nobody asked, and that they are not in this paper, is said as
    loudly: neither is "none"."""
    flow, say = sheet.flow, sheet.words.say
    flow.above = flow.paper.tags.root.add("Sect")
    _band(sheet, say(SECTION_WORDS[Section.ALLERGIES]))
    record = sheet.record
    if Section.ALLERGIES not in record.sections:
        _warning(sheet, say("Not in this document. Ask the patient about allergies."), "")
        return
    known = knowledge_of(record, Section.ALLERGIES)
    if known is Knowledge.NOT_ASKED:
        _warning(sheet, say("Nobody has asked yet. There may be allergies."), "")
    elif known is Knowledge.NONE_KNOWN:
        stated = stated_absence(record, Section.ALLERGIES)
        words = say(ABSENCE_WORDS[Section.ALLERGIES][1])
        told = beside((sheet.said.day(stated.at), sheet.by(stated))) if stated else ""
        _warning(sheet, words, told)
    for entry in sorted(listed(record, Section.ALLERGIES), key=_gravest_first):
        if isinstance(entry, Allergy):
            since = say("since {day}", day=sheet.said.day(entry.at))
            _warning(sheet, _allergy_words(sheet, entry), beside((since, sheet.by(entry))))
    flow.y -= 3
    over = [entry for entry in record.allergies if entry.status != "active"]
    if over:
        told = "; ".join(beside((e.substance, e.why), ", ") for e in over)
        flow.paragraph(f"{say('No longer allergic to')}: {told}", SMALL)
    sheet.drawn(len(record.allergies))


def _gravest_first(entry: Entry) -> bool:
    return not (
        isinstance(entry, Allergy) and (entry.criticality == "high" or entry.severity == "severe")
    )


def _allergy_words(sheet: Sheet, entry: Allergy) -> str:
    """What, how it shows, how bad, how sure."""
    say = sheet.words.say
    grave = say("life-threatening") if entry.criticality == "high" else ""
    unsure = say("suspected") if entry.certainty == "unconfirmed" else ""
    severity = sheet.words.say_kept(entry.severity) if entry.severity else ""
    parts = (entry.substance, sheet.said.word(entry.reaction), severity, grave, unsure)
    return beside(parts)


def _band(sheet: Sheet, title: str) -> None:
    """A black band with white words: seen first, in black and white too."""
    flow, paper = sheet.flow, sheet.flow.paper
    lines = flow.wrap(title, ROOM - 2 * _INSIDE, TEXT + 0.5, bold=True)
    high = len(lines) * (TEXT + 0.5) * STEP + 2
    flow.keep(high + 3 * WARNING_SIZE)
    with paper.decoration():
        paper.rectangle(LEFT, flow.y - high, ROOM, high, fill=BLACK)
    paper.colour(WHITE)
    flow.y -= 1
    flow.put([Part(LEFT + _INSIDE, ROOM, lines, flow.above.add("H2"))], TEXT + 0.5)
    paper.colour(BLACK)
    flow.y -= 2


def _warning(sheet: Sheet, words: str, told: str) -> None:
    flow = sheet.flow
    room = ROOM - 2 * _INSIDE - (_TOLD_ROOM if told else 0)
    whole = flow.above.add("P")
    parts = [Part(LEFT + _INSIDE, room, flow.wrap(words, room, WARNING_SIZE, bold=True), whole)]
    if told:
        lines = flow.wrap(told, _TOLD_ROOM - _INSIDE, SMALL)
        parts.append(Part(LEFT + _INSIDE + room + _INSIDE, _TOLD_ROOM, lines, whole, SMALL))
    with flow.barred():
        flow.put(parts, WARNING_SIZE)
