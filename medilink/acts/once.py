"""Reads are logged once: a page that redraws the same view does not count as another access."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.desk import Desk, SeenRead

Found = TypeVar("Found")
SAME_VIEW_MS = 10 * 60_000
VIEWS_KEPT = 300


def read_once(
    desk: Desk, event: AuditEvent, read: Callable[[Evidence], tuple[Found, LoggedRead]]
) -> Found:
    """What `read` finds, with `event` logged unless the same view, or a wider
    one, was logged within ten minutes."""
    view = (*_whose(event), event.extra)
    before = desk.seen.get(view)
    if before and _lately(before, event) and event.sections <= before.sections:
        return read(before.entry)[0]
    return _read(desk, event, view, read)


def search_once(
    desk: Desk,
    event: AuditEvent,
    words: Sequence[str],
    read: Callable[[Evidence], tuple[Found, LoggedRead]],
) -> Found:
    """What `read` finds, with `event` logged unless `words` are a text that was logged within ten
    minutes and is still being typed, or deleted: the same words, longer or shorter. The extra
    `typed` of `event`, a digest of the text, tells texts apart in the log only.

    A text grows one way only. Whoever deletes a letter and types another looks for somebody else,
    which is another entry: else one entry for "ML-" would do for everybody.
    """
    about = (*_whose(event), tuple(pair for pair in event.extra if pair[0] != "typed"))
    for view, before in list(desk.seen.items()):
        if view[:-1] != about or not _lately(before, event):
            continue
        longest = view[-1]
        if isinstance(longest, tuple) and (_begin(longest, words) or _begin(words, longest)):
            desk.seen.pop(view, None)  # None: another tab of the session was quicker
            desk.seen[(*about, max(longest, tuple(words), key=_letters))] = before
            return read(before.entry)[0]
    return _read(desk, event, (*about, tuple(words)), read)


def _whose(event: AuditEvent) -> tuple[object, ...]:
    return (event.session, event.actor, event.act, event.patient, event.method, event.why)


def _lately(before: SeenRead, event: AuditEvent) -> bool:
    return 0 <= event.at - before.at < SAME_VIEW_MS


def _begin(words: Sequence[str], longer: Sequence[str]) -> bool:
    """Whether each of some words begins the word in its place."""
    return len(words) <= len(longer) and all(map(str.startswith, longer, words))


def _letters(words: Sequence[str]) -> int:
    return sum(map(len, words))


def _read(
    desk: Desk,
    event: AuditEvent,
    view: tuple[object, ...],
    read: Callable[[Evidence], tuple[Found, LoggedRead]],
) -> Found:
    found, logged = read(event)
    if len(desk.seen) >= VIEWS_KEPT:
        desk.seen.clear()
    desk.seen[view] = SeenRead(event.at, event.sections, logged)
    return found
