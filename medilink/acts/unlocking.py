"""What opens the clinic, as the log tells of it: who changed it, after showing again who they are.

The key file itself is the installation's business; it is written right after its entry here, so
that no change of it is without one. An entry without its change is possible after a power cut, and
harmless: the page shows what the key file has.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from medilink.acts.back_up import administrators
from medilink.acts.refusing import check_task, refusals_logged
from medilink.acts.sign_in import check_new_password, check_own_password
from medilink.audit import Act, Outcome
from medilink.desk import Desk
from medilink.errors import (
    AdministratorUnknown,
    LastPassphrase,
    PasswordNotNew,
    SlotsNotKept,
)
from medilink.people import Account, Role
from medilink.permissions import Task
from medilink.store_backup import BackupKey, BackupUse


class Change(StrEnum):
    """What was changed. The value is stored and shown as the reason of its entry."""

    MACHINE_ON = "this computer opens it by itself"
    MACHINE_OFF = "this computer does not open it by itself any more"
    ADMIN_ADDED = "the passphrase of an administrator opens it"
    ADMIN_REMOVED = "the passphrase of an administrator does not open it any more"
    RECOVERY_REPLACED = "it has new recovery words"
    ADMIN_BY_SHEET = "an administrator got a new passphrase with the recovery sheet"


def check_may_change(desk: Desk, password: str) -> None:
    """An administrator who has just typed their own password. Raises Refused, OwnPasswordWrong,
    TooManyTries."""
    check_task(desk, Task.KEYS, Act.CHANGE_UNLOCKING)
    with refusals_logged(desk, Act.CHANGE_UNLOCKING):
        check_own_password(desk, password)


def check_another_left(desk: Desk, left: list[str]) -> None:
    """Raises LastPassphrase where no administrator who works here would have a passphrase that
    opens the clinic. `left`: the user names of those who would have one."""
    staff = desk.store.accounts.list_staff()
    able = {one.user_name for one in staff if not one.disabled}
    with refusals_logged(desk, Act.CHANGE_UNLOCKING):
        if not able & set(left):
            raise LastPassphrase


def note_change(desk: Desk, change: Change, whose: str = "") -> None:
    """Put a change in the log; administrators are told."""
    desk.store.log.write(desk.event(Act.CHANGE_UNLOCKING, why=change.value, whose=whose))


def note_unlocks(desk: Desk, user_name: str, able: Iterable[str]) -> None:
    """The store that is about to be put in place is unlocked by an administrator who is not among
    those `able` to unlock the present one."""
    if user_name not in able:
        note_change(desk, Change.ADMIN_ADDED, user_name)


def note_not_changed(desk: Desk, change: Change) -> None:
    """The key file could not be written: nothing has changed after all."""
    event = desk.event(
        Act.CHANGE_UNLOCKING, outcome=Outcome.REFUSED, why=SlotsNotKept.code, what=change.name
    )
    desk.store.log.write(event)


def replace_recovery_key(desk: Desk, recipient: str, slot: bytes) -> None:
    """From here on backups are sealed to new recovery words; the key of the old ones is kept as a
    retired one, because older backups still open with it."""
    check_task(desk, Task.KEYS, Act.CHANGE_UNLOCKING)
    key = BackupKey(BackupUse.RECOVERY, recipient, slot, desk.now)
    event = desk.event(
        Act.CHANGE_UNLOCKING, why=Change.RECOVERY_REPLACED.value, recipient=recipient
    )
    desk.store.backups.keep_key(key, audit=event)


def new_passphrase_by_sheet(desk: Desk, user_name: str, passphrase: str, again: str) -> Account:
    """An administrator whose passphrase is lost has a new one: whoever asks has just typed the
    recovery words. Raises AdministratorUnknown, PasswordNotNew, PasswordsDiffer, PasswordWeak."""
    admin = next((one for one in administrators(desk) if one.user_name == user_name), None)
    if admin is None:
        raise AdministratorUnknown
    if admin.must_change and desk.passwords.fits(passphrase, _kept_for(desk, user_name)):
        raise PasswordNotNew
    known = (admin.display_name, admin.user_name, desk.clinic.name)
    check_new_password(passphrase, again, known)
    note_change(desk, Change.ADMIN_BY_SHEET, admin.user_name)
    event = desk.event(Act.CHANGE_PASSWORD, account=admin.id, why="recovery sheet")
    kept = desk.passwords.hash(passphrase)
    desk.store.accounts.set_password(admin.id, kept, must_change=False, audit=event)
    return admin


def _kept_for(desk: Desk, user_name: str) -> str | None:
    known = desk.store.accounts.by_user_name(user_name)
    return known.password_hash if known else None


def others_choose_anew(desk: Desk) -> None:
    """Every other administrator chooses a new password at the next sign-in: somebody may have seen
    the one they have, which would unlock the records again. Also whoever is switched off, for when
    they are back."""
    check_task(desk, Task.BACK_UP, Act.CHANGE_ACCOUNT)
    staff = desk.store.accounts.list_staff()
    _choose_anew(desk, (one for one in staff if one.id != desk.who.id), "new key")


def choose_anew_after_restore(desk: Desk, before: Desk, restorer: Account) -> None:
    """Administrators of the restored store, at `desk`, whose password is not the one they had
    `before` the restore, or who were to choose a new one: what was seen then and changed since must
    not unlock the records again."""
    check_task(desk, Task.BACK_UP, Act.CHANGE_ACCOUNT)
    staff = desk.store.accounts.list_staff()
    _choose_anew(
        desk,
        (one for one in staff if one.id != restorer.id and not _same_password(desk, before, one)),
        "restored",
    )


def _same_password(desk: Desk, before: Desk, one: Account) -> bool:
    known = before.store.accounts.by_user_name(one.user_name)
    if known is None or known.account.must_change:
        return False
    return known.password_hash == _kept_for(desk, one.user_name)


def _choose_anew(desk: Desk, whom: Iterable[Account], why: str) -> None:
    for one in whom:
        if Role.ADMIN in one.roles and not one.must_change:
            event = desk.event(Act.CHANGE_ACCOUNT, account=one.id, why=why, must_change=True)
            desk.store.accounts.ask_new_password(one.id, audit=event)
