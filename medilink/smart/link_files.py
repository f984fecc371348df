"""From a SMART Health Link to the files behind it.

The place a link names knows only sealed files, and counts wrong passcodes. The network is a `Fetch`
passed in; what it brings is untrusted.
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
    LinkUsedUp,
    LinkWithdrawn,
)
from medilink.smart.links import HealthLink
from security.jose import JoseWrong
from security.jwe import unseal_compact

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
