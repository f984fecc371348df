"""A year of a made-up clinic as its log would tell it, with misuse of every kind planted in it.

Nothing of it is real; every rate stands here as a constant, so that it can be argued with. What is
innocent is meant to be awkward: market days, night duty, deliveries at night, a slow new nurse, an
outbreak, a school vaccination, wrong people opened by their name, results looked up days later,
recall lists, forgotten passwords, misread codes, staff and their families who are patients too.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.days import DAY_MS
from medilink.intake.made_up_names import made_up_names
from medilink.people import AccountId, PatientId, fold
from medilink.unusual.facts import (
    Bearer,
    Facts,
    households,
    namesakes,
    own_registrations,
    rare_families,
)
from medilink.unusual.flags import Rule

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
FIRST_DAY = date(2026, 1, 5)  # a Monday
REGISTER = 6_000
ADMIN, NIGHT_NURSE, NEW_NURSE = 1, 9, 10
NURSES, OFFICERS = (2, 3, 4, 5), (6, 7, 8)
PATIENT_SIGN_INS = 1_000  # accounts from here on are patients'

VISITS = 85  # on a plain weekday
MARKET, MARKET_TIMES = 2, 1.5  # Wednesday
SATURDAY_TIMES, OUTBREAK_TIMES = 0.5, 2.0
OUTBREAK_WEEK, NEW_NURSE_WEEK, CAMPAIGN_WEEKS = 30, 14, (20, 42)
NEWCOMERS, CHRONIC = 0.12, 0.35  # shares of visits
CHRONIC_PATIENTS = 500
NURSE_WRITES, OFFICER_WRITES = 0.96, 0.97
GONE = 0.008  # left before anybody wrote anything
WRONG_PERSON, WRONG_PERSON_NEW_NURSE = 0.008, 0.03  # opened by the name, closed again
RESULT_LATER, RESULT_WRITTEN = 0.08, 0.6
PHONE_CALLS_A_DAY = 0.4  # somebody rings about something long ago
RECALL_PEOPLE, RECALL_NOTED = 6, 0.5  # once a month, of those who have not come
BY_CODE, MISREAD = 0.06, 0.2
BAD_PASSWORD = 0.06
DELIVERIES_A_WEEK = 0.8  # at night, the nurse on call comes
STAYS_LATE = 0.05
EMERGENCIES = 8  # in a year, all of them real
STAFF_FAMILY_VISITS_A_WEEK = 0.7


@dataclass(frozen=True, slots=True)
class Planted:
    """One misuse: which rule should see it, who did it, to whom, when."""

    rule: Rule
    account: int
    patients: frozenset[int]
    since: int
    until: int


@dataclass(slots=True)
class Year:
    """Entries in the order of the log, what was planted, and what the rules are told."""

    entries: list[AuditEntry]
    planted: list[Planted]
    facts: Facts
    person_days: int
    accesses: int
    weeks: int


@dataclass(slots=True)
class _Making:
    chance: Random
    rows: list[tuple[int, int | None, Act, int | None, Method, Outcome, str]] = field(
        default_factory=list
    )
    planted: list[Planted] = field(default_factory=list)
    families: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    patients: int = 0
    last_seen: dict[int, int] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    results_due: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    # ---- what people do

    def note(
        self,
        at: float,
        who: int | None,
        act: Act,
        patient: int | None = None,
        method: Method = Method.NONE,
        outcome: Outcome = Outcome.DONE,
        why: str = "",
    ) -> None:
        self.rows.append((int(at), who, act, patient, method, outcome, why))

    def look(self, at: float, who: int, patient: int, method: Method = Method.CARE) -> None:
        """Say that the patient is here, and open the record."""
        if method is Method.CARE:
            self.note(at, who, Act.CARE_RELATION, patient)
        self.note(at + 5_000, who, Act.OPEN_RECORD, patient, method)

    def write(self, at: float, who: int, patient: int) -> None:
        self.note(at, who, Act.WRITE_RECORD, patient, Method.CARE)

    def happens(self, share: float) -> bool:
        return self.chance.random() < share

    def count(self, mean: float) -> int:
        """A Poisson number (Knuth)."""
        limit, product, number = math.exp(-min(mean, 500)), self.chance.random(), 0
        while product > limit:
            product *= self.chance.random()
            number += 1
        return number


def simulate_year(seed: int, weeks: int = 52, misuse: int = 6) -> Year:
    """`weeks` weeks of a clinic with nine clinicians and an administrator; each kind of misuse is
    planted `misuse` times after the sixth week."""
    chance = Random(f"year/{seed}")
    making = _Making(chance)
    bearers, names, phones = _people(making, seed)
    for number in range(weeks * 7):
        _day(making, number)
    emergencies = max(1, EMERGENCIES * weeks // 52)
    for _ in range(emergencies):
        day = chance.randrange(1, weeks) * 7 + chance.randrange(5)
        at = _midnight(day) + chance.uniform(9, 16) * HOUR_MS
        who, patient = chance.choice(OFFICERS), chance.randrange(1, REGISTER)
        _break_glass(making, at, who, patient)
    facts = _facts(bearers, names, phones)
    _plant(making, facts, weeks, misuse)
    making.rows.sort(key=lambda row: row[0])
    entries = [_entry(seq, row) for seq, row in enumerate(making.rows, start=1)]
    opened = [e for e in entries if e.act == Act.OPEN_RECORD and not _is_planted(making, e)]
    worked = {(e.account, e.at // DAY_MS) for e in opened}
    return Year(entries, making.planted, facts, len(worked), len(opened), weeks)


def _is_planted(making: _Making, entry: AuditEntry) -> bool:
    return any(
        one.account == entry.account
        and entry.patient in one.patients
        and one.since <= entry.at <= one.until
        for one in making.planted
    )


def _entry(
    seq: int, row: tuple[int, int | None, Act, int | None, Method, Outcome, str]
) -> AuditEntry:
    at, who, act, patient, method, outcome, why = row
    account = None if who is None else AccountId(who)
    about = None if patient is None else PatientId(patient)
    return AuditEntry(
        seq, at, act, outcome, account, about, method, (), why, "", "", "", "", "", "", {}
    )


# ---- who there is


def _people(
    making: _Making, seed: int
) -> tuple[list[Bearer], dict[AccountId, str], dict[AccountId, str]]:
    """The register; the staff's names, two thirds of them rare ones that patients bear too; their
    phones, under which their families are registered."""
    bearers = [
        Bearer(PatientId(number), person.given, person.family, person.phone)
        for number, person in enumerate(made_up_names(seed, REGISTER), start=1)
    ]
    counted = Counter(fold(one.family) for one in bearers)
    rare = [one for one in bearers if 3 <= counted[fold(one.family)] <= 9 and one.family.isascii()]
    common = [one for one in bearers if counted[fold(one.family)] > 40]
    names: dict[AccountId, str] = {}
    phones: dict[AccountId, str] = {}
    for who in (*NURSES, *OFFICERS, NIGHT_NURSE, NEW_NURSE):
        like = making.chance.choice(common if who % 3 == 0 else rare)
        names[AccountId(who)] = f"{making.chance.choice(bearers).given} {like.family}"
        phones[AccountId(who)] = f"+2547000000{who:02d}"
        for _ in range(3):
            own = PatientId(len(bearers) + 1)
            bearers.append(
                Bearer(
                    own, making.chance.choice(bearers).given, like.family, phones[AccountId(who)]
                )
            )
    for one in bearers:
        making.families[fold(one.family)].append(one.patient)
    making.patients = len(bearers)
    return bearers, names, phones


def _facts(
    bearers: list[Bearer], names: dict[AccountId, str], phones: dict[AccountId, str]
) -> Facts:
    words = {fold(name).split()[-1] for name in names.values()}
    counted = Counter(one.family for one in bearers)
    rare = set(rare_families(counted, words))
    near = [one for one in bearers if one.family in rare]
    own = {who: one.patient for who, one in own_registrations(names, near).items()}
    registered = [(one.patient, one.phone) for one in bearers if one.phone]
    listed = {who: [phone] for who, phone in phones.items()}
    return Facts(
        staff=frozenset({*names, AccountId(ADMIN)}),
        namesakes=namesakes(names, near),
        households=households(listed, own, registered, []),
        zone=UTC,
    )


# ---- a day


def _midnight(number: int) -> int:
    day = datetime.combine(FIRST_DAY + timedelta(days=number), datetime.min.time(), UTC)
    return int(day.timestamp() * 1000)


def _day(making: _Making, number: int) -> None:
    week, weekday = divmod(number, 7)
    outbreak = week == OUTBREAK_WEEK
    start = _midnight(number)
    _nights(making, start, weekday)
    if weekday == 6 and not outbreak:
        return
    times = {MARKET: MARKET_TIMES, 5: SATURDAY_TIMES, 6: SATURDAY_TIMES}.get(weekday, 1.0)
    visits = making.count(VISITS * times * (OUTBREAK_TIMES if outbreak else 1.0))
    long = 5.0 if weekday >= 5 else 9.0
    nurses = [n for n in NURSES if not making.happens(0.15)] or [NURSES[0]]
    officers = [o for o in OFFICERS if not making.happens(0.15)] or [OFFICERS[0]]
    if week >= NEW_NURSE_WEEK:
        nurses.append(NEW_NURSE)
    for who in (*nurses, *officers, ADMIN):
        _signs_in(making, start + 7.9 * HOUR_MS + making.chance.random() * 8 * MINUTE_MS, who)
    for at in _arrivals(making, start, long, visits):
        patient = _who_comes(making, start)
        slow = NEW_NURSE in nurses and week < NEW_NURSE_WEEK + 4
        nurse = making.chance.choice(nurses[:-1] if slow and making.happens(0.6) else nurses)
        _visit(making, at, nurse, making.chance.choice(officers), patient)
    _results(making, start, officers)
    _other_business(making, start, number, nurses, officers)
    if week in CAMPAIGN_WEEKS and weekday == 1:
        _vaccination(making, start, NURSES[week % len(NURSES)])


def _arrivals(making: _Making, start: int, long: float, visits: int) -> Iterable[float]:
    """Most come in the morning; at lunch hardly anybody is seen; somebody stays late at times."""
    for _ in range(visits):
        hour = 8.0 + long * making.chance.betavariate(1.6, 2.4)
        if 13 <= hour < 14 and making.happens(0.8):
            hour += 1
        if making.happens(STAYS_LATE / 10):
            hour += 2
        yield start + hour * HOUR_MS


def _who_comes(making: _Making, now: int) -> int:
    share = making.chance.random()
    if share < NEWCOMERS:
        patient = making.chance.randrange(CHRONIC_PATIENTS + 1, REGISTER)
        if patient not in making.last_seen:
            making.note(now + 7.9 * HOUR_MS, NURSES[patient % 4], Act.REGISTER_PATIENT, patient)
        return patient
    if share < NEWCOMERS + CHRONIC:
        return making.chance.randrange(1, CHRONIC_PATIENTS)
    return making.chance.randrange(CHRONIC_PATIENTS + 1, REGISTER)


def _visit(making: _Making, at: float, nurse: int, officer: int, patient: int) -> None:
    """A nurse measures, an officer treats; each says that the patient is here."""
    wrong = WRONG_PERSON_NEW_NURSE if nurse == NEW_NURSE else WRONG_PERSON
    if making.happens(wrong):
        making.look(at - 30_000, nurse, _somebody_alike(making, patient))
    making.last_seen[patient] = int(at)
    making.look(at, nurse, patient)
    if making.happens(GONE):
        return
    if making.happens(NURSE_WRITES):
        making.write(at + 3 * MINUTE_MS, nurse, patient)
    later = at + making.chance.uniform(15, 60) * MINUTE_MS
    if making.happens(BY_CODE):
        _uses_code(making, later - MINUTE_MS, officer, patient)
    making.look(later, officer, patient)
    if making.happens(OFFICER_WRITES):
        making.write(later + 8 * MINUTE_MS, officer, patient)
    if making.happens(RESULT_LATER):
        days = making.chance.randrange(1, 6)
        making.results_due[int(at // DAY_MS) + days].append(patient)


def _somebody_alike(making: _Making, patient: int) -> int:
    """Opened by mistake: somebody of the same family name, where there is one."""
    for people in making.families.values():
        if patient in people[:50] and len(people) > 1:
            return making.chance.choice(people)
    return making.chance.randrange(1, REGISTER)


def _uses_code(making: _Making, at: float, officer: int, patient: int) -> None:
    while making.happens(MISREAD):
        making.note(at - 20_000, officer, Act.TRY_CODE, patient, Method.CODE, Outcome.COUNTED)
        refused = Outcome.REFUSED
        making.note(at - 19_000, officer, Act.REDEEM, patient, Method.CODE, refused, "code-wrong")
    making.note(at, officer, Act.REDEEM, patient, Method.CODE)
    making.note(at + 1_000, officer, Act.OPEN_RECORD, patient, Method.CODE)


def _results(making: _Making, start: int, officers: list[int]) -> None:
    for patient in making.results_due.pop(start // DAY_MS, []):
        at, who = start + making.chance.uniform(8, 16) * HOUR_MS, making.chance.choice(officers)
        making.look(at, who, patient)
        if making.happens(RESULT_WRITTEN):
            making.write(at + 2 * MINUTE_MS, who, patient)


def _other_business(
    making: _Making, start: int, number: int, nurses: list[int], officers: list[int]
) -> None:
    chance = making.chance
    for _ in range(making.count(PHONE_CALLS_A_DAY)):
        at = start + chance.uniform(9, 16) * HOUR_MS
        making.look(at, chance.choice([*nurses, *officers]), chance.randrange(1, REGISTER))
    if number % 28 == 24:
        who, at = chance.choice(nurses), start + 14 * HOUR_MS
        for _ in range(RECALL_PEOPLE):
            patient, at = chance.randrange(1, CHRONIC_PATIENTS), at + chance.uniform(2, 8) * 60_000
            making.look(at, who, patient)
            if making.happens(RECALL_NOTED):
                making.write(at + MINUTE_MS, who, patient)
    for _ in range(making.count(STAFF_FAMILY_VISITS_A_WEEK / 6)):
        patient = chance.randrange(REGISTER + 1, making.patients)
        at = start + chance.uniform(8, 15) * HOUR_MS
        _visit(making, at, chance.choice(nurses), chance.choice(officers), patient)
    for _ in range(25):
        _signs_in(
            making,
            start + chance.uniform(7, 20) * HOUR_MS,
            PATIENT_SIGN_INS + chance.randrange(1, REGISTER),
        )


def _signs_in(making: _Making, at: float, who: int) -> None:
    if making.happens(BAD_PASSWORD):
        many = 1 + making.count(0.7) if making.happens(0.97) else making.chance.randrange(4, 8)
        for tried in range(many):
            when = at - (many - tried) * 25_000
            name = None if who > PATIENT_SIGN_INS and making.happens(0.5) else who
            refused = Outcome.REFUSED
            making.note(when, name, Act.SIGN_IN, None, Method.NONE, refused, "sign-in-failed")
    making.note(at, who, Act.SIGN_IN)


def _nights(making: _Making, start: int, weekday: int) -> None:
    """Friday and Saturday nights somebody is on duty; other nights somebody is called."""
    chance = making.chance
    if weekday in (4, 5):
        _signs_in(making, start + 20 * HOUR_MS, NIGHT_NURSE)
        for _ in range(making.count(6)):
            at, patient = start + chance.uniform(20, 29.5) * HOUR_MS, _who_comes(making, start)
            making.look(at, NIGHT_NURSE, patient)
            if making.happens(NURSE_WRITES):
                making.write(at + 6 * MINUTE_MS, NIGHT_NURSE, patient)
    elif making.happens(DELIVERIES_A_WEEK / 5):
        at, nurse = start + chance.uniform(21, 29) * HOUR_MS, chance.choice(NURSES)
        _signs_in(making, at - MINUTE_MS, nurse)
        for _ in range(chance.choice((1, 1, 2))):
            patient = chance.randrange(1, REGISTER)
            making.look(at, nurse, patient)
            if making.happens(NURSE_WRITES):
                making.write(at + 40 * MINUTE_MS, nurse, patient)
            at += 15 * MINUTE_MS


def _vaccination(making: _Making, start: int, nurse: int) -> None:
    """A school: a child every two and a half minutes, all morning."""
    at = start + 8.5 * HOUR_MS
    for _ in range(90):
        patient = making.chance.randrange(CHRONIC_PATIENTS + 1, REGISTER)
        making.look(at, nurse, patient)
        making.write(at + MINUTE_MS, nurse, patient)
        at += making.chance.uniform(2, 3) * MINUTE_MS


def _break_glass(making: _Making, at: float, who: int, patient: int) -> None:
    method = Method.EMERGENCY
    making.note(at, who, Act.BREAK_GLASS, patient, method, Outcome.DONE, "unconscious, alone")
    making.note(at + 2_000, who, Act.OPEN_RECORD, patient, method)


# ---- misuse


def _free_day(making: _Making, weeks: int, weekday: int | None = None) -> int:
    """A working day after the sixth week on which no other misuse is planted, where there is one
    left."""
    for _ in range(50):
        week = making.chance.randrange(6, weeks - 1)
        number = week * 7 + (making.chance.randrange(5) if weekday is None else weekday)
        if number not in making.taken:
            break
    making.taken.add(number)
    return _midnight(number)


def _plant(making: _Making, facts: Facts, weeks: int, misuse: int) -> None:
    everybody = (*NURSES, *OFFICERS)
    for number in range(misuse):
        who = everybody[number % len(everybody)]
        _plant_amounts(making, _free_day(making, weeks), _free_day(making, weeks), who)
        _plant_without_care(making, weeks, everybody[(number + 3) % len(everybody)], number)
        _plant_kin(making, facts, _free_day(making, weeks), everybody[(number + 1) % 7])
        _plant_night(making, _free_day(making, weeks, number % 2), who)
        _plant_tries(making, _free_day(making, weeks), who)
        emergency = making.chance.randrange(1, REGISTER)
        at = _free_day(making, weeks) + 11 * HOUR_MS
        _break_glass(making, at, who, emergency)
        making.planted.append(Planted(Rule.EMERGENCY, who, frozenset({emergency}), at, at + 60_000))


def _plant_looks(
    making: _Making, rule: Rule, who: int, patients: list[int], since: float, until: float
) -> None:
    step = (until - since) / max(len(patients), 1)
    for place, patient in enumerate(patients):
        making.look(since + place * step, who, patient)
    planted = Planted(rule, who, frozenset(patients), int(since), int(until) + 10_000)
    making.planted.append(planted)


def _strangers(making: _Making, many: int) -> list[int]:
    return making.chance.sample(range(CHRONIC_PATIENTS + 1, REGISTER), many)


def _plant_amounts(making: _Making, day: int, other: int, who: int) -> None:
    """A burst on one day; on another, a record every few minutes."""
    at = day + making.chance.uniform(9, 15) * HOUR_MS
    many = making.chance.randrange(35, 60)
    _plant_looks(making, Rule.MANY, who, _strangers(making, many), at, at + 18 * MINUTE_MS)
    many = making.chance.randrange(120, 180)
    since = other + 8 * HOUR_MS
    _plant_looks(
        making, Rule.MANY_IN_DAY, who, _strangers(making, many), since, since + 8 * HOUR_MS
    )


def _plant_without_care(making: _Making, weeks: int, who: int, number: int) -> None:
    """Either ten strangers on one day, or about two a day for four weeks."""
    if number % 2:
        at = _free_day(making, weeks) + 9 * HOUR_MS
        _plant_looks(making, Rule.NO_CARE, who, _strangers(making, 10), at, at + 6 * HOUR_MS)
        return
    first = _midnight(making.chance.randrange(6, weeks - 4) * 7)
    patients = []
    for day in range(28):
        if day % 7 < 5:
            for patient in _strangers(making, making.chance.randrange(1, 4)):
                patients.append(patient)
                making.look(first + day * DAY_MS + 10.2 * HOUR_MS, who, patient)
    planted = Planted(Rule.NO_CARE, who, frozenset(patients), first, first + 28 * DAY_MS)
    making.planted.append(planted)


def _plant_kin(making: _Making, facts: Facts, day: int, who: int) -> None:
    own = facts.households.get(AccountId(who), frozenset())
    for rule, near in (
        (Rule.HOUSEHOLD, own),
        (Rule.SAME_NAME, facts.namesakes.get(AccountId(who), frozenset()) - own),
    ):
        if near:
            at = day + making.chance.uniform(9, 16) * HOUR_MS
            patient = making.chance.choice(sorted(near))
            _plant_looks(making, rule, who, [patient], at, at + MINUTE_MS)


def _plant_night(making: _Making, day: int, who: int) -> None:
    """On a Monday or Tuesday night, when nobody is on duty."""
    at = day + making.chance.uniform(23, 27) * HOUR_MS
    many = making.chance.randrange(2, 6)
    _plant_looks(making, Rule.OUT_OF_HOURS, who, _strangers(making, many), at, at + 30 * MINUTE_MS)


def _plant_tries(making: _Making, day: int, who: int) -> None:
    """A password is guessed, then a patient's codes."""
    at, refused = day + making.chance.uniform(9, 15) * HOUR_MS, Outcome.REFUSED
    for tried in range(making.chance.randrange(12, 25)):
        when = at + tried * 90_000
        making.note(when, who, Act.SIGN_IN, None, Method.NONE, refused, "sign-in-failed")
    making.planted.append(Planted(Rule.REFUSALS, who, frozenset(), int(at), int(at + HOUR_MS)))
    patient = making.chance.randrange(1, REGISTER)
    for tried in range(making.chance.randrange(7, 11)):
        when = at + tried * 10 * MINUTE_MS
        making.note(when, who, Act.TRY_CODE, patient, Method.CODE, Outcome.COUNTED)
        making.note(when + 500, who, Act.REDEEM, patient, Method.CODE, refused, "code-wrong")
    until = int(at + 2 * HOUR_MS)
    making.planted.append(Planted(Rule.CODES, who, frozenset({patient}), int(at), until))
