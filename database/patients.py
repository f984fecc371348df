"""Patients: registered, found, changed; their names kept in step in the search index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import phonenumbers
from sqlalchemy import Connection, bindparam, insert, select, update

from database.changes import write_changes
from database.engine import StoreFile
from database.log import LogKeeper
from database.schema import clinic, patient
from database.search import NameWords, find_by_name
from database.statement import AnyRow, Statement
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.changing import FieldChange
from medilink.errors import EditedMeanwhile, IdUnreadable, MergedAway, NotFound
from medilink.people import (
    Patient,
    PatientDetails,
    PatientId,
    Sex,
    fold,
    make_medilink_id,
    read_medilink_id,
)
from medilink.receiving import WholePerson
from medilink.store import Found

_NEXT_NUMBER = Statement(
    update(clinic)
    .where(clinic.c.id == 1)
    .values(next_number=clinic.c.next_number + 1)
    .returning(clinic.c.next_number)
)
_WITH_ID = Statement(select(patient.c.id).where(patient.c.medilink_id == bindparam("medilink_id")))
_WITH_UID = Statement(select(patient.c.id).where(patient.c.uid == bindparam("uid")))
_EVERYBODY = Statement(
    select(patient.c.id).where(patient.c.merged_into.is_(None)).order_by(patient.c.id)
)
_COLUMNS = [c for c in patient.c if c.name != "id"]
_INSERT = Statement(
    insert(patient).values({c.name: bindparam(c.name) for c in _COLUMNS}).returning(patient.c.id)
)
_BY_ID = Statement(select(patient).where(patient.c.id == bindparam("wanted")))
_INDEX_NAME = "INSERT INTO patient_name (rowid, name) VALUES (?, ?)"
_UNINDEX_NAME = "DELETE FROM patient_name WHERE rowid = ?"
PHONE_DIGITS_TO_SEARCH = 4
# No name has digits; E.164 numbers have at most 15, ids 8 letters.
DIGITS = frozenset("0123456789")


def to_patient(row: AnyRow) -> Patient:
    """A patient from a row with the table's columns in order."""
    number, uid, medilink_id, given, family, sex, born, guessed, phone, village, version, at, _ = (
        row
    )
    details = PatientDetails(given, family, Sex(sex), born, bool(guessed), phone, village)
    return Patient(PatientId(number), uid, medilink_id, details, version, at)


def detail_values(details: PatientDetails) -> dict[str, Any]:
    """What is typed of a person, as columns."""
    return {
        "given": details.given,
        "family": details.family,
        "sex": details.sex.value,
        "birth_date": details.birth_date,
        "birth_estimated": int(details.birth_estimated),
        "phone": details.phone,
        "village": details.village,
    }


def insert_patient(  # noqa: PLR0913 what a row is made of
    connection: Connection,
    details: PatientDetails,
    uid: bytes,
    node_code: str,
    at: int,
    medilink_id: str = "",
) -> Patient:
    """Put one patient in, inside a transaction that is already open; under the node's next number
    where no MediLink ID is given."""
    while not medilink_id:
        drawn = make_medilink_id(node_code, _NEXT_NUMBER.run(connection).scalar_one())
        medilink_id = "" if _WITH_ID.run(connection, medilink_id=drawn).first() else drawn
    row_id = _INSERT.run(
        connection,
        uid=uid,
        medilink_id=medilink_id,
        version=1,
        registered_at=at,
        merged_into=None,
        **detail_values(details),
    ).scalar_one()
    connection.exec_driver_sql(_INDEX_NAME, (row_id, fold(details.full_name)))
    return Patient(PatientId(row_id), uid, medilink_id, details, 1, at)


def insert_known(connection: Connection, whole: WholePerson, node_code: str) -> PatientId:
    """Somebody another MediLink knew: under the same uid, and the same MediLink ID where nobody
    here has it."""
    taken = _WITH_ID.run(connection, medilink_id=whole.medilink_id).first()
    known_as = "" if taken else whole.medilink_id
    at = whole.registered_at
    return insert_patient(connection, whole.details, whole.uid, node_code, at, known_as).id


