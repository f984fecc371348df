"""JSON changed in one place, every other character as it came: digits, time stamps, spelling.

What is taken in here was read as JSON before (`medilink.intake.fhir_file`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from exports.fhir_parts import as_json

# Raw control characters in texts are let in, so they are met here as well; digits are not counted.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)
_SPACE = re.compile(r"[ \t\r\n]*")
_TEXT_OR_SPACE = re.compile(r'"(?:[^"\\]|\\.)*"|[ \t\r\n]+', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f]")
# The quote of a name that stands inside a text has a backslash before it.
_REFERENCE = re.compile(r'(?<!\\)"reference"(\s*:\s*)("(?:[^"\\]|\\.)*")', re.DOTALL)


def with_members(body: bytes, others: Mapping[str, object]) -> bytes:
    """An object with these members in place of those of the same name, or added at its end; None
    takes one away."""
    kept = [text for key, text in _members(body.decode()) if key not in others]
    new = [
        f"{as_json(key).decode()}:{as_json(value).decode()}"
        for key, value in others.items()
        if value is not None
    ]
    return ("{" + ",".join([*kept, *new]) + "}").encode()


def _members(text: str) -> Iterator[tuple[str, str]]:
    """The members of the outermost object: name, and characters with the name."""
    at = _after_space(text, _after_space(text, 0) + 1)
    while text[at] != "}":
        begin = at
        key, at = _DECODER.raw_decode(text, at)
        at = _after_space(text, _after_space(text, at) + 1)
        _, at = _DECODER.raw_decode(text, at)
        yield str(key), text[begin:at]
        at = _after_space(text, at)
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def with_references(body: bytes, now: Callable[[str], str | None], without: object) -> bytes:
    """JSON of a FHIR resource in which every reference points where `now` says; for None it points
    nowhere, and `without` says why (as `_reference`, R4 2.1.0.2 "JSON representation of
    primitive elements")."""
    nowhere = f'"_reference":{as_json(without).decode()}'

    def replaced(found: re.Match[str]) -> str:
        said = str(json.loads(found[2], strict=False))
        other = now(said)
        if other is None:
            return nowhere
        return found[0] if other == said else f'"reference"{found[1]}{as_json(other).decode()}'

    return _REFERENCE.sub(replaced, body.decode()).encode()


def on_one_line(body: bytes) -> bytes:
    """JSON without the spaces between its parts: one line, whatever stands in its texts."""

    def shortened(found: re.Match[str]) -> str:
        said = found[0]
        return _CONTROL.sub(_escaped, said) if said.startswith('"') else ""

    return _TEXT_OR_SPACE.sub(shortened, body.decode()).encode()


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
