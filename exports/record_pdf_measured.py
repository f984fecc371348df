"""Measurements and test results on paper: tables with what is usual beside each value, charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exports.pdf_flow import SMALL, TEXT, Cell, Column
from exports.record_measures import (
    beyond,
    by_moment,
    grouped,
    is_child,
    number_of,
    usual_range,
)
from exports.record_pdf_growth import draw_growth
from exports.record_pdf_sheet import Sheet
from exports.record_pdf_trends import draw_trends
from exports.record_words import beside
from medilink.records import Observation, Section
from medilink.reference import Range
from medilink.vitals import BMI_CODE, LOWER, UPPER, VITAL_BY_CODE, VITAL_SIGNS

NAMES = {sign.code: sign.name for sign in VITAL_SIGNS} | {
    UPPER: "Blood pressure",
    BMI_CODE: "Body mass index",
}
# Short, so that all stand beside each other; the unit stands below.
_UNITS = {sign.code: sign.shown_unit for sign in VITAL_SIGNS} | {BMI_CODE: "kg/m²"}
SAID_EACH = 2
_NARROWEST = 9  # as wide as a value that is too high; a column's longest word may be longer


def draw_results(sheet: Sheet) -> None:
    """A row for each test, the one with the newest result first: its newest, then those before."""
    seen = [one for one in sheet.record.observations if one.section is Section.RESULTS]
    if sheet.begin(Section.RESULTS, anything=bool(seen)):
        _values(sheet, seen, sheet.words.say("Test"))


def _values(sheet: Sheet, seen: Sequence[Observation], what: str) -> None:
    say = sheet.words.say
    groups = grouped(seen)
    several = any(len(group) > 1 for group in groups)
    columns = [
        Column(what, 26),
        Column(say("Newest value") if several else say("Value"), 17),
        Column(say("Usual"), 11),
        Column(say("When"), 15),
        Column(say("Written by"), 16),
    ]
    if several:
        columns.insert(4, Column(say("Before"), 26))
    sheet.flow.table(columns, (_value_row(sheet, group, several=several) for group in groups))


def _value_row(sheet: Sheet, group: Sequence[Observation], *, several: bool) -> Iterator[Cell]:
    sheet.drawn(len(group))
    newest = group[0]
    band = usual_range(sheet.record, newest)
    yield Cell(sheet.words.say_kept(newest.name) or newest.code, bold=True)
    yield Cell(_judged(sheet, newest), bold=bool(beyond(band, number_of(newest))))
    yield Cell(_usual(sheet, newest, band))
    yield Cell(sheet.said.day(newest.at))
    if several:
        yield Cell(_before(sheet, newest, group[1:]), small=True)
    yield Cell(beside((sheet.by(newest), newest.why)), small=True)


def _judged(sheet: Sheet, seen: Observation) -> str:
    """A value, and whether it is high or low by what was usual then."""
    out = beyond(usual_range(sheet.record, seen), number_of(seen))
    note = seen.text if seen.value and seen.text else ""
    return beside((sheet.said.value(seen), sheet.words.say(out) if out else "", note))


def _before(sheet: Sheet, newest: Observation, earlier: Sequence[Observation]) -> str:
    """The values before the newest, a line each; many that were all the same are said at once."""
    lines = [_earlier(sheet, one, newest) for one in earlier]
    if len(lines) <= SAID_EACH or {_what(one) for one in earlier} != {_what(newest)}:
        return "\n".join(lines)
    return sheet.words.say_many(
        "{number} time the same, first on {day}",
        "{number} times the same, first on {day}",
        len(lines),
        day=sheet.said.day(earlier[-1].at),
    )


def _what(seen: Observation) -> tuple[str, ...]:
    return seen.value, seen.text, seen.low, seen.high, seen.why, seen.author, seen.origin


def _earlier(sheet: Sheet, seen: Observation, newest: Observation) -> str:
    """A value before the newest; who wrote it, where that was somebody else."""
    by, known = sheet.by(seen), sheet.by(newest)
    told = f"{sheet.said.day(seen.at)}: {_judged(sheet, seen)}"
    return beside((told, by if by != known else "", seen.why))


def _usual(sheet: Sheet, seen: Observation, band: Range | None) -> str:
    """A range as it is read: from–to, or the one end it has; the laboratory's as it wrote it."""
    if seen.low or seen.high:
        low, high = (sheet.words.say_number(bound) for bound in (seen.low, seen.high))
    elif band:
        low, high = ("" if bound is None else sheet.said.number(bound) for bound in band)
    else:
        return ""
    if low and high:
        return f"{low}–{high}"
    if low:
        return sheet.words.say("from {low}", low=low)
    return sheet.words.say("up to {high}", high=high) if high else ""


