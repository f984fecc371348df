"""What a paper covers and what not, who wrote what is in it, and how it is checked."""

from __future__ import annotations

from exports.document import Proof
from exports.pdf_flow import LEFT, ROOM, STEP, TEXT, Cell, Column, Part
from exports.qr import fits_one_code, make_qr
from exports.record_pdf_sheet import Sheet
from exports.record_words import SECTION_WORDS, beside
from medilink.days import DAY_MS
from medilink.records import Section

MODULE = 1.5  # points: 0.53 mm, which any phone's camera separates at a hand's breadth
QUIET = 4  # modules that stay white around a code (ISO/IEC 18004)


def draw_about(sheet: Sheet) -> None:
    """The part every paper ends with."""
    flow, say, document = sheet.flow, sheet.words.say, sheet.document
    flow.section(say("About this document"))
    flow.labelled(say("Covers"), covers(sheet), wide=130)
    left_out = [section for section in Section if section not in sheet.record.sections]
    if left_out:
        flow.labelled(say("Not in it"), section_list(sheet, left_out), wide=130)
    flow.labelled(say("Dates"), dates(sheet), wide=130)
    standing = sheet.said.standing(document.standing)
    made = beside((sheet.said.moment(document.handed.made_at), document.author, standing))
    flow.labelled(say("Made"), made, wide=130)
    clinic = beside(
        (
            sheet.look.clinic,
            document.handed.clinic if document.handed.clinic != sheet.look.clinic else "",
        )
    )
    flow.labelled(say("Clinic"), clinic, wide=130)
    _authors(sheet)
    _marks(sheet)


def _marks(sheet: Sheet) -> None:
    """What marks in the text mean, where there are any."""
    flow, doubted = sheet.flow, sum(1 for entry in sheet.record.entries() if entry.doubted)
    if doubted:
        text = sheet.words.say_many(
            "{number} entry was written while this clinic's clock was in doubt; it is marked.",
            "{number} entries were written while this clinic's clock was in doubt;"
            " they are marked.",
            doubted,
        )
        flow.paragraph(text)
    if flow.paper.letters.missing:
        text = sheet.words.say(
            "A \ufffd stands for a letter this computer has no font for."
            " The text itself is in the file: it can be copied."
        )
        flow.paragraph(text)


def section_list(sheet: Sheet, sections: list[Section]) -> str:
    """Sections as words, in the order of the paper."""
    return ", ".join(
        sheet.words.say(words) for one, words in SECTION_WORDS.items() if one in sections
    )


def covers(sheet: Sheet) -> str:
    """The sections this paper has."""
    there = [section for section in Section if section in sheet.record.sections]
    if len(there) == len(Section):
        return sheet.words.say("The whole record, as far as whoever made this may see it")
    return section_list(sheet, there)


def part_words(sheet: Sheet) -> str:
    """That a paper does not have the whole record, at its top; nothing where it has."""
    whole = sheet.record.sections == frozenset(Section)
    if whole and not sheet.document.asked.dated:
        return ""
    there = "" if whole else covers(sheet)
    return beside(
        (
            sheet.words.say("Part of the record"),
            there,
            dates(sheet) if sheet.document.asked.dated else "",
        )
    )


def dates(sheet: Sheet) -> str:
    """From when to when; allergies, conditions and medicines stand with any date."""
    asked, say, day = sheet.document.asked, sheet.words.say, sheet.said.day
    if asked.since is not None and asked.until is not None:
        return say(
            "What happened from {first} to {last}",
            first=day(asked.since),
            last=day(asked.until - DAY_MS // 2),
        )
    if asked.since is not None:
        return say("What happened since {first}", first=day(asked.since))
    if asked.until is not None:
        return say("What happened until {last}", last=day(asked.until - DAY_MS // 2))
    return say("Everything, whenever it was")


def _authors(sheet: Sheet) -> None:
    """How the licence stands of everybody who wrote something in it."""
    say = sheet.words.say
    wrote = {
        entry.author for entry in (*sheet.record.entries(), *sheet.record.versions) if entry.author
    }
    known = [
        (name, held)
        for name, held in sorted(sheet.document.handed.standings.items())
        if name in wrote
    ]
    if not known:
        return
    columns = (
        Column(say("Who wrote in it"), 60),
        Column(say("Licence, as this clinic knows it"), 40),
    )
    rows = ((Cell(name, bold=True), Cell(sheet.said.standing(held))) for name, held in known)
    sheet.flow.table(columns, rows)


# ---- checking it


def draw_proof(sheet: Sheet, proof: Proof) -> None:
    """A code, words and a sentence by which anybody can find out whether the paper is true."""
    flow, paper, say = sheet.flow, sheet.flow.paper, sheet.words.say
    code = make_qr(proof.text) if fits_one_code(proof.text) else None
    side = len(code.matrix) * MODULE if code else 0.0
    flow.section(say("How to check this document"), keep=side + 2 * QUIET * MODULE + 8)
    top = flow.y
    left, page = LEFT, paper.page
    if code:
        alt = say("Signed code of document {number}", number=sheet.document.called)
        with paper.part(flow.above.add("Figure", alt)):
            paper.code(LEFT + QUIET * MODULE, top - QUIET * MODULE - side, side, code.matrix)
        left += side + 2 * QUIET * MODULE + 8
    room = LEFT + ROOM - left
    whole = flow.above.add("P")
    for text, bold in _lines(sheet, proof):
        flow.put(
            [Part(left, room, flow.wrap(text, room, TEXT + bold, bold=bold), whole)], TEXT + bold
        )
        flow.y -= TEXT * STEP * 0.25
    if page == paper.page:
        flow.y = min(flow.y, top - side - 2 * QUIET * MODULE)


def _lines(sheet: Sheet, proof: Proof) -> list[tuple[str, bool]]:
    say = sheet.words.say
    return [
        (say("Document {number}", number=sheet.document.called), True),
        (say("Words of the document:"), False),
        (proof.document_words, True),
        (say("Words of the clinic's key:"), False),
        (proof.key_words, True),
        (
            say(
                "Scan the code with MediLink, or open this file there: it says whether this paper"
                " is the one that was made, and who made it. The words must be the same."
            ),
            False,
        ),
    ]
