"""A child's growth against the WHO standards: the newest values in words, and a chart."""

from __future__ import annotations

from typing import NamedTuple

import altair as alt
import streamlit as st

from medilink.growth import (
    CHECK,
    USUAL,
    Measure,
    curve,
    implausible,
    lms_for_age,
    meaning,
    z_for_age,
    z_weight_for_height,
)
from medilink.people import PatientDetails, Sex, age_in_days
from medilink.records import Record
from medilink.vitals import BMI_CODE, HEAD
from ui.parts.person import day, instant, today
from ui.parts.trends import LINE, show_table
from ui.words import say

CODES = {
    Measure.WEIGHT: "29463-7",
    Measure.HEIGHT: "8302-2",
    Measure.BMI: BMI_CODE,
    Measure.HEAD: HEAD,
}
UNTIL_YEARS = 19
DAYS_A_YEAR = 365.25
POINTS = 40
LINES = {-3: "#b3261e", -2: "#b26a00", 0: "#2e7d32", 2: "#b26a00", 3: "#b3261e"}


class Point(NamedTuple):
    """One measurement at an age in days, with its z-score."""

    at: int
    age: float
    value: float
    z: float


def show_growth(record: Record) -> None:
    """Nothing for adults; for a child the chart, or why there is none."""
    details = record.patient.details
    age = age_in_days(details.birth_date, today().date())
    if age is not None and age >= UNTIL_YEARS * DAYS_A_YEAR:
        return
    st.subheader(say("Growth"), anchor=False)
    if age is None:
        st.caption(say("Growth needs the birth date. Write it down under Person."))
        return
    if details.sex not in (Sex.FEMALE, Sex.MALE):
        st.caption(say("The WHO standards are for girls and boys; the sex is not known here."))
        return
    if details.birth_estimated or len(details.birth_date) < 10:
        st.caption(say("The birth date is not exact, so neither is this."))
    found = {measure: _points(record, measure) for measure in CODES}
    measured = [measure for measure, points in found.items() if points]
    if not measured:
        st.caption(say("Nothing measured yet."))
        return
    _say_newest(record, {measure: found[measure][0] for measure in measured})
    chosen = st.segmented_control(
        say("Growth chart"),
        measured,
        default=measured[0],
        required=True,
        format_func=lambda one: say(one.value.capitalize()),
        key="growth-measure",
    )
    _draw(details, Measure(chosen or measured[0]), found[Measure(chosen or measured[0])])


def _points(record: Record, measure: Measure) -> list[Point]:
    """Newest first, as entries are."""
    details, found = record.patient.details, []
    for seen in record.observations:
        if seen.code != CODES[measure] or seen.number is None:
            continue
        age = age_in_days(details.birth_date, instant(seen.at).date())
        if age is None:
            continue
        z = z_for_age(measure, details.sex, age, seen.number)
        if z is not None:
            found.append(Point(seen.at, age, seen.number, z))
    return found


def _say_newest(record: Record, newest: dict[Measure, Point]) -> None:
    for measure, point in newest.items():
        _say(measure, point.z, point.age, point.at)
    weight, height = newest.get(Measure.WEIGHT), newest.get(Measure.HEIGHT)
    if weight and height and weight.at == height.at:
        sex = record.patient.details.sex
        z = z_weight_for_height(sex, weight.value, height.value, age_days=weight.age)
        if z is not None:
            _say(Measure.WEIGHT_FOR_HEIGHT, z, weight.age, weight.at)


def _say(measure: Measure, z: float, age: float, at: int) -> None:
    words = meaning(measure, z, age)
    wrong = implausible(measure, z)
    told = say(
        "{measure}: {meaning} (z-score {z}, {day})",
        measure=say(measure.value.capitalize()),
        meaning=say(words) + (f", {say(CHECK)}" if wrong else ""),
        z=f"{z:+.2f}",
        day=day(at),
    )
    (st.text if words == USUAL else st.warning)(told)


def _draw(details: PatientDetails, measure: Measure, points: list[Point]) -> None:
    last = max(point.age for point in points)
    span = (0.0, min(max(last * 1.25, 365), UNTIL_YEARS * DAYS_A_YEAR))
    lines = [
        {"age": age / DAYS_A_YEAR, "value": value, "z": f"{z:+d}"}
        for z in LINES
        for age, value in curve(measure, details.sex, z, span, POINTS)
        if lms_for_age(measure, details.sex, age)
    ]
    seen = [{"age": p.age / DAYS_A_YEAR, "value": p.value, "z": f"{p.z:+.2f}"} for p in points]
    x = alt.X("age:Q", title=say("Age in years"), scale=alt.Scale(nice=False))
    standard = (
        alt.Chart(alt.InlineData(values=lines))
        .mark_line(strokeWidth=1.5)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False)),
            detail="z:N",
            color=alt.Color(
                "z:N",
                title=say("z-score"),
                scale=alt.Scale(domain=[f"{z:+d}" for z in LINES], range=list(LINES.values())),
            ),
        )
    )
    child = (
        alt.Chart(alt.InlineData(values=seen))
        .mark_line(point={"size": 70, "filled": True}, color=LINE, strokeWidth=2.5)
        .encode(x=x, y="value:Q", tooltip=["age:Q", "value:Q", "z:N"])
    )
    title = say(measure.value.capitalize())
    st.altair_chart(
        alt.layer(standard, child).properties(height=300, title=title, description=title),
        width="stretch",
    )
    show_table(title, [(day(p.at), f"{p.value:g} (z {p.z:+.2f})") for p in points])
