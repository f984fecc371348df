"""Entries of a record as phrases of a letter, in the language of the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from textwrap import shorten

from babel.dates import format_date, format_skeleton

from exports.wording import Wording
from medilink.days import date_text
from medilink.entering import OFFERED
from medilink.laboratory import shown_result
from medilink.laboratory_tests import TEST_BY_CODE
from medilink.records import Allergy, Condition, Immunization, Medication, Observation
from medilink.reference import Range
from medilink.summing_up.figures import Figure, Judged
from medilink.summing_up.trends import Course, Trend
from medilink.vaccination import Due, State
from medilink.vitals import BMI_CODE, LOWER, UPPER, VITAL_BY_CODE

LONGEST_PHRASE = 160  # characters of one name or dose: what is longer is a text, not a name
REASON_LENGTH = 120
MOST_NAMED = 12  # problems, medicines, results after one another
MOST_DIGITS_SHOWN = 7  # other systems send 155.1662615246799
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PRESSURE, _BODY_MASS = TOGETHER_WORDS = ("Blood pressure", "Body mass index")
JUDGED_WORDS = {Judged.LOW: "low", Judged.HIGH: "high"}


def day_words(words: Wording, at: int) -> str:
    """A day, or only the month or year where no more is known."""
    if at == 0:
        return words.say("date not known")
    known = date_text(at)
    if len(known) == len("2019"):
        return known
    if len(known) == len("2019-05"):
        month = date.fromisoformat(f"{known}-01")
        return str(format_skeleton("yMMM", month, locale=words.locale))
    there = (_EPOCH + timedelta(milliseconds=at)).astimezone()
    return str(format_date(there, locale=words.locale))


def clipped(text: str, most: int) -> str:
    """A text on one line, no longer than so many letters, cut between words."""
    return shorten(text, most, placeholder=" …")


def listed_words(words: Wording, phrases: Sequence[str], most: int) -> str:
    """Phrases after one another; beyond so many, how many more there are."""
    kept = "; ".join(phrases[:most])
    more = len(phrases) - most
    if more < 1:
        return kept
    return words.say_many(
        "{list}; and {number} more in the record",
        "{list}; and {number} more in the record",
        more,
        list=kept,
    )


def _joined(parts: Iterable[str], between: str = ", ") -> str:
    return between.join(clipped(part, LONGEST_PHRASE) for part in parts if part.strip())


def _offered(words: Wording, kept: str) -> str:
    """What was chosen from a list, translated; what was typed, as it is."""
    return words.say_kept(OFFERED.get(kept, kept))


# ---- entries


def problem_words(words: Wording, entry: Condition) -> str:
    """Its name, how sure, how lasting, since when."""
    unsure = words.say("suspected") if entry.certainty == "unconfirmed" else ""
    lasting = words.say("lasting (chronic)") if entry.course == "chronic" else ""
    since = words.say("since {day}", day=day_words(words, entry.at)) if entry.at else ""
    told = _joined((unsure, lasting, since))
    name = clipped(entry.name, LONGEST_PHRASE)
    return f"{name} ({told})" if told else name


def medicine_words(words: Wording, entry: Medication) -> str:
    """Its name, dose, how often and what for."""
    reason = words.say("for {reason}", reason=entry.reason) if entry.reason else ""
    return _joined((entry.name, entry.dose, _offered(words, entry.frequency), reason))


def allergy_words(words: Wording, entry: Allergy) -> str:
    """The substance and what it does."""
    told = _joined(
        (
            _offered(words, entry.reaction),
            words.say_kept(entry.severity) if entry.severity else "",
            words.say("life-threatening") if entry.criticality == "high" else "",
            words.say("suspected") if entry.certainty == "unconfirmed" else "",
        )
    )
    substance = clipped(entry.substance, LONGEST_PHRASE)
    return f"{substance} ({told})" if told else substance


def vaccine_words(words: Wording, entry: Immunization) -> str:
    """What was given, and which dose of it."""
    dose = words.say("dose {number}", number=entry.dose) if entry.dose else ""
    return _joined((entry.vaccine, dose, day_words(words, entry.at)))


def due_words(words: Wording, due: Due) -> str:
    """A dose to be given."""
    name = words.say("{vaccine}, dose {number}", vaccine=words.say(due.name), number=due.dose)
    overdue = words.say("overdue") if due.state is State.OVERDUE else ""
    return f"{name} ({overdue})" if overdue else name


# ---- values


def name_words(words: Wording, seen: Observation) -> str:
    """What was measured: as it is called here, where it is known here."""
    known = VITAL_BY_CODE.get(seen.code) or TEST_BY_CODE.get(seen.code)
    if known or seen.code == BMI_CODE:
        return words.say(known.name if known else _BODY_MASS)
    return clipped(words.say_kept(seen.name), LONGEST_PHRASE)


def value_words(words: Wording, seen: Observation) -> str:
    """A value with its unit, digit for digit; or its text."""
    if not seen.value:
        test = TEST_BY_CODE.get(seen.code)
        text = words.say_kept(shown_result(test, seen.text)) if test else seen.text
        return clipped(text, LONGEST_PHRASE)
    return f"{_digits(words, seen)} {_unit(seen)}".strip()


def _digits(words: Wording, seen: Observation) -> str:
    number, digits = seen.number, seen.value
    if number is not None and len(digits) > MOST_DIGITS_SHOWN:
        digits = f"{number:.4g}"
    return words.say_number(digits)


def _unit(seen: Observation) -> str:
    sign, test = VITAL_BY_CODE.get(seen.code), TEST_BY_CODE.get(seen.code)
    if sign and sign.unit == seen.unit:
        return sign.shown_unit
    if test and test.unit == seen.unit:
        return test.shown
    return seen.unit.replace("mm[Hg]", "mmHg").replace("kg/m2", "kg/m²").replace("{score}", "")


def range_words(words: Wording, band: Range) -> str:
    """What is usual: from, up to, or between."""
    low, high = (None if one is None else words.say_number(f"{one:.4g}") for one in band)
    if low and high:
        return f"{low}–{high}"
    return words.say("from {low}", low=low) if low else words.say("up to {high}", high=high)


def figure_words(words: Wording, one: Figure, *, with_day: bool) -> str:
    """Name, value and, where it is not usual, what would be."""
    told = [f"{name_words(words, one.seen)} {value_words(words, one.seen)}"]
    return " ".join([*told, *_beside(words, [one], with_day=with_day)])


def pressure_words(words: Wording, upper: Figure, lower: Figure, *, with_day: bool) -> str:
    """Both values of one blood pressure."""
    value = f"{_digits(words, upper.seen)}/{value_words(words, lower.seen)}"
    told = [f"{words.say(_PRESSURE)} {value}"]
    return " ".join([*told, *_beside(words, [upper, lower], with_day=with_day)])


def _beside(words: Wording, figures: Sequence[Figure], *, with_day: bool) -> list[str]:
    worst = next((one for one in figures if one.judged in JUDGED_WORDS), figures[0])
    told = [day_words(words, figures[0].seen.at)] if with_day else []
    if worst.judged in JUDGED_WORDS:
        told.append(words.say(JUDGED_WORDS[worst.judged]))
        if len(figures) == 1 and worst.usual:
            told.append(words.say("usual: {range}", range=range_words(words, worst.usual)))
    return [f"({', '.join(told)})"] if told else []


def measured_words(words: Wording, figures: Sequence[Figure], *, with_day: bool) -> list[str]:
    """Values in a row; the two of a blood pressure as one."""
    by_code = {one.seen.code: one for one in figures}
    upper, lower = by_code.get(UPPER), by_code.get(LOWER)
    paired = upper is not None and lower is not None and upper.seen.at == lower.seen.at
    found = []
    for one in figures:
        if paired and one is upper and lower is not None:
            found.append(pressure_words(words, one, lower, with_day=with_day))
        elif not (paired and one is lower):
            found.append(figure_words(words, one, with_day=with_day))
    return found


# ---- trends


def trend_words(words: Wording, trend: Trend) -> str:
    """What moves or stays, over how many visits, from what to what, and how that lies to what is
    usual."""
    last = trend.last.seen
    facts = {
        "what": name_words(words, last),
        "first": value_words(words, trend.first),
        "begin": day_words(words, trend.first.at),
        "last": value_words(words, last),
        "end": day_words(words, last.at),
    }
    told = [_course_words(words, trend, facts)]
    if trend.last.usual and trend.last.judged in JUDGED_WORDS:
        band = range_words(words, trend.last.usual)
        if trend.last.judged is Judged.HIGH:
            told.append(words.say("It is now above what is usual ({range}).", range=band))
        else:
            told.append(words.say("It is now below what is usual ({range}).", range=band))
    told += [
        words.say(
            "One value far from the others was not counted: {value} on {day}.",
            value=value_words(words, one),
            day=day_words(words, one.at),
        )
        for one in trend.left_out
    ]
    return " ".join(told)


def _course_words(words: Wording, trend: Trend, facts: dict[str, str]) -> str:
    number = trend.days
    if trend.course is Course.RISING:
        return words.say_many(
            "{what}: rising over {number} visit, from {first} ({begin}) to {last} ({end}).",
            "{what}: rising over {number} visits, from {first} ({begin}) to {last} ({end}).",
            number,
            **facts,
        )
    if trend.course is Course.FALLING:
        return words.say_many(
            "{what}: falling over {number} visit, from {first} ({begin}) to {last} ({end}).",
            "{what}: falling over {number} visits, from {first} ({begin}) to {last} ({end}).",
            number,
            **facts,
        )
    if trend.course is Course.STEADY:
        return words.say_many(
            "{what}: steady over {number} visit, from {first} ({begin}) to {last} ({end}).",
            "{what}: steady over {number} visits, from {first} ({begin}) to {last} ({end}).",
            number,
            **facts,
        )
    return words.say_many(
        "{what}: up and down over {number} visit, from {first} ({begin}) to {last} ({end}).",
        "{what}: up and down over {number} visits, from {first} ({begin}) to {last} ({end}).",
        number,
        **facts,
    )
