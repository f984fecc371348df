"""An issuer of cards for tests, people to put on them, and where the published examples lie."""

import json
import zlib
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from medilink.people import PatientDetails, Sex
from medilink.person_entries import Contact
from medilink.records import Alert, Allergy, Condition, Medication
from medilink.smart.card import MadeCard, make_card
from medilink.smart.card_bundle import CardContent
from medilink.smart.published import KnownIssuer, jwks_document, read_jwks
from security.jose import new_signing_key, public_jwk, sign_compact
from ui.corpora import corpora_folder

PUBLISHED = (corpora_folder() or Path("nowhere")) / "smart-health-cards"
SPEC, TESTDATA = PUBLISHED / "spec", PUBLISHED / "testdata"
needs_published = pytest.mark.skipif(not SPEC.is_dir(), reason=f"no card examples in {PUBLISHED}")

SPEC_ISSUER = "https://spec.smarthealth.cards/examples/issuer"
NOW = int(datetime(2026, 3, 2, 8, 0, tzinfo=UTC).timestamp() * 1000)
ISS = "https://cards.clinic.example"


def spec_issuers() -> dict[str, KnownIssuer]:
    """The issuer of the published examples, with its published keys."""
    keys = (SPEC / "jwks.json").read_bytes()
    return {SPEC_ISSUER: read_jwks(keys, SPEC_ISSUER, "Example issuer")}


def payload_of(jws: str) -> dict[str, Any]:
    """What a card says, read by nothing of ours."""
    packed = jws.split(".")[1]
    return json.loads(zlib.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15))


@dataclass(frozen=True)
class Issuer:
    """A clinic with a signing key."""

    key: bytes
    iss: str = ISS

    @property
    def kid(self) -> str:
        return public_jwk(self.key)["kid"]

    def known(self, ctr: int = 0) -> dict[str, KnownIssuer]:
        document = jwks_document([(public_jwk(self.key), ctr)])
        return {self.iss: read_jwks(document, self.iss, "Kibera Clinic")}

    def card(self, content: CardContent, exp: int | None = None) -> MadeCard:
        return make_card(
            content,
            lambda payload: sign_compact(payload, self.key),
            iss=self.iss,
            nbf=NOW // 1000 - 60,
            exp=exp,
            rid="Abc_-123xyz",
        )

    def sign(self, payload: Any) -> str:
        """Anything, signed: what a hostile or careless issuer would publish."""
        told = payload if isinstance(payload, bytes) else json.dumps(payload, separators=(",", ":"))
        return sign_compact(told if isinstance(told, bytes) else told.encode(), self.key)


def new_issuer() -> Issuer:
    return Issuer(new_signing_key())


def uid(number: int) -> bytes:
    return number.to_bytes(16, "big")


WANJIKU = PatientDetails(
    "Wanjiku Grace", "Ng'ang'a", Sex.FEMALE, "1984-05-23", phone="+254712345678"
)
SNOMED = "http://snomed.info/sct"


def content(**changes: Any) -> CardContent:
    """A person with something in every part."""
    told: dict[str, Any] = {
        "person": WANJIKU,
        "alerts": (Alert(uid(1), 1, "Takes warfarin: bleeds easily"),),
        "allergies": (
            Allergy(uid(2), 1, "Penicillin", "rash", "severe", code="91936005", system=SNOMED),
            Allergy(uid(3), 1, "Latex"),
        ),
        "conditions": (
            Condition(uid(4), 1_600_000_000_000, "Asthma", course="chronic"),
            Condition(uid(5), 1_500_000_000_000, "Malaria", "resolved", 1_501_000_000_000),
        ),
        "medications": (Medication(uid(6), 1, "Warfarin", "5 mg", frequency="once a day"),),
        "blood": "AB-",
        "contacts": (
            Contact(uid(7), 1, "Kamau Ng'ang'a", "brother", "+254722000111", 1),
            Contact(uid(8), 1, "Achieng Otieno", "friend", "+254733000222"),
        ),
        "phone": "+254712345678",
    }
    return CardContent(**(told | changes))
