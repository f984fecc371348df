"""Unusual access: the log is looked through by the rules; administrators work on what was flagged.

An emergency opening is flagged too, but decided where emergencies are reviewed.
"""

from __future__ import annotations

from medilink.acts.once import read_once
from medilink.acts.refusing import check_task, refusals_logged
from medilink.audit import Act, AuditEntry, Evidence, LoggedRead, Outcome
from medilink.days import DAY_MS
from medilink.desk import Desk
from medilink.errors import EditedMeanwhile, NotValid, NotYours, ReasonMissing
from medilink.people import AccountId, Role
from medilink.permissions import Task
from medilink.store import LogFilter
from medilink.unusual.amounts import OPENS
from medilink.unusual.facts import (
    Facts,
    family_word,
    households,
    namesakes,
    own_registrations,
    rare_families,
)
from medilink.unusual.flags import FOLLOWS, Flag, FlagState, Rule
from medilink.unusual.looking import look_through
from medilink.unusual.memory import as_text, from_text
from medilink.visits import check_entry_text

LOOK_EVERY_MS = 60 * 60_000
AT_ONCE = 5_000  # entries in one round, a third of a second: pages must not wait for it
ASKED_WITHIN_MS = 90 * DAY_MS  # a first look at an old log: later nobody knows what it was about
FLAGS_SHOWN = 100
ENTRIES_READ = 2_000  # of one person, back from a flag's last entry


# ---- looking through the log


def look_through_when_due(desk: Desk, every_ms: int = LOOK_EVERY_MS) -> int:
    """Look through what was added to the log, once an hour; how many flags are new.

    For housekeeping. A long log is caught up with in rounds of `AT_ONCE` entries.
    """
    looked_to, looked_at = desk.store.unusual.of_last_look()
    if 0 <= desk.now - looked_at < every_ms:
        return 0
    entries = desk.store.unusual.of_entries_after(looked_to, AT_ONCE)
    if all(entry.act == Act.LOOK_UNUSUAL for entry in entries):
        return 0
    return _look(desk, entries, looked_to)


def _look(desk: Desk, entries: list[AuditEntry], after: int) -> int:
    memory = from_text(desk.store.unusual.of_memory())
    if memory.seq != after:
        return 0  # somebody else has looked in between
    if after == 0:
        memory.old_to = desk.store.log.head().seq
    known = {key for key, _ in memory.runs.values()}
    facts = _facts(desk, desk.store.unusual.of_decided(known))
    whole = len(entries) < AT_ONCE
    looked = look_through(memory, entries, facts, desk.now if whole and not desk.doubted else None)
    asked_since = desk.now - ASKED_WITHIN_MS
    for key, flag in list(looked.flags.items()):
        # Of the old log only: else a clock set ahead would erase what is found in the new one.
        if flag.last_seq <= memory.old_to and flag.last_at < asked_since:
            del looked.flags[key]
    new = [flag for key, flag in looked.flags.items() if key not in known]
    events = [
        desk.event(Act.LOOK_UNUSUAL, entries=len(entries), flagged=len(new)),
        *(
            desk.event(
                Act.FLAG_UNUSUAL, flag.patient, rule=flag.rule.value, account=flag.account or ""
            )
            for flag in new
            if flag.rule is not Rule.EMERGENCY  # told as an emergency already
        ),
    ]
    try:
        desk.store.unusual.keep_looked(
            looked,
            as_text(memory),
            after=after,
            looked_to=memory.seq,
            looked_at=desk.now if whole else 0,
            audit=events,
        )
    except EditedMeanwhile:  # the other round has seen the same entries
        return 0
    return len(new)


def _facts(desk: Desk, decided: frozenset[str]) -> Facts:
    """What the rules are told beside the log. Reading names for it is on record."""
    store = desk.store.unusual
    names = {account.id: account.display_name for account in desk.store.accounts.list_staff()}
    event = desk.event(Act.LOOK_UNUSUAL, why="names")
    families, logged = store.list_families(audit=event)
    rare = rare_families(families, {family_word(name) for name in names.values()})
    bearers, _ = store.list_bearers(rare, audit=logged)
    own = own_registrations(names, bearers)
    phones = {who: {one.phone} for who, one in own.items()}
    for who, (held, _) in desk.store.credentials.of_everyone().items():
        phones.setdefault(who, set()).add(held.credentials.phone)
    patients = {who: one.patient for who, one in own.items()}
    every = {phone for listed in phones.values() for phone in listed if phone}
    (registered, links), _ = store.list_households(every, set(patients.values()), audit=logged)
    return Facts(
        staff=frozenset(names),
        namesakes=namesakes(names, bearers),
        households=households(phones, patients, registered, links),
        decided=decided,
    )


# ---- working on flags


