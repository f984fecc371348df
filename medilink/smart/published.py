"""What an issuer of cards publishes: its public keys, and which cards it took back.

    iss + /.well-known/jwks.json         the keys (RFC 7517 5), each with the count of its list
    iss + /.well-known/crl/{kid}.json    the ids of cards revoked under one key

Documents of others are read here too; what stands in them is untrusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from security.jose import JoseWrong, VerifyingKey, read_public_jwk

RID = re.compile(r"[A-Za-z0-9_-]{1,24}")  # the base64url alphabet, at most 24 characters
_LISTED_RID = re.compile(r"([A-Za-z0-9_-]{1,24})(?:\.([0-9]{1,12}))?")
LARGEST_DOCUMENT_BYTES = 5 * 1024 * 1024


class DocumentWrong(Exception):
    """A published document cannot be used. `rule` names what is broken."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


@dataclass(frozen=True, slots=True)
class RevokedCards:
    """The cards revoked under one key. `ctr` counts the editions of the list. `rids`: revocation id
    to the moment (seconds since 1970) before which its cards are void; None: all of them.
    `known_at`: when the list was fetched, milliseconds; whoever judges by it says so."""

    kid: str
    ctr: int
    rids: Mapping[str, int | None]
    known_at: int = 0

    def revokes(self, rid: str, nbf: float) -> bool:
        """Whether a card of this id, issued at `nbf` (seconds), was taken back."""
        if rid not in self.rids:
            return False
        before = self.rids[rid]
        return before is None or nbf < before


@dataclass(frozen=True, slots=True)
class KnownIssuer:
    """Somebody whose cards are believed: name for people, keys by kid, the edition of the list each
    key announces (`crlVersion`), and the lists held. `left_out`: rules that other keys broke."""

    iss: str
    keys: Mapping[str, VerifyingKey]
    announced: Mapping[str, int] = field(default_factory=dict)
    revoked: Mapping[str, RevokedCards] = field(default_factory=dict)
    name: str = ""
    left_out: tuple[str, ...] = ()


def jwks_address(iss: str) -> str:
    """Where an issuer's keys are."""
    return f"{iss}/.well-known/jwks.json"


def crl_address(iss: str, kid: str) -> str:
    """Where the list of cards revoked under one key is."""
    return f"{iss}/.well-known/crl/{kid}.json"


# ---- ours


def jwks_document(keys: Iterable[tuple[Mapping[str, str], int]]) -> bytes:
    """The key set of (public JWK, edition of its list; 0 where none was ever published). A retired
    key stays in it as long as its cards are carried."""
    listed = [{**jwk, **({"crlVersion": ctr} if ctr else {})} for jwk, ctr in keys]
    return _minified({"keys": listed})


def crl_document(kid: str, ctr: int, rids: Sequence[str]) -> bytes:
    """The list of revoked ids, each alone or as `rid.seconds`. ValueError for an id that cannot be
    one, or an edition before the first."""
    if ctr < 1 or any(not _LISTED_RID.fullmatch(rid) for rid in rids):
        raise ValueError("not a list of revoked cards")
    return _minified({"kid": kid, "method": "rid", "ctr": ctr, "rids": list(rids)})


# ---- of others


def read_jwks(data: bytes, iss: str, name: str = "") -> KnownIssuer:
    """An issuer's key set. Keys that are no signing keys of cards are left out, with the rule they
    break. Raises DocumentWrong("jwks-json"), or the rule of the last key where none can be used."""
    content = _object(data, "jwks-json")
    held = content.get("keys", [content] if "kty" in content else None)
    if not isinstance(held, list) or not all(isinstance(jwk, dict) for jwk in held):
        raise DocumentWrong("jwks-json")
    keys: dict[str, VerifyingKey] = {}
    announced: dict[str, int] = {}
    left_out: list[str] = []
    for jwk in held:
        try:
            key = read_public_jwk(jwk)
        except JoseWrong as wrong:
            left_out.append(wrong.rule)
            continue
        keys[key.kid] = key
        if _is_count(jwk.get("crlVersion")):
            announced[key.kid] = jwk["crlVersion"]
    if not keys:
        raise DocumentWrong(left_out[-1] if left_out else "jwks-json")
    return KnownIssuer(iss, keys, announced, name=name, left_out=tuple(left_out))


def read_crl(data: bytes, kid: str, known_at: int = 0) -> RevokedCards:
    """The list of one key. Raises DocumentWrong("crl-json", "crl-kid", "crl-method", "crl-ctr",
    "crl-rid", "crl-rid-twice")."""
    content = _object(data, "crl-json")
    if content.get("kid") != kid:
        raise DocumentWrong("crl-kid")
    if content.get("method") != "rid":
        raise DocumentWrong("crl-method")
    ctr, listed = content.get("ctr"), content.get("rids")
    if not isinstance(ctr, int) or not _is_count(ctr):
        raise DocumentWrong("crl-ctr")
    if not isinstance(listed, list):
        raise DocumentWrong("crl-json")
    rids: dict[str, int | None] = {}
    for each in listed:
        found = _LISTED_RID.fullmatch(each) if isinstance(each, str) else None
        if found is None:
            raise DocumentWrong("crl-rid")
        if found[1] in rids:
            raise DocumentWrong("crl-rid-twice")  # two moments for one id: which holds?
        rids[found[1]] = int(found[2]) if found[2] else None
    return RevokedCards(kid, ctr, rids, known_at)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _object(data: bytes, rule: str) -> dict[str, object]:
    try:
        content = json.loads(data.decode("utf-8")) if len(data) <= LARGEST_DOCUMENT_BYTES else None
    except (ValueError, RecursionError):
        raise DocumentWrong(rule) from None
    if not isinstance(content, dict):
        raise DocumentWrong(rule)
    return content


def _minified(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
