"""SMART Health Links, read: from the scanned text to the files behind it.

HL7 SMART Health Links: `shlink:/` and a JSON payload in base64url, alone or behind the `#` of a
viewer's address (which is never asked). The payload names a place and the key; the place knows only
sealed files. The network is a `Fetch` passed in; what it brings is untrusted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from medilink.errors import (
    LinkBusy,
    LinkExpired,
    LinkFileDamaged,
    LinkHoldsNothing,
    LinkNeedsPasscode,
    LinkOutOfReach,
    LinkPasscodeWrong,
    LinkTooBig,
    LinkTooNew,
    LinkUnreadable,
    LinkUsedUp,
    LinkWithdrawn,
)
from security.jose import (
    SEALING_KEY_BYTES,
    JoseWrong,
    from_base64url,
    to_base64url,
    unseal_compact,
)

SCHEME = "shlink:/"
LONGEST_TEXT = 2000  # characters; a version 40 QR at level M holds 2,331 bytes
LONGEST_URL = 128
LONGEST_LABEL = 80
VERSION = 1
MOST_FILES = 20
LARGEST_TOGETHER_BYTES = 20 * 1024 * 1024
EMBEDDED_LENGTH_MAX = 1024 * 1024  # characters of a file the manifest may carry itself
_USUAL_WAIT_S = 60
_NO_LONGER_SO = ("entered-in-error", "no-longer-valid", "retracted")


class FileKind(StrEnum):
    """The files MediLink opens. `application/smart-api-access`, a key to somebody's server, is
    refused: a record is read here, not a door held open."""

    CARD = "application/smart-health-card"
    FHIR = "application/fhir+json"


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: HTTP status, body, and after how many seconds to ask again (0: not said)."""

    status: int
    body: bytes
    retry_after_s: int = 0


class Fetch(Protocol):
    """One request over https, bounded in time and size, to public addresses only, no redirects.
    `post`: a JSON body; None asks with GET. Raises LinkOutOfReach, LinkUnsafe, LinkTooBig."""

    def __call__(self, url: str, post: bytes | None = None) -> Answer: ...


@dataclass(frozen=True, slots=True)
class LinkFile:
    """One opened file. `last_updated` as the list says it; empty where it does not."""

    kind: FileKind
    content: bytes
    last_updated: str = ""


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """The files of a link, and how many of it were not for us, withdrawn or unknown."""

    files: tuple[LinkFile, ...]
    left_out: int = 0


# ---- the text


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


# ---- the files


def open_link(
    link: HealthLink, fetch: Fetch, *, recipient: str, now: int, passcode: str = ""
) -> OpenedLink:
    """Fetch and unseal what is behind a link. `recipient` is shown to whoever shared it; `now` in
    milliseconds. Raises LinkRefused: the kind says what to do."""
    if link.exp is not None and link.exp <= now:
        raise LinkExpired
    if link.needs_passcode and not passcode:
        raise LinkNeedsPasscode
    if link.is_one_file:
        return _one_file(link, fetch, recipient)
    asked = {"recipient": recipient, "embeddedLengthMax": EMBEDDED_LENGTH_MAX}
    body = json.dumps(asked | ({"passcode": passcode} if link.needs_passcode else {})).encode()
    try:
        return _files(_manifest(link, fetch, body), link, fetch)
    except _PlaceGone:  # a location works for an hour, perhaps once: ask for fresh ones
        try:
            return _files(_manifest(link, fetch, body), link, fetch)
        except _PlaceGone:
            raise LinkOutOfReach from None


class _PlaceGone(Exception):
    """A location of the manifest no longer works."""


def _one_file(link: HealthLink, fetch: Fetch, recipient: str) -> OpenedLink:
    joint = "&" if urlsplit(link.url).query else "?"
    answer = fetch(f"{link.url}{joint}{urlencode({'recipient': recipient})}")
    _check_status(answer)
    said, content = _unsealed(_text(answer.body), link)
    kind = _kind(said) or _kind_by_content(content)
    if kind is None:
        raise LinkHoldsNothing
    return OpenedLink((LinkFile(kind, content),))


def _manifest(link: HealthLink, fetch: Fetch, body: bytes) -> list[Mapping[str, Any]]:
    answer = fetch(link.url, body)
    _check_status(answer)
    files = _json(answer.body).get("files")
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise LinkFileDamaged
    if len(files) > MOST_FILES:
        raise LinkTooBig
    return files


def _check_status(answer: Answer) -> None:
    """Raise what an answer other than 200 means."""
    if answer.status == 200:
        return
    if answer.status == 401:
        remaining = _json(answer.body).get("remainingAttempts")
        if not isinstance(remaining, int):
            raise LinkNeedsPasscode
        raise LinkPasscodeWrong(remaining=remaining) if remaining > 0 else LinkUsedUp
    if answer.status in (404, 410):
        raise LinkWithdrawn
    if answer.status in (429, 503):
        raise LinkBusy(seconds=answer.retry_after_s or _USUAL_WAIT_S)
    raise LinkOutOfReach


def _files(listed: list[Mapping[str, Any]], link: HealthLink, fetch: Fetch) -> OpenedLink:
    opened: list[LinkFile] = []
    size = 0
    for file in listed:
        kind = _kind(str(file.get("contentType", "")))
        if kind is None or file.get("status") in _NO_LONGER_SO:
            continue
        _, content = _unsealed(_sealed(file, fetch), link)
        size += len(content)
        if size > LARGEST_TOGETHER_BYTES:
            raise LinkTooBig
        opened.append(LinkFile(kind, content, str(file.get("lastUpdated") or "")))
    if not opened:
        raise LinkHoldsNothing
    return OpenedLink(tuple(opened), len(listed) - len(opened))


def _sealed(file: Mapping[str, Any], fetch: Fetch) -> str:
    embedded, location = file.get("embedded"), file.get("location")
    if isinstance(embedded, str) and embedded:
        return embedded
    if not isinstance(location, str) or not location:
        raise LinkFileDamaged
    answer = fetch(location)
    if answer.status in (401, 403, 404, 410):
        raise _PlaceGone
    _check_status(answer)
    return _text(answer.body)


def _unsealed(jwe: str, link: HealthLink) -> tuple[str, bytes]:
    try:
        return unseal_compact(jwe.strip(), link.key)
    except JoseWrong:
        raise LinkFileDamaged from None


def _kind(content_type: str) -> FileKind | None:
    plain = content_type.partition(";")[0].strip().lower()
    return next((kind for kind in FileKind if kind.value == plain), None)


def _kind_by_content(content: bytes) -> FileKind | None:
    """For a file whose seal does not say its type."""
    told = _json(content)
    if "verifiableCredential" in told:
        return FileKind.CARD
    return FileKind.FHIR if "resourceType" in told else None


def _text(body: bytes) -> str:
    try:
        return body.decode("ascii")
    except UnicodeDecodeError:
        raise LinkFileDamaged from None


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise LinkFileDamaged from None
    if not isinstance(content, dict):
        raise LinkFileDamaged
    return content
