"""A warning on every page of the staff while the records are not safe, until they are.

What may be worried about stands in `WORRIES`, the loudest first; one is shown at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from backup.schedule import Concern
from backup.standing import Standing, standing_of
from medilink.acts.back_up import recovery_key_held
from medilink.acts.drill import no_drill_since
from medilink.desk import Desk
from medilink.drills import drill_overdue
from medilink.people import Role
from ui.house import the_house
from ui.parts.desk import current_desk
from ui.parts.person import day, moment
from ui.rounds import remembered
from ui.words import say

BACKUPS, DRILLS = "backups", "drills"  # addresses of pages


@dataclass(frozen=True, slots=True)
class Worry:
    """What is wrong with the backups, in a sentence. `page`: where it is put right."""

    level: Concern
    text: str
    page: str = BACKUPS


Worried = Callable[[Desk, Standing], Worry | None]


def here() -> Standing:
    """How it stands with this clinic's backups."""
    house = the_house()
    return standing_of(remembered(house), house.clock().astimezone())


def backups_expected() -> bool:
    """Whether this clinic should have backups: not a demonstration that never made one."""
    house = the_house()
    return house.config.own_backups or remembered(house).verified_at is not None


def no_recent_backup(desk: Desk, found: Standing) -> Worry | None:
    """The last verified backup is too old, or there is none."""
    if found.verified_at is None and recovery_key_held(desk) is None:
        return Worry(
            Concern.AMBER,
            say(
                "No backup of the records can be made yet: somebody has to type the words of the"
                " recovery sheet once."
            ),
        )
    if found.concern is Concern.NONE:
        return None
    if found.verified_at is None:
        return Worry(
            Concern.RED,
            say("There is no backup of the records. If this computer is lost, they are lost."),
        )
    text = say(
        "The last verified backup of the records is of {moment}. What was written since would be"
        " lost with this computer.",
        moment=moment(found.verified_at),
    )
    return Worry(found.concern, text)


def none_elsewhere(desk: Desk, found: Standing) -> Worry | None:
    """For whoever can do something about it."""
    if desk.who.role is not Role.ADMIN or not found.only_here:
        return None
    return Worry(
        Concern.AMBER,
        say(
            "No backup of the last week is anywhere but on this computer. Plug the stick in, or add"
            " a place."
        ),
    )


def no_recent_drill(desk: Desk, _found: Standing) -> Worry | None:
    """Nobody knows whether the backups could be restored."""
    since = no_drill_since(desk)
    if since is None or not drill_overdue(since, desk.now):
        return None
    text = say(
        "No backup was restored to try it since {day}. Nobody knows whether the records could come"
        " back.",
        day=day(since),
    )
    return Worry(Concern.RED, text, DRILLS)


WORRIES: tuple[Worried, ...] = (no_recent_backup, no_recent_drill, none_elsewhere)


def worst(desk: Desk, standing: Standing) -> Worry | None:
    """What has to be said first."""
    found = [worry for worried in WORRIES if (worry := worried(desk, standing))]
    return next((one for one in found if one.level is Concern.RED), next(iter(found), None))


def show_backup_worry(address: str) -> None:
    """Nothing where all is well, nothing to patients, and nothing on the page that says it all."""
    desk = current_desk()
    if desk.who.role is Role.PATIENT or address == BACKUPS or not backups_expected():
        return
    worry = worst(desk, here())
    if worry is None:
        return
    if desk.who.role is not Role.ADMIN:
        say_worry(worry, say("Tell the administrator."))
        return
    say_worry(worry, "")
    show_way_out(worry)


def show_way_out(worry: Worry) -> None:
    """For administrators."""
    label = (
        say("What to do: Restore drills") if worry.page == DRILLS else say("What to do: Backups")
    )
    st.page_link(
        st.session_state["pages"][worry.page], label=label, icon=":material/arrow_forward:"
    )


def say_worry(worry: Worry, advice: str) -> None:
    """Red or amber."""
    text = f"{worry.text} {advice}".strip()
    if worry.level is Concern.RED:
        st.error(text, icon=":material/error:")
    else:
        st.warning(text, icon=":material/warning:")
