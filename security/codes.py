"""Random things people and rows are named by: access codes, ids, session names."""

from __future__ import annotations

import os
import secrets
import time
import uuid


def new_code(count: int = 10**6, digits: int = 6) -> str:
    """A uniformly random access code, six digits with leading zeros."""
    return f"{secrets.randbelow(count):0{digits}d}"


def new_uid(now_ms: int | None = None) -> bytes:
    """A UUIDv7 (RFC 9562 5.7) as 16 bytes: time first, so that rows made together lie together."""
    at = int(time.time() * 1000) if now_ms is None else now_ms
    random = bytearray(os.urandom(10))
    random[0] = 0x70 | (random[0] & 0x0F)
    random[2] = 0x80 | (random[2] & 0x3F)
    return at.to_bytes(6, "big") + bytes(random)


def new_share_id() -> bytes:
    """8 random bytes that name one share."""
    return os.urandom(8)


def new_epoch() -> bytes:
    """16 random bytes: which life of a store this is."""
    return os.urandom(16)


def uid_from_name(name: str) -> bytes:
    """The same 16 bytes for the same name, for ever (UUIDv5): what another system calls a thing."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"urn:medilink:{name}").bytes


def new_node_code() -> str:
    """Three Crockford letters that tell clinics' numbers apart: 32,768 nodes."""
    return "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(3))


def new_token() -> str:
    """256 random bits as text, for cookies and links."""
    return secrets.token_urlsafe(32)
