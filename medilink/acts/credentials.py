"""Credentials: a provider keeps their own; an administrator checks them; patients see the card."""

from __future__ import annotations

from dataclasses import dataclass

from medilink.acts.refusing import check_task, refusals_logged
from medilink.attachments import check_attachment, check_photo
from medilink.audit import Act
from medilink.credentials import (
    FOLLOWS,
    IN_ORDER,
    Credentials,
    Held,
    Standing,
    State,
    check_can_submit,
    check_credentials,
    days_left,
    judge,
    needs_new_check,
    reminder_due,
)
from medilink.desk import Desk
from medilink.errors import NotFound, NotValid, NotVerified, NotYours, ReasonMissing
from medilink.people import Account, AccountId, Role
from medilink.permissions import Task
from medilink.visits import check_entry_text


def my_credentials(desk: Desk) -> Held:
    """What the provider at this desk has written so far."""
    check_task(desk, Task.KEEP_CREDENTIALS, Act.SAVE_CREDENTIALS)
    return desk.store.credentials.of_account(desk.who.id) or Held()


def save_credentials(desk: Desk, before: Held, typed: Credentials) -> Held:
    """Keep a draft. What was verified stays so only where nothing changed that was checked.

    Raises NotValid, EditedMeanwhile.
    """
    check_task(desk, Task.KEEP_CREDENTIALS, Act.SAVE_CREDENTIALS)
    checked = check_credentials(typed, desk.clinic.country, desk.clock().date())
    same = before.version > 0 and not needs_new_check(before.credentials, checked)
    state = before.state if same else State.DRAFT
    event = desk.event(Act.SAVE_CREDENTIALS, state=state.value)
    desk.store.credentials.save(desk.who.id, checked, state, version=before.version, audit=event)
    return my_credentials(desk)


def submit_credentials(desk: Desk, before: Held) -> Held:
    """Ask for them to be checked. Raises Missing, DateImpossible for an expired licence,
    NotValid where they were sent or verified already, EditedMeanwhile."""
    check_task(desk, Task.KEEP_CREDENTIALS, Act.SUBMIT_CREDENTIALS)
    check_can_submit(before.credentials, desk.clock().date())
    if State.SUBMITTED not in FOLLOWS[before.state]:
        raise NotValid
    event = desk.event(Act.SUBMIT_CREDENTIALS)
    desk.store.credentials.save(
        desk.who.id, before.credentials, State.SUBMITTED, version=before.version, audit=event
    )
    return my_credentials(desk)


def set_own_photo(desk: Desk, body: bytes) -> None:
    """A photo for the card. Raises FileTooBig, FileNotAPicture, NotFound before the first save."""
    check_task(desk, Task.KEEP_CREDENTIALS, Act.SAVE_CREDENTIALS)
    photo = check_photo(body)
    unchecked_again(desk, desk.who.id)
    event = desk.event(Act.SAVE_CREDENTIALS, fields="photo")
    desk.store.credentials.keep_photo(desk.who.id, photo.body, audit=event)


def unchecked_again(desk: Desk, who: AccountId) -> None:
    """What was verified is a draft again: something was changed that had been looked at."""
    held = desk.store.credentials.of_account(who)
    if held and held.state is State.VERIFIED:
        event = desk.event(Act.SAVE_CREDENTIALS, account=who, fields="state")
        desk.store.credentials.save(
            who, held.credentials, State.DRAFT, version=held.version, audit=event
        )


# ---- administrators


def list_credentials(desk: Desk) -> dict[AccountId, Held]:
    """Every provider's credentials. For administrators."""
    check_task(desk, Task.CHECK_CREDENTIALS, Act.DECIDE_CREDENTIALS)
    return {who: held for who, (held, _) in desk.store.credentials.of_everyone().items()}


def decide_credentials(
    desk: Desk, who: AccountId, before: Held, *, verified: bool, reason: str
) -> None:
    """Verify or refuse what was sent. Nobody decides about their own.

    Raises ReasonMissing for a refusal without one, NotYours, EditedMeanwhile when it was changed
    or decided meanwhile.
    """
    check_task(desk, Task.CHECK_CREDENTIALS, Act.DECIDE_CREDENTIALS)
    with refusals_logged(desk, Act.DECIDE_CREDENTIALS):
        if who == desk.who.id:
            raise NotYours
    reason = check_entry_text("Reason", reason)
    if not verified and not reason:
        raise ReasonMissing
    state = State.VERIFIED if verified else State.REFUSED
    event = desk.event(Act.DECIDE_CREDENTIALS, account=who, state=state.value)
    desk.store.credentials.decide(
        who, state, reason, desk.who.id, version=before.version, audit=event
    )


