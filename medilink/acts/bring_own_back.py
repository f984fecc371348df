"""The clinic's own settings, staff, filters and places of backups: looked at in an old backup, and
brought back from it without a restore. For administrators.

What comes back does so by the acts that change it today, in one transaction with their entries in
the log and one that names the backup: what may not be done today is not done by this way either.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from medilink.acts.back_up_places import choose_place, switch_place
from medilink.acts.log_views import keep_view
from medilink.acts.network import keep_network_settings
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.sign_in import check_own_password
from medilink.acts.staff import (
    LOGO_SIDE,
    add_staff,
    change_clinic,
    change_logo,
    change_roles,
    switch_account,
)
from medilink.attachments import draw_anew
from medilink.audit import Act
from medilink.clinics_own import (
    OF_NETWORK,
    ClinicsOwn,
    Different,
    FilterThen,
    LogoThen,
    OwnPast,
    PlaceThen,
    SettingThen,
    StaffPart,
    StaffThen,
    at_work,
    can_come,
    differences,
    same_person,
)
from medilink.days import utc_day
from medilink.desk import Desk
from medilink.errors import EditedMeanwhile, NothingToBringBack, ReasonMissing, Refused
from medilink.log_views import view_from_text
from medilink.people import Account, tidy
from medilink.permissions import Task
from medilink.statements import BackedUp
from medilink.store import AccountStore, SettingStore
from medilink.store_backup import BackupStore
from medilink.store_log import FilterStore
from medilink.store_network import NetworkStore
from medilink.visits import check_entry_text


class OwnRooms(Protocol):
    """Those rooms of a store that have what is the clinic's own. There is no way to a patient's
    from here."""

    @property
    def settings(self) -> SettingStore: ...

    @property
    def accounts(self) -> AccountStore: ...

    @property
    def log_filters(self) -> FilterStore: ...

    @property
    def backups(self) -> BackupStore: ...

    @property
    def network(self) -> NetworkStore: ...


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What came back, and the first passwords of accounts that were missing: shown once."""

    rows: tuple[Different, ...]
    passwords: tuple[tuple[Account, str], ...]


def check_may_look(desk: Desk, act: Act = Act.LOOK_INTO_BACKUP) -> None:
    """Raises Refused, logged, for all but administrators."""
    check_task(desk, Task.BACK_UP, act)
    check_task(desk, Task.MANAGE_STAFF, act)


def read_own_past(desk: Desk, copy: OwnRooms, says: BackedUp) -> OwnPast:
    """The clinic's own out of a copy that was restored from a backup. Logged before it is read.
    Raises Refused."""
    check_may_look(desk)
    event = desk.event(Act.LOOK_INTO_BACKUP, backup=utc_day(says.at), generation=says.generation)
    desk.store.log.write(event)
    own = _own(copy, desk.who)
    anew = draw_anew(own.logo, LOGO_SIDE) if own.logo else b""
    return OwnPast(desk.who.id, says.generation, says.at, own, anew)


def compare_own(desk: Desk, past: OwnPast) -> tuple[Different, ...]:
    """What the backup has otherwise than it stands today. Raises Refused, also for somebody else
    than whoever looked."""
    check_may_look(desk)
    with refusals_logged(desk, Act.LOOK_INTO_BACKUP):
        if past.looked != desk.who.id:
            raise Refused
    return differences(past, _own(desk.store, desk.who))


