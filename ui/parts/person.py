"""A patient as a heading and as a line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from html import escape

import streamlit as st
from babel.dates import format_date, format_skeleton

from medilink.choices import SEX_WORDS
from medilink.clock import Doubt
from medilink.days import date_text
from medilink.people import Patient, PatientDetails, age_at
from ui.house import the_house
from ui.words import say, say_many, spoken_locale


def today() -> datetime:
    """Now, in this computer's time zone."""
    return the_house().clock().astimezone()


def clock_in_doubt() -> bool:
    """Whether nothing should be computed from today's date."""
    return the_house().clock.doubt is not Doubt.NONE


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 30, tzinfo=UTC)


def instant(at: int) -> datetime:
    """Milliseconds as a time; what no calendar holds becomes its nearest end. By addition, because
    Windows converts no time before 1970."""
    try:
        return min(_EPOCH + timedelta(milliseconds=at), _LAST)
    except OverflowError:
        return _LAST if at > 0 else datetime(1, 1, 2, tzinfo=UTC)


def _local(at: int) -> datetime:
    """A time in this computer's zone; far from today, where zones mean little, in UTC."""
    found = instant(at)
    return found.astimezone() if 1971 <= found.year <= 2100 else found


def moment(at: int) -> str:
    """A time as people here write it, to the minute."""
    local = _local(at)
    return f"{format_date(local, locale=spoken_locale())}, {local:%H:%M}"


def clock_time(at: int) -> str:
    """The time of day, to the minute."""
    return f"{_local(at):%H:%M}"


def long_day(at: int) -> str:
    """A day in full: today, yesterday, or with its weekday. Nothing is called today while the clock
    is in doubt."""
    when = _local(at).date()
    ago = (today().date() - when).days
    if ago in (0, 1) and not clock_in_doubt():
        return say("Yesterday") if ago else say("Today")
    return str(format_date(when, "full", locale=spoken_locale()))


def day(at: int) -> str:
    """A day as people here write it, or only the month or year where no more is known. 0 stands
    for an entry that came without any date."""
    if at == 0:
        return say("date not known")
    known = date_text(at)
    if len(known) == len("2019"):
        return known
    if len(known) == len("2019-05"):
        month = date.fromisoformat(f"{known}-01")
        return str(format_skeleton("yMMM", month, locale=spoken_locale()))
    return str(format_date(_local(at), locale=spoken_locale()))


def when(at: int) -> str:
    """A time as exactly as it is known: a day without an hour is only a day."""
    return day(at) if at == 0 or date_text(at) else moment(at)


def plain_day(known: date) -> str:
    """A calendar day as people here write it."""
    return str(format_date(known, locale=spoken_locale()))


def age_words(details: PatientDetails) -> str:
    """An age as it is said: days for newborns, months for small children, then years."""
    if clock_in_doubt():
        return say("age not computed: the clock is in doubt")
    age = age_at(details.birth_date, details.birth_estimated, today().date())
    if age is None:
        return say("age not known")
    if age.days is not None and age.days < 60:
        text = say_many("{number} day old", "{number} days old", age.days)
    elif age.months is not None and age.months < 24:
        text = say_many("{number} month old", "{number} months old", age.months)
    else:
        text = say_many("{number} year old", "{number} years old", age.years)
    return say("about {age}", age=text) if age.about else text


def facts(patient: Patient) -> list[str]:
    """What tells a person apart, in the order it is asked."""
    details = patient.details
    listed = [
        age_words(details),
        say(SEX_WORDS[details.sex]),
        details.birth_date,
        details.village,
        details.phone,
        patient.medilink_id,
    ]
    return [fact for fact in listed if fact]


def show_person(patient: Patient) -> None:
    """The heading of a record."""
    st.html(
        f'<div class="ml-person"><span class="name" dir="auto">'
        f"{escape(patient.details.full_name)}</span>"
        f'<span class="facts">{escape(" · ".join(facts(patient)))}</span></div>'
    )
