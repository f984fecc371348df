"""Is this card genuine? One verdict, and the rule that decided it.

    MALFORMED        it breaks a rule of SMART Health Cards (`rule` says which)
    UNKNOWN_ISSUER   well made, but nobody here knows the issuer, or this key of it
    ALTERED          the signature is not that of the key it names
    REVOKED          the issuer took it back, as far as this device has heard
    EXPIRED          its time is over
    NOT_YET_VALID    it begins later, or this device's clock is behind
    GENUINE          none of these

No network: who is known, and what is known to be revoked, is passed in. A card in one QR code must
also leave out what the rules for QR codes forbid; such a card is MALFORMED though `signed` is true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from medilink.sharing import CLOCK_SLACK_MS
from medilink.smart.card_rules import (
    CardWrong,
    Claims,
    Json,
    check_fits_the_rules,
    read_claims,
)
from medilink.smart.card_text import (
    LONGEST_IN_ONE_CODE,
    CardTextWrong,
    cards_of_file,
    jws_of_codes,
    looks_like_card,
)
from medilink.smart.published import KnownIssuer
from security.jose import JoseWrong, SignedText, is_signed_by, open_compact

LONGEST_CARD = 1_000_000  # characters; a whole summary in a file has 10,000


class Verdict(StrEnum):
    """What became of a card; explained at the head of this file."""

    GENUINE = "genuine"
    UNKNOWN_ISSUER = "unknown issuer"
    ALTERED = "altered"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    REVOKED = "revoked"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict. `iss` and `bundle` are what the card says; they may be believed where `signed`
    (by a known key of `iss`). `issued_at`, `expires_at`: milliseconds UTC.

    `revocations_known_at`: when the list of revoked cards was fetched, milliseconds; None where
    there is none. `revocations_behind`: the issuer has announced a newer one.
    """

    verdict: Verdict
    rule: str = ""
    iss: str = ""
    issuer_name: str = ""
    kid: str = ""
    rid: str = ""
    signed: bool = False
    issued_at: int = 0
    expires_at: int | None = None
    revocations_known_at: int | None = None
    revocations_behind: bool = False
    bundle: Json | None = None


def judge_card(text: str, known: Mapping[str, KnownIssuer], now: int) -> Judged:
    """A card as it was scanned (`shc:/…`) or as its JWS. `known`: issuers by their `iss`; `now` in
    milliseconds. The text is taken to the letter: a stray space is a broken rule."""
    return judge_codes([text], known, now) if looks_like_card(text) else _judge(text, known, now)


def judge_codes(texts: Sequence[str], known: Mapping[str, KnownIssuer], now: int) -> Judged:
    """A card in one or several codes (deprecated), in any order."""
    try:
        return _judge(jws_of_codes(texts), known, now)
    except CardTextWrong as wrong:
        return Judged(Verdict.MALFORMED, wrong.rule)


def judge_file(data: bytes, known: Mapping[str, KnownIssuer], now: int) -> list[Judged]:
    """Every card of a `.smart-health-card` file; one verdict where it is none."""
    try:
        return [_judge(card, known, now) for card in cards_of_file(data)]
    except CardTextWrong as wrong:
        return [Judged(Verdict.MALFORMED, wrong.rule)]


def _judge(jws: str, known: Mapping[str, KnownIssuer], now: int) -> Judged:
    if not jws.isascii() or len(jws) > LONGEST_CARD:
        return Judged(Verdict.MALFORMED, "jws-form")
    try:
        opened = open_compact(jws)
        claims = read_claims(opened.payload)
    except (JoseWrong, CardWrong) as wrong:
        return Judged(Verdict.MALFORMED, wrong.rule)
    said = _said(opened, claims)
    issuer = known.get(claims.iss)
    if issuer is None:
        return replace(said, verdict=Verdict.UNKNOWN_ISSUER, rule="issuer-unknown")
    key = issuer.keys.get(opened.kid)
    if key is None:  # a key that is somebody else's, or newer than what is known here
        return replace(said, verdict=Verdict.UNKNOWN_ISSUER, rule="key-not-of-issuer")
    if not is_signed_by(opened, key):
        return replace(said, verdict=Verdict.ALTERED, rule="signature")
    signed = _with_revocations(replace(said, signed=True), issuer)
    verdict, rule = _standing(signed, claims, issuer, now)
    if verdict is Verdict.GENUINE and len(jws) <= LONGEST_IN_ONE_CODE:
        try:
            check_fits_the_rules(claims.bundle)
        except CardWrong as wrong:
            verdict, rule = Verdict.MALFORMED, wrong.rule
    return replace(signed, verdict=verdict, rule=rule)


def _said(opened: SignedText, claims: Claims) -> Judged:
    return Judged(
        Verdict.UNKNOWN_ISSUER,
        iss=claims.iss,
        kid=opened.kid,
        rid=claims.rid,
        issued_at=int(claims.nbf * 1000),
        expires_at=None if claims.exp is None else int(claims.exp * 1000),
        bundle=claims.bundle,
    )


def _with_revocations(judged: Judged, issuer: KnownIssuer) -> Judged:
    held = issuer.revoked.get(judged.kid)
    return replace(
        judged,
        issuer_name=issuer.name,
        revocations_known_at=held.known_at if held else None,
        revocations_behind=issuer.announced.get(judged.kid, 0) > (held.ctr if held else 0),
    )


def _standing(judged: Judged, claims: Claims, issuer: KnownIssuer, now: int) -> tuple[Verdict, str]:
    """Revoked, over, not begun, or none of these; the first that is so."""
    held = issuer.revoked.get(judged.kid)
    if held and claims.rid and held.revokes(claims.rid, claims.nbf):
        return Verdict.REVOKED, "rid"
    if judged.expires_at is not None and judged.expires_at <= now:
        return Verdict.EXPIRED, "exp"
    if judged.issued_at > now + CLOCK_SLACK_MS:
        return Verdict.NOT_YET_VALID, "nbf"
    return Verdict.GENUINE, ""