def bring_own_back(
    desk: Desk, past: OwnPast, ticked: Collection[Different], *, why: str, password: str
) -> BroughtBack:
    """Bring back what was ticked of `compare_own`, as it was seen then: all or nothing. The own
    password is asked for, because roles and accounts give rights. Raises NothingToBringBack,
    ReasonMissing, OwnPasswordWrong, TooManyTries, Refused; EditedMeanwhile where something ticked
    stands otherwise by now."""
    check_may_look(desk, Act.BRING_OWN_BACK)
    rows = tuple(one for one in ticked if can_come(one))
    if not rows:
        raise NothingToBringBack
    reason = check_entry_text("Reason", tidy(why))
    if not reason:
        raise ReasonMissing
    check_own_password(desk, password)
    event = desk.event(
        Act.BRING_OWN_BACK,
        why=reason,
        backup=utc_day(past.made_at),
        generation=past.generation,
        rows=", ".join(map(_said, rows)),
    )
    with refusals_logged(desk, Act.BRING_OWN_BACK), desk.store.log.together(audit=event):
        stands = compare_own(desk, past)
        if any(one not in stands for one in rows):
            raise EditedMeanwhile(theirs=stands)
        passwords = _bring(desk, rows)
    return BroughtBack(rows, passwords)


def _own(rooms: OwnRooms, who: Account) -> ClinicsOwn:
    """`who`: whose filters."""
    staff = tuple(map(at_work, rooms.accounts.list_staff()))
    there = next((one for one in staff if same_person(one, who)), None)
    return ClinicsOwn(
        rooms.settings.of_clinic(),
        rooms.settings.of_logo(),
        staff,
        tuple(rooms.log_filters.of_account(there.id)) if there else (),
        tuple(rooms.backups.of_places()),
        rooms.network.of_membership(),
    )


def _bring(desk: Desk, rows: Sequence[Different]) -> tuple[tuple[Account, str], ...]:
    _settings(desk, {one.setting.value: one.then for one in rows if isinstance(one, SettingThen)})
    passwords: list[tuple[Account, str]] = []
    for one in rows:
        match one:
            case LogoThen():
                change_logo(desk, one.then)
            case StaffThen():
                passwords += _account(desk, one)
            case FilterThen():
                keep_view(desk, one.then.name, view_from_text(one.then.body))
            case PlaceThen():
                _place(desk, one)
    return tuple(passwords)


def _settings(desk: Desk, then: Mapping[str, Any]) -> None:
    """All of the clinic's in one change, and all of the network's. `then` by the names of
    `Setting`."""
    clinic, network = desk.store.settings.of_clinic(), desk.store.network.of_membership()
    back = {name: value for name, value in then.items() if name not in OF_NETWORK}
    if back:
        wanted = replace(clinic, **back)
        change_clinic(
            desk,
            clinic,
            name=wanted.name,
            idle_minutes=wanted.idle_minutes,
            adult_age=wanted.adult_age,
            unverified_may_open=bool(wanted.unverified_may_open),
            log_years=wanted.log_years,
            accent=wanted.accent,
            report_folder=wanted.report_folder,
        )
    of_network = {name: value for name, value in then.items() if name in OF_NETWORK}
    if of_network and network:
        rules = replace(network, **of_network)
        keep_network_settings(desk, news_days=rules.news_days, card_address=rules.card_address)


def _account(desk: Desk, one: StaffThen) -> list[tuple[Account, str]]:
    """The first password of an account that was missing. One that was switched off stays so, and
    needs none."""
    then, today = one.then, one.today
    if today is None:
        made, password = add_staff(
            desk,
            user_name=then.user_name,
            display_name=then.display_name,
            role=then.role,
            profession=then.profession,
        )
        if then.more_roles:
            change_roles(desk, made.id, then.roles, then.profession)
        if then.disabled:
            switch_account(desk, made.id, disabled=True)
        return [] if then.disabled else [(made, password)]
    if one.part is StaffPart.ROLES:
        change_roles(desk, today.id, then.roles, then.profession)
    else:
        switch_account(desk, today.id, disabled=then.disabled)
    return []


def _place(desk: Desk, one: PlaceThen) -> None:
    if one.today is None:
        choose_place(desk, one.then)
    if one.today or not one.then.on:
        switch_place(desk, one.today or one.then, on=one.then.on)


def _said(one: Different) -> str:
    """How the log names it: no text somebody has typed, and nothing of what it takes to go to a
    place."""
    match one:
        case FilterThen():
            return "filter"
        case PlaceThen():
            return f"place {one.then.kind}"
    return one.key
