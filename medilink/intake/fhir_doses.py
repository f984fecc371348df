"""FHIR R4 Dosage as lines a nurse reads: how much ("1 tablet, oral") and how often ("3 times a
day")."""

from __future__ import annotations

from medilink.intake.fhir_values import (
    Json,
    concept,
    concepts,
    decimal,
    fitting,
    part,
    parts,
    plain,
    quantity,
    text,
    truth,
    words,
)

_PERIODS = {
    "s": "second", "min": "minute", "h": "hour", "d": "day",
    "wk": "week", "mo": "month", "a": "year",
}  # fmt: skip
_TIMES = {
    "MORN": "in the morning", "NOON": "at noon", "AFT": "in the afternoon",
    "EVE": "in the evening", "NIGHT": "at night", "HS": "before sleep", "WAKE": "after waking",
    "AC": "before meals", "PC": "after meals", "C": "with meals",
    "ACM": "before breakfast", "CM": "with breakfast", "PCM": "after breakfast",
    "ACD": "before lunch", "CD": "with lunch", "PCD": "after lunch",
    "ACV": "before dinner", "CV": "with dinner", "PCV": "after dinner",
}  # fmt: skip
_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
    "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip


def doses(resource: Json, key: str) -> str:
    """How much of all dosages of a prescription in one line; empty where it does not say."""
    written = [line for dosage in parts(resource, key) if (line := _dose(dosage))]
    return fitting("The dose", "; ".join(written))


def rhythms(resource: Json, key: str) -> str:
    """How often, of all dosages of a prescription in one line; empty where it does not say."""
    written = [_rhythm(part(dosage, "timing")) for dosage in parts(resource, key)]
    return fitting("How often", "; ".join(filter(None, written)))


def _dose(dosage: Json) -> str:
    """One Dosage. What was written for people goes before what was coded for machines."""
    said = text(dosage, "text") or text(dosage, "patientInstruction")
    if said:
        return said
    steps = [
        *_amounts(dosage),
        concept(dosage, "route").words,
        *[extra.words for extra in concepts(dosage, "additionalInstruction")],
        _as_needed(dosage),
    ]
    return ", ".join(step for step in steps if step)


def _amounts(dosage: Json) -> list[str]:
    amounts = []
    for each in parts(dosage, "doseAndRate"):
        low_high = part(each, "doseRange")
        asked = (part(each, "doseQuantity"), part(low_high, "low"), part(low_high, "high"))
        amounts.append("–".join(quantity(amount).words for amount in asked if amount))
    return amounts


def _rhythm(timing: Json) -> str:
    """How often and when: "3 times a day, after meals"; its code where that is not said."""
    repeat = part(timing, "repeat")
    days = [_DAYS.get(day, day) for day in words(repeat, "dayOfWeek")]
    times = [_TIMES.get(time, time) for time in words(repeat, "when")]
    said = [_how_often(repeat), *times, *words(repeat, "timeOfDay")]
    said += [f"on {', '.join(days)}"] if days else []
    return ", ".join(filter(None, said)) or concept(timing, "code").words


def _how_often(repeat: Json) -> str:
    times, period = decimal(repeat, "frequency"), decimal(repeat, "period")
    unit = _PERIODS.get(text(repeat, "periodUnit"), "")
    if period is None or not unit:
        return ""
    often = plain(times) if times is not None else "1"
    if period == 1:
        return f"once a {unit}" if often == "1" else f"{often} times a {unit}"
    every = f"every {plain(period)} {unit}s"
    return every if often == "1" else f"{often} times {every}"


def _as_needed(dosage: Json) -> str:
    reason = concept(dosage, "asNeededCodeableConcept").words
    if reason:
        return f"as needed for {reason}"
    return "as needed" if truth(dosage, "asNeededBoolean") else ""
