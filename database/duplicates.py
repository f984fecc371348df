"""Suspected duplicates; merging two registrations, and taking that back row by row."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, desc, func, insert, select, update

from database import schema, schema_log
from database.engine import StoreFile
from database.log import LogKeeper
from database.patients import detail_values, fetch_patient, index_name
from database.schema import account, duplicate_pair, merge, patient
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.errors import EditedMeanwhile, NotFound, NotSuspected
from medilink.merging import Merge, MergeWish, PairState, SuspectedPair
from medilink.people import AccountId, PatientId
from medilink.sharing import GrantState

# What goes along with a person: table and the column that says whose row it is. Rights stay behind:
# codes are withdrawn, and who has the other in care must say again that the patient is here. The
# log is never touched.
MOVED: tuple[tuple[Table, str], ...] = (
    (schema.entry, "patient_id"),
    (schema.received, "patient_id"),
    (schema.document_body, "patient_id"),
    (schema.guardian, "child_id"),
    (schema.guardian, "guardian_id"),
    (schema.change, "patient_id"),
    (schema.correction, "patient_id"),
    (schema_log.access_question, "patient_id"),
)
_LIVE = (GrantState.ACTIVE.value, GrantState.USED.value)
_MERGE = (merge.c.id, merge.c.kept, merge.c.other, merge.c.at, merge.c.undone_at)


class Duplicates:
    """Implements medilink.store.DuplicateStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    # ---- suspicions

    def add_found(self, pairs: Sequence[SuspectedPair], *, audit: AuditEvent) -> int:
        new = 0
        with self._log.transaction(audit) as connection:
            for pair in pairs:
                values = {
                    "low": pair.low,
                    "high": pair.high,
                    "weight": pair.weight,
                    "reasons": "|".join(pair.reasons),
                    "state": PairState.SUSPECTED.value,
                    "found_at": pair.found_at,
                    "why": "",
                }
                add = insert(duplicate_pair).prefix_with("OR IGNORE").values(values)
                new += connection.execute(add).rowcount
        return new

    def list_suspected(
        self, *, limit: int, audit: Evidence
    ) -> tuple[list[SuspectedPair], LoggedRead]:
        wanted = (
            select(duplicate_pair)
            .where(duplicate_pair.c.state == PairState.SUSPECTED.value)
            .order_by(desc(duplicate_pair.c.weight), duplicate_pair.c.low)
            .limit(limit)
        )
        with self._log.reading(audit, None) as (connection, seq):
            rows = connection.execute(wanted).all()
        found = [
            SuspectedPair(r.low, r.high, r.weight, tuple(r.reasons.split("|")), r.found_at)
            for r in rows
        ]
        return found, LoggedRead(seq)

    def dismiss(
        self, low: PatientId, high: PatientId, why: str, by: AccountId, *, audit: AuditEvent
    ) -> None:
        with self._log.transaction(audit) as connection:
            if not _decide(connection, (low, high), PairState.DISMISSED, by, audit.at, why):
                raise EditedMeanwhile(theirs=None)

    def count_entries(
        self, patients: Collection[PatientId], *, audit: Evidence
    ) -> tuple[dict[tuple[PatientId, str], int], LoggedRead]:
        entry = schema.entry
        counted = (
            select(entry.c.patient_id, entry.c.section, func.count())
            .where(entry.c.patient_id.in_(patients))
            .group_by(entry.c.patient_id, entry.c.section)
        )
        with self._log.reading(audit, None) as (connection, seq):
            rows = connection.execute(counted).all()
        return {(PatientId(row[0]), row[1]): row[2] for row in rows}, LoggedRead(seq)

    # ---- merging

    def merge(self, wish: MergeWish, *, audit: AuditEvent, also: AuditEvent) -> int:
        kept, other = wish.kept, wish.other
        with self._log.transaction(audit, also) as connection:
            for person in (kept, other):
                _check_same(connection, person.id, person.version)
            snapshot = {
                "patients": [_row(connection, patient, number) for number in (kept.id, other.id)],
                "moved": _move(connection, other.id, kept.id),
                "grants": _withdraw_codes(connection, other.id),
                "accounts": _switch_off(connection, (other.id, kept.id)),
            }
            ends = update(patient).where(patient.c.id == other.id)
            connection.execute(ends.values(merged_into=kept.id, version=other.version + 1))
            values = detail_values(wish.details) | {"version": kept.version + 1}
            connection.execute(update(patient).where(patient.c.id == kept.id).values(values))
            index_name(connection, kept.id, wish.details)
            index_name(connection, other.id, None)
            pair = (min(kept.id, other.id), max(kept.id, other.id))
            if not _decide(connection, pair, PairState.MERGED, wish.by, audit.at, ""):
                raise NotSuspected
            done = insert(merge).values(
                kept=kept.id,
                other=other.id,
                at=audit.at,
                by=wish.by,
                snapshot=zlib.compress(json.dumps(snapshot, ensure_ascii=False).encode()),
            )
            return int(connection.execute(done.returning(merge.c.id)).scalar_one())

    def list_merges(self, *, limit: int, audit: Evidence) -> tuple[list[Merge], LoggedRead]:
        newest = select(*_MERGE).order_by(desc(merge.c.id)).limit(limit)
        with self._log.reading(audit, None) as (connection, seq):
            rows = connection.execute(newest).all()
        return [Merge(*row) for row in rows], LoggedRead(seq)

    def by_number(self, number: int) -> Merge:
        with self._file.reading() as connection:
            row = connection.execute(select(*_MERGE).where(merge.c.id == number)).first()
        if row is None:
            raise NotFound
        return Merge(*row)

    def undo(self, number: int, *, audit: AuditEvent, also: AuditEvent) -> None:
        with self._log.transaction(audit, also) as connection:
            row = connection.execute(select(merge).where(merge.c.id == number)).first()
            if row is None:
                raise NotFound
            if row.undone_at is not None or _merged_into(connection, row.kept) is not None:
                raise EditedMeanwhile(theirs=None)
            snapshot = json.loads(zlib.decompress(row.snapshot))
            _move_back(connection, snapshot["moved"], row.kept, row.other)
            for grant, state in snapshot["grants"]:
                _set(connection, schema.access_grant, grant, state=state)
            for number_, disabled in snapshot["accounts"]:
                _set(connection, account, number_, disabled=disabled)
            _put_back_people(connection, snapshot["patients"])
            same = merge.c.id == row.id
            connection.execute(update(merge).where(same).values(undone_at=audit.at))
            pair = (min(row.kept, row.other), max(row.kept, row.other))
            again = and_(duplicate_pair.c.low == pair[0], duplicate_pair.c.high == pair[1])
            fresh = {"state": PairState.SUSPECTED.value, "decided_at": None, "decided_by": None}
            connection.execute(update(duplicate_pair).where(again).values(fresh))


