"""Finding and registering people: search, register, change details, first password slip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from medilink.acts.once import search_once
from medilink.acts.read_record import rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.changing import digest_of, field_changes
from medilink.desk import Desk
from medilink.errors import MergedAway, NotYours
from medilink.matching import worth_a_glance
from medilink.people import (
    Account,
    AccountId,
    Patient,
    PatientDetails,
    PatientId,
    Role,
    Sex,
    birth_year_from_age,
    changed_fields,
    check_details,
    fold,
    parse_birth_date,
    read_phone,
)
from medilink.permissions import CARE_HOURS, CareRelation, Task, check_can_write
from medilink.sharing import HOUR_MS
from medilink.store import Found
from medilink.vitals import read_number
from security.codes import new_uid
from security.passwords import slip_password

RESULTS = 20
REGISTERED_HERE = "registered here"


def find_patients(desk: Desk, typed: str, limit: int = RESULTS) -> list[Found]:
    """People who may be meant by a typed name, MediLink ID, phone or birth date; best first.

    The typed text is not kept in the log, only that somebody searched, and digests by which the
    clinic's key can tell whether it was for a certain text.
    """
    check_task(desk, Task.FIND, Act.FIND_PATIENT)
    if len(typed.strip()) < 2:
        return []
    # One entry for each beginning that is looked for, and each text that does not go on from one
    # before: whoever pages through the alphabet shows, and whoever tries one number after another.
    looked_for = desk.keys.code_lookup(fold(typed)[:3] or typed[:3]).hex()[:8]
    text = fold(typed) or typed.strip()
    digest = desk.keys.search_digest(text).hex()[:16]
    return search_once(
        desk,
        desk.event(Act.FIND_PATIENT, looked_for=looked_for, typed=digest),
        text.split(),
        lambda audit: desk.store.patients.search(typed, limit=limit, audit=audit),
    )


def suspected_duplicates(desk: Desk, details: PatientDetails) -> list[Patient]:
    """People already registered who may be the one being typed in (`medilink.matching`)."""
    if len(details.full_name) < 3:
        return []
    asked = [details.full_name, details.phone] if details.phone else [details.full_name]
    alike = {hit.patient.id: hit.patient for text in asked for hit in find_patients(desk, text)}
    return [known for known in alike.values() if worth_a_glance(details, known.details)][:3]


@dataclass(frozen=True, slots=True)
class TypedDetails:
    """A registration form as it was typed; nothing is checked yet."""

    given: str = ""
    family: str = ""
    sex: str = Sex.UNKNOWN
    birth_date: str = ""
    age: str = ""
    phone: str = ""
    village: str = ""


def read_details(typed: TypedDetails, country: str, today: date) -> PatientDetails:
    """The typed form as details. Raises NotValid with the field that cannot be right."""
    born, guessed = "", False
    if typed.birth_date.strip():
        born = parse_birth_date(typed.birth_date, today)
    elif typed.age.strip():
        years = int(float(read_number("Age", typed.age)))  # bounded by read_number
        born, guessed = birth_year_from_age(years, today), True
    return check_details(
        PatientDetails(
            given=typed.given,
            family=typed.family,
            sex=Sex(typed.sex),
            birth_date=born,
            birth_estimated=guessed,
            phone=read_phone(typed.phone, country),
            village=typed.village,
        )
    )


@dataclass(frozen=True, slots=True)
class Slip:
    """What is handed to a new patient: sign-in name and first password. Shown once, never kept."""

    patient: Patient
    password: str


def register_patient(desk: Desk, details: PatientDetails) -> Slip:
    """Register a person and give them a sign-in. Raises NotValid, Refused."""
    check_task(desk, Task.REGISTER, Act.REGISTER_PATIENT)
    details = check_details(details)
    event = desk.event(Act.REGISTER_PATIENT)
    patient = desk.store.patients.register(
        details, uid=new_uid(desk.now), node_code=desk.clinic.node_code, audit=event
    )
    if desk.who.role is Role.PROVIDER:
        record_patient_is_here(desk, patient.id, REGISTERED_HERE)
    return Slip(patient, _first_password(desk, patient))


def give_new_slip(desk: Desk, patient: Patient) -> str:
    """A new first password for a patient who is here, to be changed at the first sign-in.

    Whoever has it reads the record, so only who has the patient in care gives it out, and the
    patient is told. Raises NoRight, MergedAway, Refused.
    """
    check_task(desk, Task.CARE, Act.CHANGE_PASSWORD, patient.id)
    with refusals_logged(desk, Act.CHANGE_PASSWORD, patient.id):
        check_can_write(rights_here(desk, patient.id))
    if desk.store.patients.by_medilink_id(patient.medilink_id) != patient.id:
        raise MergedAway
    return _first_password(desk, patient)


def _first_password(desk: Desk, patient: Patient) -> str:
    password = slip_password()
    kept = desk.passwords.hash(password)
    known = desk.store.accounts.by_user_name(patient.medilink_id)
    if known and known.account.patient != patient.id:
        raise NotYours
    if known:
        event = desk.event(Act.CHANGE_PASSWORD, patient.id, why="new slip")
        desk.store.accounts.give_slip(known.account.id, kept, audit=event)
    else:
        account = Account(
            id=AccountId(0),
            user_name=patient.medilink_id,
            display_name=patient.details.full_name,
            role=Role.PATIENT,
            patient=patient.id,
            must_change=True,
        )
        event = desk.event(Act.ADD_ACCOUNT, patient.id)
        desk.store.accounts.add(account, kept, audit=event)
    return password


def change_details(desk: Desk, before: Patient, details: PatientDetails) -> Patient:
    """Save changed details of a person. Raises EditedMeanwhile(theirs), NotValid, Refused.

    The log names the changed fields, not what stands in them.
    """
    check_task(desk, Task.REGISTER, Act.CHANGE_PATIENT, before.id)
    details = check_details(details)
    changed = changed_fields(details, before.details)
    if not changed:
        return before
    was = {field: (old, new) for field, (new, old) in changed.items()}
    lines = field_changes(desk.now, new_uid(desk.now), "details", was, desk.who.title)
    event = desk.event(
        Act.CHANGE_PATIENT,
        before.id,
        fields=", ".join(sorted(changed)),
        changes=digest_of(lines),
    )
    return desk.store.patients.change(
        before.id, details, version=before.version, fields=lines, audit=event
    )


def record_patient_is_here(desk: Desk, patient: PatientId, reason: str) -> CareRelation:
    """State that a patient is here and in this provider's care, which opens the record for a day.

    It is on record, and the patient sees it. Raises Refused for anyone but a provider.
    """
    check_task(desk, Task.CARE, Act.CARE_RELATION, patient)
    now = desk.now
    relation = CareRelation(patient, desk.who.id, now, now + CARE_HOURS * HOUR_MS, reason[:200])
    event = desk.event(Act.CARE_RELATION, patient, why=reason[:200])
    desk.store.grants.start_care(relation, audit=event)
    return relation
