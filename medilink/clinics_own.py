"""What is the clinic's own and no patient's: its settings, who works here, where backups go, and an
administrator's kept filters of the log; as an old backup has it, and as it stands today. Pure.

It comes back by the acts that change it today. What was added since stays: nothing is taken away.
Rows that are not here do not come back, and docs/decisions/030 says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from medilink.backup_places import ChosenPlace
from medilink.log_views import LogView, view_from_text
from medilink.people import Account, AccountId, Role
from medilink.store import Clinic
from medilink.store_log import KeptFilter
from medilink.store_network import Membership


@dataclass(frozen=True, slots=True)
class ClinicsOwn:
    """All of it at one time. `filters` are those of the administrator who looks; of `staff` there
    is what `at_work` leaves."""

    clinic: Clinic
    logo: bytes = field(repr=False)
    staff: tuple[Account, ...]
    filters: tuple[KeptFilter, ...]
    places: tuple[ChosenPlace, ...]
    network: Membership | None


@dataclass(frozen=True, slots=True)
class OwnPast:
    """As a backup has it, for the one administrator who looked. `made_at`: when that was made,
    milliseconds UTC; `logo_anew`: its logo as it would be drawn now."""

    looked: AccountId
    generation: int
    made_at: int
    own: ClinicsOwn
    logo_anew: bytes = field(repr=False)


class Setting(StrEnum):
    """The value is the name of what is kept."""

    NAME = "name"
    IDLE_MINUTES = "idle_minutes"
    ADULT_AGE = "adult_age"
    UNVERIFIED_MAY_OPEN = "unverified_may_open"
    LOG_YEARS = "log_years"
    ACCENT = "accent"
    REPORT_FOLDER = "report_folder"
    NEWS_DAYS = "news_days"
    CARD_ADDRESS = "card_address"


OF_NETWORK = (Setting.NEWS_DAYS, Setting.CARD_ADDRESS)


class StaffPart(StrEnum):
    """What of an account another answer is given to."""

    ACCOUNT = "account"
    ROLES = "roles"
    SWITCH = "switch"


class Hindrance(StrEnum):
    """Why something is shown and cannot come back."""

    OWN = "nobody changes their own"
    NAME_TAKEN = "somebody else has the user name today"


@dataclass(frozen=True, slots=True)
class SettingThen:
    setting: Setting
    then: str | int
    today: str | int

    @property
    def key(self) -> str:
        return f"setting-{self.setting}"


@dataclass(frozen=True, slots=True)
class LogoThen:
    then: bytes = field(repr=False)
    today: bytes = field(repr=False)

    @property
    def key(self) -> str:
        return "logo"


@dataclass(frozen=True, slots=True)
class StaffThen:
    """`today` None: the account is missing."""

    part: StaffPart
    then: Account
    today: Account | None
    hindrance: Hindrance | None = None

    @property
    def key(self) -> str:
        return f"{self.part}-{self.then.user_name}"


@dataclass(frozen=True, slots=True)
class FilterThen:
    """`today`: another one of the same name."""

    then: KeptFilter
    today: KeptFilter | None

    @property
    def key(self) -> str:
        return f"filter-{self.then.name}"


@dataclass(frozen=True, slots=True)
class PlaceThen:
    """`today` None: nothing is carried there any more. A place that stands is switched, no more:
    what it takes to go there may have changed since."""

    then: ChosenPlace
    today: ChosenPlace | None

    @property
    def key(self) -> str:
        return f"place-{self.then.key}"


Different = SettingThen | LogoThen | StaffThen | FilterThen | PlaceThen


def at_work(account: Account) -> Account:
    """An account as far as its work goes, without what is its holder's own choice."""
    return replace(account, must_change=False, language="")


def same_person(one: Account, other: Account) -> bool:
    """Whether accounts of two times are one person's: neither name can be changed, and numbers are
    given anew after a restore."""
    return (one.user_name, one.display_name) == (other.user_name, other.display_name)


def differences(past: OwnPast, today: ClinicsOwn) -> tuple[Different, ...]:
    """Where the backup has something else than stands today, set by set."""
    then = past.own
    logo = LogoThen(then.logo, today.logo)
    return (
        *_settings(then, today),
        *([] if today.logo in (then.logo, past.logo_anew) else [logo]),
        *_staff(then, today, past.looked),
        *_filters(then, today),
        *_places(then, today),
    )


def can_come(one: Different) -> bool:
    """Whether it may be ticked."""
    return not (isinstance(one, StaffThen) and one.hindrance)


def _settings(then: ClinicsOwn, today: ClinicsOwn) -> Iterator[SettingThen]:
    """Those of the network only where it is the same one."""
    same = then.network and today.network and then.network.root == today.network.root
    for setting in Setting:
        if setting in OF_NETWORK and not same:
            continue
        before, now = (
            getattr(one.network if setting in OF_NETWORK else one.clinic, setting.value)
            for one in (then, today)
        )
        if before != now:
            yield SettingThen(setting, before, now)


def _staff(then: ClinicsOwn, today: ClinicsOwn, me: AccountId) -> Iterator[StaffThen]:
    here = {one.user_name: one for one in today.staff}
    for one in then.staff:
        now = here.get(one.user_name)
        if now is None or not same_person(one, now):
            taken = Hindrance.NAME_TAKEN if now else None
            yield StaffThen(StaffPart.ACCOUNT, one, None, taken)
            continue
        own = Hindrance.OWN if now.id == me else None
        if _work(one) != _work(now):
            yield StaffThen(StaffPart.ROLES, one, now, own)
        if one.disabled != now.disabled:
            yield StaffThen(StaffPart.SWITCH, one, now, own)


def _work(account: Account) -> tuple[frozenset[Role], str]:
    return frozenset(account.roles), account.profession


def _filters(then: ClinicsOwn, today: ClinicsOwn) -> Iterator[FilterThen]:
    """Not those that look for a patient, nor for somebody whose number is another's today."""
    here = {one.name: one for one in today.filters}
    for one in then.filters:
        now = here.get(one.name)
        if now != one and _still_says(view_from_text(one.body), then, today):
            yield FilterThen(one, now)


def _still_says(view: LogView, then: ClinicsOwn, today: ClinicsOwn) -> bool:
    if view.patient is not None:
        return False
    if not view.account:  # 0 is MediLink itself
        return True
    before, now = (
        next((account for account in one.staff if account.id == view.account), None)
        for one in (then, today)
    )
    return before is not None and now is not None and same_person(before, now)


def _places(then: ClinicsOwn, today: ClinicsOwn) -> Iterator[PlaceThen]:
    here = {one.key: one for one in today.places}
    for one in then.places:
        now = here.get(one.key)
        if now is None or now.on != one.on:
            yield PlaceThen(one, now)