def _decide(  # noqa: PLR0913 what a decision says
    connection: Connection,
    pair: tuple[int, int],
    state: PairState,
    by: AccountId,
    at: int,
    why: str,
) -> bool:
    same = and_(
        duplicate_pair.c.low == pair[0],
        duplicate_pair.c.high == pair[1],
        duplicate_pair.c.state == PairState.SUSPECTED.value,
    )
    values = {"state": state.value, "decided_by": by, "decided_at": at, "why": why}
    return connection.execute(update(duplicate_pair).where(same).values(values)).rowcount == 1


def _check_same(connection: Connection, number: PatientId, version: int) -> None:
    wanted = select(patient.c.version, patient.c.merged_into).where(patient.c.id == number)
    row = connection.execute(wanted).first()
    if row is None:
        raise NotFound
    if tuple(row) != (version, None):
        raise EditedMeanwhile(theirs=fetch_patient(connection, number))


def _merged_into(connection: Connection, number: int) -> int | None:
    wanted = select(patient.c.merged_into).where(patient.c.id == number)
    found: int | None = connection.execute(wanted).scalar()
    return found


def _row(connection: Connection, table: Table, number: int) -> dict[str, Any]:
    row = connection.execute(select(table).where(table.c.id == number)).mappings().one()
    return {name: _packed(value) for name, value in row.items()}


