"""What is kept of a person beside illness: changed by the person, or by staff for them.

Each change is in the log field by field; a change somebody else made is among the person's
notices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from medilink.acts.once import read_once
from medilink.acts.read_record import open_record, rights_here
from medilink.acts.refusing import refusals_logged
from medilink.acts.write_record import put, right_to_write, stamp
from medilink.audit import Act
from medilink.changing import FieldChange, digest_of, field_changes
from medilink.desk import Desk
from medilink.errors import EditedMeanwhile, NoRight
from medilink.people import Patient, PatientId, check_details, read_phone
from medilink.permissions import check_can_open
from medilink.person_entries import Profile
from medilink.profile import changed_profile
from medilink.record_form import KINDS
from medilink.records import AMENDED, Entry, Section
from medilink.scopes import Sieve
from medilink.store import Writing
from security.codes import new_uid

CHANGES_SHOWN = 200
_NOTHING_YET = Profile(uid=b"", at=0)


def change_profile(
    desk: Desk, patient: PatientId, before: Profile | None, typed: Mapping[str, str]
) -> Profile | None:
    """A new version of what a person was asked once; `before` is the version that was on the page.

    Raises NotYours (only a clinician says the blood type), CodeUnknown, TooLong, EditedMeanwhile,
    NoRight. What was typed as it was is no change.
    """
    right = right_to_write(desk, patient, Section.PERSON, Act.CHANGE_PROFILE)
    with refusals_logged(desk, Act.CHANGE_PROFILE, patient):
        changed = changed_profile(before or _NOTHING_YET, typed, desk.who.role)
    if not changed:
        return before
    ended = profiles_ended(desk, patient, before)
    made, base = stamp(desk), before or _NOTHING_YET
    was = {field: (getattr(base, field), new) for field, new in changed.items()}
    lines = field_changes(made.at, made.uid, "profile", was, made.author)
    profile = base._replace(
        uid=made.uid,
        at=made.at,
        author=made.author,
        origin=made.origin,
        doubted=made.doubted,
        replaces=before.uid if before else None,
        **cast("Any", changed),
    )
    writing = Writing(new=[profile], changed=ended, fields=lines)
    put(
        desk,
        patient,
        right,
        writing,
        Act.CHANGE_PROFILE,
        fields=", ".join(sorted(changed)),
        changes=digest_of(lines),
    )
    return profile


def profiles_ended(
    desk: Desk, patient: PatientId, before: Profile | None
) -> list[tuple[Entry, Entry]]:
    """The versions a new one takes over from; two where people were merged. Raises EditedMeanwhile
    where `before` is not what stands."""
    record = open_record(desk, patient, frozenset({Section.PERSON})).record
    now = record.profile
    if (now.uid if now else None) != (before.uid if before else None):
        raise EditedMeanwhile(theirs=now)
    return [(each, each._replace(status=AMENDED)) for each in record.profiles]


def change_own_reach(desk: Desk, before: Patient, *, phone: str, village: str) -> Patient:
    """A patient's own phone number and place. Raises PhoneUnreadable, TooLong, EditedMeanwhile."""
    right_to_write(desk, before.id, Section.PERSON, Act.CHANGE_PATIENT)
    details = check_details(
        replace(before.details, phone=read_phone(phone, desk.clinic.country), village=village)
    )
    was = {
        field: (getattr(before.details, field), getattr(details, field))
        for field in ("phone", "village")
        if getattr(before.details, field) != getattr(details, field)
    }
    if not was:
        return before
    lines = field_changes(desk.now, new_uid(desk.now), "details", was, desk.who.title)
    event = desk.event(
        Act.CHANGE_PATIENT, before.id, fields=", ".join(sorted(was)), changes=digest_of(lines)
    )
    return desk.store.patients.change(
        before.id, details, version=before.version, fields=lines, audit=event
    )


def see_changes(desk: Desk, patient: PatientId) -> list[FieldChange]:
    """What was changed in place, as far as one may see it, newest first: old, new, who. Raises
    NoRight."""
    with refusals_logged(desk, Act.SEE_CHANGES, patient):
        right = check_can_open(rights_here(desk, patient))
        if Section.PERSON not in right.sections:
            raise NoRight
    event = desk.event(Act.SEE_CHANGES, patient, method=right.method, sections={Section.PERSON})
    found = read_once(
        desk,
        event,
        lambda audit: desk.store.records.changes(patient, limit=CHANGES_SHOWN, audit=audit),
    )
    sieve = Sieve(right.scopes)
    return [
        line for line in found if sieve.whole or (line.what not in KINDS and _passes(sieve, line))
    ]


def _passes(sieve: Sieve, line: FieldChange) -> bool:
    return sieve.lets_text(f"{line.old}\n{line.new}", Section.PERSON, line.at)
