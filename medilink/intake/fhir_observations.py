"""FHIR Observation as MediLink's observations: one for its value, one for each component.

A vital sign is a number only where its unit is known and the value is possible: a weight of "150"
in an unknown unit, or 500 °C, is shown as text and never drawn in a chart. Pounds, inches and
degrees Fahrenheit are converted; the text beside the number says what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from medilink.fhir_names import LOINC
from medilink.intake.fhir_values import (
    Concept,
    Json,
    Quantity,
    Wrong,
    concept,
    concepts,
    decimal,
    first_code,
    note,
    part,
    parts,
    plain,
    quantity,
    text,
)
from medilink.records import Section
from medilink.units import IMPERIAL
from medilink.visits import NOTE_LIMIT
from medilink.vitals import BMI_CODE, VITAL_BY_CODE, VitalSign

# LOINC codes that measure the same sign more closely; the name keeps what was said.
_SAME_SIGN = {
    "59408-5": "2708-6",  # oxygen saturation by pulse oximetry
    "8889-8": "8867-4",  # heart rate by pulse oximetry
    "8331-1": "8310-5",  # temperature: oral, rectal, axillary, of the ear
    "8332-9": "8310-5",
    "8328-7": "8310-5",
    "76011-6": "8310-5",
    "3141-9": "29463-7",  # weight, height: measured
    "3137-7": "8302-2",
    "8306-3": "8302-2",  # length of a lying child
}

# How the signs' units are written, and what turns them into the sign's own: × factor, + step.
_AS_IS = (Decimal(1), Decimal(0))
_FAHRENHEIT = (Decimal(5) / Decimal(9), Decimal(-160) / Decimal(9))
_UNITS: dict[str, dict[str, tuple[Decimal, Decimal]]] = {
    "Cel": dict.fromkeys(("cel", "°c", "c", "degc", "deg c", "celsius"), _AS_IS)
    | dict.fromkeys(("[degf]", "°f", "f", "degf", "deg f", "fahrenheit"), _FAHRENHEIT),
    "/min": dict.fromkeys(
        "/min {beats}/min {breaths}/min beats/min beats/minute breaths/min breaths/minute bpm "
        "{beats}/minute {breaths}/minute 1/min".split(),
        _AS_IS,
    ),
    "mm[Hg]": dict.fromkeys(("mm[hg]", "mmhg", "mm hg"), _AS_IS)
    | {"kpa": (Decimal("7.50062"), Decimal(0))},
    "%": dict.fromkeys(("%", "percent"), _AS_IS),
    "kg": {"kg": _AS_IS, "g": (Decimal("0.001"), Decimal(0))}
    | dict.fromkeys(("[lb_av]", "lb", "lbs"), (Decimal("0.45359237"), Decimal(0))),
    "cm": {"cm": _AS_IS, "m": (Decimal(100), Decimal(0))}
    | dict.fromkeys(("[in_i]", "in", "inch", "inches"), (Decimal("2.54"), Decimal(0))),
    "mmol/L": {"mmol/l": _AS_IS, "mg/dl": (IMPERIAL["15074-8"].factor, Decimal(0))},
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One value of an Observation. `component` tells several of one resource apart; `low` and
    `high` are what the sender calls usual, in the unit of the value."""

    component: str
    section: Section
    code: str
    name: str
    value: str = ""
    unit: str = ""
    text: str = ""
    low: str = ""
    high: str = ""


def measured(observation: Json) -> list[Measured]:
    """Every value in an Observation; none where it only gathers others or says why it has none."""
    section = Section.VITALS if _is(observation, "vital-signs") else Section.RESULTS
    tested = _is(observation, "laboratory")  # a blood sugar may be measured or tested
    asked = concept(observation, "code")
    if not asked.words:
        raise Wrong("It does not say what was observed (code).")
    found = list(_value_of(observation, asked, "", section))
    taken: set[str] = set()
    for number, component in enumerate(parts(observation, "component"), start=1):
        sign = concept(component, "code")
        if not sign.words:
            raise Wrong(f"component {number} does not say what was observed (code).")
        own = sign.code or sign.words
        own = own if own not in taken else f"{own}#{number}"
        taken.add(own)
        found += _value_of(component, sign, own, section)
    if tested:
        found = [replace(one, section=Section.RESULTS) for one in found]
    return [_with_note(found[0], observation)] if len(found) == 1 else found


