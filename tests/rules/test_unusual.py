"""Each rule on unusual access: it fires on its case and is silent on the near miss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.days import DAY_MS
from medilink.people import AccountId, PatientId
from medilink.unusual.amounts import (
    CODES_FLOOR,
    CODES_HOURS,
    DAY_FLOOR,
    NOBODY_FLOOR,
    REFUSALS_FLOOR,
    REFUSALS_MINUTES,
    SOON_FLOOR,
    SOON_MINUTES,
)
from medilink.unusual.facts import (
    NAMES_NEEDED,
    RARE_COUNT,
    RARE_SHARE,
    Bearer,
    Facts,
    households,
    namesakes,
    own_registrations,
    rare_families,
)
from medilink.unusual.flags import Flag, FlagState, Rule
from medilink.unusual.hours import WEEKS_AT_WORK, WEEKS_KNOWN, WEEKS_NEEDED
from medilink.unusual.looking import Looked, look_through
from medilink.unusual.lookups import (
    BEFORE_AT_NIGHT_MS,
    BEFORE_MS,
    CHANCE_DEVIATIONS,
    CHANCE_FLOOR,
    JUDGED_AFTER_MS,
    SPANS_DAYS,
)
from medilink.unusual.memory import Memory, as_text, from_text

ROOT = Path(__file__).resolve().parents[2]
AMINA, JOSEPH, ADMIN = AccountId(2), AccountId(3), AccountId(1)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FACTS = Facts(staff=frozenset({AMINA, JOSEPH, ADMIN}), zone=UTC)


@dataclass
class Log:
    """A log told line by line; the clock is moved by hand."""

    now: datetime = MONDAY
    entries: list[AuditEntry] = field(default_factory=list)

    def add(
        self,
        who: AccountId | None,
        act: Act,
        patient: int | None = None,
        method: Method = Method.NONE,
        outcome: Outcome = Outcome.DONE,
        **extra: str,
    ) -> None:
        about = None if patient is None else PatientId(patient)
        at, seq = int(self.now.timestamp() * 1000), len(self.entries) + 1
        tail = ("", "", "", "", "", "", "", extra)
        self.entries.append(
            AuditEntry(seq, at, act, outcome, who, about, method, (), *tail)  # type: ignore[arg-type]
        )

    def look(self, who: AccountId, patient: int, method: Method = Method.CARE) -> None:
        self.add(who, Act.CARE_RELATION, patient)
        self.add(who, Act.OPEN_RECORD, patient, method)

    def treat(self, who: AccountId, patient: int) -> None:
        self.look(who, patient)
        self.wait(minutes=2)
        self.add(who, Act.WRITE_RECORD, patient, Method.CARE)

    def wait(self, **by: float) -> None:
        self.now += timedelta(**by)

    def weeks_of_work(self, weeks: int = 5) -> None:
        """A clinic that is at work from eight to five, Monday to Friday."""
        for number in range(weeks * 7):
            begun = self.now
            for hour in range(9) if number % 7 < 5 else ():
                self.now = begun + timedelta(hours=hour - 1)
                self.treat(JOSEPH, 9_000 + number * 10 + hour)
            self.now = begun + timedelta(days=1)

    def looked(self, facts: Facts = FACTS, days: float = 3) -> Looked:
        now = self.now + timedelta(days=days)
        return look_through(Memory(), self.entries, facts, int(now.timestamp() * 1000))

    def flags(self, facts: Facts = FACTS) -> list[Flag]:
        return list(self.looked(facts).flags.values())

    def rules(self, facts: Facts = FACTS) -> set[Rule]:
        return {flag.rule for flag in self.flags(facts)}


@pytest.fixture
def log() -> Log:
    return Log()


# ---- many records


def test_a_burst_of_records_is_flagged_with_the_numbers_that_explain_it(log: Log) -> None:
    for patient in range(40):
        log.look(AMINA, patient)
        log.wait(seconds=20)
    [flag] = log.flags()
    assert (flag.rule, flag.account) == (Rule.MANY, AMINA)
    assert flag.numbers == {"records": 40, "minutes": 20, "usual": 0}
    assert (flag.first_seq, flag.last_seq) == (2, 80)
    assert set(flag.patients) == set(range(40))


def test_as_many_as_the_floor_are_no_burst(log: Log) -> None:
    for patient in range(SOON_FLOOR):
        log.look(AMINA, patient)
        log.wait(seconds=20)
    assert Rule.MANY not in log.rules()


def test_a_fast_waiting_room_where_something_is_written_is_no_burst(log: Log) -> None:
    for patient in range(150):
        log.treat(AMINA, patient)
    assert log.rules() == set()


def test_the_same_records_again_and_again_are_no_burst(log: Log) -> None:
    for number in range(200):
        log.look(AMINA, number % 10)
    assert Rule.MANY not in log.rules()


def test_what_is_usual_for_somebody_is_no_burst(log: Log) -> None:
    """Reading through 14 records each morning: then 25 are not twice as many."""
    for _ in range(10):
        for patient in range(SOON_FLOOR):
            log.look(AMINA, patient)
        log.wait(days=1)
    for patient in range(100, 100 + 2 * SOON_FLOOR):
        log.look(AMINA, patient)
    assert Rule.MANY not in log.rules()
    log.look(AMINA, 500)
    assert Rule.MANY in log.rules()


def test_what_others_here_do_as_well_is_no_burst(log: Log) -> None:
    """The first day of an outbreak: everybody has twice the patients."""
    for patient in range(SOON_FLOOR + 3):
        for who in (AMINA, JOSEPH):
            log.look(who, patient)
        if patient > SOON_FLOOR - 2:
            log.wait(minutes=5)
    assert Rule.MANY not in log.rules()


def test_a_record_every_few_minutes_all_day_is_flagged_as_many_in_a_day(log: Log) -> None:
    for patient in range(DAY_FLOOR + 1):
        log.look(AMINA, patient)
        log.wait(minutes=7)
    assert Rule.MANY_IN_DAY in log.rules()
    assert Rule.MANY not in log.rules()


def test_what_was_flagged_does_not_become_what_is_usual(log: Log) -> None:
    for day in range(8):
        for patient in range(5 if day < 6 else 60):
            log.look(AMINA, day * 100 + patient)
        log.wait(days=1)
    bursts = [flag for flag in log.flags() if flag.rule is Rule.MANY]
    assert len(bursts) == 2
    assert bursts[1].numbers["usual"] <= SOON_FLOOR


# ---- look-ups without care


def test_strangers_looked_up_without_anybody_caring_are_flagged_as_a_pattern(log: Log) -> None:
    for patient in range(CHANCE_FLOOR + 5):
        log.look(AMINA, patient)
        log.wait(minutes=40)
    [flag] = log.flags()
    assert flag.rule is Rule.NO_CARE
    assert flag.numbers["records"] == CHANCE_FLOOR + 5


def test_one_such_case_is_no_pattern(log: Log) -> None:
    for patient in range(CHANCE_FLOOR - 1):
        log.look(AMINA, patient)
    assert log.rules() == set()


@pytest.mark.parametrize(
    "cared",
    [
        lambda log, patient: log.add(JOSEPH, Act.WRITE_RECORD, patient, Method.CARE),
        lambda log, patient: log.add(AMINA, Act.REDEEM, patient, Method.QR),
        lambda log, patient: log.add(JOSEPH, Act.HAND_OVER, patient, taker=str(AMINA)),
    ],
    ids=["a colleague wrote", "the patient gave a code", "they were handed over"],
)
def test_what_was_done_around_it_explains_it(log: Log, cared: Callable[[Log, int], None]) -> None:
    for patient in range(20):
        log.look(AMINA, patient)
        log.wait(hours=1.2)
        cared(log, patient)
    assert log.rules() == set()


def test_a_patient_treated_weeks_ago_may_be_looked_up_about_it(log: Log) -> None:
    for patient in range(20):
        log.treat(JOSEPH, patient)
    log.wait(days=20)
    for patient in range(20):
        log.look(AMINA, patient)
        log.wait(minutes=15)
    assert Rule.NO_CARE not in log.rules()
    log.wait(days=30)
    for patient in range(20):
        log.look(AMINA, patient)
        log.wait(minutes=15)
    assert Rule.NO_CARE in log.rules()


def test_something_done_too_late_explains_nothing(log: Log) -> None:
    for patient in range(12):
        log.look(AMINA, patient)
        log.wait(minutes=15)
    log.wait(days=2.5)
    for patient in range(12):
        log.add(JOSEPH, Act.WRITE_RECORD, patient, Method.CARE)
    assert Rule.NO_CARE in log.rules()


def test_a_record_opened_by_the_patients_code_is_no_look_up(log: Log) -> None:
    for patient in range(4 * SOON_FLOOR):
        log.add(AMINA, Act.OPEN_RECORD, patient, Method.CODE)
    assert log.rules() == set()


def test_a_slow_pattern_over_weeks_is_one_flag_that_grows(log: Log) -> None:
    for day in range(20):
        for number in range(10):
            log.treat(AMINA, day * 100 + number)
            log.treat(JOSEPH, day * 100 + number)
        log.look(AMINA, 5_000 + day)
        log.wait(days=1)
    flags = [flag for flag in log.flags() if flag.rule is Rule.NO_CARE]
    assert len(flags) == 1
    assert flags[0].numbers["records"] == 20
    assert flags[0].numbers["days"] == 28


# ---- one's own people


def facts_with(**more: object) -> Facts:
    return Facts(staff=FACTS.staff, zone=UTC, **more)  # type: ignore[arg-type]


KIN = [
    (Rule.SAME_NAME, facts_with(namesakes={AMINA: frozenset({PatientId(7)})})),
    (Rule.HOUSEHOLD, facts_with(households={AMINA: frozenset({PatientId(7)})})),
]


@pytest.mark.parametrize(("rule", "facts"), KIN)
def test_looking_up_ones_own_people_is_flagged_once(log: Log, rule: Rule, facts: Facts) -> None:
    for _ in range(3):
        log.look(AMINA, 7)
        log.treat(JOSEPH, 7)  # that a colleague treats them is no reason to read it
        log.wait(days=5)
    [flag] = log.flags(facts)
    assert (flag.rule, flag.patient, flag.account) == (rule, 7, AMINA)


@pytest.mark.parametrize(("rule", "facts"), KIN)
def test_treating_ones_own_people_is_not(log: Log, rule: Rule, facts: Facts) -> None:
    log.treat(AMINA, 7)
    log.look(JOSEPH, 7)
    assert log.rules(facts) == set()


def test_a_common_family_name_is_no_kinship() -> None:
    families = {"Otieno": 60, "otieno odhiambo": 8, "Wekesa": 2, "Barasa": 500}
    assert rare_families(families, {"otieno", "wekesa", "barasa"}) == ["Wekesa"]


def test_in_a_small_register_no_name_is_rare() -> None:
    assert rare_families({"Wekesa": 1, "Barasa": 150}, {"wekesa"}) == []


def test_namesakes_and_own_registration_are_found_by_the_name() -> None:
    names = {AMINA: "Amina Wekesa", JOSEPH: "Joseph Barasa"}
    bearers = [
        Bearer(PatientId(1), "Amina", "WEKESA", "+254700000001"),
        Bearer(PatientId(2), "Peter", "Wekesa", ""),
    ]
    assert namesakes(names, bearers)[AMINA] == {1, 2}
    assert namesakes(names, bearers)[JOSEPH] == frozenset()
    assert own_registrations(names, bearers) == {AMINA: bearers[0]}


def test_a_household_is_a_phone_and_whoever_is_guardian_or_child_there() -> None:
    registered = [(PatientId(1), "+1"), (PatientId(2), "+1"), (PatientId(3), "+2")]
    links = [(PatientId(9), PatientId(2)), (PatientId(8), PatientId(3))]
    found = households({AMINA: ["+1"]}, {}, registered, links)
    assert found[AMINA] == {1, 2, 9}


def test_a_number_a_whole_village_shares_is_no_household() -> None:
    registered = [(PatientId(number), "+1") for number in range(9)]
    assert households({AMINA: ["+1"]}, {}, registered, [])[AMINA] == frozenset()


# ---- out of hours


def night(log: Log, patients: int) -> None:
    log.weeks_of_work()
    log.wait(hours=17)  # two in the morning
    for patient in range(patients):
        log.look(AMINA, patient)


def test_records_looked_up_at_night_are_flagged(log: Log) -> None:
    night(log, 3)
    [flag] = log.flags()
    assert (flag.rule, flag.numbers) == (Rule.OUT_OF_HOURS, {"records": 3})


def test_one_record_at_night_is_not(log: Log) -> None:
    night(log, 1)
    assert log.rules() == set()


def test_a_delivery_at_night_about_which_something_is_written_is_not(log: Log) -> None:
    night(log, 3)
    log.wait(hours=2)
    for patient in range(3):
        log.add(AMINA, Act.WRITE_RECORD, patient, Method.CARE)
    assert log.rules() == set()


def test_who_stayed_late_did_not_come_at_night(log: Log) -> None:
    log.weeks_of_work()
    log.wait(hours=8)
    log.look(AMINA, 1)
    log.wait(hours=1.9)
    log.look(AMINA, 2)
    log.look(AMINA, 3)
    assert Rule.OUT_OF_HOURS not in log.rules()


def test_before_four_weeks_are_known_no_hour_is_unusual(log: Log) -> None:
    log.weeks_of_work(3)
    log.wait(hours=17)
    for patient in range(3):
        log.look(AMINA, patient)
    assert log.rules() == set()


def test_reading_every_night_does_not_make_the_night_an_opening_hour(log: Log) -> None:
    log.weeks_of_work(4)
    begun = log.now
    for number in range(21):
        log.now = begun + timedelta(days=number, hours=17)
        log.look(AMINA, 2 * number)
        log.look(AMINA, 2 * number + 1)
    assert len([flag for flag in log.flags() if flag.rule is Rule.OUT_OF_HOURS]) == 21


# ---- refusals and emergencies


def refuse(log: Log, times: int, who: AccountId | None, patient: int | None = None) -> None:
    for _ in range(times):
        act = Act.REDEEM if patient else Act.SIGN_IN
        log.add(who, act, patient, outcome=Outcome.REFUSED)
        log.wait(minutes=2)


def test_an_account_refused_again_and_again_is_flagged_once_and_the_flag_grows(log: Log) -> None:
    refuse(log, REFUSALS_FLOOR + 5, AMINA)
    [flag] = log.flags()
    assert (flag.rule, flag.numbers["refusals"]) == (Rule.REFUSALS, REFUSALS_FLOOR + 5)


def test_a_forgotten_password_is_not(log: Log) -> None:
    refuse(log, REFUSALS_FLOOR - 1, AMINA)
    log.wait(hours=2)
    refuse(log, REFUSALS_FLOOR - 1, AMINA)
    assert log.rules() == set()


def test_names_nobody_has_are_flagged_when_they_are_many(log: Log) -> None:
    refuse(log, NOBODY_FLOOR - 1, None)
    assert log.rules() == set()
    refuse(log, 1, None)
    [flag] = log.flags()
    assert (flag.rule, flag.account) == (Rule.REFUSALS, None)


def test_one_patients_codes_tried_by_several_people_are_flagged(log: Log) -> None:
    for number in range(CODES_FLOOR):
        refuse(log, 1, (AMINA, JOSEPH)[number % 2], 7)
        log.wait(hours=2)
    [flag] = log.flags()
    assert (flag.rule, flag.patient) == (Rule.CODES, 7)


def test_codes_of_different_patients_misread_are_not(log: Log) -> None:
    for patient in range(1, CODES_FLOOR):
        refuse(log, 1, AMINA, patient)
        log.wait(hours=1)
    assert log.rules() == set()


def test_every_emergency_opening_is_flagged_and_its_review_decides_it(log: Log) -> None:
    log.add(AMINA, Act.BREAK_GLASS, 7, Method.EMERGENCY)
    log.add(AMINA, Act.BREAK_GLASS, 7, Method.EMERGENCY)
    log.add(ADMIN, Act.REVIEW_EMERGENCY, 7, account=str(AMINA), verdict="not justified")
    looked = log.looked()
    assert [flag.rule for flag in looked.flags.values()] == [Rule.EMERGENCY] * 2
    assert [(one.account, one.state) for one in looked.reviews] == [(AMINA, FlagState.ESCALATED)]


# ---- looking again


def busy(log: Log) -> Log:
    night(log, 4)
    log.wait(hours=5)
    for patient in range(30):
        log.look(AMINA, 100 + patient)
    refuse(log, 15, JOSEPH)
    log.add(AMINA, Act.BREAK_GLASS, 7, Method.EMERGENCY)
    log.wait(days=3)
    log.treat(JOSEPH, 1)
    return log


@pytest.mark.parametrize("step", [1, 7, 100])
def test_looking_in_pieces_finds_the_same_as_looking_once(log: Log, step: int) -> None:
    entries = busy(log).entries
    memory, found = Memory(), dict[str, tuple[int, int, int]]()
    for begin in range(0, len(entries), step):
        memory = from_text(as_text(memory))
        looked = look_through(memory, entries[begin : begin + step], FACTS)
        for key, flag in looked.flags.items():
            before = found.get(key, (flag.first_seq, 0, 0))
            numbers = max(flag.numbers.get("records", 0), before[2])
            found[key] = (min(flag.first_seq, before[0]), max(flag.last_seq, before[1]), numbers)
    once = look_through(Memory(), entries, FACTS).flags
    assert found == {
        key: (flag.first_seq, flag.last_seq, flag.numbers.get("records", 0))
        for key, flag in once.items()
    }
    assert memory.seq == len(entries)


def test_what_was_decided_is_not_flagged_again_but_what_comes_after_is(log: Log) -> None:
    memory = Memory()
    refuse(log, 12, AMINA)
    [key] = look_through(memory, log.entries, FACTS).flags
    decided = facts_with(decided=frozenset({key}))
    seen = len(log.entries)
    refuse(log, 5, AMINA)
    assert look_through(memory, log.entries[seen:], decided).flags == {}
    seen = len(log.entries)
    refuse(log, 10, AMINA)
    [again] = look_through(memory, log.entries[seen:], decided).flags
    assert again != key


def test_entries_of_a_doubted_clock_bring_no_rule_of_time_into_disorder(log: Log) -> None:
    log.treat(AMINA, 1)
    log.now = datetime(2036, 1, 1, tzinfo=UTC)
    log.add(AMINA, Act.OPEN_RECORD, 7, Method.CARE, doubted="1")
    log.add(AMINA, Act.BREAK_GLASS, 7, Method.EMERGENCY, doubted="1")
    memory = Memory()
    assert [f.rule for f in look_through(memory, log.entries, FACTS).flags.values()] == [
        Rule.EMERGENCY
    ]
    assert memory.at < log.now.timestamp() * 1000


def test_the_memory_stays_small_however_long_the_log(log: Log) -> None:
    sizes = []
    memory = Memory()
    for month in range(6):
        begun = len(log.entries)
        for day in range(28):
            for patient in range(20):
                log.treat(AMINA, month * 1_000 + day * 20 + patient)
            log.wait(days=1, minutes=-40)
        look_through(memory, log.entries[begun:], FACTS)
        sizes.append(len(as_text(memory)))
    assert sizes[-1] < 1.3 * sizes[1]


def test_a_memory_of_another_form_is_forgotten_but_not_how_far_it_went() -> None:
    kept = as_text(Memory(seq=7, at=9, weeks={1: 2})).replace('"form":1', '"form":0')
    assert from_text(kept) == Memory(seq=7, at=9)


def test_the_guide_states_the_thresholds_of_the_rules() -> None:
    guide = " ".join((ROOT / "docs/guides/admin.md").read_text("utf-8").split())
    for stated in (
        f"more than {SOON_FLOOR} patients in {SOON_MINUTES} minutes, or more than {DAY_FLOOR} in",
        f"from {BEFORE_MS // DAY_MS} days before to {JUDGED_AFTER_MS // DAY_MS} days after",
        f"within a day or {SPANS_DAYS[-1]} days",
        f"plus {CHANCE_DEVIATIONS} times its square root, plus {CHANCE_FLOOR}",
        f"at most {round(RARE_SHARE * 1000)} in 1,000 registered people (or {RARE_COUNT})",
        f"fewer than {NAMES_NEEDED} people are registered",
        f"from {BEFORE_AT_NIGHT_MS // 3_600_000} hours before",
        f"{REFUSALS_FLOOR} times in {REFUSALS_MINUTES} minutes; {NOBODY_FLOOR} failed sign-ins",
        f"refused {CODES_FLOOR} times in {CODES_HOURS} hours",
        f"in at least {WEEKS_AT_WORK} of the last {WEEKS_KNOWN} weeks. Before {WEEKS_NEEDED} weeks",
    ):
        assert stated in guide, stated
