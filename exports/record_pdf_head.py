"""The top of the first page: the clinic, whose record it is, and what to beware of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exports.pdf_flow import BLACK, GREY, LEFT, ROOM, SHADE, SMALL, STEP, TEXT, TITLE, Part
from exports.pdf_letters import Line
from exports.record_look import LOGO_SIDE, printable
from exports.record_pdf_about import part_words
from exports.record_pdf_sheet import Sheet
from exports.record_pdf_warnings import draw_alerts, draw_allergies
from exports.record_words import beside
from medilink.choices import BLOOD_WORDS, LANGUAGES, SEX_WORDS
from medilink.handing_out import PURPOSE_WORDS
from medilink.records import Section

LOGO_HIGH, LOGO_WIDE = 44.0, 130.0
CLINIC_SIZE, NAME_SIZE = 12.0, 17.0
FACTS_IN_A_ROW = 4
_INSIDE = 8.0  # from an edge to what it holds


def draw_head(sheet: Sheet) -> None:
    """Everything that must be read before the rest."""
    _clinic(sheet)
    _identity(sheet)
    draw_alerts(sheet)
    draw_allergies(sheet)
    _letter(sheet)


# ---- the clinic, and what paper this is


def _clinic(sheet: Sheet) -> None:
    flow, paper, words = sheet.flow, sheet.flow.paper, sheet.words
    top, wide = flow.y, _logo(sheet)
    paper.colour(sheet.look.colour)
    _title_line(sheet, sheet.look.clinic, CLINIC_SIZE, wide)
    paper.colour(BLACK)
    _title_line(sheet, words.say(PURPOSE_WORDS[sheet.document.asked.purpose]), TITLE, wide, "H1")
    _title_line(sheet, _made(sheet), TEXT, wide, bold=False)
    if part := part_words(sheet):
        _title_line(sheet, part, TEXT, wide)
    if wide and paper.page == 1:
        flow.y = min(flow.y, top - LOGO_HIGH)
    flow.y -= 6
    with paper.decoration():
        paper.rectangle(LEFT, flow.y, ROOM, 2.4, fill=sheet.look.colour)
    flow.y -= 8


def _title_line(  # noqa: PLR0913 what, how large, beside what
    sheet: Sheet, text: str, size: float, beside_logo: float, kind: str = "P", *, bold: bool = True
) -> None:
    room = ROOM - beside_logo
    lines = sheet.flow.wrap(text, room, size, bold=bold)
    sheet.flow.put([Part(LEFT + beside_logo, room, lines, sheet.flow.above.add(kind))], size)


def _logo(sheet: Sheet) -> float:
    """Draw the logo; how much room it takes from what stands beside it."""
    drawn = printable(sheet.look.logo, LOGO_SIDE) if sheet.look.logo else None
    if drawn is None:
        return 0.0
    flow = sheet.flow
    logo = flow.paper.add_picture(*drawn)
    by = min(LOGO_HIGH / logo.high, LOGO_WIDE / logo.wide)
    wide, high = logo.wide * by, logo.high * by
    alt = sheet.words.say("Logo of {clinic}", clinic=sheet.look.clinic)
    with flow.paper.part(flow.above.add("Figure", alt)):
        flow.paper.picture(logo, (LEFT, flow.y - high, wide, high))
    return wide + 12


def _made(sheet: Sheet) -> str:
    """When, by whom, under which number."""
    document, say = sheet.document, sheet.words.say
    made = say("made {when}", when=sheet.said.moment(document.handed.made_at))
    who = say("by {who}", who=document.author) if document.author else ""
    standing = sheet.said.standing(document.standing)
    called = say("Document {number}", number=document.called)
    return beside((called, made, beside((who, standing), ", ")))


# ---- whose record


def _identity(sheet: Sheet) -> None:
    flow, paper = sheet.flow, sheet.flow.paper
    details = sheet.document.patient.details
    room = ROOM - 2 * _INSIDE
    name = flow.wrap(
        details.full_name or sheet.words.say("Name not known"), room, NAME_SIZE, bold=True
    )
    facts = list(_facts(sheet))
    rows = [facts[n : n + FACTS_IN_A_ROW] for n in range(0, len(facts), FACTS_IN_A_ROW)]
    wide = room / FACTS_IN_A_ROW
    drawn = [_fact_row(sheet, row, wide) for row in rows]
    high = len(name) * NAME_SIZE * STEP + sum(_height(row) for row in drawn) + 12
    shaded = high < flow.y - 100  # a name may be anything; what does not fit goes without shade
    if shaded:
        with paper.decoration():
            paper.rectangle(LEFT, flow.y - high, ROOM, high, fill=SHADE)
    flow.y -= 3
    flow.put([Part(LEFT + _INSIDE, room, name, flow.above.add("P"))], NAME_SIZE)
    flow.y -= 3
    for row in drawn:
        _draw_facts(sheet, row, wide)
    flow.y -= 10


Fact = tuple[list[Line], list[Line]]  # label, value


def _fact_row(sheet: Sheet, row: Sequence[tuple[str, str]], wide: float) -> list[Fact]:
    wrap = sheet.flow.wrap
    return [
        (wrap(label, wide - 8, SMALL), wrap(value, wide - 8, TEXT, bold=True))
        for label, value in row
    ]


def _height(row: Sequence[Fact]) -> float:
    return (
        max(len(label) for label, _ in row) * SMALL * STEP
        + max(len(value) for _, value in row) * TEXT * STEP
        + 3
    )


def _draw_facts(sheet: Sheet, row: Sequence[Fact], wide: float) -> None:
    flow = sheet.flow
    flow.keep(_height(row))
    whole = [flow.above.add("P") for _ in row]
    xs = [LEFT + _INSIDE + place * wide for place in range(len(row))]
    flow.paper.colour((GREY, GREY, GREY))
    labels = [Part(x, wide, label, e) for x, (label, _), e in zip(xs, row, whole, strict=True)]
    flow.put(labels, SMALL)
    flow.paper.colour(BLACK)
    values = [Part(x, wide - 8, value, e) for x, (_, value), e in zip(xs, row, whole, strict=True)]
    flow.put(values, TEXT)
    flow.y -= 3


def _facts(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """What tells a person apart, and what is asked once. What is not known is said so."""
    say, said = sheet.words.say, sheet.said
    patient, details = sheet.document.patient, sheet.document.patient.details
    profile = sheet.record.profile
    about = (
        say("about {age}", age=said.born(details))
        if details.birth_estimated
        else said.born(details)
    )
    yield say("Sex"), say(SEX_WORDS[details.sex])
    yield say("Birth date"), about or say("not known")
    yield say("Age"), said.age(details, sheet.document.handed.made_at)
    yield say("MediLink ID"), patient.medilink_id
    yield say("Phone"), details.phone or say("not known")
    yield say("Village"), details.village or say("not known")
    if Section.PERSON not in sheet.record.sections:
        return
    language = profile.language if profile else ""
    plain = language.partition("-")[0]  # en-KE is English
    yield say("Preferred language"), say(LANGUAGES[plain]) if plain in LANGUAGES else language
    blood = profile.blood if profile else ""
    words = f" ({say(BLOOD_WORDS[blood])})" if blood in BLOOD_WORDS else ""
    yield say("Blood type"), f"{blood}{words}" if blood else say("not known")


# ---- what its author wrote for the reader


def _letter(sheet: Sheet) -> None:
    for part in sheet.document.letter:
        sheet.flow.section(part.heading)
        sheet.flow.paragraph(part.text)