def _with_note(found: Measured, observation: Json) -> Measured:
    """What was noted beside the only value there is, where the value is a number."""
    if found.text:
        return found
    try:
        said = [note(each, "text") for each in parts(observation, "note")]
    except Wrong:  # the value is worth more
        return found
    return replace(found, text="\n".join(filter(None, said))[:NOTE_LIMIT])


def _is(observation: Json, category: str) -> bool:
    kinds = concepts(observation, "category")
    return any(code == category for kind in kinds for _, code in kind.codings)


def _value_of(node: Json, asked: Concept, component: str, section: Section) -> Iterator[Measured]:
    code = chosen_code(asked)
    sign = VITAL_BY_CODE.get(code)
    if sign or code == BMI_CODE:
        section = Section.VITALS
    amount = _number_in(node)
    low = high = ""
    if amount and amount.value:
        value, unit, words = _as_number(amount, sign)
        if value and not words:
            low, high = _usual(node, amount)
    else:
        value, unit, words = "", "", _words_in(node)
    if value or words:
        yield Measured(component, section, code, asked.words, value, unit, words, low, high)


def chosen_code(asked: Concept) -> str:
    """The code a value is filed under: a vital sign's if any is one, else LOINC's, else any."""
    loinc = [_SAME_SIGN.get(code, code) for system, code in asked.codings if system == LOINC]
    signs = [code for code in loinc if code in VITAL_BY_CODE]
    return (signs or loinc or [asked.code])[0]


# ---- numbers


def _number_in(node: Json) -> Quantity | None:
    counted = decimal(node, "valueInteger")
    if counted is not None:
        return Quantity(plain(counted), "", "", "")
    amount = part(node, "valueQuantity")
    return quantity(amount) if amount else None


def _as_number(amount: Quantity, sign: VitalSign | None) -> tuple[str, str, str]:
    """(value, unit, text). "< 0.5" is no number; a vital sign only in a unit it can have."""
    if amount.comparator:
        return "", "", amount.words
    if sign is None:
        return amount.value, amount.unit, ""
    return _as_sign(amount, sign)


def _as_sign(amount: Quantity, sign: VitalSign) -> tuple[str, str, str]:
    known = _UNITS[sign.unit]
    scale = known.get(amount.unit.casefold()) or known.get(amount.unit_words.casefold())
    if scale is None:
        return "", "", amount.words
    value = amount.value
    if scale != _AS_IS:
        factor, step = scale
        value = plain(round(Decimal(value) * factor + step, sign.decimals + 1))
    low, high = sign.possible
    if not low <= float(value) <= high:
        return "", "", amount.words
    return value, sign.unit, "" if scale == _AS_IS else amount.words


def _usual(node: Json, amount: Quantity) -> tuple[str, str]:
    """The range the sender calls usual, if it is one for everybody and in the value's own unit."""
    try:
        ranges = [each for each in parts(node, "referenceRange") if _is_for_everybody(each)]
        if len(ranges) != 1:
            return "", ""
        low, high = (quantity(part(ranges[0], end)) for end in ("low", "high"))
    except Wrong:  # the value is worth more
        return "", ""
    if {low.unit, high.unit} - {"", amount.unit}:
        return "", ""
    return low.value, high.value


def _is_for_everybody(usual: Json) -> bool:
    said_for = usual.get("appliesTo") or usual.get("age")
    return not said_for and first_code(usual, "type") in ("", "normal")


# ---- words


def _words_in(node: Json) -> str:
    """What was found, where it is not a plain number."""
    said = note(node, "valueString") or concept(node, "valueCodeableConcept").words
    if said:
        return said
    if isinstance(node.get("valueBoolean"), bool):
        return "yes" if node.get("valueBoolean") else "no"
    for key in ("valueDateTime", "valueTime"):
        if at := text(node, key):
            return at
    return _range_in(node)


def _range_in(node: Json) -> str:
    """A range as "1 – 2 mg", a ratio as "1 : 128", a period as "from – until"."""
    kinds = (
        ("valueRange", "low", "high", " – "),
        ("valueRatio", "numerator", "denominator", " : "),
    )
    for key, first, second, between in kinds:
        ends = [quantity(part(part(node, key), end)).words for end in (first, second)]
        if any(ends):
            return between.join(ends).strip()
    period = part(node, "valuePeriod")
    return " – ".join(filter(None, (text(period, "start"), text(period, "end"))))
