"""Whether a Bundle is an International Patient Summary others can read: the rules of HL7 IPS 2.0.1
and of FHIR R4 documents that no schema sees. Pure.

It is asked of every summary before it is handed out, and of others in tests; what it does not look
at stands in docs/formats/ips.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from exports.ips_fields import wrong_fields
from exports.ips_sections import REQUIRED, STORY, TARGETS
from exports.xhtml import is_narrative
from medilink.fhir_names import LOINC
from medilink.intake.fhir_values import Json, inside

SUMMARY = "60591-5"  # LOINC: Patient summary Document
_SERVER_AND_REST = re.compile(r"(https?://.+)/[A-Z][A-Za-z]+/[^/]+")


def check_ips(bundle: Json) -> list[str]:
    """What is wrong with a summary, a sentence each; nothing where it is sound."""
    return [*_of_bundle(bundle), *_of_composition(bundle), *_of_resources(bundle)]


def _entries(bundle: Json) -> list[dict[str, Any]]:
    held = bundle.get("entry")
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _resource(entry: Json) -> Json:
    held = entry.get("resource")
    return held if isinstance(held, dict) else {}


def _kind(resource: Json) -> str:
    return str(resource.get("resourceType", ""))


# ---- the Bundle


def _of_bundle(bundle: Json) -> Iterator[str]:
    entries = _entries(bundle)
    kinds = [_kind(_resource(entry)) for entry in entries]
    called = Counter(str(entry.get("fullUrl", "")) for entry in entries)
    identifier = bundle.get("identifier")
    named = identifier if isinstance(identifier, dict) else {}
    top, beside = kinds[:1], {"search", "request", "response"}
    sound = {
        "It is no Bundle.": bundle.get("resourceType") == "Bundle",
        "The Bundle is not of type document.": bundle.get("type") == "document",
        "The Bundle has no identifier with system and value (bdl-9).": named.get("system")
        and named.get("value"),
        "The Bundle has no timestamp (bdl-10).": bundle.get("timestamp"),
        "The first entry is no Composition (bdl-11).": top == ["Composition"],
        "There is to be one Composition (bdl-ips-1).": kinds.count("Composition") == 1,
        "There is to be one Patient.": kinds.count("Patient") == 1,
        "An entry has no fullUrl.": "" not in called,
        "Two entries have the same fullUrl (bdl-7).": len(called) == len(entries),
        "A fullUrl names a version (bdl-8).": not any("/_history/" in each for each in called),
        "An entry has search, request or response.": not any(e.keys() & beside for e in entries),
    }
    yield from (sentence for sentence, is_so in sound.items() if not is_so)


# ---- the Composition


def _of_composition(bundle: Json) -> Iterator[str]:
    entries = _entries(bundle)
    summary = _resource(entries[0]) if entries else {}
    if (LOINC, SUMMARY) not in _codes(summary.get("type")):
        yield f"The Composition is not of type {SUMMARY}."
    sections = _objects(summary.get("section"))
    codes = Counter(_chapter(section) for section in sections)
    for code in REQUIRED:
        if not codes[code]:
            yield f"The section {code} is missing."
    for code, count in codes.items():
        if code and code not in {*TARGETS, STORY}:
            yield f"A summary has no section {code}."
        if code and count > 1:
            yield f"The section {code} is there {count} times."
    known = _by_address(entries)
    for section in sections:
        yield from _of_section(section, entries[0], known)


def _of_section(section: Json, source: Json, known: Mapping[str, Json]) -> Iterator[str]:
    code = _chapter(section)
    lines = _objects(section.get("entry"))
    why = _codes(section.get("emptyReason"))
    found = (known.get(_resolved(str(line.get("reference", "")), source)) for line in lines)
    kinds = {_kind(one) for one in found if one is not None}
    sound = {
        "has no title.": section.get("title"),
        "has no code.": section.get("code"),
        "has no narrative that is sound XHTML.": is_narrative(_div(section)),
        "has sections of its own.": "section" not in section,
        "has an empty list of entries.": section.get("entry") != [],
        "has neither entries nor a reason why not (ips-comp-1).": lines
        or why
        or code not in REQUIRED,
        "has entries, and a reason why it has none (cmp-2).": not lines
        or "emptyReason" not in section,
        "refers to resources of other types.": kinds <= TARGETS.get(code, kinds),
    }
    where = f"The section {code or section.get('title')}"
    yield from (f"{where} {wrong}" for wrong, is_so in sound.items() if not is_so)


def _div(told: Json) -> object:
    text = told.get("text")
    return text.get("div") if isinstance(text, dict) else None


def _chapter(section: Json) -> str:
    return next((code for system, code in _codes(section.get("code")) if system == LOINC), "")


def _codes(concept: object) -> list[tuple[str, str]]:
    held = concept.get("coding") if isinstance(concept, dict) else None
    return [(str(one.get("system", "")), str(one.get("code", ""))) for one in _objects(held)]


def _objects(held: object) -> list[dict[str, Any]]:
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


# ---- all resources


def _of_resources(bundle: Json) -> Iterator[str]:
    entries = _entries(bundle)
    known = _by_address(entries)
    for number, entry in enumerate(entries, start=1):
        resource = _resource(entry)
        where = f"Entry {number} ({_kind(resource)})"
        yield from (f"{where} {wrong}" for wrong in _of_references(resource, entry, known))
        yield from (f"{where} {wrong}" for wrong in wrong_fields(resource))
        if "text" in resource and not is_narrative(_div(resource)):
            yield f"{where} has a narrative that is no sound XHTML."


def _of_references(resource: Json, entry: Json, known: Mapping[str, Json]) -> Iterator[str]:
    contained = {f"#{one.get('id')}" for one in _objects(resource.get("contained"))} | {"#"}
    for node in inside(resource):
        said = node.get("reference")
        if not isinstance(said, str):
            continue
        if said.startswith("#"):
            if said not in contained:
                yield "refers to something it does not contain."
        elif _resolved(said, entry) not in known:
            yield "refers to something that is not in the document."


def _by_address(entries: list[dict[str, Any]]) -> dict[str, Json]:
    return {str(entry.get("fullUrl", "")): _resource(entry) for entry in entries}


def _resolved(said: str, source: Json) -> str:
    """A reference as an address (R4, "Resolving references in Bundles"). `source`: its entry."""
    if re.match(r"[a-z]+:", said):
        return said
    server = _SERVER_AND_REST.fullmatch(str(source.get("fullUrl", "")))
    return f"{server[1]}/{said}" if server else ""
