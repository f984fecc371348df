"""A refusal leaves its entry in the log though the act itself left nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from medilink.audit import Act, Method, Outcome
from medilink.desk import Desk
from medilink.errors import Refused
from medilink.people import PatientId
from medilink.permissions import Task, check_can


@contextmanager
def refusals_logged(
    desk: Desk, act: Act, patient: PatientId | None = None, method: Method = Method.NONE
) -> Iterator[None]:
    """Log a Refused that leaves the block, with its code as the reason, and let it go on."""
    try:
        yield
    except Refused as refusal:
        desk.store.log.write(
            desk.event(act, patient, outcome=Outcome.REFUSED, method=method, why=refusal.code)
        )
        raise


def check_task(desk: Desk, task: Task, act: Act, patient: PatientId | None = None) -> None:
    """Raise Refused, logged, where the role at this desk may not do a task."""
    with refusals_logged(desk, act, patient):
        check_can(desk.who.role, task)
