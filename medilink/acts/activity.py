"""What staff did in a period, counted from the log; reading that is on record."""

from __future__ import annotations

from medilink.activity import HOURS_LEARNT_MS, Activity, summarise
from medilink.acts.once import read_once
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, Evidence, LoggedRead
from medilink.desk import Desk
from medilink.errors import Refused
from medilink.people import Account, AccountId, Role
from medilink.permissions import Task


def staff_activity(desk: Desk, since: int, until: int) -> dict[AccountId, Activity]:
    """What everybody who works here did from `since` to `until`, milliseconds UTC. For
    administrators."""
    check_task(desk, Task.WATCH, Act.READ_LOG)
    return _activity(desk, since, until, "activity")


def own_activity(desk: Desk, since: int, until: int) -> Activity:
    """What the member of staff at this desk did. Raises Refused for anybody else."""
    with refusals_logged(desk, Act.READ_LOG):
        if desk.who.role not in (Role.ADMIN, Role.PROVIDER):
            raise Refused
    return _activity(desk, since, until, "own activity")[desk.who.id]


def _activity(desk: Desk, since: int, until: int, what: str) -> dict[AccountId, Activity]:
    def read(audit: Evidence) -> tuple[dict[AccountId, Activity], LoggedRead]:
        logged = audit if isinstance(audit, LoggedRead) else LoggedRead(desk.store.log.write(audit))
        staff: list[Account] = desk.store.accounts.list_staff()
        entries = desk.store.unusual.of_entries_between(since - HOURS_LEARNT_MS, until)
        return summarise(entries, [account.id for account in staff], since), logged

    return read_once(desk, desk.event(Act.READ_LOG, what=what), read)