# ---- vital signs


def draw_measurements(sheet: Sheet) -> None:
    """Charts of what was measured more than once, a child's growth, then every value."""
    seen = [one for one in sheet.record.observations if one.section is Section.VITALS]
    if not sheet.begin(Section.VITALS, anything=bool(seen), keep=130):
        return
    draw_trends(sheet)
    if is_child(sheet.record, sheet.document.handed.made_at):
        draw_growth(sheet)
    signs = [one for one in seen if one.code in NAMES]
    others = [one for one in seen if one.code not in NAMES]
    if signs:
        sheet.flow.subheading(sheet.words.say("All measurements"), keep=60)
        _signs(sheet, signs)
    if others:
        sheet.flow.subheading(sheet.words.say("Other measurements"), keep=60)
        _values(sheet, others, sheet.words.say("Measurement"))


def _signs(sheet: Sheet, seen: Sequence[Observation]) -> None:
    """A row for each time, a column for each sign; upper and lower pressure are one."""
    say = sheet.words.say
    there = {UPPER if one.code == LOWER else one.code for one in seen}
    codes = [code for code in NAMES if code in there]
    heads = [f"{say(NAMES[code])} ({_UNITS[code]})" for code in codes]
    columns = (
        Column(say("When"), 17),
        *(Column(head, max(_NARROWEST, *map(len, head.split()))) for head in heads),
        Column(say("Written by"), 14),
    )
    rows = (_moment_row(sheet, at, together, codes) for at, together in by_moment(seen))
    sheet.flow.table(columns, rows, SMALL if len(codes) > 5 else TEXT)


def _moment_row(
    sheet: Sheet, at: int, together: Sequence[Observation], codes: Sequence[str]
) -> Iterator[Cell]:
    sheet.drawn(len(together))
    yield Cell(sheet.said.moment(at))
    for code in codes:
        yield _sign_cell(
            sheet, [one for one in together if one.code == code], _lower(together, code)
        )
    yield Cell("; ".join(dict.fromkeys(sheet.by(one) for one in together)), small=True)


def _lower(together: Sequence[Observation], code: str) -> list[Observation]:
    return [one for one in together if one.code == LOWER] if code == UPPER else []


def _sign_cell(sheet: Sheet, seen: Sequence[Observation], lower: Sequence[Observation]) -> Cell:
    outs = [beyond(usual_range(sheet.record, one), number_of(one)) for one in (*seen, *lower)]
    out = next((one for one in ("high", "low") if one in outs), "")
    text = "; ".join(_digits(sheet, one) for one in seen)
    if lower:
        text = f"{text or '–'}/{'; '.join(_digits(sheet, one) for one in lower)}"
    return Cell(beside((text, sheet.words.say(out) if out else ""), " "), bold=bool(out))


def _digits(sheet: Sheet, seen: Observation) -> str:
    """A value under a head that has its unit; another unit is said."""
    digits = sheet.said.digits(seen) if seen.value else seen.text
    usual = VITAL_BY_CODE[seen.code].unit if seen.code in VITAL_BY_CODE else "kg/m2"
    same = seen.unit in ("", usual, _UNITS.get(seen.code, ""))
    return digits if same else f"{digits} {seen.unit}"
