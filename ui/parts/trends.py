"""Measurements and results over time, with what is usual shaded behind; a table says the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import altair as alt
import streamlit as st

from medilink.records import Observation, Record, Section
from medilink.reference import Range
from medilink.summing_up.figures import usual_range
from ui.parts.chart import shown_value
from ui.parts.person import day, instant
from ui.words import say, say_kept

Rows = list[Observation]
RESULTS_SHOWN = 30
LINE, BAND = "#0b5d6b", "#cfe3e0"
POINTS_DRAWN = 400  # the newest: what a screen can show
TABLE_ROWS = 200


def show_trends(record: Record, section: Section) -> None:
    """A chart for each kind that was measured more than once."""
    by_kind: dict[tuple[str, str, str], list[Observation]] = defaultdict(list)
    for seen in record.observations:
        if seen.section is section and seen.number is not None:
            by_kind[seen.code or seen.name, seen.name, seen.unit].append(seen)
    repeated = {kind: rows for kind, rows in by_kind.items() if len(rows) > 1}
    if not repeated:
        st.caption(say("A chart appears once something has been measured twice."))
        return
    names = _titles(repeated)
    chosen = st.selectbox(say("Chart of"), list(names), key=f"trend-{section}")
    if chosen:
        rows = names[chosen][:POINTS_DRAWN]
        band = usual_range(record, rows[0])
        st.altair_chart(_chart(rows, chosen, band), width="stretch")
        if band:
            st.caption(say("Shaded: usual at this age, {range}.", range=_range_words(band)))
        show_table(chosen, [(day(seen.at), shown_value(seen)) for seen in rows])


def _titles(
    kinds: Mapping[tuple[str, str, str], list[Observation]],
) -> dict[str, list[Observation]]:
    """What each chart is called: the unit is said where a name stands twice, for they cannot be
    drawn as one line; the code, where that does not tell them apart either."""
    named = Counter(name for _, name, _ in kinds)
    titles: dict[str, Rows] = {}
    for (code, name, unit), rows in kinds.items():
        title = say_kept(name) if named[name] == 1 else f"{say_kept(name)} ({unit or '–'})"
        titles[title if title not in titles else f"{title} {code}"] = rows
    return titles


def _against_usual(record: Record, seen: Observation) -> str:
    """High or low, what is usual, and by whom: a dangerous value must not look like the others."""
    band, number = usual_range(record, seen), seen.number
    told = [day(seen.at)]
    if band and number is not None:
        low, high = band
        if (low is not None and number < low) or (high is not None and number > high):
            told.append(say("low") if low is not None and number < low else say("high"))
        told.append(say("usual: {range}", range=_range_words(band)))
    return " · ".join([*told, *([seen.author] if seen.author else [])])


def _range_words(band: Range) -> str:
    low, high = (None if bound is None else f"{bound:.4g}" for bound in band)
    if low and high:
        return f"{low}–{high}"
    return say("from {low}", low=low) if low else say("up to {high}", high=high)


def show_table(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """The same as a table, for whoever cannot see the chart."""
    with st.expander(say("As a table")):
        lines = "".join(
            f"<tr><td>{escape(when)}</td><td>{escape(value)}</td></tr>"
            for when, value in rows[:TABLE_ROWS]
        )
        head = f"<tr><th>{escape(say('When'))}</th><th>{escape(say('Value'))}</th></tr>"
        st.html(f'<table class="ml-table"><caption>{escape(title)}</caption>{head}{lines}</table>')


def _chart(rows: Sequence[Observation], title: str, band: Range | None) -> Any:
    values = [
        {"at": instant(seen.at).isoformat(), "value": seen.number, "shown": shown_value(seen)}
        for seen in rows
    ]
    unit = shown_value(rows[0]).partition(" ")[2]
    x = alt.X("at:T", title=None, axis=alt.Axis(labelOverlap=True, tickCount=5))
    line = (
        alt.Chart(alt.InlineData(values=values))
        .mark_line(point={"size": 60}, color=LINE)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=unit or None, scale=alt.Scale(zero=False)),
            tooltip=[
                alt.Tooltip("at:T", title=say("When")),
                alt.Tooltip("shown:N", title=say("Value")),
            ],
        )
    )
    layers = [line] if band is None else [_band(values, band), line]
    return alt.layer(*layers).properties(height=220, title=title, description=title)


def _band(values: Sequence[Mapping[str, object]], band: Range) -> alt.Chart:
    """A band over the whole width; an open side ends where the values end."""
    numbers = [float(str(value["value"])) for value in values]
    low = band[0] if band[0] is not None else min([*numbers, band[1] or 0])
    high = band[1] if band[1] is not None else max([*numbers, band[0] or 0])
    times = sorted(str(value["at"]) for value in values)
    row = {"from": times[0], "to": times[-1], "low": low, "high": high}
    drawn: alt.Chart = (
        alt.Chart(alt.InlineData(values=[row]))
        .mark_rect(color=BAND, opacity=0.7)
        .encode(x="from:T", x2="to:T", y="low:Q", y2="high:Q")
    )
    return drawn


def show_results(record: Record) -> None:
    """Laboratory and other results, newest first."""
    rows = [seen for seen in record.observations if seen.section is Section.RESULTS]
    if not rows:
        st.caption(say("No results yet."))
        return
    show_trends(record, Section.RESULTS)
    lines = [
        f'<li dir="auto"><strong>{escape(say_kept(seen.name))}</strong> {escape(shown_value(seen))}'
        f"<small>{escape(_against_usual(record, seen))}</small></li>"
        for seen in rows[:RESULTS_SHOWN]
    ]
    st.html('<ul class="ml-list">' + "".join(lines) + "</ul>")
    if len(rows) > RESULTS_SHOWN:
        with st.expander(say("Older results ({count})", count=len(rows) - RESULTS_SHOWN)):
            for seen in rows[RESULTS_SHOWN : RESULTS_SHOWN + 500]:
                st.text(f"{day(seen.at)}  {say_kept(seen.name)}  {shown_value(seen)}")
