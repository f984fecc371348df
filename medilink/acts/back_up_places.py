"""Choosing where backups are carried to, and what the log says of trouble there."""

from __future__ import annotations

from dataclasses import replace

from medilink.acts.refusing import check_task
from medilink.audit import Act, Outcome
from medilink.backup_places import ChosenPlace
from medilink.desk import Desk
from medilink.errors import BackupFails
from medilink.permissions import Task


def chosen_places(desk: Desk) -> list[ChosenPlace]:
    """Every place that was chosen, also those that are switched off."""
    check_task(desk, Task.BACK_UP, Act.CHANGE_BACKUP_PLACES)
    return desk.store.backups.of_places()


def choose_place(desk: Desk, place: ChosenPlace) -> None:
    """Carry backups there from now on."""
    check_task(desk, Task.BACK_UP, Act.CHANGE_BACKUP_PLACES)
    chosen = replace(place, since=desk.now, on=True)
    event = desk.event(Act.CHANGE_BACKUP_PLACES, change="chosen", kind=place.kind, place=place.name)
    desk.store.backups.keep_place(chosen, audit=event)


def switch_place(desk: Desk, place: ChosenPlace, *, on: bool) -> None:
    """Carry backups there, or do not for a while."""
    check_task(desk, Task.BACK_UP, Act.CHANGE_BACKUP_PLACES)
    change = "switched on" if on else "switched off"
    event = desk.event(Act.CHANGE_BACKUP_PLACES, change=change, kind=place.kind, place=place.name)
    desk.store.backups.keep_place(replace(place, on=on), audit=event)


def forget_place(desk: Desk, place: ChosenPlace) -> None:
    """Carry nothing there any more. The backups that lie there stay."""
    check_task(desk, Task.BACK_UP, Act.CHANGE_BACKUP_PLACES)
    event = desk.event(
        Act.CHANGE_BACKUP_PLACES, change="removed", kind=place.kind, place=place.name
    )
    desk.store.backups.forget_place(place.key, audit=event)


def ask_for_backup(desk: Desk) -> None:
    """Somebody wants one now. MediLink itself makes it, so that whoever asked is told of trouble
    like everybody else."""
    check_task(desk, Task.BACK_UP, Act.BACK_UP)
    desk.store.log.write(desk.event(Act.BACK_UP, asked=1))


def place_has_trouble(desk: Desk, place: str, why: str, *, again: bool) -> None:
    """A backup did not reach a place, or is not sound there. Administrators are told, but not of
    every further try that ends the same way. `why`: the stable code of the trouble."""
    outcome = Outcome.COUNTED if again else Outcome.REFUSED
    desk.store.log.write(desk.event(Act.BACK_UP, outcome=outcome, why=why, place=place))


def copy_looked_at(desk: Desk, place: str, generation: int, *, sound: bool) -> None:
    """A backup was read from its place, opened and looked at whole."""
    event = desk.event(
        Act.CHECK_BACKUP,
        outcome=Outcome.DONE if sound else Outcome.REFUSED,
        why="" if sound else BackupFails.code,
        generation=generation,
        place=place,
    )
    desk.store.log.write(event)
