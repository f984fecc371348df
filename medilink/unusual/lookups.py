"""Rules about look-ups: records opened in care, judged by what was done around them.

In MediLink whoever treats somebody says so ("the patient is here") and the record opens. A look-up
is such an opening. It is judged two days later: by then whoever was really here has something
written about them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.days import DAY_MS
from medilink.people import AccountId, PatientId
from medilink.unusual.facts import Facts
from medilink.unusual.flags import Rule, Sighting
from medilink.unusual.hours import came_when_closed, note_work
from medilink.unusual.memory import Bare, LookUp, Memory
from medilink.unusual.runs import running

HOUR_MS = 3_600_000
OPENS = frozenset({Act.OPEN_RECORD, Act.EXPORT, Act.OPEN_DOCUMENT})
# The rights a member of staff has without the patient doing anything that day.
LOOKED_UP_BY = frozenset({Method.CARE, Method.STANDING})
# What shows that somebody was cared for, or was there. A used code does: the patient gave it.
CARED = frozenset(
    {
        Act.WRITE_RECORD,
        Act.AMEND,
        Act.REGISTER_PATIENT,
        Act.REGISTER_VISITING,
        Act.CHANGE_PATIENT,
        Act.CHANGE_PROFILE,
        Act.ANSWER_CORRECTION,
        Act.LINK_GUARDIAN,
        Act.END_GUARDIAN,
        Act.HAND_OVER,
        Act.MAKE_RETURN,
        Act.TAKE_RETURN,
        Act.REDEEM,
    }
)
WROTE = frozenset({Act.WRITE_RECORD, Act.AMEND, Act.REGISTER_PATIENT})

JUDGED_AFTER_MS = 2 * DAY_MS  # a stay lasts a day; results and letters come on the next
BEFORE_MS = 30 * DAY_MS  # who was treated within a month may be looked up about it
BEFORE_AT_NIGHT_MS = 12 * HOUR_MS  # at night it must be about tonight
NIGHT_MS = 12 * HOUR_MS
NIGHT_FLOOR = 2  # patients in one night: one may be somebody who was sent on at once

SPANS_DAYS = (1, 28)
CHANCE_DEVIATIONS = 4  # a Poisson count is so far above its mean less than once in 10,000 times
CHANCE_FLOOR = 4  # where the mean is near nothing: a few wrong clicks are no pattern
PRIOR_STAYS, PRIOR_BARE = 50, 1  # what is assumed of a clinic nobody knows: one stay in fifty


def chance_limit(usual: float) -> float:
    """More than this is no chance where `usual` is what happens on average."""
    return usual + CHANCE_DEVIATIONS * math.sqrt(usual) + CHANCE_FLOOR


# ---- taking notes


def note_care(memory: Memory, entry: AuditEntry, at: int, facts: Facts) -> None:
    """Remember who did something for whom, and that the clinic was at work."""
    if entry.act not in CARED or entry.outcome != Outcome.DONE or entry.account not in facts.staff:
        return
    if entry.act in WROTE:
        note_work(memory, at, facts.zone)
    if entry.patient is None or entry.account is None:
        return
    writers = memory.cared.pop(entry.patient, {})
    writers[entry.account] = at
    if entry.act == Act.HAND_OVER and entry.extra.get("taker", "").isdecimal():
        writers[int(entry.extra["taker"])] = at
    memory.cared[entry.patient] = writers


def note_look_up(memory: Memory, entry: AuditEntry, at: int, facts: Facts) -> None:
    """Remember a look-up until it can be judged; further looks within that time are the same."""
    if entry.account not in facts.staff or entry.outcome != Outcome.DONE or entry.account is None:
        return
    closed = came_when_closed(memory, entry.account, at, facts.zone)
    if entry.act not in OPENS or entry.method not in LOOKED_UP_BY or entry.patient is None:
        return
    found = memory.waiting.setdefault(
        (entry.account, entry.patient),
        LookUp(entry.account, entry.patient, at, entry.seq, entry.seq, int(closed)),
    )
    found.last_seq = entry.seq


def judge_waiting(memory: Memory, now: int, facts: Facts) -> Iterator[Sighting]:
    """Judge every look-up that has waited for two days."""
    while memory.waiting:
        key = next(iter(memory.waiting))
        look_up = memory.waiting[key]
        if look_up.at + JUDGED_AFTER_MS > now:
            return
        del memory.waiting[key]
        yield from looked_up_kin(memory, look_up, facts)
        yield from looked_up_when_closed(memory, look_up)
        yield from looked_up_without_care(memory, look_up)


def _cared_since(memory: Memory, look_up: LookUp, since: int) -> list[int]:
    """Who has done something for the patient since a time."""
    return [who for who, at in memory.cared.get(look_up.patient, {}).items() if at >= since]


# ---- judging


def looked_up_kin(memory: Memory, look_up: LookUp, facts: Facts) -> Iterator[Sighting]:
    """Somebody looked up a patient of their own household, or with the same rare family name, and
    did nothing for them in the thirty days before and the two days after."""
    account, patient = AccountId(look_up.account), PatientId(look_up.patient)
    if look_up.account in _cared_since(memory, look_up, look_up.at - BEFORE_MS):
        return
    if patient in facts.households.get(account, ()):
        rule = Rule.HOUSEHOLD
    elif patient in facts.namesakes.get(account, ()):
        rule = Rule.SAME_NAME
    else:
        return
    span = (look_up.at, look_up.at, look_up.first_seq, look_up.last_seq)
    yield Sighting(rule, account, patient, *span, {}, (patient,))


def looked_up_when_closed(memory: Memory, look_up: LookUp) -> Iterator[Sighting]:
    """Somebody looked up two patients or more within twelve hours while the clinic is usually
    closed, and nobody did anything for them from twelve hours before to two days after."""
    if not look_up.closed or _cared_since(memory, look_up, look_up.at - BEFORE_AT_NIGHT_MS):
        return
    night = memory.nights.setdefault(look_up.account, [])
    night.append(_bare(look_up))
    tonight = [one for one in night if one.at > look_up.at - NIGHT_MS]
    people = len({one.patient for one in tonight})
    if people >= NIGHT_FLOOR:
        numbers = {"records": people}
        look_up.told = 1
        yield _pattern(Rule.OUT_OF_HOURS, look_up.account, tonight, numbers)


def looked_up_without_care(memory: Memory, look_up: LookUp) -> Iterator[Sighting]:
    """Somebody looked up patients for whom nobody did anything from thirty days before to two days
    after, and more of them within a day or 28 days than chance explains at this clinic."""
    account, day = look_up.account, look_up.at // DAY_MS
    stays = memory.stays.setdefault(account, {})
    stays[day] = stays.get(day, 0) + 1
    if _cared_since(memory, look_up, look_up.at - BEFORE_MS):
        return
    bare = memory.bare.setdefault(account, [])
    bare.append(_bare(look_up))
    share = _share_of_others(memory, account)
    goes_on = running(memory, Rule.NO_CARE, account, None, at=look_up.at)
    for days in SPANS_DAYS[-1:] if goes_on else SPANS_DAYS:
        span = [one for one in bare if one.at > look_up.at - days * DAY_MS]
        # Judging goes by the time of looking up, so a day's stays are all of that day.
        seen = sum(count for number, count in stays.items() if number > day - days)
        usual = seen * share
        fresh = sum(1 for one in span if not one.told)
        if fresh > chance_limit(usual) or (goes_on and fresh):
            for one in span:
                one.told = 1
            numbers = {"records": len(span), "days": days, "usual": round(usual), "stays": seen}
            yield _pattern(Rule.NO_CARE, account, span, numbers)
            return


def _share_of_others(memory: Memory, account: int) -> float:
    """Which share of the look-ups of everybody else has nothing around it; what was flagged is not
    what is usual."""
    stays = sum(sum(days.values()) for who, days in memory.stays.items() if who != account)
    bare = sum(
        sum(1 for one in found if not one.told)
        for who, found in memory.bare.items()
        if who != account
    )
    return (bare + PRIOR_BARE) / (stays + PRIOR_STAYS)


def _bare(look_up: LookUp) -> Bare:
    span = (look_up.at, look_up.first_seq, look_up.last_seq)
    return Bare(*span, look_up.patient, look_up.told)


def _pattern(rule: Rule, account: int, found: list[Bare], numbers: dict[str, int]) -> Sighting:
    return Sighting(
        rule,
        AccountId(account),
        None,
        found[0].at,
        found[-1].at,
        min(one.first_seq for one in found),
        max(one.last_seq for one in found),
        numbers,
        tuple(dict.fromkeys(PatientId(one.patient) for one in found)),
    )
