"""A patient asks about an entry of the log; an administrator looks at it and answers.

An administrator sees the entry and the MediLink ID, not the record.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.once import read_once
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.share import own_record
from medilink.audit import Act, AuditEntry, ChainedRow, Method, open_entry
from medilink.desk import Desk
from medilink.errors import AboutYourself, NotFound, ReasonMissing
from medilink.looking import is_shown
from medilink.people import AccountId, PatientId
from medilink.permissions import Task
from medilink.questioning import Finding, Question, Why, somebody_else_can_answer
from medilink.visits import check_entry_text

ANSWERED_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an administrator sees it. `entry`: only of one that is open. `mine`: whether it
    is about what they did themselves and another has to answer."""

    question: Question
    entry: AuditEntry | None
    medilink_id: str
    mine: bool


def question_access(
    desk: Desk, seq: int, why: Why, words: str, patient: PatientId | None = None
) -> None:
    """Ask for entry `seq` about one's own record, or a child's, to be looked into.

    Raises NotFound, TooLong, ReasonMissing (for `Why.OTHER` without words), AlreadyAsked,
    AskedOftenEnough, NotYours.
    """
    patient = own_record(desk, Act.QUESTION_ACCESS, Task.READ_OWN_LOG, patient)
    words = check_entry_text("What is wrong", words)
    if why is Why.OTHER and not words:
        raise ReasonMissing
    event = desk.event(Act.READ_LOG, patient)
    row = read_once(
        desk, event, lambda audit: desk.store.log.entry_about(patient, seq, audit=audit)
    )
    entry = _shown(desk, row)
    if entry is None:
        raise NotFound
    account = AccountId(entry.account) if entry.account is not None else None
    question = Question(0, patient, seq, account, why, words, desk.who.id, desk.now)
    own = patient == desk.who.patient
    desk.store.questions.ask(
        question,
        audit=desk.event(
            Act.QUESTION_ACCESS,
            patient,
            method=Method.OWN if own else Method.GUARDIAN,
            entry=seq,
            about=why.value,
        ),
    )


def _shown(desk: Desk, row: ChainedRow | None) -> AuditEntry | None:
    entry = open_entry(row) if row else None
    return entry if entry and is_shown(entry, desk.who.id) else None


def my_questions(desk: Desk, patient: PatientId | None = None) -> dict[int, list[Question]]:
    """What was asked about entries of one's own record, or a child's, by entry, newest first."""
    patient = own_record(desk, Act.READ_LOG, Task.READ_OWN_LOG, patient)
    event = desk.event(Act.READ_LOG, patient)
    found: dict[int, list[Question]] = {}
    for one in read_once(
        desk, event, lambda audit: desk.store.questions.list_of(patient, audit=audit)
    ):
        found.setdefault(one.seq, []).append(one)
    return found


def questions_to_answer(desk: Desk) -> list[Asked]:
    """What patients ask, open ones first. For administrators."""
    check_task(desk, Task.REVIEW, Act.ANSWER_QUESTION)
    event = desk.event(Act.READ_LOG, why="questions of patients")
    found = read_once(
        desk,
        event,
        lambda audit: desk.store.questions.list_to_answer(limit=ANSWERED_SHOWN, audit=audit),
    )
    names = desk.store.patients.list_medilink_ids({one.patient for one in found})
    return [
        Asked(
            one,
            _entry_of(desk, one) if one.is_open else None,
            names.get(one.patient, ""),
            _is_anothers(desk, one),
        )
        for one in found
    ]


def _entry_of(desk: Desk, asked: Question) -> AuditEntry | None:
    """The entry itself; looking at it is on the patient's list."""
    event = desk.event(Act.READ_LOG, asked.patient, question=asked.id)
    row = read_once(
        desk,
        event,
        lambda audit: desk.store.log.entry_about(asked.patient, asked.seq, audit=audit),
    )
    return open_entry(row) if row else None


def _is_anothers(desk: Desk, asked: Question) -> bool:
    """Nobody judges their own access while somebody else can."""
    if asked.account != desk.who.id:
        return False
    return somebody_else_can_answer(desk.who.id, desk.store.accounts.list_staff())


def answer_question(desk: Desk, number: int, finding: Finding, answer: str) -> None:
    """Say what was found, in words the patient reads.

    Raises ReasonMissing without words, AboutYourself, TooLong, EditedMeanwhile, NotFound.
    """
    check_task(desk, Task.REVIEW, Act.ANSWER_QUESTION)
    asked = desk.store.questions.by_number(number)
    with refusals_logged(desk, Act.ANSWER_QUESTION, asked.patient):
        if _is_anothers(desk, asked):
            raise AboutYourself
    answer = check_entry_text("Answer", answer)
    if not answer:
        raise ReasonMissing
    event = desk.event(Act.ANSWER_QUESTION, asked.patient, entry=asked.seq, finding=finding.value)
    desk.store.questions.answer(number, finding, answer, desk.who.id, audit=event)
