"""What an administrator does with accounts and settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from medilink.acts.credentials import unchecked_again
from medilink.acts.read_visiting import erase_ended
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.sign_in import check_user_name
from medilink.attachments import draw_anew
from medilink.audit import Act
from medilink.clock import ClockWatch
from medilink.desk import Desk
from medilink.errors import FolderUnusable, Missing, NotValid, Refused
from medilink.log_archive import KEPT_LEAST_YEARS
from medilink.people import Account, AccountId, Profession, Role, check_line, tidy
from medilink.permissions import Task
from medilink.store import Clinic
from security.passwords import slip_password

ADULT_AGES = (12, 21)  # laws differ on when a person alone decides about their record
IDLE_MINUTES = (2, 120)  # shortest and longest idle time-out a clinic may set
LOGO_SIDE = 600  # pixels: 5 cm at 300 dots an inch
LOG_YEARS = (KEPT_LEAST_YEARS, 30)


def add_staff(
    desk: Desk, *, user_name: str, display_name: str, role: Role, profession: str = ""
) -> tuple[Account, str]:
    """A new account and its first password, shown once. Raises NotValid, UserNameTaken."""
    check_task(desk, Task.MANAGE_STAFF, Act.ADD_ACCOUNT)
    name = tidy(display_name)
    check_line("Name", name)
    if not name:
        raise Missing(field="Name")
    if role not in (Role.ADMIN, Role.PROVIDER):
        raise NotValid
    account = Account(
        id=AccountId(0),
        user_name=check_user_name(user_name),
        display_name=name,
        role=role,
        profession=Profession(profession).value if role is Role.PROVIDER else "",
        must_change=True,
    )
    password = slip_password()
    event = desk.event(Act.ADD_ACCOUNT, role=role.value, user_name=account.user_name)
    return desk.store.accounts.add(account, desk.passwords.hash(password), audit=event), password


def list_staff(desk: Desk) -> list[Account]:
    """Everyone who works here."""
    check_task(desk, Task.MANAGE_STAFF, Act.CHANGE_ACCOUNT)
    return desk.store.accounts.list_staff()


def switch_account(desk: Desk, account: AccountId, *, disabled: bool) -> None:
    """Switch an account off or on again. Nobody can switch off their own."""
    check_task(desk, Task.MANAGE_STAFF, Act.CHANGE_ACCOUNT)
    _check_staff(desk, account)
    if account == desk.who.id:
        raise Refused
    event = desk.event(Act.CHANGE_ACCOUNT, account=account, disabled=disabled)
    desk.store.accounts.set_disabled(account, disabled=disabled, audit=event)


def _check_staff(desk: Desk, account: AccountId) -> None:
    """A patient's sign-in is no administrator's business: it opens the record."""
    found = desk.store.accounts.by_id(account)
    with refusals_logged(desk, Act.CHANGE_ACCOUNT):
        if found is None or found.role is Role.PATIENT:
            raise Refused


def change_roles(
    desk: Desk, account: AccountId, roles: Sequence[Role], profession: str = ""
) -> None:
    """What somebody works as, the first role being the one they begin in; `profession` for who
    treats patients. A new administrator chooses a new password, which then unlocks the store.

    Nobody changes their own roles. Raises NotValid, NotFound.
    """
    check_task(desk, Task.MANAGE_STAFF, Act.CHANGE_ACCOUNT)
    before = desk.store.accounts.by_id(account)
    if account == desk.who.id or before is None or before.role is Role.PATIENT:
        raise Refused
    wanted = tuple(dict.fromkeys(roles))
    if not wanted or not set(wanted) <= {Role.ADMIN, Role.PROVIDER}:
        raise NotValid
    treats = Role.PROVIDER in wanted
    changed = replace(
        before,
        role=wanted[0],
        more_roles=wanted[1:],
        profession=Profession(profession or before.profession).value if treats else "",
        must_change=before.must_change or Role.ADMIN in wanted and Role.ADMIN not in before.roles,
    )
    named = ",".join(role.value for role in wanted)
    event = desk.event(Act.CHANGE_ACCOUNT, account=account, roles=named)
    desk.store.accounts.set_roles(changed, audit=event)
    if changed.profession != before.profession:
        unchecked_again(desk, account)


def reset_password(desk: Desk, account: AccountId) -> str:
    """A new first password for a member of staff, to be changed at the next sign-in."""
    check_task(desk, Task.MANAGE_STAFF, Act.CHANGE_PASSWORD)
    _check_staff(desk, account)
    password = slip_password()
    event = desk.event(Act.CHANGE_PASSWORD, account=account, why="reset")
    kept = desk.passwords.hash(password)
    desk.store.accounts.set_password(account, kept, must_change=True, audit=event)
    return password


def confirm_clock(desk: Desk, watch: ClockWatch) -> None:
    """Say that this computer's date and time are right although they were doubted."""
    check_task(desk, Task.SETTINGS, Act.CONFIRM_CLOCK)
    before = watch.known
    # What is over stays over: the confirmed time may be earlier.
    desk.store.grants.expire(desk.now, audit=desk.event(Act.EXPIRE))
    erase_ended(desk)
    watch.confirm()
    sure = replace(desk, doubted=False)
    desk.store.log.write(sure.event(Act.CONFIRM_CLOCK, before=before.isoformat()))


