"""A clinical document as a PDF for a clinician's desk.

Who it is and what to beware of first; then what is so today, what was measured, what was done, and
the visits; then what the paper covers, who made it, and how it is checked. Everything written in a
record is drawn as text, never read as anything else. The same document gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC

from exports.document import ClinicalDocument, Proof
from exports.pdf_flow import LEFT, ROOM, SMALL, Flow
from exports.pdf_paper import HIGH, About, Paper
from exports.pdf_text import as_data
from exports.record_look import Look
from exports.record_pdf_about import draw_about, draw_proof
from exports.record_pdf_corrected import draw_corrected
from exports.record_pdf_head import draw_head
from exports.record_pdf_lists import draw_given, draw_lists
from exports.record_pdf_measured import draw_measurements, draw_results
from exports.record_pdf_papers import draw_papers, draw_pictures
from exports.record_pdf_people import draw_people
from exports.record_pdf_sheet import Sheet
from exports.record_pdf_visits import draw_visits
from exports.record_words import beside, instant
from exports.wording import Wording
from medilink.handing_out import PURPOSE_WORDS, Purpose

RECORD_FILE = "record.json"
HEAD_AT, FOOT_AT = HIGH - 40, 34.0
Progress = Callable[[int, int], None]


def draw_record(
    document: ClinicalDocument,
    proof: Proof | None,
    words: Wording,
    look: Look,
    progress: Progress = lambda _done, _of: None,
) -> bytes:
    """The PDF. Without a proof there is no code to check it by and no record inside. `progress` is
    told how many of the entries are drawn; what it raises ends the drawing. A summary that somebody
    wrote is drawn alone: it is to be one page, and the record inside has the rest."""
    paper = Paper(_about(document, words, look))
    sheet = Sheet(document, words, look, Flow(paper, look.colour), progress)
    draw_head(sheet)
    if document.asked.purpose is not Purpose.SUMMARY or not document.letter:
        _draw_sections(sheet)
    draw_about(sheet)
    if proof is not None:
        draw_proof(sheet, proof)
    if proof is not None and proof.record:
        about = words.say("The whole record, signed, for a computer to read")
        paper.attach(RECORD_FILE, proof.record, "application/json", about)
    return paper.finish(lambda page, pages: _on_each(sheet, page, pages))


def _draw_sections(sheet: Sheet) -> None:
    """What is in the record, section after section."""
    draw_lists(sheet)
    draw_results(sheet)
    draw_measurements(sheet)
    draw_given(sheet)
    draw_visits(sheet)
    pictures = draw_papers(sheet)
    draw_people(sheet)
    if sheet.document.asked.purpose is Purpose.LEGAL:
        draw_corrected(sheet)
    draw_pictures(sheet, pictures)


def _about(document: ClinicalDocument, words: Wording, look: Look) -> About:
    patient, purpose = document.patient, words.say(PURPOSE_WORDS[document.asked.purpose])
    title = as_data(f"{purpose}: {patient.details.full_name}, {patient.medilink_id}")
    made = instant(document.handed.made_at).astimezone(UTC)
    return About(title, as_data(look.clinic), document.asked.language, made)


def _on_each(sheet: Sheet, page: int, pages: int) -> None:
    """Whose record it is, which paper, and how many pages there must be."""
    paper, say = sheet.flow.paper, sheet.words.say
    with paper.decoration():
        if page > 1:
            _two_ends(sheet, HEAD_AT, *_whose(sheet))
            paper.path([(LEFT, HEAD_AT - 5), (LEFT + ROOM, HEAD_AT - 5)], thick=0.6)
        paper.path([(LEFT, FOOT_AT + 10), (LEFT + ROOM, FOOT_AT + 10)], thick=0.4)
        _two_ends(
            sheet, FOOT_AT, sheet.made_line, say("page {page} of {pages}", page=page, pages=pages)
        )


def _whose(sheet: Sheet) -> Iterator[str]:
    details = sheet.document.patient.details
    born = sheet.said.born(details)
    yield beside((details.full_name, sheet.document.patient.medilink_id))
    yield sheet.words.say("born {date}", date=born) if born else sheet.words.say("age not known")


def _two_ends(sheet: Sheet, y: float, left: str, right: str) -> None:
    paper = sheet.flow.paper
    end = paper.letters.line(right, bold=True)
    wide = end.width * SMALL / 1000
    begin = paper.letters.cut(left, (ROOM - wide - 12) * 1000 / SMALL, bold=True)
    paper.text(LEFT, y, [begin], SMALL)
    paper.text(LEFT + ROOM - wide, y, [end], SMALL)
