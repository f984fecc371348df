"""Making a card: payload, signature, and what gives way when one QR code cannot hold it all.

A card is never split over several codes (deprecated, and half a card misleads). What is left out
goes in a stated order and `MadeCard.left_out` says so; allergies, warnings, medicines in use and
the blood type never go.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from medilink.errors import CardHasNoIssuer, CardTooFull
from medilink.smart.card_bundle import CardContent, card_bundle
from medilink.smart.card_rules import FHIR_VERSION, HEALTH_CARD, CardWrong, issuer_address
from medilink.smart.card_text import LONGEST_IN_ONE_CODE, card_text

# What is left out, in this order, until the card fits. The name of a thing stands beside its code,
# so without codes nothing is missing for a reader.
STEPS = (
    "other contacts",
    "conditions that are over",
    "dates",
    "codes",
    "other conditions",
    "phone",
    "contact",
    "reactions",
    "doses",
    "chronic conditions",
)
LOSES_NOTHING = frozenset({"codes"})


@dataclass(frozen=True, slots=True)
class MadeCard:
    """A signed card: its JWS, the text of its QR code, what it holds, and which of `STEPS` it took
    to fit."""

    jws: str
    text: str
    content: CardContent
    left_out: tuple[str, ...] = ()

    @property
    def shortened(self) -> bool:
        """Whether something the patient chose is missing: the card must show it."""
        return not LOSES_NOTHING.issuperset(self.left_out)


def card_payload(
    bundle: Mapping[str, Any], *, iss: str, nbf: int, exp: int | None, rid: str
) -> bytes:
    """The claims of a card, minified. `nbf` and `exp` in seconds since 1970; `exp` None: it does
    not expire, and is taken back by its `rid`."""
    credential: dict[str, Any] = {
        "type": [HEALTH_CARD],
        "credentialSubject": {"fhirVersion": FHIR_VERSION, "fhirBundle": bundle},
        "rid": rid,
    }
    claims: dict[str, Any] = {"iss": iss, "nbf": nbf}
    if exp is not None:
        claims["exp"] = exp
    claims["vc"] = credential
    return _minified(claims)


def make_card(  # noqa: PLR0913 what a card says of itself, each named by the caller
    content: CardContent,
    sign: Callable[[bytes], str],
    *,
    iss: str,
    nbf: int,
    exp: int | None,
    rid: str,
) -> MadeCard:
    """A card that fits one QR code. `sign` makes the compact JWS of a payload. Raises
    CardHasNoIssuer for an `iss` nobody could find keys at, CardTooFull where even the least does
    not fit."""
    try:
        issuer_address(iss)
    except CardWrong:
        raise CardHasNoIssuer from None
    for shorter, left_out in _shorter_and_shorter(content):
        payload = card_payload(card_bundle(shorter), iss=iss, nbf=nbf, exp=exp, rid=rid)
        jws = sign(payload)
        if len(jws) <= LONGEST_IN_ONE_CODE:
            return MadeCard(jws, card_text(jws), shorter, left_out)
    raise CardTooFull


def _shorter_and_shorter(content: CardContent) -> Iterator[tuple[CardContent, tuple[str, ...]]]:
    """The content, then less and less of it, with the steps that made it shorter. Conditions go
    one by one, the last first."""
    left_out: tuple[str, ...] = ()
    yield content, left_out
    for step in STEPS:
        shorter = [less for less in _step(step, content) if _length(less) < _length(content)]
        if shorter:
            left_out = (*left_out, step)
            content = shorter[-1]
        yield from ((less, left_out) for less in shorter)


def _length(content: CardContent) -> int:
    return len(_minified(card_bundle(content)))


def _minified(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def _step(step: str, content: CardContent) -> Iterator[CardContent]:
    if step in _CONDITIONS_THAT_GO:
        yield from _without_conditions(content, _CONDITIONS_THAT_GO[step])
        return
    yield replace(content, **_CHANGES[step](content))


def _without_conditions(content: CardContent, kinds: tuple[str, ...]) -> Iterator[CardContent]:
    for condition in reversed(content.conditions):
        if _kind(condition) in kinds:
            rest = tuple(c for c in content.conditions if c is not condition)
            content = replace(content, conditions=rest)
            yield content


def _kind(condition: Any) -> str:
    if condition.status != "active":
        return "over"
    return "chronic" if condition.course == "chronic" else "other"


_CONDITIONS_THAT_GO: dict[str, tuple[str, ...]] = {
    "conditions that are over": ("over",),
    "other conditions": ("other",),
    "chronic conditions": ("chronic",),
}
_CHANGES: dict[str, Any] = {
    "other contacts": lambda content: {"contacts": content.contacts[:1]},
    "dates": lambda _: {"dates": False},
    "codes": lambda _: {"codes": False},
    "phone": lambda _: {"phone": ""},
    "contact": lambda _: {"contacts": ()},
    "reactions": lambda _: {"reactions": False},
    "doses": lambda _: {"doses": False},
}