def _packed(value: Any) -> Any:
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _unpacked(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


def _move(connection: Connection, other: int, kept: int) -> list[list[Any]]:
    """Give every row of one person to the other; what was given, by table, column and key. A row
    that would stand in the way of one the kept person has stays."""
    given: list[list[Any]] = []
    for table, column in MOVED:
        keys = [c for c in table.primary_key.columns if c.name != column]
        mine = select(*keys).where(table.c[column] == other)
        for key in connection.execute(mine).all():
            found = dict(zip((c.name for c in keys), key, strict=True))
            if column in table.primary_key.columns and _there(
                connection, table, column, kept, found
            ):
                continue
            _give(connection, table, column, (other, kept), found)
            packed = {name: _packed(value) for name, value in found.items()}
            given.append([table.name, column, packed])
    return given


def _there(
    connection: Connection, table: Table, column: str, whose: int, key: dict[str, Any]
) -> bool:
    same = and_(table.c[column] == whose, *(table.c[name] == value for name, value in key.items()))
    return connection.execute(select(table.c[column]).where(same)).first() is not None


def _give(
    connection: Connection, table: Table, column: str, way: tuple[int, int], key: dict[str, Any]
) -> None:
    same = and_(table.c[column] == way[0], *(table.c[name] == v for name, v in key.items()))
    connection.execute(update(table).where(same).values({column: way[1]}))


def _move_back(connection: Connection, given: list[list[Any]], kept: int, other: int) -> None:
    for name, column, packed in given:
        key = {part: _unpacked(value) for part, value in packed.items()}
        _give(connection, schema.metadata.tables[name], column, (kept, other), key)
    _follow_versions(connection, kept, other)


def given_back(connection: Connection, kept: PatientId) -> frozenset[bytes]:
    """Entries that merges gave to a patient and that went back to whom they belong."""
    undone = select(merge.c.snapshot).where(merge.c.kept == kept, merge.c.undone_at.is_not(None))
    moved = (
        line
        for packed in connection.execute(undone).scalars()
        for line in json.loads(zlib.decompress(packed))["moved"]
    )
    return frozenset(_unpacked(key["uid"]) for name, _, key in moved if name == schema.entry.name)


def _follow_versions(connection: Connection, kept: int, other: int) -> None:
    """What was corrected since belongs to whom the first version belongs: the version in force
    must not stay behind with the other person."""
    entry, body = schema.entry, schema.document_body
    theirs = select(entry.c.uid).where(entry.c.patient_id == other)
    newer = (entry.c.patient_id == kept) & entry.c.replaces.in_(theirs)
    while found := connection.execute(select(entry.c.uid).where(newer)).scalars().all():
        for table in (entry, body):
            same = (table.c.patient_id == kept) & table.c.uid.in_(found)
            connection.execute(update(table).where(same).values(patient_id=other))


def _withdraw_codes(connection: Connection, other: int) -> list[list[Any]]:
    grant = schema.access_grant
    live = (grant.c.patient_id == other) & grant.c.state.in_(_LIVE)
    before = [
        list(row) for row in connection.execute(select(grant.c.id, grant.c.state).where(live))
    ]
    connection.execute(update(grant).where(live).values(state=GrantState.REVOKED.value))
    return before


def _switch_off(connection: Connection, people: tuple[int, int]) -> list[list[Any]]:
    """Neither sign-in works until whoever treats the patient gives out a new slip: one of them may
    be in the hands of somebody else."""
    theirs = account.c.patient_id.in_(people)
    before = [
        list(row)
        for row in connection.execute(select(account.c.id, account.c.disabled).where(theirs))
    ]
    connection.execute(update(account).where(theirs).values(disabled=1))
    return before


def _set(connection: Connection, table: Table, number: int, **values: Any) -> None:
    connection.execute(update(table).where(table.c.id == number).values(values))


def _put_back_people(connection: Connection, before: list[dict[str, Any]]) -> None:
    """Both as they were; of the kept one only where nobody has changed it since."""
    kept, other = ({name: _unpacked(v) for name, v in row.items()} for row in before)
    if fetch_patient(connection, kept["id"]).version == kept["version"] + 1:
        _set(connection, patient, kept["id"], **kept)
    _set(connection, patient, other["id"], **other)
    for row in (kept, other):
        index_name(connection, row["id"], fetch_patient(connection, row["id"]).details)