def list_unusual(desk: Desk, *, opened: bool = True) -> list[Flag]:
    """What was flagged or escalated and waits, or what was decided; the newest first. For
    administrators."""
    check_task(desk, Task.WATCH, Act.READ_LOG)
    shown = "waiting" if opened else "decided"
    event = desk.event(Act.READ_LOG, what="unusual access", shown=shown)
    return read_once(
        desk,
        event,
        lambda audit: desk.store.unusual.list_flags(opened=opened, limit=FLAGS_SHOWN, audit=audit),
    )


def count_unusual(desk: Desk) -> dict[AccountId | None, int]:
    """How many flags about each account wait. For administrators."""
    check_task(desk, Task.WATCH, Act.READ_LOG)
    return dict(desk.store.unusual.of_open())


def entries_of(desk: Desk, flag: Flag) -> list[AuditEntry]:
    """The entries of the log a flag rests on, newest first. For administrators."""
    check_task(desk, Task.WATCH, Act.READ_LOG, flag.patient)
    patient = flag.patient if flag.account is None else None
    wanted = LogFilter(
        patient=patient,
        account=flag.account,
        acts=frozenset() if flag.rule in (Rule.REFUSALS, Rule.CODES) else _ACTS[flag.rule],
        outcome=Outcome.REFUSED if flag.rule in (Rule.REFUSALS, Rule.CODES) else "",
        before_seq=flag.last_seq + 1,
    )

    def read(audit: Evidence) -> tuple[list[AuditEntry], LoggedRead]:
        return desk.store.log.list_entries(wanted, limit=ENTRIES_READ, audit=audit)

    event = desk.event(Act.READ_LOG, patient, what="unusual access", flag=flag.id)
    return [
        entry
        for entry in read_once(desk, event, read)
        if entry.seq >= flag.first_seq
        and entry.account == (flag.account or entry.account if patient else flag.account)
        and (not flag.patients or entry.patient in flag.patients)
    ]


_ACTS = {rule: frozenset(OPENS) for rule in Rule} | {Rule.EMERGENCY: frozenset({Act.BREAK_GLASS})}


def dismiss(desk: Desk, number: int, reason: str) -> None:
    """Say that an unusual access was in order, and why.

    Raises ReasonMissing, TooLong, NotYours for a flag about oneself where there is another
    administrator, NotValid for an emergency, EditedMeanwhile, NotFound, Refused.
    """
    flag = desk.store.unusual.by_number(number)
    check_task(desk, Task.WATCH, Act.DISMISS_UNUSUAL, flag.patient)
    _check_not_own(desk, flag, Act.DISMISS_UNUSUAL)
    _decide(desk, flag, FlagState.DISMISSED, Act.DISMISS_UNUSUAL, _reason(reason))


def escalate(desk: Desk, number: int, reason: str) -> None:
    """Report an unusual access to the other administrators, and why; it waits until one of them
    dismisses it. Raises what `dismiss` does."""
    flag = desk.store.unusual.by_number(number)
    check_task(desk, Task.WATCH, Act.ESCALATE_UNUSUAL, flag.patient)
    _check_not_own(desk, flag, Act.ESCALATE_UNUSUAL)
    _decide(desk, flag, FlagState.ESCALATED, Act.ESCALATE_UNUSUAL, _reason(reason))


def reopen(desk: Desk, number: int) -> None:
    """Take up again what was dismissed. Raises NotValid for an emergency, EditedMeanwhile,
    NotFound, Refused."""
    flag = desk.store.unusual.by_number(number)
    check_task(desk, Task.WATCH, Act.REOPEN_UNUSUAL, flag.patient)
    _decide(desk, flag, FlagState.OPEN, Act.REOPEN_UNUSUAL, "")


def _reason(typed: str) -> str:
    reason = check_entry_text("Reason", typed)
    if not reason:
        raise ReasonMissing
    return reason


def _check_not_own(desk: Desk, flag: Flag, act: Act) -> None:
    with refusals_logged(desk, act, flag.patient):
        if flag.account == desk.who.id and _other_administrators(desk):
            raise NotYours


def _other_administrators(desk: Desk) -> bool:
    return any(
        Role.ADMIN in account.roles and not account.disabled and account.id != desk.who.id
        for account in desk.store.accounts.list_staff()
    )


def _decide(desk: Desk, flag: Flag, state: FlagState, act: Act, reason: str) -> None:
    if flag.rule is Rule.EMERGENCY:
        raise NotValid
    if state not in FOLLOWS[flag.state]:
        raise EditedMeanwhile(theirs=flag)
    event = desk.event(
        act,
        flag.patient,
        why=reason,
        flag=flag.id,
        rule=flag.rule.value,
        account=flag.account or "",
    )
    desk.store.unusual.decide(flag.id, state, reason, desk.who.id, was=flag.state, audit=event)
