"""Backups as the store itself knows them: keys, generations, and from which it was restored."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, delete, desc, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from database.engine import StoreFile
from database.log import LogKeeper
from database.schema import access_grant
from database.schema_abroad import own_key
from database.schema_backup import backup, backup_key, drill, restoration
from database.schema_backup_places import backup_place
from database.schema_life import store_life, store_swap
from database.schema_log import audit_log
from medilink.audit import AuditEvent, Outcome
from medilink.backup_places import ChosenPlace, PlaceKind
from medilink.sharing import GrantKind, GrantState
from medilink.store_backup import (
    FIRST_BEFORE,
    BackupKey,
    BackupRow,
    BackupUse,
    GoingOn,
    KeptDrill,
    Life,
    Restoration,
    Rewrapped,
    Swap,
    SwapWhy,
)

_KEY = [backup_key.c[name] for name in ("use", "recipient", "held", "since", "current")]
_ROW = [
    backup.c[name]
    for name in ("generation", "at", "before", "name", "size", "digest", "verified_at")
]
_PLACE = [backup_place.c[name] for name in ("key", "kind", "name", "details", "since", "shut")]
_SWAP = [store_swap.c[name] for name in ("at", "why", "took", "size", "folder", "deleted_at")]
_RESTORED = [restoration.c[name] for name in ("at", "generation", "made_at", "seq")]
# Cards live for a year and permissions stand until they are withdrawn: those stay.
_SHORT_LIVED = (GrantKind.CODE, GrantKind.OFFER, GrantKind.ANSWER)


class BackupRows:
    """Implements medilink.store_backup.BackupStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def of_keys(self) -> list[BackupKey]:
        newest = select(*_KEY).order_by(desc(backup_key.c.current), desc(backup_key.c.id))
        with self._file.reading() as connection:
            rows = connection.execute(newest).all()
        return [BackupKey(BackupUse(row[0]), row[1], row[2], row[3], bool(row[4])) for row in rows]

    def of_backups(self) -> list[BackupRow]:
        with self._file.reading() as connection:
            rows = connection.execute(select(*_ROW).order_by(desc(backup.c.generation))).all()
        return [BackupRow(*row) for row in rows]

    def of_restorations(self) -> list[Restoration]:
        with self._file.reading() as connection:
            rows = connection.execute(select(*_RESTORED).order_by(desc(restoration.c.id))).all()
        return [Restoration(*row) for row in rows]

    def of_places(self) -> list[ChosenPlace]:
        with self._file.reading() as connection:
            rows = connection.execute(select(*_PLACE).order_by(backup_place.c.id)).all()
        return [
            ChosenPlace(row[0], PlaceKind(row[1]), row[2], json.loads(row[3]), row[4], not row[5])
            for row in rows
        ]

    def of_drills(self) -> list[KeptDrill]:
        newest = select(drill.c.id, drill.c.at, drill.c.passed, drill.c.body)
        with self._file.reading() as connection:
            rows = connection.execute(newest.order_by(desc(drill.c.id))).all()
        return [KeptDrill(row.id, row.at, bool(row.passed), row.body) for row in rows]

    def keep_drill(self, kept: KeptDrill, *, audit: AuditEvent) -> int:
        values = {"at": kept.at, "passed": int(kept.passed), "body": kept.body}
        with self._log.transaction(audit) as connection:
            made = connection.execute(insert(drill).values(values)).inserted_primary_key
        return int(made[0]) if made else 0

    def keep_key(self, key: BackupKey, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            _keep_key(connection, key)

    def begin(self, at: int, *, audit: AuditEvent) -> BackupRow:
        whole = select(backup.c.digest).where(backup.c.digest != b"")
        with self._log.transaction(audit) as connection:
            newest = connection.execute(select(func.max(backup.c.generation))).scalar() or 0
            last = connection.execute(whole.order_by(desc(backup.c.generation))).scalar()
            begun = BackupRow(newest + 1, at, last or FIRST_BEFORE)
            connection.execute(insert(backup).values(_as_row(begun)))
        return begun

    def finish(self, whole: BackupRow, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            _keep_whole(connection, whole)

    def came_back(
        self, restored: Restoration, whole: BackupRow, epoch: bytes, *, audit: AuditEvent
    ) -> None:
        values = {column.name: getattr(restored, column.name) for column in _RESTORED}
        open_codes = (access_grant.c.state == GrantState.ACTIVE.value) & access_grant.c.kind.in_(
            [kind.value for kind in _SHORT_LIVED]
        )
        with self._log.transaction(audit) as connection:
            connection.execute(insert(restoration).values(values))
            connection.execute(update(store_life).values(epoch=epoch))
            _keep_whole(connection, whole)
            over = update(access_grant).where(open_codes)
            connection.execute(over.values(state=GrantState.EXPIRED.value))

    def keep_place(self, place: ChosenPlace, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            _keep_place(connection, place)

    def forget_place(self, key: str, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            connection.execute(delete(backup_place).where(backup_place.c.key == key))

    def of_life(self) -> Life:
        with self._file.reading() as connection:
            row = connection.execute(select(store_life.c.epoch, store_life.c.root)).one()
        return Life(*row)

    def of_swaps(self) -> list[Swap]:
        with self._file.reading() as connection:
            rows = connection.execute(select(*_SWAP).order_by(desc(store_swap.c.id))).all()
        return [Swap(row[0], SwapWhy(row[1]), *row[2:]) for row in rows]

    def of_acts_after(self, seq: int) -> dict[str, int]:
        after = (audit_log.c.seq > seq) & (audit_log.c.outcome != Outcome.REFUSED.value)
        counted = select(audit_log.c.act, func.count()).where(after).group_by(audit_log.c.act)
        with self._file.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def swapped(self, swap: Swap, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            connection.execute(insert(store_swap).values(_as_swap(swap)))

    def replaced_deleted(self, folder: str, at: int, *, audit: AuditEvent) -> None:
        same = (store_swap.c.folder == folder) & store_swap.c.deleted_at.is_(None)
        with self._log.transaction(audit) as connection:
            connection.execute(update(store_swap).where(same).values(deleted_at=at))

    def go_on(self, before: GoingOn, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            newest = connection.execute(select(func.max(backup.c.generation))).scalar() or 0
            for row in before.rows:
                if row.generation > newest:
                    connection.execute(insert(backup).values(_as_row(row)))
            for key in sorted(before.keys, key=lambda one: one.current):
                _keep_key(connection, key)
            connection.execute(delete(store_swap))
            for swap in reversed(before.swaps):
                connection.execute(insert(store_swap).values(_as_swap(swap)))
            connection.execute(delete(backup_place))
            for place in before.places:
                _keep_place(connection, place)

    def rewrap(self, anew: Rewrapped, *, audit: AuditEvent) -> None:
        with self._log.transaction(audit) as connection:
            for public, wrapped in anew.own_keys:
                own = update(own_key).where(own_key.c.public == public)
                connection.execute(own.values(wrapped=wrapped))
            for key in anew.backup_keys:
                same = backup_key.c.recipient == key.recipient
                connection.execute(update(backup_key).where(same).values(held=key.held))
            connection.execute(update(store_life).values(root=anew.root))


def _keep_key(connection: Connection, key: BackupKey) -> None:
    values = {"held": key.held, "current": int(key.current)}
    row = upsert(backup_key).values(
        use=key.use.value, recipient=key.recipient, since=key.since, **values
    )
    if key.current:
        older = backup_key.c.use == key.use.value
        connection.execute(update(backup_key).where(older).values(current=0))
    same = row.on_conflict_do_update(index_elements=["recipient"], set_=values)
    connection.execute(same)


def _keep_place(connection: Connection, place: ChosenPlace) -> None:
    values = {
        "kind": place.kind.value,
        "name": place.name,
        "details": json.dumps(dict(place.details)),
        "since": place.since,
        "shut": int(not place.on),
    }
    row = upsert(backup_place).values(key=place.key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["key"], set_=values))


def _as_swap(one: Swap) -> dict[str, Any]:
    return {column.name: getattr(one, column.name) for column in _SWAP}


def _keep_whole(connection: Connection, whole: BackupRow) -> None:
    same = backup.c.generation == whole.generation
    connection.execute(update(backup).where(same).values(_as_row(whole)))


def _as_row(one: BackupRow) -> dict[str, Any]:
    return {column.name: getattr(one, column.name) for column in _ROW}
