"""Wishes of patients to have something corrected, and their answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import desc, insert, select, update

from database.engine import StoreFile
from database.log import LogKeeper
from database.patients import check_stands
from database.schema import correction
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.correcting import Correction, CorrectionState
from medilink.errors import EditedMeanwhile, NotFound
from medilink.people import AccountId, PatientId

_KEPT = (
    correction.c.id, correction.c.patient_id, correction.c.section, correction.c.entry,
    correction.c.about, correction.c.wish, correction.c.asked_by, correction.c.asked_at,
    correction.c.state, correction.c.answered_by, correction.c.answered_at, correction.c.answer,
)  # fmt: skip


def _correction(row: Any) -> Correction:
    values = list(row)
    values[8] = CorrectionState(values[8])
    return Correction(*values)


class Corrections:
    """Implements medilink.store.CorrectionStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def ask(self, wish: Correction, *, audit: AuditEvent) -> None:
        values = {
            "patient_id": wish.patient,
            "section": wish.section,
            "entry": wish.entry,
            "about": wish.about,
            "wish": wish.wish,
            "asked_by": wish.asked_by,
            "asked_at": wish.asked_at,
            "state": wish.state.value,
            "answer": "",
        }
        with self._log.transaction(audit) as connection:
            check_stands(connection, wish.patient)
            connection.execute(insert(correction).values(values))

    def list_of(
        self, patient: PatientId, *, audit: Evidence
    ) -> tuple[list[Correction], LoggedRead]:
        newest = (
            select(*_KEPT)
            .where(correction.c.patient_id == patient)
            .order_by(desc(correction.c.id))
            .limit(200)
        )
        with self._log.reading(audit, patient) as (connection, seq):
            return [_correction(row) for row in connection.execute(newest)], LoggedRead(seq)

    def by_number(self, number: int) -> PatientId:
        with self._file.reading() as connection:
            wanted = select(correction.c.patient_id).where(correction.c.id == number)
            found = connection.execute(wanted).scalar()
        if found is None:
            raise NotFound
        return PatientId(found)

    def of_waiting(self) -> dict[PatientId, int]:
        waiting = select(correction.c.patient_id, correction.c.asked_at).where(
            correction.c.state == CorrectionState.OPEN.value
        )
        with self._file.reading() as connection:
            rows = connection.execute(waiting.order_by(desc(correction.c.id)).limit(500)).all()
        return {PatientId(row[0]): row[1] for row in rows}

    def answer(
        self,
        number: int,
        state: CorrectionState,
        answer: str,
        by: AccountId,
        *,
        audit: AuditEvent,
    ) -> None:
        same = (correction.c.id == number) & (correction.c.state == CorrectionState.OPEN.value)
        values = {
            "state": state.value,
            "answer": answer,
            "answered_by": by,
            "answered_at": audit.at,
        }
        with self._log.transaction(audit) as connection:
            if connection.execute(update(correction).where(same).values(values)).rowcount != 1:
                raise EditedMeanwhile(theirs=None)
