"""Narratives of FHIR resources: XHTML built of escaped texts, and whether one from elsewhere may go
on. Rules: HL7 FHIR R4, "Narrative", txt-1 and txt-2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from xml.parsers.expat import ExpatError, ParserCreate

NAMESPACE = "http://www.w3.org/1999/xhtml"
# Characters XML 1.0 has no place for.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# HTML 4.0 chapters 7–11 (without 9.4) and 15, and anchors, images, spans and styles within.
_ELEMENTS = frozenset(
    """
    a abbr acronym address b bdo big blockquote br caption center cite code col colgroup dd del dfn
    div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike
    strong sub sup table tbody td tfoot th thead tr tt u ul var
    """.split()
)
_ATTRIBUTES = frozenset(
    """
    abbr accesskey align alt axis background bgcolor border cellhalign cellpadding cellspacing
    cellvalign char charoff charset cite class color colspan compact coords dir frame face headers
    height href hreflang hspace id idref lang longdesc name noshade nowrap rel rev rowspan rules
    scope shape size span src start style summary tabindex target title type valign value vspace
    width xml:lang
    """.split()
)

# Attributes that lead somewhere, and where to they may: browsers read over what is not seen.
_LEADING = frozenset({"background", "cite", "href", "longdesc", "src"})
_UNSEEN = re.compile("[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_SCHEME = re.compile(r"[^/?#]*?:")
_SCHEMES = ("http:", "https:", "mailto:", "tel:", "urn:")
_PICTURES = ("data:image/png;", "data:image/jpeg;", "data:image/gif;")


def shown(text: str) -> str:
    """A text as it can stand between tags, its lines kept."""
    lines = _NO_XML.sub(" ", text).splitlines()
    return "<br/>".join(escape(line) for line in lines)


def narrative(inside: str) -> dict[str, str]:
    """A Narrative made from data. `inside`: XHTML."""
    return {"status": "generated", "div": f'<div xmlns="{NAMESPACE}">{inside}</div>'}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts; columns with nothing in any row are left out."""
    filled = [tuple(row) for row in rows]
    wanted = [n for n in range(len(head)) if any(row[n] for row in filled)]
    named = "".join(f"<th>{shown(head[n])}</th>" for n in wanted)
    lines = "".join(
        f"<tr>{''.join(f'<td>{shown(row[n])}</td>' for n in wanted)}</tr>" for row in filled
    )
    return f"<table><thead><tr>{named}</tr></thead><tbody>{lines}</tbody></table>"


def paragraph(text: str) -> str:
    """A paragraph of text."""
    return f"<p>{shown(text)}</p>"


def is_narrative(div: object) -> bool:
    """Whether a `div` is well-formed XHTML that FHIR lets stand: no scripts, no events, no entity
    that is not XML's own, and something to read."""
    if not isinstance(div, str):
        return False
    try:
        return _Looked(div).sound
    except (ExpatError, UnicodeEncodeError):
        return False


def _is_harmless(element: str, key: str, value: str) -> bool:
    """Whether an attribute starts nothing: a link leads to a page, a person or within the text;
    only a picture may carry its own bytes."""
    said = _UNSEEN.sub("", value).casefold()
    if "script:" in said:
        return False
    if key not in _LEADING or not _SCHEME.match(said):
        return True
    return said.startswith(_SCHEMES + _PICTURES if element == "img" else _SCHEMES)


class _Looked:
    """One narrative, looked through."""

    def __init__(self, div: str) -> None:
        self._depth, self._good, self._says = 0, True, False
        parser = ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.Parse(div.encode(), True)

    @property
    def sound(self) -> bool:
        return self._good and self._says

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, element = name.rpartition(" ")
        top = self._depth > 0 or element == "div"
        self._good &= space == NAMESPACE and element in _ELEMENTS and top
        for key, value in attributes.items():
            known = key.replace("http://www.w3.org/XML/1998/namespace ", "xml:") in _ATTRIBUTES
            self._good &= known and _is_harmless(element, key, value)
        self._says |= element == "img"
        self._depth += 1

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _text(self, text: str) -> None:
        self._says |= bool(text.strip())

    def _doctype(self, *_declared: object) -> None:
        self._good = False
