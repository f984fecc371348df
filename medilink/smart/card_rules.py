"""The rules a card's payload keeps, each with the name by which a broken one is told.

HL7 SMART Health Cards: claims of the credential, and what its FHIR bundle leaves out so that it
fits one QR code. A payload is parsed JSON whose shape nobody has checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn
from urllib.parse import urlsplit

from medilink.intake.fhir_values import exact_number
from medilink.smart.published import RID

Json = Mapping[str, object]

HEALTH_CARD = "https://smarthealth.cards#health-card"
FHIR_VERSION = "4.0.1"
_YEAR_5138 = 100_000_000_000  # seconds; a moment beyond was meant in milliseconds
_SHORT = re.compile(r"resource:(?:0|[1-9][0-9]{0,4})")
_TEXTS_OF_THEIR_OWN = ("note", "dosage", "dosageInstruction", "name", "address", "text")


class CardWrong(Exception):
    """A payload breaks a rule of SMART Health Cards; `rule` names it."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a card claims. `nbf` (issued) and `exp` in seconds since 1970; `exp` and `rid` may be
    missing."""

    iss: str
    nbf: float
    exp: float | None
    rid: str
    bundle: Json


# ---- claims


def read_claims(payload: bytes) -> Claims:
    """A payload as claims. Raises CardWrong."""
    content = _parsed(payload)
    credential = _object(content.get("vc"), "vc")
    iss = issuer_address(content.get("iss"))
    nbf = _moment(content.get("nbf"), "nbf")
    exp = _moment(content["exp"], "exp") if "exp" in content else None
    if exp is not None and exp < nbf:
        raise CardWrong("exp-before-nbf")
    kinds = credential.get("type")
    if not isinstance(kinds, list) or HEALTH_CARD not in kinds:
        raise CardWrong("vc-type")
    rid = credential.get("rid", "")
    if "rid" in credential and not (isinstance(rid, str) and RID.fullmatch(rid)):
        raise CardWrong("rid")
    subject = _object(credential.get("credentialSubject"), "credential-subject")
    if not str(subject.get("fhirVersion", "")).startswith("4."):
        raise CardWrong("fhir-version")
    return Claims(iss, nbf, exp, str(rid), _bundle(subject.get("fhirBundle")))


def _parsed(payload: bytes) -> Json:
    try:
        text = payload.decode("utf-8")
        # Numbers keep their digits: 37.10 is not 37.1 to whoever measured it.
        content = json.loads(text, parse_float=exact_number, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise CardWrong("payload-json") from None
    if re.search(r"\s", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        raise CardWrong("payload-minified")
    return _object(content, "payload-json")


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _object(value: object, rule: str) -> Json:
    if not isinstance(value, dict):
        raise CardWrong(rule)
    return value


def issuer_address(value: object) -> str:
    """An `iss`: https, no trailing slash. Raises CardWrong."""
    if not isinstance(value, str):
        raise CardWrong("iss")
    try:
        parts = urlsplit(value)
    except ValueError:
        raise CardWrong("iss") from None
    if parts.scheme != "https" or not parts.netloc or parts.query or parts.fragment:
        raise CardWrong("iss-https")
    if value.endswith("/"):
        raise CardWrong("iss-slash")
    return value


def _moment(value: object, claim: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise CardWrong(claim)
    if value > _YEAR_5138:
        raise CardWrong(f"{claim}-milliseconds")
    return float(value)


def _bundle(value: object) -> Json:
    bundle = _object(value, "bundle")
    entries = bundle.get("entry")
    if bundle.get("resourceType") != "Bundle" or not isinstance(entries, list) or not entries:
        raise CardWrong("bundle")
    for entry in entries:
        held = _object(_object(entry, "bundle").get("resource"), "bundle")
        if not isinstance(held.get("resourceType"), str):
            raise CardWrong("bundle")
    return bundle


# ---- what a bundle in one QR code leaves out


def check_fits_the_rules(bundle: Json) -> None:
    """The bundle of a card shown as one QR code. Raises CardWrong with the first broken rule."""
    if bundle.get("type") != "collection":
        raise CardWrong("bundle-type")
    _check_urls(bundle)
    nodes = list(_inside("", bundle))
    for rule, broken in _RULES:
        if any(broken(key, node) for key, node in nodes):
            raise CardWrong(rule)


def _check_urls(bundle: Json) -> None:
    entries = bundle["entry"]
    urls = [entry.get("fullUrl") for entry in entries] if isinstance(entries, list) else []
    short = all(isinstance(url, str) and _SHORT.fullmatch(url) for url in urls)
    if not short or len(set(urls)) != len(urls):
        raise CardWrong("full-url")


def _inside(key: str, value: object) -> Iterator[tuple[str, Json]]:
    """Every object of a piece of JSON with the name it stands under. A loop, not recursion."""
    waiting: list[tuple[str, object]] = [(key, value)]
    while waiting:
        name, here = waiting.pop()
        if isinstance(here, dict):
            yield name, here
            waiting.extend(here.items())
        elif isinstance(here, list):
            waiting.extend((name, each) for each in here)


def _has_id(_: str, node: Json) -> bool:
    return "resourceType" in node and "id" in node


def _has_meta(_: str, node: Json) -> bool:
    """Resource.meta may hold security labels (Coding) and nothing else."""
    if "resourceType" not in node or "meta" not in node:
        return False
    meta = node["meta"]
    labels = meta.get("security") if isinstance(meta, dict) and set(meta) == {"security"} else None
    if not isinstance(labels, list) or not labels:
        return True
    known = {"system", "version", "code"}
    return any(not isinstance(one, dict) or "code" not in one or set(one) - known for one in labels)


def _has_narrative(_: str, node: Json) -> bool:
    return "resourceType" in node and isinstance(node.get("text"), dict)


def _has_concept_text(key: str, node: Json) -> bool:
    """A CodeableConcept with text. Notes, dosages, names and addresses have a text of their own."""
    if "text" not in node:
        return False
    only_text = set(node) <= {"text", "extension"}
    return "coding" in node or (only_text and key not in _TEXTS_OF_THEIR_OWN)


def _has_display(key: str, node: Json) -> bool:
    """A Coding with display. A Reference may be a display and nothing else."""
    if "display" not in node or "reference" in node or "identifier" in node:
        return False
    return key in ("coding", "security") or "code" in node or "system" in node


def _has_long_reference(_: str, node: Json) -> bool:
    where = node.get("reference")
    return where is not None and not (isinstance(where, str) and _SHORT.fullmatch(where))


def _has_empty_value(_: str, node: Json) -> bool:
    """FHIR R4 2.6.2: nothing is written as empty."""
    held = [*node.values()]
    held += [each for value in node.values() if isinstance(value, list) for each in value]
    return any(value in (None, "", [], {}) for value in held)


_RULES: tuple[tuple[str, Callable[[str, Json], bool]], ...] = (
    ("resource-meta", _has_meta),
    ("resource-id", _has_id),
    ("resource-text", _has_narrative),
    ("concept-text", _has_concept_text),
    ("coding-display", _has_display),
    ("reference", _has_long_reference),
    ("empty-value", _has_empty_value),
)
