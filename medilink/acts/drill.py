"""A restore drill: what is done with the copy, and what is kept of it.

The copy is worked with through the same acts as the store itself. Whoever signs in to it is made
for that, exists nowhere else, and sees nothing: what is read is only decoded and counted. It is
logged, in the copy's own log.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from medilink.acts.emergency import break_glass
from medilink.acts.in_copy import desk_in_copy
from medilink.acts.read_record import may_open, open_record
from medilink.acts.refusing import check_task
from medilink.acts.sign_in import sign_in
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.drills import Came, Drill, drill_as_text, drill_from_text
from medilink.errors import DrillFails
from medilink.people import Account, AccountId, PatientId, Profession, Role
from medilink.permissions import Task
from medilink.record_form import entry_values
from medilink.store import LogFilter, Store
from medilink.store_backup import KeptDrill

NAME = "Restore drill"
REASON = "restore drill in a copy"
_PASSWORD_BYTES = 24


def check_may_drill(desk: Desk) -> None:
    """Raises Refused, logged, for all who may not make backups."""
    check_task(desk, Task.BACK_UP, Act.DRILL)


def sign_in_to_copy(desk: Desk, copy: Store) -> Desk:
    """Somebody made for the drill, signed in to a copy with a password. Raises NotValid for the
    store itself: nobody gets an account by a drill there."""
    check_may_drill(desk)
    there = desk_in_copy(desk, copy)
    name, password = f"drill-{secrets.token_hex(4)}", secrets.token_urlsafe(_PASSWORD_BYTES)
    made = Account(AccountId(0), name, NAME, Role.PROVIDER, Profession.DOCTOR.value)
    event = there.event(Act.ADD_ACCOUNT, user_name=name)
    there.store.accounts.add(made, there.passwords.hash(password), audit=event)
    return there.signed_in_as(sign_in(there, name, password))


def open_one_in_copy(there: Desk, number: int) -> int | None:
    """One record opened through the gate of a copy; another one for each `number`. How many entries
    it has, None where nobody is registered. Raises DrillFails."""
    everybody = there.store.patients.of_everybody()
    if not everybody:
        return None
    patient = everybody[number % len(everybody)]
    if may_open(there, patient):
        raise DrillFails(why="a record opens without a right")
    break_glass(there, patient, REASON)
    record = open_record(there, patient).record
    entries = (*record.entries(), *record.versions)
    for entry in entries:
        entry_values(entry)
    _check_logged(there, patient)
    return len(entries)


def _check_logged(there: Desk, patient: PatientId) -> None:
    wanted = LogFilter(patient=patient, account=there.who.id, acts=frozenset({Act.OPEN_RECORD}))
    looking = there.event(Act.READ_LOG, patient)
    found, _ = there.store.log.list_entries(wanted, limit=1, audit=looking)
    if [entry.outcome for entry in found] != [Outcome.DONE.value]:
        raise DrillFails(why="a reading is not in its log")


# ---- what is kept


def keep_drill(desk: Desk, drill: Drill) -> Drill:
    """A drill is over; administrators are told of one that failed."""
    check_may_drill(desk)
    came = [one.came for one in drill.tried]
    event = desk.event(
        Act.DRILL,
        outcome=Outcome.DONE if drill.passed else Outcome.REFUSED,
        why="" if drill.passed else drill.why,
        restored=came.count(Came.PASSED),
        failed=came.count(Came.FAILED),
        not_there=came.count(Came.AWAY),
        seconds=sum(one.took for one in drill.tried) // 1000,
    )
    kept = KeptDrill(0, drill.at, drill.passed, drill_as_text(drill))
    return replace(drill, number=desk.store.backups.keep_drill(kept, audit=event))


def kept_drills(desk: Desk) -> list[Drill]:
    """Every drill, the newest first. For administrators."""
    check_may_drill(desk)
    return [drill_from_text(one.body, one.number) for one in desk.store.backups.of_drills()]


def last_drill(desk: Desk) -> int | None:
    """When a drill passed last, in milliseconds UTC."""
    return next((one.at for one in desk.store.backups.of_drills() if one.passed), None)


def last_tried(desk: Desk) -> int | None:
    """When one was made last, whatever came of it."""
    return next((one.at for one in desk.store.backups.of_drills()), None)


def no_drill_since(desk: Desk) -> int | None:
    """Since when nobody has shown that this clinic could be restored: the last drill that passed,
    else the first backup; None before there was any."""
    backups = [row.at for row in desk.store.backups.of_backups() if row.digest]
    return last_drill(desk) or min(backups, default=None)
