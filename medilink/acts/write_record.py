"""Writing in a record: one entry added, corrected, ended or struck; that there is nothing to list.

Nothing is overwritten: a correction is a new version, and what is over or wrong stays readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from medilink.absence import SUPERSEDED, absence, knowledge_of, listed, says_none, stated_absence
from medilink.acts.prescribe import check_prescribed
from medilink.acts.read_record import open_record, rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.desk import Desk
from medilink.entering import Stamp, make_entry
from medilink.errors import AllergyBothNoneAndListed, AlreadySaid, ReasonMissing
from medilink.people import PatientId, Role
from medilink.permissions import Right, Task, check_can_write
from medilink.person_entries import Contact, Coverage
from medilink.records import (
    AMENDED,
    Alert,
    Allergy,
    Condition,
    Encounter,
    Entry,
    Medication,
    Section,
    section_of,
)
from medilink.store import Writing
from medilink.visits import Prescribed, check_entry_text
from security.codes import new_uid

# What a patient may let whoever holds a grant write: something new, nothing that takes back what
# others wrote.
WRITTEN_BACK = frozenset({Section.VISITS, Section.VITALS})
OF_THE_PERSON = frozenset({Section.CONTACTS, Section.INSURANCE, Section.PERSON})
STRUCK = "entered-in-error"
GIVEN_AGAIN = "completed"  # FHIR: the medicine goes on under a newer entry


def right_to_write(
    desk: Desk, patient: PatientId, section: Section, act: Act = Act.WRITE_RECORD
) -> Right:
    """The right to write in a section: clinicians while in care; of what is theirs, patients too;
    new visits also by a grant that says so.

    Raises Refused, NoRight, both logged.
    """
    own = section in OF_THE_PERSON and desk.who.role is Role.PATIENT
    check_task(desk, Task.WRITE_OWN if own else Task.WRITE, act, patient)
    with refusals_logged(desk, act, patient):
        adds = section in WRITTEN_BACK and act is Act.WRITE_RECORD
        return check_can_write(rights_here(desk, patient), own=own, adds=adds)


def stamp(desk: Desk) -> Stamp:
    """What every entry made at this desk now says of how it came to be."""
    return Stamp(new_uid(desk.now), desk.now, desk.who.title, desk.clinic.name, int(desk.doubted))


def put(
    desk: Desk, patient: PatientId, right: Right, writing: Writing, act: Act, **extra: object
) -> None:
    """Write, with the entry of the log that names the sections and counts."""
    touched = [*writing.new, *(after for _, after in writing.changed)]
    event = desk.event(
        act,
        patient,
        method=right.method,
        sections={section_of(entry) for entry in touched},
        entries=len(writing.new),
        **cast("Any", extra),
    )
    desk.store.records.write(patient, writing, audit=event)


def add_entry(
    desk: Desk,
    patient: PatientId,
    section: Section,
    typed: Mapping[str, str],
    *,
    override: str = "",
) -> Entry:
    """Add one entry from its typed form (`medilink.entering.FORMS`).

    What said that there is nothing to list ends with it. `override`: why a medicine is given though
    the patient reacts to it. Raises NotValid, NoRight, AlreadySaid, PatientReacts.
    """
    right = right_to_write(desk, patient, section)
    entry = make_entry(
        section, typed, stamp(desk), country=desk.clinic.country, today=desk.clock().date()
    )
    told: dict[str, object] = {}
    if isinstance(entry, Medication):
        override = check_entry_text("Reason", override)
        told = check_prescribed(desk, patient, [Prescribed(entry.name, override=override)])
        entry = entry._replace(override=override if told else "")
    ended: list[tuple[Entry, Entry]] = []
    if section in (Section.ALLERGIES, Section.CONDITIONS, Section.MEDICATIONS):
        record = open_record(desk, patient, frozenset({section})).record
        if any(is_same(entry, known) for known in listed(record, section)):
            raise AlreadySaid
        said = stated_absence(record, section)
        ended = [(said, said._replace(status=SUPERSEDED))] if said else []
    calmed = _no_longer_first(desk, patient, entry)
    new, changed = [entry, *(after for _, after in calmed)], [*ended, *_amended(calmed)]
    put(desk, patient, right, Writing(new=new, changed=changed), Act.WRITE_RECORD, **told)
    return entry


def _no_longer_first(
    desk: Desk, patient: PatientId, entry: Entry, old: Entry | None = None
) -> list[tuple[Entry, Entry]]:
    """One person is called first: whoever was until now, and their new version."""
    if not isinstance(entry, Contact) or not entry.primary:
        return []
    record = open_record(desk, patient, frozenset({Section.CONTACTS})).record
    return [
        (one, one._replace(uid=new_uid(desk.now), primary=0, replaces=one.uid))
        for one in record.contacts
        if one.primary and one.status == "active" and (old is None or one.uid != old.uid)
    ]


def _amended(pairs: list[tuple[Entry, Entry]]) -> list[tuple[Entry, Entry]]:
    return [(before, before._replace(status=AMENDED)) for before, _ in pairs]


def is_same(new: Entry, known: Entry) -> bool:
    """Whether the very same thing is listed already."""
    return _called(new) == _called(known) and type(new) is type(known)


def _called(entry: Entry) -> tuple[str, str]:
    if isinstance(entry, Allergy):
        return (entry.substance.casefold(), entry.reaction.casefold())
    if isinstance(entry, Medication):
        return (entry.name.casefold(), entry.dose.casefold())
    return (getattr(entry, "name", "").casefold(), "")


def state_absence(desk: Desk, patient: PatientId, section: Section) -> Entry:
    """Write down that there are no known allergies, conditions or medicines.

    Raises AllergyBothNoneAndListed where something is listed, AlreadySaid, NoRight.
    """
    right = right_to_write(desk, patient, section)
    record = open_record(desk, patient, frozenset({section})).record
    if listed(record, section):
        raise AllergyBothNoneAndListed
    if knowledge_of(record, section) != "not asked":
        raise AlreadySaid
    made = stamp(desk)
    entry = absence(section, uid=made.uid, at=made.at, author=made.author, origin=made.origin)
    put(desk, patient, right, Writing(new=[entry]), Act.WRITE_RECORD)
    return entry


def correct_entry(  # noqa: PLR0913 what a correction says, each by name
    desk: Desk,
    patient: PatientId,
    old: Entry,
    typed: Mapping[str, str],
    why: str,
    *,
    override: str = "",
) -> Entry:
    """Write a new version of an entry; the old one stays readable. `override` as in `add_entry`.

    Raises EditedMeanwhile when somebody corrected or ended it before, ReasonMissing, NotValid,
    PatientReacts.
    """
    section = section_of(old)
    right = right_to_write(desk, patient, section, Act.AMEND)
    made = make_entry(
        section, typed, stamp(desk), country=desk.clinic.country, today=desk.clock().date()
    )
    kept: dict[str, Any] = {"status": old.status, "replaces": old.uid, "why": _reason(why, section)}
    if not typed.get("since"):
        kept["at"] = old.at
    if hasattr(old, "encounter"):
        kept["encounter"] = getattr(old, "encounter")  # noqa: B009
    told: dict[str, object] = {}
    if isinstance(made, Medication) and isinstance(old, Medication):
        reason = check_entry_text("Reason", override) or _same_medicine(made, old)
        told = check_prescribed(desk, patient, [Prescribed(made.name, override=reason)])
        kept["override"] = reason if told else ""
    new: Entry = cast("Any", made)._replace(**kept)
    calmed = _no_longer_first(desk, patient, new, old)
    writing = Writing(
        new=[new, *(after for _, after in calmed)], changed=_amended([(old, new), *calmed])
    )
    put(desk, patient, right, writing, Act.AMEND, **told)
    return new


def _same_medicine(made: Medication, old: Medication) -> str:
    """Why the medicine is given all the same stays said while only the dose is corrected."""
    return old.override if made.name.casefold() == old.name.casefold() else ""


def _reason(why: str, section: Section) -> str:
    why = check_entry_text("Reason", why)
    if not why and section not in OF_THE_PERSON:
        raise ReasonMissing
    return why


# What an active entry becomes when it is over.
CLOSED_AS: dict[type, str] = {
    Alert: "ended",
    Allergy: "refuted",
    Condition: "resolved",
    Medication: "stopped",
    Contact: "ended",
    Coverage: "ended",
}


def end_entry(desk: Desk, patient: PatientId, entry: Entry, why: str = "") -> None:
    """Say that an alert, allergy, condition, medicine, contact or insurance is over; it stays
    readable.

    Raises EditedMeanwhile when somebody ended it before, ReasonMissing for an allergy or a medicine
    (why it was stopped matters to whoever prescribes next), NoRight.
    """
    right = right_to_write(desk, patient, section_of(entry))
    why = check_entry_text("Reason", why)
    if not why and isinstance(entry, Allergy | Medication) and not says_none(entry):
        raise ReasonMissing
    status = SUPERSEDED if says_none(entry) else CLOSED_AS[type(entry)]
    closed: Entry = entry._replace(status=status, why=why)
    if isinstance(closed, Condition | Medication):
        closed = closed._replace(ended_at=desk.now)
    put(desk, patient, right, Writing(changed=[(entry, closed)]), Act.WRITE_RECORD, ended=1)


def strike_entry(desk: Desk, patient: PatientId, entry: Entry, why: str) -> None:
    """Say that an entry was written by mistake: it no longer counts and stays readable. A visit
    takes what was measured, diagnosed and given in it along.

    Raises ReasonMissing, EditedMeanwhile, NoRight.
    """
    section = section_of(entry)
    right = right_to_write(desk, patient, section, Act.AMEND)
    why = _reason(why, section)
    struck = [
        (one, one._replace(status=STRUCK, why=why))
        for one in (entry, *_made_with(desk, patient, entry))
    ]
    put(desk, patient, right, Writing(changed=struck), Act.AMEND, struck=len(struck))


def _made_with(desk: Desk, patient: PatientId, entry: Entry) -> list[Entry]:
    """What was written in the same visit: a visit on the wrong patient takes all of it along."""
    if not isinstance(entry, Encounter):
        return []
    record = open_record(desk, patient).record
    uids = {entry.uid, *(version.uid for version in record.earlier_versions(entry))}
    return [one for one in record.entries() if getattr(one, "encounter", None) in uids]
