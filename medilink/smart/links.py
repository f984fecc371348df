"""SMART Health Links as text: `shlink:/` and a JSON payload in base64url, alone or behind the `#`
of a viewer's address (which is never asked). The payload names a place and the key to its files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from medilink.errors import LinkTooNew, LinkUnreadable
from security.jose import JoseWrong, from_base64url, to_base64url
from security.jwe import SEALING_KEY_BYTES

SCHEME = "shlink:/"
LONGEST_TEXT = 2000  # characters; a version 40 QR at level M holds 2,331 bytes
LONGEST_URL = 128
LONGEST_LABEL = 80
VERSION = 1


@dataclass(frozen=True, slots=True)
class HealthLink:
    """A link as it was scanned. `exp`: milliseconds, None where it does not say."""

    url: str
    key: bytes
    flags: frozenset[str] = frozenset()
    label: str = ""
    exp: int | None = None

    @property
    def needs_passcode(self) -> bool:
        return "P" in self.flags

    @property
    def is_one_file(self) -> bool:
        """Whether the place is the file itself, without a list of files."""
        return "U" in self.flags

    @property
    def is_lasting(self) -> bool:
        """Whether it may be asked again later for what is new."""
        return "L" in self.flags


def looks_like_link(text: str) -> bool:
    """Whether a scanned text wants to be a health link."""
    head, mark, tail = text.partition("#")
    return (tail if mark else head).strip().startswith(SCHEME)


def read_link(text: str) -> HealthLink:
    """A scanned or typed link. What is not known in it is ignored, as the standard asks. Raises
    LinkUnreadable, LinkTooNew."""
    whole = text.strip()
    behind = whole.rpartition("#")[2]
    if not behind.startswith(SCHEME) or len(behind) > LONGEST_TEXT:
        raise LinkUnreadable
    try:
        payload = json.loads(from_base64url(behind[len(SCHEME) :], "link"))
    except (JoseWrong, ValueError, RecursionError):
        raise LinkUnreadable from None
    if not isinstance(payload, dict):
        raise LinkUnreadable
    version = payload.get("v", VERSION)
    if version != VERSION:
        raise LinkTooNew if isinstance(version, int | float) else LinkUnreadable
    flags = payload.get("flag", "")
    exp = payload.get("exp")
    if not isinstance(flags, str) or not (exp is None or _is_moment(exp)):
        raise LinkUnreadable
    if {"U", "P"} <= set(flags):
        raise LinkUnreadable  # the standard forbids both: a passcode would never be asked for
    label = payload.get("label", "")
    return HealthLink(
        url=_url(payload.get("url")),
        key=_key(payload.get("key")),
        flags=frozenset(flags),
        label=label[:LONGEST_LABEL] if isinstance(label, str) else "",
        exp=None if exp is None else int(exp * 1000),
    )


def link_text(link: HealthLink, viewer: str = "") -> str:
    """A link as text. `viewer`: an address that shows links; empty for none."""
    payload: dict[str, Any] = {"url": link.url, "key": to_base64url(link.key)}
    if link.exp is not None:
        payload["exp"] = link.exp // 1000
    if link.flags:
        payload["flag"] = "".join(sorted(link.flags))
    if link.label:
        payload["label"] = link.label
    told = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
    return f"{viewer}#{SCHEME}{to_base64url(told)}" if viewer else SCHEME + to_base64url(told)


def _is_moment(value: object) -> bool:
    usual = isinstance(value, int | float) and not isinstance(value, bool)
    return usual and 0 <= float(str(value)) < 10**11


def _url(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        raise LinkUnreadable
    try:
        parts = urlsplit(value)
    except ValueError:
        raise LinkUnreadable from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise LinkUnreadable  # that it must be https, the one who fetches sees to
    return value


def _key(value: object) -> bytes:
    if not isinstance(value, str):
        raise LinkUnreadable
    try:
        key = from_base64url(value, "link")
    except JoseWrong:
        raise LinkUnreadable from None
    if len(key) != SEALING_KEY_BYTES:
        raise LinkUnreadable
    return key
