"""What is the clinic's own, as an old backup has it beside how it stands today, to be ticked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from medilink.clinics_own import (
    Different,
    FilterThen,
    Hindrance,
    LogoThen,
    PlaceThen,
    Setting,
    SettingThen,
    StaffPart,
    StaffThen,
    can_come,
)
from medilink.log_views import view_from_text
from medilink.people import Account, Role
from ui.parts.log_filter import view_words
from ui.parts.picture import show_picture
from ui.parts.plain import plain
from ui.words import say, say_kept

SETTING_WORDS = {
    Setting.NAME: "Clinic name",
    Setting.IDLE_MINUTES: "Sign out after minutes of not being used",
    Setting.ADULT_AGE: "Guardians see a child's record until this age",
    Setting.UNVERIFIED_MAY_OPEN: "Providers may open records before their licence is checked",
    Setting.LOG_YEARS: "Years for which log entries are kept at hand",
    Setting.ACCENT: "Colour of the clinic's papers",
    Setting.REPORT_FOLDER: "Folder for each month's report",
    Setting.NEWS_DAYS: "Refuse saved codes when the news is older than days",
    Setting.CARD_ADDRESS: "Internet address under which this clinic's card keys are published",
}
PART_WORDS = {
    StaffPart.ACCOUNT: "{name} ({user_name}): account",
    StaffPart.ROLES: "{name} ({user_name}): work",
    StaffPart.SWITCH: "{name} ({user_name}): switched on or off",
}
HINDRANCE_WORDS = {
    Hindrance.OWN: "This is your own account: another administrator has to bring it back.",
    Hindrance.NAME_TAKEN: "Somebody else has this user name today, so it cannot come back.",
}
_ROLE_WORDS = {Role.PROVIDER: "Treats patients", Role.ADMIN: "Administrator"}
_SET_WORDS = {
    SettingThen: "Settings",
    LogoThen: "Settings",
    StaffThen: "Staff",
    FilterThen: "Your saved filters of the log",
    PlaceThen: "Where backups go",
}


def show_own_then(rows: Sequence[Different], drawn: int) -> list[Different]:
    """Set after set; those that are ticked. None is to begin with: what stands today, somebody may
    have meant. `drawn`: another number each time the rows were looked up anew, so that no tick is
    taken for another row's."""
    ticked: list[Different] = []
    for title, some in groupby(rows, lambda one: _SET_WORDS[type(one)]):
        st.subheader(say(title), anchor=False)
        for one in some:
            with st.container(border=True):
                if _tick(one, drawn):
                    ticked.append(one)
                left, right = st.columns(2)
                with left:
                    _side(say("In the backup"), one, then=True)
                with right:
                    _side(say("Today"), one, then=False)
    return ticked


def _tick(one: Different, drawn: int) -> bool:
    if can_come(one):
        return st.checkbox(plain(_title(one)), key=f"own-{drawn}-{one.key}")
    st.markdown(plain(_title(one)))
    if isinstance(one, StaffThen) and one.hindrance:
        st.caption(say(HINDRANCE_WORDS[one.hindrance]))
    return False


def _title(one: Different) -> str:
    match one:
        case SettingThen():
            return say(SETTING_WORDS[one.setting])
        case LogoThen():
            return say("Picture on the clinic's papers")
        case StaffThen():
            named = {"name": one.then.display_name, "user_name": one.then.user_name}
            return say(PART_WORDS[one.part], **named)
    return one.then.name


def _side(when: str, one: Different, *, then: bool) -> None:
    if isinstance(one, LogoThen):
        picture = one.then if then else one.today
        st.markdown(plain(when) if picture else _line(when, say("none")))
        if picture:
            show_picture(picture, says=f"{_title(one)}: {when}", width=160)
        return
    st.markdown(_line(when, _value(one, then=then)))


def _line(when: str, value: str) -> str:
    return f"{plain(when)}  \n**{plain(value)}**"


def _value(one: SettingThen | StaffThen | FilterThen | PlaceThen, *, then: bool) -> str:
    match one:
        case SettingThen():
            return _setting(one.setting, one.then if then else one.today)
        case StaffThen():
            return _account(one, one.then if then else one.today)
        case FilterThen():
            if then:
                return " · ".join(view_words(view_from_text(one.then.body)))
            # Not what it looks for: that may be a patient.
            return say("another filter of this name") if one.today else say("missing")
    place = one.then if then else one.today
    return _switched(off=not place.on) if place else say("missing")


def _setting(setting: Setting, value: str | int) -> str:
    if setting is Setting.UNVERIFIED_MAY_OPEN:
        return say("Yes") if value else say("No")
    return str(value) or say("none")


def _account(one: StaffThen, account: Account | None) -> str:
    if account is None:
        return say("missing")
    if one.part is StaffPart.SWITCH:
        return _switched(off=account.disabled)
    facts = [say(_ROLE_WORDS[role]) for role in account.roles]
    if account.profession:
        facts.append(say_kept(account.profession))
    if one.part is StaffPart.ACCOUNT:
        facts.append(_switched(off=account.disabled))
    return " · ".join(facts)


def _switched(*, off: bool) -> str:
    return say("switched off") if off else say("switched on")
