"""Charts of what was measured more than once: a line for each, over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exports.wording import Wording
from exports.xlsx_cells import moment_cell, number_cell, visible
from medilink.records import Observation
from medilink.vitals import VITAL_BY_CODE

_DATA_FROM, _ROWS_EACH = 12, 17  # the column where the figures begin; rows a chart stands in
_SIZE = {"width": 720, "height": 320}  # pixels

Point = tuple[datetime, float]


def trends(seen: Iterable[Observation], words: Wording) -> list[tuple[str, list[Point]]]:
    """What was measured at two moments or more, with its unit, oldest first."""
    found: dict[tuple[str, str, str], list[Point]] = {}
    for one in seen:
        number, at = number_cell(one.value), moment_cell(one.at)
        if number and at:
            found.setdefault((one.code, one.name, one.unit), []).append((at, number[0]))
    return [
        (_title(words.say_kept(name), code, unit), sorted(points))
        for (code, name, unit), points in found.items()
        if len({at for at, _ in points}) > 1
    ]


def _title(name: str, code: str, unit: str) -> str:
    """A sign's unit as people write it, where it is the one it is kept in: °C, not Cel."""
    sign = VITAL_BY_CODE.get(code)
    shown = sign.shown_unit if sign and sign.unit == unit else unit
    return f"{name} ({shown})" if shown else name


def draw_trends(
    book: Workbook, sheet: Worksheet, lines: Sequence[tuple[str, list[Point]]], time: Format
) -> None:
    """The charts below each other, and right of them the figures they are drawn from."""
    for number, (name, points) in enumerate(lines):
        at = _DATA_FROM + 2 * number
        sheet.write_string(0, at + 1, visible(name))
        sheet.set_column(at, at, 19)
        for row, (when, value) in enumerate(points, start=1):
            sheet.write_datetime(row, at, when, time)
            sheet.write_number(row, at + 1, value)
        # Points lie where their time is: on the axis of a line chart all would be equally far.
        chart = book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
        named = [sheet.get_name(), 0, at + 1]  # a cell: a name that begins with = is no formula
        chart.add_series(
            {
                "name": named,
                "categories": [sheet.get_name(), 1, at, len(points), at],
                "values": [sheet.get_name(), 1, at + 1, len(points), at + 1],
            }
        )
        chart.set_title({"name": named, "overlay": False})
        chart.set_legend({"none": True})
        chart.set_x_axis({"num_format": "yyyy-mm-dd", "major_gridlines": {"visible": False}})
        chart.set_size(_SIZE)
        sheet.insert_chart(number * _ROWS_EACH, 0, chart, {"description": visible(name)})
