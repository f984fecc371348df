"""What was received and leaves again: byte for byte where nothing was changed here; where one entry
was, the original with that one thing changed in it.

An original of several entries of which one was changed, struck or replaced does not leave: its
entries do, one by one, as this record has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exports.fhir_ours import build
from exports.fhir_parts import Place, Resource
from medilink.intake.fhir_again import Reread
from medilink.records import Entry, Record

# R4 elements of which a resource has one of several types.
_CHOICES = ("onset", "abatement", "effective", "performed", "occurrence", "value", "deceased")
_MARKS = frozenset({"resourceType", "id", "meta", "identifier", "text"})


@dataclass(frozen=True, slots=True)
class Standing:
    """How the entries of a record stand to what was read from its originals: those in force, and
    what became of those that are not, by uid (None: struck, nothing)."""

    now: Mapping[bytes, Entry]
    since: Mapping[bytes, Entry | None]

    def of(self, then: Entry) -> Entry | None:
        """What an entry as it was read is today; itself where the record does not have it."""
        if then.uid in self.since:
            return self.since[then.uid]
        return self.now.get(then.uid, then)


def standing(record: Record) -> Standing:
    """The entries of a record by the uids they were read under."""
    now = {entry.uid: entry for entry in record.entries()}
    since: dict[bytes, Entry | None] = {old.uid: None for old in record.versions}
    for entry in now.values():
        since |= {old.uid: entry for old in record.earlier_versions(entry)}
    return Standing(now, since)


@dataclass(slots=True)
class Leaving:
    """The originals that leave. `as_changed` pairs one with what an entry of it is now; `told`:
    the uids of entries that leave with them."""

    as_they_came: list[Reread] = field(default_factory=list)
    as_changed: list[tuple[Reread, Entry]] = field(default_factory=list)
    told: set[bytes] = field(default_factory=set)


def sort_out(originals: Iterable[Reread], stand: Standing) -> Leaving:
    """What becomes of each original that is no Patient."""
    leaving = Leaving()
    for one in originals:
        if one.original.kind == "Patient":
            continue
        today = [stand.of(then) for then in one.entries]
        if all(is_same(then, now) for then, now in zip(one.entries, today, strict=True)):
            leaving.as_they_came.append(one)
            leaving.told.update(then.uid for then in one.entries)
        elif len(one.entries) == 1 and today[0] is not None:
            leaving.as_changed.append((one, today[0]))
            leaving.told.add(today[0].uid)
    return leaving


def is_same(then: Entry, now: Entry | None) -> bool:
    """Whether an entry stands as it was read. What an earlier version of MediLink read less of is
    no change."""
    if now is None or now.uid != then.uid:
        return False
    for name in ("status", "ended_at", "why"):
        said = getattr(now, name, None)
        if said not in ("", None) and said != getattr(then, name, None):
            return False
    return True


def changed(one: Reread, now: Entry, place: Place) -> Resource:
    """An original with what is different today; without its narrative, which tells it as it was.
    Only the resource of the same type is changed: another one stands for it."""
    kind = one.original.kind
    today, before = build(now, place, kind), build(one.entries[0], place, kind)
    if today["resourceType"] != kind:
        return today
    return with_changes(one, today, before)


def with_changes(one: Reread, today: Resource, before: Resource) -> Resource:
    """The original's content, with the fields in which two resources of ours differ."""
    content = {key: value for key, value in one.content.items() if key != "text"}
    for key in (today.keys() | before.keys()) - _MARKS - {"extension"}:
        if today.get(key) == before.get(key):
            continue
        for other in _same_choice(key, content):
            del content[other]
        if key in today:
            content[key] = today[key]
    extensions = _extensions(content, today, before)
    return {**content, "extension": extensions} if extensions else content


def _same_choice(key: str, content: Resource) -> list[str]:
    """The elements that a changed one takes the place of, with what stands beside them (`_key`)."""
    choice = next((start for start in _CHOICES if key.startswith(start)), "")
    return [
        other
        for other in content
        if other.lstrip("_") == key or (choice and other.lstrip("_").startswith(choice))
    ]


def _extensions(content: Resource, today: Resource, before: Resource) -> list[Resource]:
    """The original's extensions; those of ours that differ, as they are today."""
    now, then = today.get("extension", []), before.get("extension", [])
    new = [item for item in now if item not in then]
    other = {item["url"] for item in [*new, *(item for item in then if item not in now)]}
    held = [item for item in content.get("extension", []) if item.get("url") not in other]
    return [*held, *new]
