"""A child's growth against the WHO standards: what it means in words, and the curves."""

from __future__ import annotations

from exports.pdf_flow import LEFT, ROOM, SMALL
from exports.pdf_plot import LABEL, Plot, round_steps, with_air
from exports.record_measures import GROWN_UP_DAYS, Grown, grown
from exports.record_pdf_sheet import Sheet
from exports.record_words import beside
from medilink.growth import (
    CHECK,
    USUAL,
    Measure,
    curve,
    implausible,
    meaning,
    z_weight_for_height,
)
from medilink.records import Record

IN_A_ROW = 2
HIGH, _BETWEEN = 190.0, 14.0
WIDE = (ROOM - (IN_A_ROW - 1) * _BETWEEN) / IN_A_ROW
_LEFT, _RIGHT, _ABOVE, _BELOW = 26.0, 16.0, 14.0, 22.0
_CURVE_POINTS = 40
DAYS_A_YEAR = 365.25
# z-score → thickness and dashes, told apart without colour
LINES = {-3: (0.6, "1 1.5"), -2: (0.6, "4 2"), 0: (0.8, ""), 2: (0.6, "4 2"), 3: (0.6, "1 1.5")}
_UNITS = {Measure.WEIGHT: "kg", Measure.HEIGHT: "cm", Measure.BMI: "kg/m²", Measure.HEAD: "cm"}


def draw_growth(sheet: Sheet) -> None:
    """Nothing where nothing was measured that WHO has a standard for."""
    found = {measure: rows for measure in _UNITS if (rows := grown(sheet.record, measure))}
    if not found:
        return
    say, flow = sheet.words.say, sheet.flow
    flow.subheading(say("Growth, compared with the WHO standards"), keep=HIGH + 20)
    details = sheet.document.patient.details
    if details.birth_estimated or len(details.birth_date) < len("2019-05-23"):
        flow.paragraph(say("The birth date is not exact, so neither is this."), bold=True)
    for line, unusual in _meanings(sheet, found):
        flow.paragraph(line, bold=unusual)
    measures = list(found)
    for first in range(0, len(measures), IN_A_ROW):
        flow.gap(4)
        flow.keep(HIGH)
        for place, measure in enumerate(measures[first : first + IN_A_ROW]):
            x = LEFT + place * (WIDE + _BETWEEN)
            _draw(sheet, measure, found[measure], (x, flow.y - HIGH))
        flow.y -= HIGH
    flow.paragraph(
        say("Grey: from -2 to +2 z-scores, where most children are. 0 is the middle."), SMALL
    )


def _meanings(sheet: Sheet, found: dict[Measure, list[Grown]]) -> list[tuple[str, bool]]:
    """The newest of each in words, and whether it is out of the ordinary."""
    newest = {measure: rows[-1] for measure, rows in found.items()}
    told = [(measure, point.z, point) for measure, point in newest.items()]
    weight, height = newest.get(Measure.WEIGHT), newest.get(Measure.HEIGHT)
    if weight and height and weight.at == height.at:
        z = _weight_for_height(sheet.record, weight, height)
        if z is not None:
            told.append((Measure.WEIGHT_FOR_HEIGHT, z, weight))
    return [_meaning(sheet, measure, z, point) for measure, z, point in told]


def _weight_for_height(record: Record, weight: Grown, height: Grown) -> float | None:
    sex = record.patient.details.sex
    return z_weight_for_height(sex, weight.value, height.value, age_days=weight.age)


def _meaning(sheet: Sheet, measure: Measure, z: float, point: Grown) -> tuple[str, bool]:
    say = sheet.words.say
    words = meaning(measure, z, point.age)
    check = f", {say(CHECK)}" if implausible(measure, z) else ""
    text = say(
        "{measure}: {meaning} (z-score {z}, {day})",
        measure=say(measure.value.capitalize()),
        meaning=say(words) + check,
        z=sheet.words.say_number(f"{z:+.2f}"),
        day=sheet.said.day(point.at),
    )
    return text, words != USUAL or bool(check)


def _draw(sheet: Sheet, measure: Measure, rows: list[Grown], corner: tuple[float, float]) -> None:
    paper, (x, y) = sheet.flow.paper, corner
    details = sheet.document.patient.details
    span = (0.0, min(max(max(row.age for row in rows) * 1.15, DAYS_A_YEAR), GROWN_UP_DAYS))
    curves = {z: curve(measure, details.sex, z, span, _CURVE_POINTS) for z in LINES}
    values = [value for line in curves.values() for _, value in line] + [r.value for r in rows]
    plot = Plot(
        paper,
        (x + _LEFT, y + _BELOW, WIDE - _LEFT - _RIGHT, HIGH - _ABOVE - _BELOW),
        span,
        with_air(values),
    )
    text = _in_words(sheet, measure, rows)
    with paper.part(sheet.flow.above.add("Figure", text)):
        _standards(plot, curves)
        plot.axes([(v, sheet.said.number(v)) for v in round_steps(*plot.ys, 6)], _ages(span))
        plot.line([(row.age, row.value) for row in rows], thick=1.3)
        name = f"{sheet.words.say(measure.value.capitalize())} ({_UNITS[measure]})"
        paper.text(x, y + HIGH - LABEL - 2, [paper.letters.line(name, bold=True)], SMALL)
        below = paper.letters.line(_age_words(sheet, span))
        paper.text(x + _LEFT, y + 3, [below], LABEL)


def _standards(plot: Plot, curves: dict[int, list[tuple[float, float]]]) -> None:
    paper = plot.paper
    if curves[-2] and curves[2]:
        inside = [plot.at(*point) for point in (*curves[-2], *reversed(curves[2]))]
        paper.path(inside, grey=0.92, filled=True)
    for z, line in curves.items():
        if len(line) < 2:
            continue
        thick, dash = LINES[z]
        placed = [plot.at(*point) for point in line]
        paper.path(placed, thick=thick, grey=0.3, dash=dash)
        at_end = placed[-1]
        label = paper.letters.line(f"{z:+d}" if z else "0")
        paper.text(at_end[0] + 2, at_end[1] - LABEL * 0.35, [label], LABEL)


def _in_months(span: tuple[float, float]) -> bool:
    return span[1] < 2.5 * DAYS_A_YEAR


def _age_words(sheet: Sheet, span: tuple[float, float]) -> str:
    say = sheet.words.say
    return say("Age in months") if _in_months(span) else say("Age in years")


def _ages(span: tuple[float, float]) -> list[tuple[float, str]]:
    unit = DAYS_A_YEAR / 12 if _in_months(span) else DAYS_A_YEAR
    return [(v * unit, f"{v:g}") for v in round_steps(0, span[1] / unit, 8) if v == int(v)]


def _in_words(sheet: Sheet, measure: Measure, rows: list[Grown]) -> str:
    say, newest = sheet.words.say, rows[-1]
    return beside(
        (
            say("Growth chart"),
            say(measure.value.capitalize()),
            f"{sheet.said.number(newest.value)} {_UNITS[measure]}",
            sheet.said.day(newest.at),
        )
    )
