"""Rules that count: many records in little time, repeated refusals, emergency openings.

Each is given an entry and what is remembered, and yields what it saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.days import DAY_MS
from medilink.people import AccountId, PatientId
from medilink.unusual.facts import Facts
from medilink.unusual.flags import PATIENTS_NAMED, Rule, Sighting
from medilink.unusual.memory import Memory, Opening, Refusal

MINUTE_MS = 60_000
OPENS = frozenset({Act.OPEN_RECORD, Act.EXPORT, Act.OPEN_DOCUMENT, Act.SEE_CHANGES})

BY_THE_PATIENT = frozenset({Method.CODE, Method.QR})  # who gave a code wanted to be read

SOON_MINUTES = 20
SOON_FLOOR = 12  # in 20 minutes; a nurse who measures in a full waiting room reaches ten
DAY_FLOOR = 30  # in a day; of eighty patients on a market day, who leave without a word written
OWN_TIMES = 2.0  # more than twice the busiest of one's own days
CLINIC_TIMES = 1.25  # and more than a quarter above the busiest of anybody here
USUAL_DAYS = 28  # four weeks: every weekday, market day and turn of duty has come
OWN_DAYS_NEEDED = 5  # with fewer days of their own somebody is judged by the clinic's alone

REFUSALS_MINUTES = 60
REFUSALS_FLOOR = (
    10  # in an hour; forgetting a password or mistyping a code stops after three or four
)
NOBODY_FLOOR = 20  # of names nobody has: many patients may mistype their MediLink ID at once
CODES_HOURS = 24
CODES_FLOOR = 6  # refused on one patient's codes in a day; one code is burnt after five wrong tries
NOBODY = 0  # the number under which tries of nobody signed in are kept


@dataclass(frozen=True, slots=True)
class Window:
    """Over what time records are counted: which of the two figures of a day it is."""

    rule: Rule
    minutes: int
    floor: int
    place: int
    mark: int


BURST, ANOTHER = 1, 2  # see `LookUp.told`
SOON = Window(Rule.MANY, SOON_MINUTES, SOON_FLOOR, 0, BURST)
WHOLE_DAY = Window(Rule.MANY_IN_DAY, 24 * 60, DAY_FLOOR, 1, ANOTHER)


def many_records(memory: Memory, entry: AuditEntry, at: int, facts: Facts) -> Iterator[Sighting]:
    """Somebody opened the records of more than 12 patients in 20 minutes, or of 30 in a day, not by
    their codes, and has done nothing for them since; and that is twice what they, and a quarter
    more than anybody here, reached on all but one day of the last four weeks; what others do today
    counts as well."""
    if not _opens(entry, facts) or entry.account is None or entry.patient is None:
        return
    today = at // DAY_MS
    opened = memory.opened.setdefault(entry.account, [])
    opened.append((at, entry.seq, entry.patient))
    while opened[0][0] <= at - DAY_MS:
        opened.pop(0)
    figures = []
    for window in (SOON, WHOLE_DAY):
        since = at - window.minutes * MINUTE_MS
        lately = [
            one
            for one in opened
            if one[0] > since and not _cared(memory, entry.account, one, window)
        ]
        count = len({patient for _, _, patient in lately})
        limit, usual = _limit(memory, entry.account, today, window, count)
        figures.append(min(count, limit))
        if count > limit:
            numbers = {"records": count, "minutes": window.minutes, "usual": usual}
            _mark_told(memory, lately, entry.account, window.mark)
            yield _of(window.rule, AccountId(entry.account), lately, numbers)
    days = memory.most.setdefault(entry.account, {})
    most = days.get(today, (0, 0))
    # What was flagged does not become what is usual.
    days[today] = (max(most[0], figures[0]), max(most[1], figures[1]))


def _cared(memory: Memory, account: int, opening: Opening, window: Window) -> bool:
    """Whether whoever opened a record has done something for that patient since; for a whole day,
    also whether it was flagged as one of many in little time."""
    at, _, patient = opening
    if memory.cared.get(patient, {}).get(account, 0) >= at:
        return True
    look_up = memory.waiting.get((account, patient))
    return window is WHOLE_DAY and look_up is not None and look_up.told == BURST


def _mark_told(memory: Memory, openings: list[Opening], account: int, mark: int) -> None:
    """What is in this flag is not counted once more when it is judged as look-ups."""
    for _, _, patient in openings:
        look_up = memory.waiting.get((account, patient))
        if look_up and not look_up.told:
            look_up.told = mark


def _opens(entry: AuditEntry, facts: Facts) -> bool:
    return (
        entry.act in OPENS
        and entry.outcome == Outcome.DONE
        and entry.account in facts.staff
        and entry.patient is not None
        and entry.method not in BY_THE_PATIENT
    )


def _limit(memory: Memory, account: int, today: int, window: Window, count: int) -> tuple[int, int]:
    """How many are still usual, and what the busiest usual figure was."""
    if count <= window.floor:
        return window.floor, 0
    own, others = 0, 0
    for who, days in memory.most.items():
        lately = [
            figures[window.place]
            for day, figures in days.items()
            if today - USUAL_DAYS <= day < today
        ]
        if who != account:
            now = days.get(today, (0, 0))[window.place]
            others = max(others, now, _all_but_one(lately))
        elif len(lately) >= OWN_DAYS_NEEDED:
            own = _all_but_one(lately)
    limit = max(window.floor, int(OWN_TIMES * own), int(CLINIC_TIMES * others))
    return limit, own or others


def _all_but_one(figures: list[int]) -> int:
    """The busiest of some days, but for one: a day at a school is no measure of a clinic."""
    return sorted(figures)[-2] if len(figures) > 1 else 0


def _of(
    rule: Rule, account: AccountId, openings: list[Opening], numbers: dict[str, int]
) -> Sighting:
    patients = dict.fromkeys(PatientId(patient) for _, _, patient in openings)
    first, last = openings[0], openings[-1]
    named = tuple(patients)[:PATIENTS_NAMED]
    span = (first[0], last[0], first[1], last[1])
    return Sighting(rule, account, None, *span, numbers, named)


def repeated_refusals(memory: Memory, entry: AuditEntry, at: int) -> Iterator[Sighting]:
    """One account was refused ten times within an hour: wrong passwords, wrong codes, records
    without a right; or twenty sign-ins failed under names nobody has."""
    if entry.outcome != Outcome.REFUSED:
        return
    number = NOBODY if entry.account is None else entry.account
    refused = memory.refused.setdefault(number, [])
    _add(refused, (at, entry.seq), at - REFUSALS_MINUTES * MINUTE_MS)
    floor = NOBODY_FLOOR if number == NOBODY else REFUSALS_FLOOR
    if len(refused) >= floor:
        who = None if entry.account is None else AccountId(entry.account)
        numbers = {"refusals": len(refused), "minutes": REFUSALS_MINUTES}
        span = (refused[0][0], at, refused[0][1], entry.seq)
        yield Sighting(Rule.REFUSALS, who, None, *span, numbers)


def refused_codes(memory: Memory, entry: AuditEntry, at: int) -> Iterator[Sighting]:
    """Codes of one patient were refused six times within a day, whoever tried them."""
    if (entry.act, entry.outcome) != (Act.REDEEM, Outcome.REFUSED) or entry.patient is None:
        return
    refused = memory.codes.setdefault(entry.patient, [])
    _add(refused, (at, entry.seq), at - CODES_HOURS * 60 * MINUTE_MS)
    if len(refused) >= CODES_FLOOR:
        numbers = {"refusals": len(refused), "hours": CODES_HOURS}
        span = (refused[0][0], at, refused[0][1], entry.seq)
        yield Sighting(Rule.CODES, None, entry.patient, *span, numbers, (entry.patient,))


def _add(refusals: list[Refusal], new: Refusal, since: int) -> None:
    refusals.append(new)
    while refusals[0][0] <= since:
        refusals.pop(0)


def emergency_opening(entry: AuditEntry) -> Iterator[Sighting]:
    """Every record opened without a right is looked at by a person, with no threshold."""
    if (entry.act, entry.outcome) != (Act.BREAK_GLASS, Outcome.DONE) or entry.account is None:
        return
    about = () if entry.patient is None else (entry.patient,)
    span = (entry.at, entry.at, entry.seq, entry.seq)
    yield Sighting(Rule.EMERGENCY, AccountId(entry.account), entry.patient, *span, {}, about)
