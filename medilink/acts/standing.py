"""Permissions without a code: for one named provider, or for everybody who treats patients here.

They hold until withdrawn, at most a year; they are listed and withdrawn with the codes
(`medilink.acts.share`).
"""

from __future__ import annotations

from medilink.acts.refusing import refusals_logged
from medilink.acts.share import (
    check_not_too_many,
    my_codes,
    no_longer_than_own_right,
    own_record,
    share_event,
)
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import AlreadyShared, NotFound, Refused
from medilink.people import AccountId, PatientId, Role
from medilink.permissions import Task
from medilink.scopes import Scope
from medilink.sharing import LONGEST_STANDING_DAYS, NAMED_KINDS, Grant, standing_grant
from security.codes import new_uid


def share_with(
    desk: Desk,
    account: AccountId,
    scope: Scope,
    *,
    days: int = LONGEST_STANDING_DAYS,
    patient: PatientId | None = None,
) -> Grant:
    """Let one provider read one's own record, or that of the child `patient`, without a code. It is
    in their list of records from now on.

    Raises AlreadyShared, NothingShared, WritesUnwarned, NotValid, NotYours; NotFound or Refused for
    an account that treats no patients here.
    """
    found = desk.store.accounts.by_id(account)
    if found is None:
        raise NotFound
    with refusals_logged(desk, Act.SHARE, patient or desk.who.patient):
        if Role.PROVIDER not in found.roles or found.disabled:
            raise Refused
    return _share(desk, account, scope, days, patient)


def share_with_clinic(
    desk: Desk,
    scope: Scope,
    *,
    days: int = LONGEST_STANDING_DAYS,
    patient: PatientId | None = None,
) -> Grant:
    """Let every provider of this clinic read one's own record, or a child's, without a code; those
    who come to work here later too. Raises as `share_with`."""
    return _share(desk, None, scope, days, patient)


def _share(
    desk: Desk, to: AccountId | None, scope: Scope, days: int, patient: PatientId | None
) -> Grant:
    patient = own_record(desk, Act.SHARE, Task.SHARE, patient)
    standing = [grant for grant in my_codes(desk, patient) if grant.kind in NAMED_KINDS]
    if any(grant.to_account == to for grant in standing):
        raise AlreadyShared
    check_not_too_many(desk, patient)
    wanted = standing_grant(
        uid=new_uid(desk.now),
        patient=patient,
        scope=scope,
        days=days,
        to_account=to,
        purpose="",
        now=desk.now,
    )
    wanted = no_longer_than_own_right(desk, wanted)
    event = share_event(desk, wanted, days=days, account=to or "")
    made = desk.store.grants.add(wanted, None, audit=event)
    assert made is not None  # noqa: S101 only a code can clash
    return made
