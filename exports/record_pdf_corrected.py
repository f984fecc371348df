"""What was corrected: what an entry said before, and why that was not right."""

from __future__ import annotations

from exports.pdf_flow import TEXT
from exports.record_pdf_sheet import Sheet
from exports.record_pdf_visits import draw_visit_parts
from exports.record_words import SECTION_WORDS, beside
from medilink.entering import FORMS
from medilink.records import Encounter, Entry, Observation, recorded_at, section_of

STRUCK = "entered-in-error"


def draw_corrected(sheet: Sheet) -> None:
    """Every earlier version, newest first; nothing that was written is lost."""
    versions = sorted(sheet.record.versions, key=recorded_at, reverse=True)
    say = sheet.words.say
    sheet.flow.section(say("Corrected entries"))
    if not versions:
        sheet.flow.paragraph(say("Nothing was corrected."))
    after = {
        entry.replaces: entry
        for entry in (*sheet.record.entries(), *sheet.record.versions)
        if entry.replaces
    }
    for old in versions:
        _version(sheet, old, after.get(old.uid))
        sheet.drawn()


def _version(sheet: Sheet, old: Entry, new: Entry | None) -> None:
    say, flow = sheet.words.say, sheet.flow
    section = say(SECTION_WORDS[section_of(old)])
    when = say("written {when}", when=sheet.said.moment(recorded_at(old)))
    flow.subheading(beside((section, when, sheet.by(old))))
    if isinstance(old, Encounter):
        flow.paragraph(say("Said before:"), TEXT)
        draw_visit_parts(sheet, old)
    else:
        flow.labelled(say("Said before:"), plain_words(sheet, old))
    if new is not None and not isinstance(new, Encounter):
        flow.labelled(say("Says now:"), plain_words(sheet, new))
    why = (new.why if new is not None else "") or old.why or say("no reason given")
    if old.status == STRUCK and new is None:
        flow.paragraph(say("Written by mistake; struck because: {reason}", reason=why))
        return
    who = beside((sheet.said.moment(recorded_at(new)), sheet.by(new))) if new is not None else ""
    flow.paragraph(beside((say("Corrected, because: {reason}", reason=why), who)))


# Fields that say how an entry came to be, or stand elsewhere.
_NOT_SAID = frozenset(
    {"uid", "at", "author", "origin", "recorded", "doubted", "replaces", "why", "encounter", "code",
     "system", "section", "status", "digest", "size", "photo"}
)  # fmt: skip


def plain_words(sheet: Sheet, entry: Entry) -> str:
    """Everything an entry says, on one line, under the names its form has."""
    if isinstance(entry, Observation):
        name = sheet.words.say_kept(entry.name)
        return beside((name, sheet.said.value(entry), sheet.said.moment(entry.at)))
    labels = {field.name: field.label for field in FORMS.get(section_of(entry), ())}
    told = [sheet.said.moment(entry.at)]
    for name, value in zip(entry._fields, entry, strict=True):
        if name in _NOT_SAID or not value:
            continue
        shown = sheet.said.day(int(value)) if name == "ended_at" else sheet.said.word(str(value))
        label = labels.get(name)
        told.append(f"{sheet.words.say(label)}: {shown}" if label else shown)
    return beside(told)
