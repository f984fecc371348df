"""Signed JSON as the web knows it, JWK and JWS, in the one form SMART Health Cards use: ES256 over
P-256 (RFC 7518 3.4), deflated.

No other algorithm exists here, so none can be asked for by a hostile header. What is opened is
untrusted: output of inflating is bounded, base64url must be in its one canonical form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

COORDINATE_BYTES = 32  # P-256 (RFC 7518 6.2.1.2)
SIGNATURE_BYTES = 64  # r and s one after the other (RFC 7518 3.4), never DER
LARGEST_CONTENT_BYTES = 5 * 1024 * 1024  # inflated; a card has 2 kB, a whole summary 60 kB
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_CURVE = ec.SECP256R1()


class JoseWrong(Exception):
    """A key, signature or sealed text is not what it must be. `rule` names what is broken."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


# ---- base64url and deflate


def to_base64url(content: bytes) -> str:
    """Base64url without padding (RFC 7515 2)."""
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def from_base64url(text: str, rule: str) -> bytes:
    """The bytes of a base64url text. Raises JoseWrong(rule), also for a text that is not the one
    way these bytes are written: two texts for one signature would be two cards."""
    try:
        content = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError):
        raise JoseWrong(rule) from None
    if to_base64url(content) != text:
        raise JoseWrong(rule)
    return content


def deflate(content: bytes) -> bytes:
    """Raw DEFLATE (RFC 1951), as tight as it gets: no zlib or gzip header."""
    packer = zlib.compressobj(level=9, method=zlib.DEFLATED, wbits=-15, memLevel=9)
    return packer.compress(content) + packer.flush()


def inflate(packed: bytes, rule: str) -> bytes:
    """What was deflated. Raises JoseWrong(rule) for anything else, and for more than 5 MB."""
    unpacker = zlib.decompressobj(wbits=-15)
    try:
        content = unpacker.decompress(packed, LARGEST_CONTENT_BYTES)
    except zlib.error:
        raise JoseWrong(rule) from None
    if not unpacker.eof or unpacker.unused_data:
        raise JoseWrong(rule)
    return content


# ---- keys


def new_signing_key() -> bytes:
    """A private P-256 key, as its 32-byte scalar."""
    number = ec.generate_private_key(_CURVE).private_numbers().private_value
    return number.to_bytes(COORDINATE_BYTES, "big")


def new_rid() -> str:
    """A card's revocation id: 64 random bits in base64url (11 characters), telling nobody
    anything."""
    return to_base64url(os.urandom(8))


def _private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    if len(scalar) != COORDINATE_BYTES:
        raise JoseWrong("key-length")
    return ec.derive_private_key(int.from_bytes(scalar, "big"), _CURVE)


def public_jwk(scalar: bytes) -> dict[str, str]:
    """The public half of a signing key as JWK (RFC 7517 4), its thumbprint as `kid`."""
    return jwk_of(key_at_point(public_point(scalar)))


def public_point(scalar: bytes) -> bytes:
    """The public half of a signing key as 64 bytes, x before y (SEC 1 2.3.3, without its mark)."""
    point = _private(scalar).public_key().public_numbers()
    return b"".join(n.to_bytes(COORDINATE_BYTES, "big") for n in (point.x, point.y))


def key_at_point(point: bytes) -> VerifyingKey:
    """The key with these 64 bytes. Raises JoseWrong("key-point")."""
    if len(point) != 2 * COORDINATE_BYTES:
        raise JoseWrong("key-point")
    x, y = (to_base64url(half) for half in (point[:COORDINATE_BYTES], point[COORDINATE_BYTES:]))
    key = VerifyingKey(thumbprint(x, y), x, y)
    key.public()
    return key