def attach_evidence(desk: Desk, who: AccountId, body: bytes) -> None:
    """Keep what was looked at: a picture or PDF. Raises FileTooBig, FileNotAPicture,
    FileHoldsAProgram, NotFound."""
    check_task(desk, Task.CHECK_CREDENTIALS, Act.DECIDE_CREDENTIALS)
    kept = check_attachment(body)
    event = desk.event(Act.DECIDE_CREDENTIALS, account=who, evidence=len(kept.body))
    desk.store.credentials.keep_evidence(who, kept.media, kept.body, audit=event)


def open_evidence(desk: Desk, who: AccountId) -> tuple[str, bytes]:
    """(type, bytes) of what was looked at. Raises NotFound."""
    check_task(desk, Task.CHECK_CREDENTIALS, Act.DECIDE_CREDENTIALS)
    found = desk.store.credentials.of_evidence(who)
    if found is None:
        raise NotFound
    return found


def remind_of_credentials(desk: Desk) -> int:
    """Note which licences are about to expire, each of 90, 30, 7 and 0 days once. How many."""
    today, given = desk.clock().date(), 0
    for who, (held, last) in desk.store.credentials.of_everyone().items():
        days = reminder_due(held, last, today)
        if days is not None:
            event = desk.event(Act.REMIND_CREDENTIALS, account=who, days=days)
            desk.store.credentials.reminded(who, days, audit=event)
            given += 1
    return given


# ---- everybody


@dataclass(frozen=True, slots=True)
class Card:
    """What anybody signed in may see of a provider. `phone` only where the provider wishes."""

    account: AccountId
    title: str
    standing: Standing
    days_left: int | None
    specialities: tuple[str, ...] = ()
    issuer: str = ""
    school: str = ""
    years: int | None = None
    phone: str = ""
    photo: bytes | None = None


def see_cards(desk: Desk) -> list[Card]:
    """The cards of everyone who treats patients here. Raises NotSignedIn."""
    check_task(desk, Task.SEE_CARDS, Act.SEE_CARD)
    held = desk.store.credentials.of_everyone()
    providers = [
        account
        for account in desk.store.accounts.list_staff()
        if Role.PROVIDER in account.roles and not account.disabled
    ]
    return [_card(desk, account, held.get(account.id, (None, None))[0]) for account in providers]


def _card(desk: Desk, account: Account, held: Held | None) -> Card:
    said = held.credentials if held else Credentials()
    today = desk.clock().date()
    return Card(
        account=account.id,
        title=account.title,
        standing=judge(held, today),
        days_left=days_left(said, today),
        specialities=said.specialities,
        issuer=said.issuer,
        school=said.school,
        years=said.years,
        phone=said.phone if said.public_phone else "",
        photo=desk.store.credentials.of_photo(account.id) if held and held.has_photo else None,
    )


def standings(desk: Desk) -> dict[str, str]:
    """How the licence stands of everybody who treats patients here, by the name they write under.
    For what leaves the clinic: whoever reads it cannot ask here."""
    held, today = desk.store.credentials.of_everyone(), desk.clock().date()
    return {
        account.title: judge(held.get(account.id, (None, None))[0], today).value
        for account in desk.store.accounts.list_staff()
        if Role.PROVIDER in account.roles and not account.disabled
    }


def in_standing(desk: Desk) -> bool:
    """Whether the clinic lets this person open records: it may want their licence checked."""
    if desk.clinic.unverified_may_open or desk.who.role is not Role.PROVIDER:
        return True
    held = desk.store.credentials.of_account(desk.who.id)
    return judge(held, desk.clock().date()) in IN_ORDER


def check_standing(desk: Desk) -> None:
    """Raise NotVerified where the clinic lets only verified providers open records."""
    if not in_standing(desk):
        raise NotVerified
