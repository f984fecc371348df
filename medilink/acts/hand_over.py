"""Handing over who is in one's care: at the end of a shift, or when somebody leaves."""

from __future__ import annotations

from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import NotFound, Refused
from medilink.people import Account, AccountId, Role
from medilink.permissions import Task


def list_colleagues(desk: Desk) -> list[Account]:
    """Who treats patients here and can take somebody over, without oneself."""
    check_task(desk, Task.SEE_CARDS, Act.HAND_OVER)
    return [
        account
        for account in desk.store.accounts.list_staff()
        if Role.PROVIDER in account.roles and not account.disabled and account.id != desk.who.id
    ]


def hand_over(desk: Desk, giver: AccountId, taker: AccountId) -> int:
    """Everyone in the giver's care now is in the taker's, until the same time, and no longer in
    the giver's; how many. What patients shared by a code stays with whom they gave it to.

    A provider hands over their own, an administrator anybody's. Raises Refused, NotFound.
    """
    if desk.who.id == giver:
        check_task(desk, Task.CARE, Act.HAND_OVER)
    else:
        check_task(desk, Task.MANAGE_STAFF, Act.HAND_OVER)
    found = desk.store.accounts.by_id(taker)
    if found is None:
        raise NotFound
    with refusals_logged(desk, Act.HAND_OVER):
        if Role.PROVIDER not in found.roles or found.disabled or taker == giver:
            raise Refused
    in_care = desk.store.rights.of_care(giver, desk.now)
    events = [desk.event(Act.HAND_OVER, patient, account=giver, taker=taker) for patient in in_care]
    if events:
        desk.store.rights.hand_over(giver, taker, in_care, desk.now, audit=events)
    return len(in_care)