def thumbprint(x: str, y: str) -> str:
    """The SHA-256 thumbprint of a P-256 key (RFC 7638 3), base64url; 43 characters."""
    told = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    return to_base64url(hashlib.sha256(told.encode()).digest())


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key that was checked: `kid` is its thumbprint, the point lies on the curve."""

    kid: str
    x: str
    y: str

    def public(self) -> ec.EllipticCurvePublicKey:
        """The key itself. Raises JoseWrong("key-point")."""
        x, y = (int.from_bytes(from_base64url(n, "key-point"), "big") for n in (self.x, self.y))
        try:
            return ec.EllipticCurvePublicNumbers(x, y, _CURVE).public_key()
        except ValueError:
            raise JoseWrong("key-point") from None


def jwk_of(key: VerifyingKey) -> dict[str, str]:
    """A public key as JWK, as issuers of cards publish it."""
    told = {"kty": "EC", "kid": key.kid, "use": "sig", "alg": "ES256"}
    return told | {"crv": "P-256", "x": key.x, "y": key.y}


_KEY_SAYS = (("kty", "EC"), ("use", "sig"), ("alg", "ES256"), ("crv", "P-256"))


def read_public_jwk(jwk: Mapping[str, object]) -> VerifyingKey:
    """A JWK that may verify cards. Raises JoseWrong naming the member that is wrong."""
    for member, wanted in _KEY_SAYS:
        if jwk.get(member) != wanted:
            raise JoseWrong(f"key-{member}")
    if "d" in jwk:
        raise JoseWrong("key-private")  # whoever publishes it has lost it
    x, y = str(jwk.get("x")), str(jwk.get("y"))
    key = VerifyingKey(thumbprint(x, y), x, y)
    key.public()
    if jwk.get("kid") != key.kid:
        raise JoseWrong("key-kid")
    return key


# ---- JWS: signed


@dataclass(frozen=True, slots=True)
class SignedText:
    """A compact JWS taken apart (RFC 7515 7.1), its payload inflated. Nothing is verified yet."""

    kid: str
    payload: bytes
    signed: bytes
    signature: bytes


def sign_compact(payload: bytes, scalar: bytes) -> str:
    """`payload` deflated and signed, as compact JWS with the header alg ES256, zip DEF, kid."""
    header = {"zip": "DEF", "alg": "ES256", "kid": public_jwk(scalar)["kid"]}
    said = f"{to_base64url(minified(header))}.{to_base64url(deflate(payload))}"
    r, s = decode_dss_signature(_private(scalar).sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    both = r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")
    return f"{said}.{to_base64url(both)}"


def open_compact(jws: str) -> SignedText:
    """A compact JWS taken apart. Raises JoseWrong("jws-form", "header-json", "header-alg",
    "header-zip", "header-kid", "signature-form" or "deflate")."""
    parts = jws.split(".")
    if len(parts) != 3 or not all(parts):
        raise JoseWrong("jws-form")
    told, packed, signature = (from_base64url(part, "jws-form") for part in parts)
    header = json_object(told, "header-json")
    for member, wanted in (("alg", "ES256"), ("zip", "DEF")):
        if header.get(member) != wanted:
            raise JoseWrong(f"header-{member}")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise JoseWrong("header-kid")
    if len(signature) != SIGNATURE_BYTES:
        raise JoseWrong("signature-form")
    signed = jws.rpartition(".")[0].encode("ascii")
    return SignedText(kid, inflate(packed, "deflate"), signed, signature)


def is_signed_by(text: SignedText, key: VerifyingKey) -> bool:
    """Whether this key made this signature (RFC 7515 5.2)."""
    r, s = (int.from_bytes(half, "big") for half in (text.signature[:32], text.signature[32:]))
    if not (0 < r < _P256_ORDER and 0 < s < _P256_ORDER):
        return False
    try:
        key.public().verify(encode_dss_signature(r, s), text.signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


# ---- JSON


def minified(content: object) -> bytes:
    """JSON without a space that could be left out."""
    return json.dumps(content, separators=(",", ":")).encode()


def json_object(content: bytes, rule: str) -> dict[str, object]:
    """A JSON object. Raises JoseWrong(rule) for anything else."""
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise JoseWrong(rule) from None
    if not isinstance(found, dict):
        raise JoseWrong(rule)
    return found