def by_uid(connection: Connection, uid: bytes) -> PatientId | None:
    """The registration somebody with this uid has now."""
    found = _WITH_UID.run(connection, uid=uid).scalar()
    return None if found is None else stands_for(connection, PatientId(found))


class Patients:
    """Implements medilink.store.PatientStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log
        self._words = NameWords()
        self._words_up_to = 0

    def of_everybody(self) -> list[PatientId]:
        with self._file.reading() as connection:
            return [PatientId(one) for one in _EVERYBODY.run(connection).scalars()]

    def register(
        self, details: PatientDetails, *, uid: bytes, node_code: str, audit: AuditEvent
    ) -> Patient:
        with self._log.transaction_naming_patient(audit) as (connection, name_patient):
            patient = insert_patient(connection, details, uid, node_code, audit.at)
            name_patient(patient.id)
            return patient

    def register_visitor(
        self, person: Patient, *, spare_uid: bytes, node_code: str, audit: AuditEvent
    ) -> Patient:
        with self._log.transaction_naming_patient(audit) as (connection, name_patient):
            known = select(patient.c.id)
            uid_taken = connection.execute(known.where(patient.c.uid == person.uid)).first()
            id_taken = _WITH_ID.run(connection, medilink_id=person.medilink_id).first()
            new = insert_patient(
                connection,
                person.details,
                spare_uid if uid_taken else person.uid,
                node_code,
                audit.at,
                "" if id_taken else person.medilink_id,
            )
            name_patient(new.id)
            return new

    def identity(self, wanted: PatientId, *, audit: Evidence) -> tuple[Patient, LoggedRead]:
        with self._log.reading(audit, wanted) as (connection, seq):
            return fetch_patient(connection, wanted), LoggedRead(seq)

    def change(
        self,
        wanted: PatientId,
        details: PatientDetails,
        *,
        version: int,
        fields: Sequence[FieldChange],
        audit: AuditEvent,
    ) -> Patient:
        same = (patient.c.id == wanted) & (patient.c.version == version)
        values = {**detail_values(details), "version": version + 1}
        with self._log.transaction(audit) as connection:
            if connection.execute(update(patient).where(same).values(values)).rowcount != 1:
                raise EditedMeanwhile(theirs=fetch_patient(connection, wanted))
            index_name(connection, wanted, details)
            write_changes(connection, wanted, fields)
            changed = fetch_patient(connection, wanted)
        self._words.add(fold(details.full_name).split())
        return changed

    def by_medilink_id(self, medilink_id: str) -> PatientId | None:
        with self._file.reading() as connection:
            found = _with_medilink_id(connection, medilink_id)
        return PatientId(found) if found else None

    def list_everyone(
        self, *, audit: Evidence
    ) -> tuple[list[tuple[PatientId, PatientDetails]], LoggedRead]:
        everyone = select(patient).where(patient.c.merged_into.is_(None)).order_by(patient.c.id)
        with self._log.reading(audit, None) as (connection, seq):
            people = [to_patient(row) for row in connection.execute(everyone)]
        return [(person.id, person.details) for person in people], LoggedRead(seq)

    def list_medilink_ids(self, patients: Collection[PatientId]) -> dict[PatientId, str]:
        wanted = select(patient.c.id, patient.c.medilink_id).where(patient.c.id.in_(patients))
        with self._file.reading() as connection:
            return {PatientId(row[0]): row[1] for row in connection.execute(wanted)}

    def search(self, typed: str, *, limit: int, audit: Evidence) -> tuple[list[Found], LoggedRead]:
        typed = typed[:200]
        with self._log.reading(audit, None) as (connection, seq):
            self._learn_new_words(connection)
            found = self._by_number(connection, typed, limit)
            if not found and not DIGITS & set(typed):
                found = find_by_name(connection, self._words, typed, limit)
            people = [Found(fetch_patient(connection, PatientId(n)), like) for n, like in found]
        return people, LoggedRead(seq)

    def _learn_new_words(self, connection: Connection) -> None:
        """Take in the names that came since the last search, from this process or another."""
        newest = connection.exec_driver_sql("SELECT max(id) FROM patient").scalar() or 0
        if newest <= self._words_up_to:
            return
        if self._words_up_to == 0:
            self._words.load(connection)
        else:
            rows = connection.exec_driver_sql(
                "SELECT given, family FROM patient WHERE id > ?", (self._words_up_to,)
            )
            for given, family in rows:
                self._words.add(fold(f"{given} {family}").split())
        self._words_up_to = newest

    def _by_number(self, connection: Connection, typed: str, limit: int) -> list[tuple[int, float]]:
        """By MediLink ID, birth date or phone: what a typed text with digits can be."""
        try:
            if found := _with_medilink_id(connection, read_medilink_id(typed)):
                return [(found, 100.0)]
        except IdUnreadable:
            pass
        if not DIGITS & set(typed):
            return []
        dial_code = _dial_code(connection)
        for condition in _number_conditions(typed, dial_code):
            standing = condition & patient.c.merged_into.is_(None)
            numbers = connection.execute(
                select(patient.c.id).where(standing).limit(limit)
            ).scalars()
            if listed := [(number, 100.0) for number in numbers]:
                return listed
        return []


def _dial_code(connection: Connection) -> str:
    """The clinic's country calling code, for numbers typed as dialled at home."""
    country = connection.execute(select(clinic.c.country)).scalar() or ""
    return str(phonenumbers.country_code_for_region(country) or "")


