"""What every FHIR resource of ours is built from: times, codes, references, MediLink's marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from medilink.days import date_text
from medilink.fhir_names import CLINIC, ENTRY, FIELD, written_uid
from medilink.intake.fhir_values import UNDATED
from medilink.records import Entry, recorded_at

Resource = dict[str, Any]
# What stands where R4 or a profile asks for something nobody said.
ABSENT: Resource = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
    ]
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is built: the address of the patient, those of other entries by uid, and
    the bytes of documents by uid."""

    patient: str
    addresses: Mapping[bytes, str] = field(default_factory=dict)
    bodies: Mapping[bytes, bytes] = field(default_factory=dict)


def instant(at: int) -> str:
    """Milliseconds as FHIR dateTime in UTC."""
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + (
        f".{at % 1000:03d}Z" if at % 1000 else "Z"
    )


def since(at: int) -> str:
    """The same; only the day, month or year where no more is known. Empty where nobody said
    when."""
    if at == UNDATED:
        return ""
    return date_text(at) or instant(at)


def period(start: int, until: str = "") -> Resource:
    """A Period from `start` on; empty where neither end is known."""
    ends = {"start": since(start), "end": until}
    return {key: value for key, value in ends.items() if value}


def said(words: str, code: str = "", system: str = "") -> Resource:
    """A CodeableConcept; "not known" where nothing is said."""
    if not words and not code:
        return ABSENT
    coding = {"system": system, "code": code, "display": words}
    given = {key: value for key, value in coding.items() if value}
    return ({"coding": [given]} if code else {}) | ({"text": words} if words else {})


def coded(code: str, system: str) -> Resource:
    """A CodeableConcept of one code of FHIR's own, as statuses have it."""
    return {"coding": [{"system": system, "code": code}]}


def who(name: str) -> Resource | None:
    """Somebody who is known by name only; None where nobody is named."""
    return {"display": name} if name else None


def with_standings(told: Any, standings: Mapping[str, str]) -> Any:
    """A resource in which everybody named says how their licence stands, where that is known."""
    if isinstance(told, list):
        return [with_standings(each, standings) for each in told]
    if not isinstance(told, dict):
        return told
    if set(told) == {"display"} and told["display"] in standings:
        standing = {"url": f"{FIELD}standing", "valueString": standings[told["display"]]}
        return {"extension": [standing], **told}
    return {key: with_standings(value, standings) for key, value in told.items()}


# R4, data type string: no characters below 32 but these.
_CONTROL = dict.fromkeys(set(range(32)) - set(map(ord, "\t\n\r")), " ")


def in_fhir_letters(told: Any) -> Any:
    """A resource without the characters a FHIR text cannot have: a blank stands for each."""
    if isinstance(told, str):
        return told.translate(_CONTROL)
    if isinstance(told, list):
        return [in_fhir_letters(each) for each in told]
    if isinstance(told, dict):
        return {key: in_fhir_letters(value) for key, value in told.items()}
    return told


def recorded(entry: Entry) -> str:
    """When an entry was written down; empty where nobody said."""
    at = recorded_at(entry)
    return instant(at) if at != UNDATED else ""


def address_of(uid: bytes) -> str:
    """What a resource of ours is called in a Bundle."""
    return f"urn:uuid:{written_uid(uid)}"


def reference(uid: bytes | None, place: Place) -> Resource | None:
    """A reference to another entry; None where it does not leave with this one."""
    address = place.addresses.get(uid) if uid else None
    return {"reference": address} if address else None


def said_at(clinic: str) -> list[Resource]:
    """The tag that says at which clinic something was written."""
    return [{"system": CLINIC, "display": clinic}] if clinic else []


def meta(entry: Entry) -> Resource:
    """When and where an entry was written down."""
    told = {"lastUpdated": recorded(entry), "tag": said_at(entry.origin)}
    return {key: value for key, value in told.items() if value}


def resource(kind: str, entry: Entry, beside: Mapping[str, str], **fields: Any) -> Resource:
    """A resource with MediLink's marks. `beside`: texts that R4 has no field for, by their name;
    fields that are empty are left out."""
    why = {"why": entry.why, "doubted": "1" if entry.doubted else ""}
    own = [
        {"url": FIELD + name, "valueString": text} for name, text in (*beside.items(), *why.items())
        if text
    ]  # fmt: skip
    marked = {
        "resourceType": kind,
        "id": written_uid(entry.uid),
        "meta": meta(entry),
        "extension": [*fields.pop("extension", []), *own],
        "identifier": [{"system": ENTRY, "value": written_uid(entry.uid)}],
    }
    return {key: value for key, value in (marked | fields).items() if _says_something(value)}


def _says_something(value: object) -> bool:
    return value is not None and value not in ("", [], {})


def as_json(content: object) -> bytes:
    """JSON as bytes; decimals keep their digits."""
    return orjson.dumps(content, default=_digits)


def _digits(number: Any) -> orjson.Fragment:
    """A Decimal as it was written."""
    return orjson.Fragment(format(number, "f"))