def change_clinic(  # noqa: PLR0913 what a clinic decides, each by name
    desk: Desk,
    before: Clinic,
    *,
    name: str,
    idle_minutes: int,
    adult_age: int | None = None,
    unverified_may_open: bool | None = None,
    log_years: int | None = None,
    accent: str | None = None,
    report_folder: str | None = None,
) -> Clinic:
    """Change what the clinic decides about itself; None leaves a decision as it is.

    Raises EditedMeanwhile, FolderUnusable, Missing, TooLong.
    """
    check_task(desk, Task.SETTINGS, Act.CHANGE_SETTINGS)
    folder = before.report_folder if report_folder is None else report_folder.strip()
    if folder and not PurePath(folder).is_absolute():
        raise FolderUnusable(folder=folder)
    if not tidy(name):
        raise Missing(field="Clinic name")
    check_line("Clinic name", name)
    low, high = IDLE_MINUTES
    youngest, oldest = ADULT_AGES
    grown = before.adult_age if adult_age is None else max(youngest, min(oldest, adult_age))
    lenient = before.unverified_may_open if unverified_may_open is None else unverified_may_open
    changed = replace(
        before,
        name=tidy(name),
        idle_minutes=max(low, min(high, idle_minutes)),
        adult_age=grown,
        unverified_may_open=int(lenient),
        log_years=max(LOG_YEARS[0], min(LOG_YEARS[1], log_years or before.log_years)),
        accent=before.accent if accent is None else _colour(accent),
        report_folder=folder,
    )
    event = desk.event(
        Act.CHANGE_SETTINGS,
        idle_minutes=changed.idle_minutes,
        adult_age=changed.adult_age,
        unverified_may_open=changed.unverified_may_open,
        log_years=changed.log_years,
        report_folder=changed.report_folder,
    )
    return desk.store.settings.change_clinic(changed, audit=event)


def change_logo(desk: Desk, picture: bytes) -> None:
    """The picture on the clinic's papers, drawn anew at a size that prints well; nothing takes it
    off. Raises FileTooBig, FileNotAPicture."""
    check_task(desk, Task.SETTINGS, Act.CHANGE_SETTINGS)
    drawn = draw_anew(picture, LOGO_SIDE) if picture else b""
    desk.store.settings.change_logo(drawn, audit=desk.event(Act.CHANGE_SETTINGS, logo=len(drawn)))


def logo_here(desk: Desk) -> bytes:
    """The picture on the clinic's papers, as JPEG; empty where there is none."""
    return desk.store.settings.of_logo()


def _colour(typed: str) -> str:
    """A colour as #rrggbb; empty for what is none."""
    return typed.lower() if re.fullmatch(r"#[0-9a-fA-F]{6}", typed) else ""
