"""Every text there is to translate: what the code says, and the tables of words it says.

Texts stand where they are used. In the code they are the first argument of `say`, of the sentences
of errors, or in tables whose name ends in WORDS; rules keep a few richer tables, named here.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import medilink.errors as all_errors
from exports.columns import COLUMNS
from medilink.acts.unlocking import Change
from medilink.choices import BLOOD_WORDS, LANGUAGES
from medilink.completeness import PARTS
from medilink.drug_classes import CLASSES, RELATED
from medilink.entering import FORMS
from medilink.errors import MediLinkError
from medilink.growth import MEANING_WORDS, Measure
from medilink.laboratory_tests import TESTS
from medilink.notices import RULES
from medilink.people import PatientDetails, Profession
from medilink.profile import DONOR, PROFILE_FIELDS, REACH
from medilink.templates import TEMPLATES
from medilink.vaccine_schedules import kenya
from medilink.vitals import VITAL_SIGNS

ROOT = Path(__file__).parents[2]
ROOMS = ("ui", "medilink", "exports")
NOT_SAID = ("medilink/intake", "ui/setting_up", "ui/commands")  # for the terminal, in English
_IN_TEMPLATES = re.compile(r"""say\(\s*"((?:[^"\\]|\\.)*)"|say\(\s*'((?:[^'\\]|\\.)*)'""")
# Who names a field to whoever typed into it: the first argument.
_FIELD_CHECKS = {"check_entry_text", "check_note_text", "_line", "_lines", "_day",
                 "read_number"}  # fmt: skip


class Text(NamedTuple):
    """A text; `many` where it goes with a number."""

    one: str
    many: str = ""


def all_texts() -> list[Text]:
    """All of them, once each, in alphabetical order."""
    found = {*_in_code(), *_in_templates(), *map(Text, _in_tables()), *map(Text, _of_errors())}
    return sorted(text for text in found if text.one.strip())


# ---- where they stand


def _in_code() -> Iterator[Text]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not path.relative_to(ROOT).as_posix().startswith(NOT_SAID):
                yield from _in_module(ast.parse(path.read_text("utf-8")))


def _in_module(tree: ast.Module) -> Iterator[Text]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node)
    for statement in tree.body:
        if _named_words(statement):
            yield from map(Text, _strings(statement.value))  # type: ignore[attr-defined]


def _in_call(call: ast.Call) -> Iterator[Text]:
    called = getattr(call.func, "attr", getattr(call.func, "id", ""))
    texts = [arg.value for arg in call.args[:2]
             if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]  # fmt: skip
    if called == "say_many" and len(texts) > 1:
        yield Text(texts[0], texts[1])
    elif called in {"say", *_FIELD_CHECKS} and texts and isinstance(call.args[0], ast.Constant):
        yield Text(texts[0])
    for given in call.keywords:
        if given.arg == "field" and isinstance(given.value, ast.Constant):
            yield Text(str(given.value.value))


def _named_words(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return any(_is_words(target) for target in statement.targets)
    return isinstance(statement, ast.AnnAssign) and _is_words(statement.target)


def _is_words(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id.endswith("WORDS")


def _strings(node: ast.expr | None) -> Iterator[str]:
    """The words of a table: the values of a dict, the members of a tuple."""
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _strings(value)
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        for member in node.elts:
            yield from _strings(member)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _in_templates() -> Iterator[Text]:
    for path in sorted((ROOT / "ui").rglob("*.html")):
        for found in _IN_TEMPLATES.finditer(path.read_text("utf-8")):
            yield Text(ast.literal_eval(f'"{found[1]}"') if found[1] else found[2])


def _of_errors() -> Iterator[str]:
    for _, error in inspect.getmembers(all_errors, inspect.isclass):
        if issubclass(error, MediLinkError):
            yield error.template_of()
            yield error.to_others


def _in_tables() -> Iterator[str]:
    yield from BLOOD_WORDS.values()
    yield from LANGUAGES.values()
    yield from DONOR.values()
    yield from REACH.values()
    yield from MEANING_WORDS
    yield from (profession.value for profession in Profession)
    yield from (rule.title for rule in RULES)
    yield from (change.value for change in Change)
    yield from (sign.name for sign in VITAL_SIGNS)
    yield from (label for label, _ in PROFILE_FIELDS.values())
    yield from (measure.value.capitalize() for measure in Measure)
    yield from (name.replace("_", " ").capitalize() for name in PatientDetails.__annotations__)
    yield from (text for part in PARTS for text in (part.what, part.why))
    yield from (series.name for series in kenya().series)
    yield from {*CLASSES, *(group for pair in RELATED for group in pair)}
    yield from (column.heading for columns in COLUMNS.values() for column in columns)
    for fields in FORMS.values():
        for field in fields:
            yield from (field.label, *field.choices.values())
    for test in TESTS:
        yield from (test.name, *(test.choices or {}).values())
    for template in TEMPLATES:
        yield template.reason
        yield from (*template.history, *template.examination, *template.plan)
