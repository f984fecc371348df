"""Vital signs over time: three small charts in a row, with what is usual shaded behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from exports.pdf_flow import LEFT, ROOM, SMALL
from exports.pdf_plot import LABEL, Plot, round_steps, with_air
from exports.record_measures import GROWTH_CODES, Point, band_along, is_child, points_of
from exports.record_pdf_sheet import Sheet
from medilink.growth import Measure
from medilink.vitals import BMI_CODE, LOWER, UPPER, VITAL_SIGNS

POINTS_DRAWN = 300  # the newest: more cannot be told apart on 40 mm
IN_A_ROW = 3
HIGH, _BETWEEN = 96.0, 12.0
WIDE = (ROOM - (IN_A_ROW - 1) * _BETWEEN) / IN_A_ROW
_LEFT, _ABOVE, _BELOW = 24.0, 14.0, 12.0
_BAND_POINTS = 16


class Trend(NamedTuple):
    """One chart: its name and unit, and one or two lines by their codes."""

    name: str
    unit: str
    lines: tuple[tuple[str, list[Point]], ...]


def draw_trends(sheet: Sheet) -> None:
    """A chart for each sign that was measured more than once. A child's growth is drawn with its
    standards instead; that a grown-up's height stays the same needs no chart."""
    child = is_child(sheet.record, sheet.document.handed.made_at)
    left_out = set(GROWTH_CODES.values()) if child else {GROWTH_CODES[Measure.HEIGHT]}
    trends = [trend for trend in _trends(sheet) if trend.lines[0][0] not in left_out]
    flow = sheet.flow
    for first in range(0, len(trends), IN_A_ROW):
        flow.gap(4)
        flow.keep(HIGH)
        for place, trend in enumerate(trends[first : first + IN_A_ROW]):
            _draw(sheet, trend, LEFT + place * (WIDE + _BETWEEN), flow.y - HIGH)
        flow.y -= HIGH
    if trends:
        flow.gap(2)
        flow.paragraph(
            sheet.words.say("Grey: what is usual at the age. Squares: measured values."), SMALL
        )


def _trends(sheet: Sheet) -> list[Trend]:
    found = []
    for code, name, unit in [
        *((s.code, s.name, s.shown_unit) for s in VITAL_SIGNS if s.code != LOWER),
        (BMI_CODE, "Body mass index", "kg/m²"),
    ]:
        codes = (UPPER, LOWER) if code == UPPER else (code,)
        lines = [(one, points_of(sheet.record, one, POINTS_DRAWN)) for one in codes]
        several = tuple((one, points) for one, points in lines if len(points) > 1)
        if several:
            named = "Blood pressure" if len(several) == 2 else name
            found.append(Trend(named, unit, several))
    return found


def _draw(sheet: Sheet, trend: Trend, x: float, y: float) -> None:
    paper = sheet.flow.paper
    points = [point for _, line in trend.lines for point in line]
    times = (min(p.at for p in points), max(p.at for p in points))
    bands = [(code, band_along(sheet.record, code, _along(*times))) for code, _ in trend.lines]
    values = [p.value for p in points]
    # A band far from what was measured would press the values flat: only what is near is shown.
    low, high = with_air(values)
    near = [v for _, rows in bands for _, a, b in rows for v in (a, b)]
    reach = high - low
    edges = [v for v in near if low - reach <= v <= high + reach]
    plot = Plot(
        paper,
        (x + _LEFT, y + _BELOW, WIDE - _LEFT - 4, HIGH - _ABOVE - _BELOW),
        (float(times[0]), float(times[1])),
        with_air([*values, *edges]),
    )
    with paper.part(sheet.flow.above.add("Figure", _in_words(sheet, trend))):
        for _, rows in bands:
            plot.band([(float(at), a, b) for at, a, b in rows])
        ticks = [(v, sheet.said.number(v)) for v in round_steps(*plot.ys, 5)]
        plot.axes(ticks, [(float(at), sheet.said.day(at)) for at in dict.fromkeys(times)])
        for number, (_, line) in enumerate(trend.lines):
            plot.line([(float(at), value) for at, value in line], hollow=number == 1)
        _title(sheet, trend, x, y + HIGH - LABEL - 2)


def _along(first: int, last: int) -> Sequence[int]:
    step = max((last - first) // _BAND_POINTS, 1)
    return [*range(first, last, step), last]


def _title(sheet: Sheet, trend: Trend, x: float, y: float) -> None:
    paper = sheet.flow.paper
    newest = paper.letters.line(_newest(sheet, trend), bold=True)
    wide = newest.width * SMALL / 1000
    name = f"{sheet.words.say(trend.name)} ({trend.unit})"
    room = (WIDE - wide - 6) * 1000 / SMALL
    paper.text(x, y, [paper.letters.cut(name, room, bold=True)], SMALL)
    paper.text(x + WIDE - 4 - wide, y, [newest], SMALL)


def _newest(sheet: Sheet, trend: Trend) -> str:
    return "/".join(sheet.said.number(line[-1].value) for _, line in trend.lines)


def _in_words(sheet: Sheet, trend: Trend) -> str:
    _, line = trend.lines[0]
    return sheet.words.say(
        "{what}: {count} values from {first} to {last}; the newest is {value} {unit}",
        what=sheet.words.say(trend.name),
        count=len(line),
        first=sheet.said.day(line[0].at),
        last=sheet.said.day(line[-1].at),
        value=_newest(sheet, trend),
        unit=trend.unit,
    )
