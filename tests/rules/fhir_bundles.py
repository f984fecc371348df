"""Small FHIR bundles for tests, and where the real ones lie."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from medilink.intake.fhir import read_bundle
from medilink.receiving import ReceivedPatient, Unread

REPO = Path(__file__).parents[2]
CORPORA = Path(os.environ.get("MEDILINK_CORPORA", REPO.parent / "shared" / "corpora"))
FILES = sorted(path for folder in ("synthea", "ips") for path in (CORPORA / folder).glob("*.json"))

needs_corpora = pytest.mark.skipif(not FILES, reason=f"no FHIR files under {CORPORA}")
each_file = pytest.mark.parametrize("path", FILES or [CORPORA], ids=lambda path: path.stem)


def read(data: bytes | dict[str, Any]) -> tuple[list[ReceivedPatient], list[Unread]]:
    if isinstance(data, dict):
        data = json.dumps(data).encode()
    return read_bundle(data, "file.json")


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"https://there/fhir/{r['resourceType']}/{r['id']}", "resource": r}
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def coded(text: str, code: str = "1", system: str = "http://loinc.org") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}]}


PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [
        {"system": "urn:old", "value": "0", "use": "old"},
        {"system": "urn:clinic", "value": "17", "use": "official"},
    ],
    "name": [
        {"use": "maiden", "family": "Njeri"},
        {"use": "official", "family": "Ng'ang'a", "given": ["Wanjiku", "Grace"]},
    ],
    "gender": "female",
    "birthDate": "1984-05",
    "telecom": [{"system": "email", "value": "x@y"}, {"system": "phone", "value": "0712 345 678"}],
    "address": [{"city": "Murang'a", "country": "KE"}],
}
ABOUT = {"subject": {"reference": "Patient/p1"}}
ABOUT_FIELDS = {
    "AllergyIntolerance": "patient",
    "Immunization": "patient",
    "RelatedPerson": "patient",
    "Coverage": "beneficiary",
}


def of_p1(kind: str, own_id: str, /, **fields: Any) -> dict[str, Any]:
    named = ABOUT_FIELDS.get(kind, "subject")
    return {"resourceType": kind, "id": own_id, named: ABOUT["subject"], **fields}


def entries(*resources: dict[str, Any]) -> list[Any]:
    """What is understood of these, beside PATIENT."""
    [patient], left = read(bundle(PATIENT, *resources))
    assert left == []
    return [entry for received in patient.entries for entry in received.understood]


def why_unread(*resources: dict[str, Any]) -> str:
    """Why the last of these is not read; the patient and the others are."""
    _, [left] = read(bundle(PATIENT, *resources))
    assert left.where.startswith(f"entry {len(resources) + 1} ")
    return left.why
