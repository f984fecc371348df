"""A record as a FHIR R4 (4.0.1) Bundle of type collection.

What came from elsewhere and was not changed here leaves as the bytes it came in; everything else is
built. The same record gives the same bytes, but for the time it was made and the head of the log.
What is kept and what is not stands in docs/formats/fhir-kept.md.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from exports.fhir_originals import (
    Leaving,
    Standing,
    changed,
    is_same,
    sort_out,
    standing,
    with_changes,
)
from exports.fhir_ours import build
from exports.fhir_parts import (
    Place,
    Resource,
    address_of,
    as_json,
    in_fhir_letters,
    instant,
    said_at,
    with_standings,
)
from exports.fhir_patient import about_person, blood_group, patient
from medilink.handing_out import HandedOut
from medilink.intake.fhir_again import Reread
from medilink.intake.fhir_person_entries import CONTACT, DEATH
from medilink.intake.fhir_values import Json
from medilink.people import PatientDetails
from medilink.person_entries import Profile
from medilink.receiving import Original, entry_uid
from medilink.records import Entry, Record
from security.codes import uid_from_name

LOG_HEAD = "urn:medilink:log-head"  # docs/formats/log.md


@dataclass(frozen=True, slots=True)
class Part:
    """One resource that leaves: what it is called in a Bundle, its type, its content and its JSON
    as bytes. `tells`: the uids of the entries it says; `original`: what was received, where it is
    that, as it came or with what was changed here."""

    address: str
    kind: str
    content: Json
    body: bytes
    tells: frozenset[bytes] = frozenset()
    original: Original | None = None


def write_bundle(handed: HandedOut) -> bytes:
    """What was handed out, as a FHIR R4 Bundle in JSON (UTF-8): the person first, the rest by type
    and address."""
    return _bundle(handed, parts_of(handed))


def parts_of(
    handed: HandedOut, leaves: Callable[[Entry], bool] = lambda _entry: True
) -> list[Part]:
    """Every resource that leaves, the person first, the rest by type and address. `leaves`: which
    of the entries written here do; what came from elsewhere leaves in any case."""
    stand = standing(handed.record)
    people = [one for one in handed.originals if one.original.kind == "Patient"]
    main = _main(people, handed.record.patient.details)
    leaving = sort_out(handed.originals, stand)
    ours = [entry for entry in handed.record.entries() if leaves(entry)]
    place = _place(handed, ours, main, leaving)
    told = leaving.told | _told_by_people(people, stand)
    parts: list[Part] = [
        *(_as_it_came(one) for one in [*leaving.as_they_came, *people] if one is not main),
        *(_as_changed(one, now, place) for one, now in leaving.as_changed),
        *(
            _ours(entry, place, handed.standings if entry.origin == handed.clinic else {})
            for entry in ours
            if _is_ours(entry, told)
        ),
        *_blood(handed.record, main, place),
    ]
    person, *others = _each_once([_person(handed, main, stand, place), *parts])
    return [person, *sorted(others, key=_order)]


def _bundle(handed: HandedOut, parts: Iterable[Part]) -> bytes:
    entries = [
        ({"fullUrl": part.address} if part.address else {})
        | {"resource": orjson.Fragment(part.body)}
        for part in parts
    ]
    head = b64encode(handed.log_head).decode()
    extension = [{"url": LOG_HEAD, "valueBase64Binary": head}] if head else []
    return as_json(
        {
            "resourceType": "Bundle",
            "meta": {
                **({"extension": extension} if extension else {}),
                "lastUpdated": instant(handed.made_at),
                "tag": said_at(handed.clinic),
            },
            "type": "collection",
            "entry": entries,
        }
    )


def _order(part: Part) -> tuple[str, str, bytes]:
    return part.kind, part.address, part.body


def _each_once(parts: Iterable[Part]) -> list[Part]:
    """Addresses are unique in a Bundle. What two files brought alike (a practitioner) leaves once;
    what only has the same address, from two files of a merged person, gets one of its own."""
    taken: dict[tuple[str, str], bytes] = {}
    kept: dict[tuple[str, str, bytes], Part] = {}
    for part in parts:
        called = part.address
        if called and taken.setdefault((part.kind, called), part.body) != part.body:
            called = address_of(uid_from_name(hashlib.sha256(part.body).hexdigest()))
        known = kept.get((called, part.kind, part.body))
        tells = part.tells | known.tells if known else part.tells
        kept[called, part.kind, part.body] = replace(part, address=called, tells=tells)
    return list(kept.values())


# ---- entries


def _place(
    handed: HandedOut, ours: Iterable[Entry], main: Reread | None, leaving: Leaving
) -> Place:
    """Where everything that leaves can be referred to."""
    addresses = {entry.uid: address_of(entry.uid) for entry in ours}
    for one in leaving.as_they_came:
        addresses |= {entry.uid: one.address for entry in one.entries}
    for one, now in leaving.as_changed:
        addresses |= dict.fromkeys((now.uid, one.entries[0].uid), one.address)
    at = main.address if main else handed.known_as[0]
    return Place(at or address_of(handed.record.patient.uid), addresses, handed.bodies)


def _is_ours(entry: Entry, told: set[bytes]) -> bool:
    return entry.uid not in told and not isinstance(entry, Profile)


def _ours(entry: Entry, place: Place, standings: Mapping[str, str]) -> Part:
    built = with_standings(build(entry, place), standings)
    return _built(address_of(entry.uid), built, entry.uid)


def _built(address: str, content: Resource, *tells: bytes) -> Part:
    told = in_fhir_letters(content)
    return Part(address, told["resourceType"], told, as_json(told), frozenset(tells))


def _as_it_came(one: Reread) -> Part:
    tells = frozenset(entry.uid for entry in one.entries)
    original = one.original
    return Part(one.address, original.kind, one.content, original.body, tells, original)


def _as_changed(one: Reread, now: Entry, place: Place) -> Part:
    built = _built(one.address, changed(one, now, place), now.uid)
    return replace(built, kind=one.original.kind, original=one.original)


def _blood(record: Record, main: Reread | None, place: Place) -> list[Part]:
    """The blood type, unless the original Patient says it already."""
    now, before = record.profile, _profile_in(main)
    if now is None or not now.blood or (before and before.blood == now.blood):
        return []
    built = blood_group(now, place)
    uid = entry_uid(now.uid, "blood")
    return [_built(address_of(uid), built, uid)]


# ---- the person


def _main(people: Sequence[Reread], details: PatientDetails) -> Reread | None:
    """The original Patient that stands for the person: of several, after a merge, the one that
    says what the record says."""
    same = (one for one in people if one.person == details)
    return next(same, people[0] if people else None)


def _profile_in(main: Reread | None) -> Profile | None:
    found = main.entries if main else ()
    return next((entry for entry in found if isinstance(entry, Profile)), None)


def _person(handed: HandedOut, main: Reread | None, stand: Standing, place: Place) -> Part:
    record = handed.record
    if main is None or main.person is None:
        built = patient(record.patient, record.profile, place, own_id=handed.known_as[1])
        return _built(place.patient, built)
    before = _profile_in(main)
    was = about_person(main.person, before, place)
    now = about_person(record.patient.details, record.profile or before, place)
    gone = _no_longer(main, stand)
    if was == now and not gone:
        return _as_it_came(main)
    today = with_changes(main, _with_other_lines(now, was, main), was)
    return replace(_built(place.patient, _without(gone, today, main)), original=main.original)


def _with_other_lines(now: Resource, was: Resource, main: Reread) -> Resource:
    """A changed phone number or e-mail takes the place of the old ones, not of a fax or pager."""
    if now.get("telecom") == was.get("telecom"):
        return now
    held = main.content.get("telecom")
    lines = held if isinstance(held, list) else []
    others = [one for one in lines if one.get("system") not in ("phone", "sms", "email", None)]
    return now | {"telecom": [*now.get("telecom", []), *others]}


def _told_by_people(people: Iterable[Reread], stand: Standing) -> set[bytes]:
    """The uids of entries that leave as a part of a Patient."""
    return {then.uid for one in people for then in one.entries if is_same(then, stand.of(then))}


def _no_longer(main: Reread, stand: Standing) -> set[bytes]:
    """Of what the original says beside the person (contacts, death), what is no longer so."""
    beside = (then for then in main.entries if not isinstance(then, Profile))
    return {then.uid for then in beside if not is_same(then, stand.of(then))}


def _without(gone: set[bytes], today: Resource, main: Reread) -> Resource:
    """The Patient without contacts that were changed here, which leave as RelatedPersons, and
    without a death that was struck."""
    uid = main.original.uid
    if entry_uid(uid, DEATH) in gone:
        today = {key: value for key, value in today.items() if not key.startswith("deceased")}
    held = today.get("contact")
    if not isinstance(held, list):
        return today
    kept = [
        contact
        for number, contact in enumerate(held, start=1)
        if entry_uid(uid, f"{CONTACT} {number}") not in gone
    ]
    rest = {key: value for key, value in today.items() if key != "contact"}
    return rest | ({"contact": kept} if kept else {})
