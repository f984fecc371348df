"""FHIR R4 Dosage as one line a nurse reads: "1 tablet, 3 times a day, oral, as needed"."""

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
)

_PERIODS = {
    "s": "second", "min": "minute", "h": "hour", "d": "day",
    "wk": "week", "mo": "month", "a": "year",
}  # fmt: skip


def doses(resource: Json, key: str) -> str:
    """All dosages of a prescription in one line; empty where it gives none."""
    written = [line for dosage in parts(resource, key) if (line := _dose(dosage))]
    return fitting("The dose", "; ".join(written))


def _dose(dosage: Json) -> str:
    """One Dosage. What was written for people goes before what was coded for machines."""
    said = text(dosage, "text") or text(dosage, "patientInstruction")
    if said:
        return said
    steps = [
        *_amounts(dosage),
        _rhythm(part(dosage, "timing")),
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
    """How often: "3 times a day", "every 8 hours"; its code or words where that is not said."""
    repeat = part(timing, "repeat")
    times, period = decimal(repeat, "frequency"), decimal(repeat, "period")
    unit = _PERIODS.get(text(repeat, "periodUnit"), "")
    if period is None or not unit:
        return concept(timing, "code").words
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