def _number_conditions(typed: str, dial_code: str) -> list[Any]:
    """Index ranges that a text with digits may stand for: a birth date, a phone number."""
    parts = typed.strip().replace("/", "-").replace(".", "-").split("-")
    born = "-".join(reversed(parts)) if len(parts[-1]) == 4 else "-".join(parts)
    conditions = []
    if len(born) >= 4 and born.replace("-", "").isdigit():
        conditions.append((patient.c.birth_date >= born) & (patient.c.birth_date < born + "~"))
    digits = "".join(c for c in typed if c in DIGITS)
    if len(digits) >= PHONE_DIGITS_TO_SEARCH:
        at_home = "+" + dial_code + digits.lstrip("0")
        for start in ("+" + digits.removeprefix("00"), at_home):
            conditions.append((patient.c.phone >= start) & (patient.c.phone < start + "~"))
    return conditions


def _with_medilink_id(connection: Connection, medilink_id: str) -> int | None:
    """Who has a MediLink ID; of a registration that was merged, the one it was merged into."""
    same = patient.c.medilink_id == medilink_id
    row = connection.execute(select(patient.c.id, patient.c.merged_into).where(same)).first()
    while row is not None and row[1] is not None:
        into = patient.c.id == row[1]
        row = connection.execute(select(patient.c.id, patient.c.merged_into).where(into)).first()
    return row[0] if row else None


def index_name(connection: Connection, number: int, details: PatientDetails | None) -> None:
    """Put a name into the search index in place of what is there; None takes it out."""
    connection.exec_driver_sql(_UNINDEX_NAME, (number,))
    if details:
        connection.exec_driver_sql(_INDEX_NAME, (number, fold(details.full_name)))


def fetch_patient(connection: Connection, wanted: PatientId) -> Patient:
    """One patient. Raises NotFound."""
    row = _BY_ID.run(connection, wanted=wanted).first()
    if row is None:
        raise NotFound
    return to_patient(row)


_MERGED = Statement(select(patient.c.merged_into).where(patient.c.id == bindparam("number")))


def check_stands(connection: Connection, number: PatientId) -> None:
    """Raise MergedAway for a registration that was merged into another: nothing new is hung on
    it, where nobody would see it."""
    if _MERGED.run(connection, number=number).scalar() is not None:
        raise MergedAway


def stands_for(connection: Connection, number: PatientId) -> PatientId:
    """The registration a number leads to now."""
    into = _MERGED.run(connection, number=number).scalar()
    while into is not None:
        number = PatientId(into)
        into = _MERGED.run(connection, number=number).scalar()
    return number
