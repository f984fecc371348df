"""Taking along the list of who looked at one's own record, with a receipt at its end."""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.log_proof import GivenReceipt, give_receipt
from medilink.acts.look_back import MOST_SHOWN, entries_shown
from medilink.acts.read_record import open_identity
from medilink.acts.share import own_record
from medilink.audit import Act, AuditEntry, LoggedRead
from medilink.desk import Desk
from medilink.looking import OWN_LIST, Wanted
from medilink.people import PatientId
from medilink.permissions import Task


@dataclass(frozen=True, slots=True)
class TakenList:
    """The entries that were asked for, newest first, and a receipt of the log as it was then."""

    medilink_id: str
    entries: list[AuditEntry]
    receipt: GivenReceipt


def take_list_along(desk: Desk, wanted: Wanted, patient: PatientId | None = None) -> TakenList:
    """Every entry that is wanted about one's own record, or a child's. Raises NotYours."""
    patient = own_record(desk, Act.EXPORT, Task.READ_OWN_LOG, patient)
    event = desk.event(Act.EXPORT, patient, what=OWN_LIST, show=wanted.show.value)
    logged = LoggedRead(desk.store.log.write(event))
    entries, _ = entries_shown(desk, patient, wanted, MOST_SHOWN, logged)
    person = open_identity(desk, patient)
    return TakenList(person.medilink_id, entries, give_receipt(desk, patient))
