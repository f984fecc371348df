"""Sealed files as SMART Health Links use them: compact JWE (RFC 7516), `dir` with A256GCM (RFC 7518
4.5, 5.3), deflated or not. What is unsealed is untrusted all the same: its size is bounded.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from security.jose import (
    JoseWrong,
    deflate,
    from_base64url,
    inflate,
    json_object,
    minified,
    to_base64url,
)

SEALING_KEY_BYTES = 32
_IV_BYTES, _TAG_BYTES = 12, 16  # RFC 7518 5.3


def new_sealing_key() -> bytes:
    """32 random bytes: the key of one SMART Health Link."""
    return os.urandom(SEALING_KEY_BYTES)


def seal_compact(content: bytes, key: bytes, content_type: str, *, packed: bool = True) -> str:
    """`content` as compact JWE (RFC 7516 7.1): alg dir, enc A256GCM, `cty`, deflated unless told
    otherwise. A new random IV each time, because a link's key is used again."""
    header = {"alg": "dir", "enc": "A256GCM", "cty": content_type}
    told = to_base64url(minified(header | ({"zip": "DEF"} if packed else {})))
    iv = os.urandom(_IV_BYTES)
    sealed = AESGCM(key).encrypt(iv, deflate(content) if packed else content, told.encode())
    parts = (iv, sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:])
    return ".".join((told, "", *(to_base64url(part) for part in parts)))


def unseal_compact(jwe: str, key: bytes) -> tuple[str, bytes]:
    """(content type, content) of a compact JWE. Raises JoseWrong("jwe-form", "jwe-header",
    "jwe-sealed" for a wrong key or changed text, or "deflate")."""
    parts = jwe.split(".")
    if len(parts) != 5 or parts[1]:
        raise JoseWrong("jwe-form")
    told, _, iv, body, tag = (from_base64url(part, "jwe-form") for part in parts)
    header = json_object(told, "jwe-header")
    usual = header.get("alg") == "dir" and header.get("enc") == "A256GCM" and "crit" not in header
    if not usual or header.get("zip") not in (None, "DEF"):
        raise JoseWrong("jwe-header")
    if len(iv) != _IV_BYTES or len(tag) != _TAG_BYTES or len(key) != SEALING_KEY_BYTES:
        raise JoseWrong("jwe-form")
    try:
        content = AESGCM(key).decrypt(iv, body + tag, parts[0].encode("ascii"))
    except InvalidTag:
        raise JoseWrong("jwe-sealed") from None
    if header.get("zip") == "DEF":
        content = inflate(content, "deflate")
    return str(header.get("cty") or ""), content
