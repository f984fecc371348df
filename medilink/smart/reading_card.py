"""A judged card as a record to look at: its bundle goes through the same readers as any FHIR file.

What our cards say in ways of their own (`card_bundle`) is first said the usual way again: names
become texts, warnings Flags, the blood type a field of the person. A reading is for showing, and is
only as true as the verdict beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from medilink.errors import CardUnreadable, FileUnreadable
from medilink.fhir_names import FIELD, LOINC, NAME
from medilink.intake.fhir import read_bundle
from medilink.people import Patient, PatientId
from medilink.profile import BLOOD_TYPES
from medilink.receiving import ReceivedPatient, Unread, patient_uid
from medilink.records import Entry, Record, section_of
from medilink.smart.card_bundle import ALERT_CODE, BLOOD_CODE
from medilink.smart.judging import Judged

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReadCard:
    """What a card says: the person and the entries, the same as a record to show (only the sections
    the card has), and what could not be read."""

    received: ReceivedPatient
    record: Record
    unread: list[Unread]


def read_card(judged: Judged) -> ReadCard:
    """The content of a card, whatever its verdict; the caller shows both together.

    Raises CardUnreadable for a card without a bundle, or not of exactly one person.
    """
    if judged.bundle is None:
        raise CardUnreadable
    try:
        # Every card calls its person resource:0. The fingerprint keeps two people two people.
        mark = hashlib.sha256(_json(judged.bundle)).hexdigest()[:12]
        said = _json(_restored(judged.bundle, judged.issued_at))
        people, unread = read_bundle(said, f"{judged.issuer_name or judged.iss}, card {mark}")
    except (FileUnreadable, TypeError, RecursionError):  # too deep, or numbers beyond 64 bits
        raise CardUnreadable from None
    if len(people) != 1:
        raise CardUnreadable
    return ReadCard(people[0], _as_record(people[0], judged.issued_at), unread)


def read_shared_bundle(content: bytes, now: int) -> Record | None:
    """A FHIR bundle that came without a card, as a record to show; None where it is not readable or
    not of exactly one person. `now` in milliseconds."""
    try:
        people, _ = read_bundle(content, "health link")
    except FileUnreadable:
        return None
    return _as_record(people[0], now) if len(people) == 1 else None


def _json(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(content, default=_digits, option=orjson.OPT_SORT_KEYS)


def _digits(number: Any) -> orjson.Fragment:
    """A Decimal as it was written."""
    return orjson.Fragment(format(number, "f"))


# ---- our ways of saying things, undone


def _restored(bundle: Mapping[str, Any], issued_at: int) -> Json:
    """The bundle as a FHIR file would have it, dated with the day the card was issued."""
    resources = [(e.get("fullUrl"), _unmarked(_with_texts(e["resource"]))) for e in bundle["entry"]]
    said = [_said(resource) for _, resource in resources]
    blood = next((w for code, w in said if code == BLOOD_CODE and w in BLOOD_TYPES), "")
    entries = []
    for (url, resource), (code, words) in zip(resources, said, strict=True):
        if code == BLOOD_CODE and words in BLOOD_TYPES:
            continue
        if code == ALERT_CODE and words:
            resource = _flag(resource, words)
        if blood and resource.get("resourceType") == "Patient":
            resource = resource | {"extension": [{"url": f"{FIELD}blood", "valueString": blood}]}
        entries.append({"fullUrl": url, "resource": resource})
    return {"resourceType": "Bundle", "type": "collection",
            "timestamp": _instant(issued_at), "entry": entries}  # fmt: skip


def _unmarked(resource: Json) -> Json:
    """Without identifiers and extensions: our cards have none, and in a stranger's they could pass
    for MediLink's own marks of a patient or an entry."""
    return {key: each for key, each in resource.items() if key not in ("identifier", "extension")}


def _instant(at: int) -> str:
    from_epoch = datetime.fromtimestamp(at // 1000, UTC)
    return from_epoch.strftime("%Y-%m-%dT%H:%M:%SZ")


def _said(resource: Json) -> tuple[str, str]:
    """(LOINC code, text) of an Observation whose value is a text; empty for anything else."""
    concept, value = resource.get("code"), resource.get("valueString")
    if resource.get("resourceType") != "Observation":
        return "", ""
    if not isinstance(concept, dict) or not isinstance(value, str):
        return "", ""
    codes = [c["code"] for c in _codings(concept) if c.get("system") == LOINC]
    return (codes[0] if codes else ""), value


def _flag(observation: Json, words: str) -> Json:
    return {
        "resourceType": "Flag",
        "status": "active",
        "code": {"text": words},
        "subject": observation.get("subject"),
    }


def _codings(concept: Json) -> list[Json]:
    held = concept.get("coding")
    codings = held if isinstance(held, list) else []
    return [c for c in codings if isinstance(c, dict) and isinstance(c.get("code"), str)]


def _with_texts(value: Any) -> Any:
    """JSON in which every concept that has a name of ours says it as its text."""
    if isinstance(value, list):
        return [_with_texts(each) for each in value]
    if not isinstance(value, dict):
        return value
    told = {key: _with_texts(each) for key, each in value.items()}
    names = [coding["code"] for coding in _codings(told) if coding.get("system") == NAME]
    if not names:
        return told
    rest = [coding for coding in told["coding"] if coding.get("system") != NAME]
    others = {key: each for key, each in told.items() if key != "coding"}
    return others | ({"coding": rest} if rest else {}) | {"text": names[0]}


# ---- as a record


_PLACES = {
    "Alert": "alerts", "Allergy": "allergies", "Condition": "conditions",
    "Medication": "medications", "Observation": "observations", "Encounter": "encounters",
    "Immunization": "immunisations", "Procedure": "procedures", "Document": "documents",
    "Contact": "contacts", "Coverage": "coverages", "Profile": "profiles",
}  # fmt: skip


def _as_record(received: ReceivedPatient, issued_at: int) -> Record:
    """A record that is not in the store: no id, nobody's MediLink ID."""
    entries = [entry for one in received.entries for entry in one.understood]
    uid = patient_uid(received.source_id)
    person = Patient(PatientId(0), uid, "", received.details, 0, issued_at)
    held: dict[str, Any] = {place: _newest_first(entries, kind) for kind, place in _PLACES.items()}
    return Record(person, frozenset(section_of(entry) for entry in entries), **held)


def _newest_first(entries: Iterable[Entry], kind: str) -> tuple[Entry, ...]:
    of_kind = [entry for entry in entries if type(entry).__name__ == kind]
    return tuple(sorted(of_kind, key=lambda entry: -entry.at))
