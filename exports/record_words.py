"""Words for what stands in a record, on paper: sections, dates, values, who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_skeleton

from exports.wording import Wording
from medilink.credentials import STANDING_WORDS, Standing
from medilink.days import date_text
from medilink.entering import OFFERED
from medilink.laboratory import shown_result
from medilink.laboratory_tests import TEST_BY_CODE
from medilink.people import PatientDetails, age_at
from medilink.records import Entry, Observation, Section
from medilink.vitals import VITAL_BY_CODE

SECTION_WORDS = {
    Section.ALERTS: "Alerts",
    Section.ALLERGIES: "Allergies",
    Section.CONDITIONS: "Conditions",
    Section.MEDICATIONS: "Medicines",
    Section.RESULTS: "Test results",
    Section.VITALS: "Measurements",
    Section.IMMUNISATIONS: "Vaccines",
    Section.PROCEDURES: "Procedures",
    Section.VISITS: "Visits",
    Section.DOCUMENTS: "Documents",
    Section.CONTACTS: "Whom to call",
    Section.INSURANCE: "Insurance",
    Section.PERSON: "About the person",
}
LONGEST_NUMBER = 7  # digits and sign: other systems send 155.1662615246799
_ANNOTATION = re.compile(r"\{([^{}]*)\}")  # UCUM: mL/min/{1.73_m2}
_FILE = re.compile(r"\.(?:json|ndjson|csv|zip|xlsx|pdf|xml)$", re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 30, tzinfo=UTC)
_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_FIRST_RIGHT_TO_LEFT = "\u0590"
_LEFT_TO_RIGHT = "\u200e"  # keeps a name in Arabic from taking the numbers after it along


def instant(at: int) -> datetime:
    """Milliseconds as a time here; what no calendar holds becomes its nearest end."""
    try:
        found = min(_EPOCH + timedelta(milliseconds=at), _LAST)
    except OverflowError:
        return _LAST if at > 0 else _FIRST
    return found.astimezone() if 1971 <= found.year <= 2100 else found


def beside(parts: Iterable[str], between: str = " · ") -> str:
    """What there is of several texts, on one line that reads from the left, each in its own
    direction."""
    there = [part for part in parts if part]
    if len(there) < 2 or all(part.isascii() or max(part) < _FIRST_RIGHT_TO_LEFT for part in there):
        return between.join(there)
    return _LEFT_TO_RIGHT + f"{_LEFT_TO_RIGHT}{between}{_LEFT_TO_RIGHT}".join(there)


@dataclass(slots=True)
class Said:
    """The words of one document. Days are looked up: a record says the same ones again and
    again."""

    words: Wording
    _days: dict[int, str] = field(default_factory=dict)

    def day(self, at: int) -> str:
        """A day as people here write it, or only the month or year where no more is known; 0
        stands for an entry that came without any date."""
        found = self._days.get(at)
        if found is None:
            found = self._days[at] = self._day(at)
        return found

    def _day(self, at: int) -> str:
        if at == 0:
            return self.words.say("date not known")
        known = date_text(at)
        if len(known) == len("2019"):
            return known
        if len(known) == len("2019-05"):
            month = date.fromisoformat(f"{known}-01")
            return str(format_skeleton("yMMM", month, locale=self.words.locale))
        return self.plain_day(instant(at).date())

    def plain_day(self, day: date) -> str:
        """A calendar day as people here write it."""
        return str(format_date(day, locale=self.words.locale))

    def moment(self, at: int) -> str:
        """A time as exactly as it is known: a day without an hour is only a day."""
        if at == 0 or date_text(at):
            return self.day(at)
        return f"{self.day(at)}, {instant(at):%H:%M}"

    def born(self, details: PatientDetails) -> str:
        """A birth date as exactly as it is known."""
        return self.known_day(details.birth_date)

    def known_day(self, text: str) -> str:
        """A FHIR date text; a year, a month, and what is no day stay as they are."""
        try:
            return self.plain_day(date.fromisoformat(text)) if text.count("-") == 2 else text
        except ValueError:  # came from elsewhere, and is no day
            return text

    def age(self, details: PatientDetails, at: int) -> str:
        """An age as it is said: days for newborns, months for small children, then years."""
        try:
            age = age_at(details.birth_date, details.birth_estimated, instant(at).date())
        except ValueError:  # no day
            age = None
        if age is None:
            return self.words.say("age not known")
        say_many = self.words.say_many
        if age.days is not None and age.days < 60:
            text = say_many("{number} day old", "{number} days old", age.days)
        elif age.months is not None and age.months < 24:
            text = say_many("{number} month old", "{number} months old", age.months)
        else:
            text = say_many("{number} year old", "{number} years old", age.years)
        return self.words.say("about {age}", age=text) if age.about else text

    def word(self, kept: str) -> str:
        """What was chosen from a list, in the language of the document; what was typed, as it
        is."""
        return self.words.say_kept(OFFERED.get(kept, kept)) if kept else ""

    def value(self, seen: Observation) -> str:
        """A value as it is read: its digits and unit, or its text."""
        if not seen.value:
            test = TEST_BY_CODE.get(seen.code)
            return self.words.say_kept(shown_result(test, seen.text)) if test else seen.text
        return f"{self.digits(seen)} {unit_of(seen)}".strip()

    def digits(self, seen: Observation) -> str:
        """The digits of a value as they were kept; a row of decimals nobody measured is
        rounded."""
        number = seen.number
        if number is None or len(seen.value) <= LONGEST_NUMBER or "." not in seen.value:
            return self.words.say_number(seen.value)
        return self.number(number)

    def number(self, number: float) -> str:
        """A computed number with at most four digits that matter."""
        rounded = Decimal(f"{number:.4g}") if abs(number) < 1000 else Decimal(f"{number:.1f}")
        return self.words.say_number(format(rounded, "f"))

    def standing(self, held: str) -> str:
        """How somebody's licence stands; words of another kind as they are."""
        known = held in STANDING_WORDS
        return self.words.say(STANDING_WORDS[Standing(held)]) if known else held

    def by(self, entry: Entry, clinic: str) -> str:
        """Who wrote an entry, and where, if not at this clinic."""
        elsewhere = entry.origin if entry.origin not in (clinic, entry.author) else ""
        if _FILE.search(elsewhere):
            elsewhere = self.words.say("a file that was brought in")
        return beside((entry.author, elsewhere), ", ")

    def doubt(self, entry: Entry) -> str:
        """That the clock was in doubt when an entry was written, where it was."""
        return self.words.say("the clock was in doubt") if entry.doubted else ""


def unit_of(seen: Observation) -> str:
    """The unit of a value as it is printed."""
    sign = VITAL_BY_CODE.get(seen.code)
    if sign:
        return sign.shown_unit
    unit = seen.unit.replace("mm[Hg]", "mmHg").replace("{score}", "")
    return _ANNOTATION.sub(lambda found: found[1].replace("_", " "), unit).strip()
