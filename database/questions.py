"""What patients ask about entries of the log, and what they were answered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import desc, func, insert, select, update

from database.engine import StoreFile
from database.log import LogKeeper
from database.patients import check_stands
from database.schema_log import access_question
from medilink.audit import AuditEvent, Evidence, LoggedRead
from medilink.errors import AlreadyAsked, AskedOftenEnough, EditedMeanwhile, NotFound
from medilink.people import AccountId, PatientId
from medilink.questioning import MOST_ABOUT_ONE, MOST_OPEN, Finding, Question, Why

_KEPT = (
    access_question.c.id, access_question.c.patient_id, access_question.c.seq,
    access_question.c.account, access_question.c.why, access_question.c.words,
    access_question.c.asked_by, access_question.c.asked_at, access_question.c.finding,
    access_question.c.answer, access_question.c.answered_by, access_question.c.answered_at,
)  # fmt: skip
_OPEN = access_question.c.answered_at.is_(None)


def _question(row: Any) -> Question:
    values = list(row)
    values[4] = Why(values[4])
    values[8] = Finding(values[8]) if values[8] else None
    return Question(*values)


class Questions:
    """Implements medilink.store.QuestionStore."""

    def __init__(self, file: StoreFile, log: LogKeeper) -> None:
        self._file, self._log = file, log

    def ask(self, question: Question, *, audit: AuditEvent) -> None:
        same = access_question.c.seq == question.seq
        theirs = access_question.c.patient_id == question.patient
        counted = (
            select(func.count()).select_from(access_question).where(same & _OPEN),
            select(func.count()).select_from(access_question).where(same),
            select(func.count()).select_from(access_question).where(theirs & _OPEN),
        )
        values = {
            "patient_id": question.patient,
            "seq": question.seq,
            "account": question.account,
            "why": question.why.value,
            "words": question.words,
            "asked_by": question.asked_by,
            "asked_at": question.asked_at,
            "finding": "",
            "answer": "",
        }
        with self._log.transaction(audit) as connection:
            check_stands(connection, question.patient)
            waiting, before, open_ones = (connection.execute(one).scalar_one() for one in counted)
            if waiting:
                raise AlreadyAsked
            if before >= MOST_ABOUT_ONE or open_ones >= MOST_OPEN:
                raise AskedOftenEnough
            connection.execute(insert(access_question).values(values))

    def list_of(self, patient: PatientId, *, audit: Evidence) -> tuple[list[Question], LoggedRead]:
        theirs = select(*_KEPT).where(access_question.c.patient_id == patient)
        with self._log.reading(audit, patient) as (connection, seq):
            rows = connection.execute(theirs.order_by(desc(access_question.c.id))).all()
        return [_question(row) for row in rows], LoggedRead(seq)

    def list_to_answer(self, *, limit: int, audit: Evidence) -> tuple[list[Question], LoggedRead]:
        waiting = select(*_KEPT).where(_OPEN).order_by(access_question.c.id)
        answered = select(*_KEPT).where(~_OPEN).order_by(desc(access_question.c.id)).limit(limit)
        with self._log.reading(audit, None) as (connection, seq):
            rows = [*connection.execute(waiting).all(), *connection.execute(answered).all()]
        return [_question(row) for row in rows], LoggedRead(seq)

    def by_number(self, number: int) -> Question:
        wanted = select(*_KEPT).where(access_question.c.id == number)
        with self._file.reading() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise NotFound
        return _question(row)

    def answer(
        self, number: int, finding: Finding, answer: str, by: AccountId, *, audit: AuditEvent
    ) -> None:
        same = (access_question.c.id == number) & _OPEN
        values = {
            "finding": finding.value,
            "answer": answer,
            "answered_by": by,
            "answered_at": audit.at,
        }
        with self._log.transaction(audit) as connection:
            if connection.execute(update(access_question).where(same).values(values)).rowcount != 1:
                raise EditedMeanwhile(theirs=None)
