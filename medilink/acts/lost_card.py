"""A lost emergency card is taken back: by the patient, or at their clinic by whoever treats them.

What somebody has read from the card stays read. Clinics of the network refuse it from the next news
on; outside the network whoever looks at the list of withdrawn cards does.
"""

from __future__ import annotations

from medilink.acts.read_record import rights_here
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.share import own_record
from medilink.audit import Act
from medilink.desk import Desk
from medilink.people import PatientId, Role
from medilink.permissions import Task, check_can_write
from medilink.sharing import Grant, GrantKind, GrantState

LOST_WORDS = "the card was lost"


def cards_out(desk: Desk, patient: PatientId) -> list[Grant]:
    """The emergency cards of a record that still count. Raises NotYours, NoRight."""
    _check_may(desk, patient)
    shared = desk.store.grants.of_patient(patient, desk.now)
    return [grant for grant in shared if grant.kind is GrantKind.CARD]


def withdraw_lost_cards(desk: Desk, patient: PatientId) -> int:
    """Take back every emergency card of a record: nobody can say which of them was lost. How many
    there were. Raises NotYours, NoRight."""
    taken = 0
    for grant in cards_out(desk, patient):
        event = desk.event(
            Act.REVOKE,
            patient,
            sections=grant.sections,
            why=LOST_WORDS,
            code=grant.id,
            kind=grant.kind.value,
        )
        taken += desk.store.grants.set_state(grant.id, GrantState.REVOKED, audit=event)
    return taken


def _check_may(desk: Desk, patient: PatientId) -> None:
    if desk.who.role is Role.PATIENT:
        own_record(desk, Act.REVOKE, Task.SHARE, patient)
        return
    check_task(desk, Task.WRITE, Act.REVOKE, patient)
    with refusals_logged(desk, Act.REVOKE, patient):
        check_can_write(rights_here(desk, patient))
