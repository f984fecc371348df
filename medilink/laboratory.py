"""Laboratory tests: found by what is typed, and results checked before they are kept.

Pure. The catalogue is `medilink.laboratory_tests`.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from medilink.errors import CodeUnknown, NumberImpossible
from medilink.laboratory_tests import PANELS, TEST_BY_CODE, TESTS, Kind, LabTest
from medilink.people import fold, tidy
from medilink.units import Unit
from medilink.visits import check_entry_text
from medilink.vitals import read_number

ALIKE_FROM = 80  # of 100: one letter in five may be wrong
SHORTEST_MISSPELT = 4
MOST_FOUND = 8
_TYPED = re.compile(r"(?P<bound>[<>]=?|[≤≥])?\s*(?P<number>[+-]?[\d.,]+)\s*(?P<unit>\S.*)?")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
_SPACED = re.compile(r"(?<=\d) (?=\d{3}\b)")  # 1 200 000
THOUSANDS_FROM = 1000  # in tests that go beyond it, a comma before three digits parts thousands
_SHORT = {
    "neg": "negative", "nil": "negative", "nr": "negative", "nad": "negative",
    "pos": "positive", "r": "positive",
}  # fmt: skip
# What laboratories write where there was nothing to count; LDL: lower than the detectable limit.
_NOT_FOUND = frozenset({"not detected", "undetectable", "tnd", "ldl", "target not detected"})


class Question(StrEnum):
    """What is asked about a result before it is saved."""

    NONE = ""
    VERY_LOW = "very low"
    VERY_HIGH = "very high"


QUESTION_WORDS: dict[Question, str] = {
    Question.VERY_LOW: "{test}: {found} {unit} is very low. Is it right, and in the right unit?",
    Question.VERY_HIGH: "{test}: {found} {unit} is very high. Is it right, and in the right unit?",
}


class Result(NamedTuple):
    """A checked result as an Observation keeps it: a decimal text in the kept unit, or a text.

    "<20 copies/mL" is a text, because no number was measured. `question`: asked once before saving.
    """

    value: str
    unit: str
    text: str
    question: Question = Question.NONE


# ---- finding a test


@cache
def _sought() -> dict[str, tuple[str, ...]]:
    """Every folded name → the codes it means; a panel means several."""
    found: dict[str, list[str]] = {}
    for test in TESTS:
        for name in (test.name, *test.called):
            found.setdefault(fold(name), []).append(test.code)
    for panel, (called, codes) in PANELS.items():
        for name in (panel, *called):
            found.setdefault(fold(name), []).extend(codes)
    return {name: tuple(dict.fromkeys(codes)) for name, codes in found.items()}


def find_tests(typed: str) -> list[LabTest]:
    """The tests a typed text can mean, best first: exactly, as a beginning, or misspelt. The tests
    of a panel ("FBC") come together. Empty where nothing fits."""
    sought = fold(typed)
    if not sought:
        return []
    names = _sought()
    starting = sorted((n for n in names if n.startswith(sought) and n != sought), key=len)
    within = sorted((n for n in names if f" {sought}" in n), key=len)
    ranked = [*([sought] if sought in names else []), *starting, *within]
    if not ranked and len(sought) >= SHORTEST_MISSPELT:
        near = process.extract(
            sought, names.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE_FROM, limit=MOST_FOUND
        )
        ranked = [name for name, _, _ in near]
    codes = dict.fromkeys(code for name in ranked for code in names[name])
    most = max(MOST_FOUND, len(names[ranked[0]]) if ranked else 0)
    return [TEST_BY_CODE[code] for code in list(codes)[:most]]


def units_of(test: LabTest) -> list[str]:
    """The units a result may be typed in, the kept one first; empty where there is none."""
    shown = [test.shown, *(unit.shown for unit in test.others)]
    return [unit for unit in shown if unit]


# ---- checking a result


def check_result(test: LabTest, typed: str, unit: str = "") -> Result:
    """A typed result as it is kept. `unit` is one of `units_of`, empty for the kept one; a unit
    typed after the number outweighs it.

    Raises NotANumber, NumberImpossible; CodeUnknown for a choice or unit that is not in the list;
    TooLong.
    """
    line = check_entry_text(test.name, tidy(typed))
    if test.kind is Kind.TEXT:
        return Result("", "", line)
    if test.kind is Kind.CHOICE:
        return Result("", "", _chosen(test, line))
    if fold(line) in _NOT_FOUND and not test.possible[0]:
        return Result("", "", "not detected")
    found = _TYPED.fullmatch(_SPACED.sub("", line))
    number = _number(test, found["number"] if found else line)
    kept = _in_kept_unit(test, number, (found["unit"] if found else None) or unit)
    _check_possible(test, kept)
    if found and found["bound"]:
        bound = {"≤": "<=", "≥": ">="}.get(found["bound"], found["bound"])
        return Result("", "", f"{bound}{kept} {test.shown}".strip())
    return Result(kept, test.unit, "", _question(test, kept))


def _number(test: LabTest, typed: str) -> str:
    if test.possible[1] > THOUSANDS_FROM and _THOUSANDS.fullmatch(typed):
        typed = typed.replace(",", "")
    return read_number(test.name, typed)


def _chosen(test: LabTest, line: str) -> str:
    choices = test.choices or {}
    if set(line) == {"+"}:  # ++ is 2+
        line = f"{len(line)}+"
    said = _folded_choice(line)
    for value, words in choices.items():
        if said in (_folded_choice(value), _folded_choice(words)):
            return value
    if _SHORT.get(said) in choices:
        return _SHORT[said]
    raise CodeUnknown(field=test.name)


def _folded_choice(text: str) -> str:
    return fold(text.replace("+", " plus ").replace("-", " minus " if len(text) <= 3 else " "))


def _in_kept_unit(test: LabTest, number: str, unit: str) -> str:
    if not unit or _same_unit(unit, test.shown) or _same_unit(unit, test.unit):
        return number
    for other in test.others:
        if _same_unit(unit, other.shown):
            return _converted(other, number)
    raise CodeUnknown(field="Unit")


def _same_unit(one: str, other: str) -> bool:
    return _plain_unit(one) == _plain_unit(other)


def _plain_unit(unit: str) -> str:
    """Units as they are typed: Umol/l, µmol/L and umol/L are one."""
    as_typed = unit.casefold().replace("µ", "u").replace("μ", "u").replace("⁹", "9")
    return as_typed.replace("×", "x").replace("^", "").replace("¹²", "12").replace(" ", "")


def _converted(unit: Unit, number: str) -> str:
    kept = (Decimal(number) - unit.offset) * unit.factor
    return format(kept.quantize(Decimal(1).scaleb(-unit.decimals), ROUND_HALF_UP), "f")


def _check_possible(test: LabTest, kept: str) -> None:
    low, high = test.possible
    if not low <= float(kept) <= high:
        raise NumberImpossible(
            field=test.name, found=kept, low=f"{low:g}", high=f"{high:g}", unit=test.shown
        )


def _question(test: LabTest, kept: str) -> Question:
    low, high = test.likely
    if float(kept) < low:
        return Question.VERY_LOW
    return Question.VERY_HIGH if float(kept) > high else Question.NONE


def shown_result(test: LabTest, text: str) -> str:
    """The plain words of a kept choice, to be translated; other texts as they are."""
    return (test.choices or {}).get(text, text)
