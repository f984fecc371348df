"""Property 5: provider activity adds up.

Each act is linked to its patient; summaries equal a recount of the log; unusual patterns are
flagged by their stated rules: for all sequences of what providers do, through the real store,
against a list kept beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medilink.activity import Activity
from medilink.acts.activity import own_activity, staff_activity
from medilink.acts.emergency import break_glass
from medilink.acts.hand_out import hand_out_record
from medilink.acts.look_back import read_log
from medilink.acts.read_record import open_record
from medilink.acts.receive import open_share
from medilink.acts.register import find_patients, record_patient_is_here
from medilink.acts.share import make_share_code
from medilink.acts.standing import share_with
from medilink.acts.unusual import entries_of, list_unusual, look_through_when_due
from medilink.acts.write_record import add_entry
from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.desk import Desk
from medilink.errors import AlreadySaid, AlreadyShared, NotValid, Refused, TooManyTries
from medilink.people import PatientId
from medilink.records import ALL_SECTIONS, Section
from medilink.scopes import Scope
from medilink.sharing import HOUR_MS
from medilink.store import LogFilter
from medilink.unusual.amounts import CODES_FLOOR, SOON_FLOOR
from medilink.unusual.flags import Rule
from tests.clinics import TestClinic, own_id
from tests.properties.sharing import busy_clinic

PATIENTS = SOON_FLOOR + 6
doctors, whom = st.integers(0, 3), st.integers(0, PATIENTS - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("treat"), doctors, whom),
        st.tuples(st.just("look"), doctors, whom),
        st.tuples(st.just("code"), doctors, whom),
        st.tuples(st.just("standing"), doctors, whom),
        st.tuples(st.just("emergency"), doctors, whom),
        st.tuples(st.just("export"), doctors, whom),
        st.tuples(st.just("refused"), doctors, whom),
        st.tuples(st.just("search"), doctors, whom),
        st.tuples(st.just("burst"), doctors, st.integers(SOON_FLOOR - 2, PATIENTS)),
        st.tuples(st.just("tries"), doctors, whom),
        st.tuples(st.just("wait"), st.just(0), st.integers(1, 30)),
    ),
    min_size=2,
    max_size=12,
)


@dataclass
class Told:
    """What should be in the log and in the summaries, by doctor."""

    opened: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    patients: defaultdict[int, set[PatientId]] = field(default_factory=lambda: defaultdict(set))
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)
    emergencies: int = 0


@pytest.fixture(scope="module")
def at_work(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[TestClinic, list[Desk], list[Desk]]]:
    with busy_clinic(tmp_path_factory.mktemp("activity") / "clinic") as (clinic, staff):
        yield clinic, staff, [clinic.patient() for _ in range(PATIENTS)]


@pytest.mark.timeout(300)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_property_05_provider_activity_adds_up(
    at_work: tuple[TestClinic, list[Desk], list[Desk]], steps: list[tuple[str, int, int]]
) -> None:
    clinic, staff, patients = at_work
    clinic.clock.forward(days=3)  # what the example before did is over
    look_through_when_due(clinic.desk)
    since, after = clinic.admin.now, clinic.store.log.head().seq
    told, sessions = Told(), [clinic.at_desk(desk.who) for desk in staff]
    for step in steps:
        act(clinic, sessions, patients, told, step)
    clinic.clock.forward(seconds=1)
    summaries = staff_activity(clinic.at_desk(clinic.admin.who), since, clinic.admin.now)
    for number, desk in enumerate(sessions):
        summary = summaries[desk.who.id]
        assert summary.opened == told.opened[number]
        assert summary.patients == told.patients[number]
        for what in ("writes", "exports", "searches", "refusals"):
            assert getattr(summary, what) == told.counts[what, number], what
        assert replace(summary, closed=0) == recount(clinic, desk, since)
    mine = own_activity(sessions[0], since, clinic.admin.now)
    assert mine == summaries[sessions[0].who.id]
    every_act_names_its_patient(clinic, after)
    flags_follow_their_rules(clinic, after, told)


def act(  # what one person does next
    clinic: TestClinic,
    staff: list[Desk],
    patients: list[Desk],
    told: Told,
    step: tuple[str, int, int],
) -> None:
    what, doctor, number = step
    desk = staff[doctor]
    if what == "wait":
        clinic.clock.forward(minutes=number)
        return
    if what == "burst":
        for patient in range(number):
            look(clinic, desk, own_id(patients[patient]), doctor, told)
        return
    who = patients[number]
    {
        "treat": treat,
        "look": lambda *given: look(*given[:2], own_id(given[2]), *given[3:]),
        "code": use_code,
        "standing": stand,
        "emergency": emergency,
        "export": export,
        "refused": refuse,
        "search": search,
        "tries": guess,
    }[what](clinic, desk, who, doctor, told)


def opened(told: Told, doctor: int, patient: PatientId, method: Method) -> None:
    told.opened[doctor][method] += 1
    told.patients[doctor].add(patient)


def look(clinic: TestClinic, desk: Desk, patient: PatientId, doctor: int, told: Told) -> None:
    """Each look in a view of its own: a redraw within ten minutes is no second opening."""
    desk.seen.clear()
    record_patient_is_here(desk, patient, "here")
    found = open_record(desk, patient)
    opened(told, doctor, patient, found.right.method)


def treat(clinic: TestClinic, desk: Desk, who: Desk, doctor: int, told: Told) -> None:
    look(clinic, desk, own_id(who), doctor, told)
    clinic.clock.forward(seconds=7)
    try:
        add_entry(desk, own_id(who), Section.ALERTS, {"text": f"seen at {desk.now}", "level": ""})
    except AlreadySaid:
        return
    told.counts["writes", doctor] += 1


def use_code(clinic: TestClinic, desk: Desk, who: Desk, doctor: int, told: Told) -> None:
    try:
        made = make_share_code(who, Scope(ALL_SECTIONS), hours=1, single_use=True)
    except NotValid:  # as many codes as a patient may have
        return
    desk.seen.clear()
    open_share(desk, made.qr)
    opened(told, doctor, own_id(who), open_record(desk, own_id(who)).right.method)


def stand(clinic: TestClinic, desk: Desk, who: Desk, doctor: int, told: Told) -> None:
    try:
        share_with(who, desk.who.id, Scope(ALL_SECTIONS), days=1)
    except (AlreadyShared, NotValid):
        return
    desk.seen.clear()
    opened(told, doctor, own_id(who), open_record(desk, own_id(who)).right.method)


def emergency(clinic: TestClinic, desk: Desk, who: Desk, doctor: int, told: Told) -> None:
    break_glass(desk, own_id(who), "unconscious, alone here")
    told.emergencies += 1


def export(clinic: TestClinic, desk: Desk, who: Desk, doctor: int, told: Told) -> None:
    record_patient_is_here(desk, own_id(who), "here")
    hand_out_record(desk, own_id(who))
    told.counts["exports", doctor] += 1


def refuse(clinic: TestClinic, desk: Desk, who: Desk, doctor: int, told: Told) -> None:
    """A provider may not read the log."""
    with pytest.raises(Refused):
        read_log(desk, LogFilter())
    told.counts["refusals", doctor] += 1


def search(clinic: TestClinic, desk: Desk, who: Desk, doctor: int, told: Told) -> None:
    desk.seen.clear()
    find_patients(desk, who.who.user_name)
    told.counts["searches", doctor] += 1


def guess(clinic: TestClinic, desk: Desk, who: Desk, doctor: int, told: Told) -> None:
    """A QR that has expired is shown once more."""
    try:
        made = make_share_code(who, Scope(ALL_SECTIONS), hours=1, single_use=True)
    except (NotValid, TooManyTries):
        return
    clinic.clock.forward(milliseconds=HOUR_MS + 1_000)
    with pytest.raises(Refused):
        open_share(desk, made.qr)
    told.counts["refusals", doctor] += 1


# ---- recounted


def entries_since(clinic: TestClinic, after: int) -> list[AuditEntry]:
    found = read_log(clinic.at_desk(clinic.admin.who), LogFilter(), limit=10_000)
    return [entry for entry in reversed(found) if entry.seq > after]


def recount(clinic: TestClinic, desk: Desk, since: int) -> Activity:
    """The same summary, counted from the list an administrator reads; hours are judged in
    tests/rules."""
    wanted = LogFilter(account=desk.who.id, since=since, until=clinic.admin.now)
    counted = Activity()
    for entry in read_log(clinic.at_desk(clinic.admin.who), wanted, limit=10_000):
        if entry.outcome == Outcome.REFUSED:
            counted.refusals += 1
        done = entry.outcome == Outcome.DONE
        if done and entry.act == Act.OPEN_RECORD:
            counted.opened[entry.method] += 1
            assert entry.patient is not None
            counted.patients.add(entry.patient)
        counted.writes += done and entry.act in (Act.WRITE_RECORD, Act.AMEND)
        counted.exports += done and entry.act == Act.EXPORT
        counted.searches += done and entry.act == Act.FIND_PATIENT
        counted.acts += 1
        counted.days.add(datetime.fromtimestamp(entry.at / 1000, UTC).astimezone().date())
    return counted


ABOUT_PATIENTS = frozenset(
    {Act.OPEN_RECORD, Act.WRITE_RECORD, Act.EXPORT, Act.BREAK_GLASS, Act.CARE_RELATION, Act.REDEEM}
)


def every_act_names_its_patient(clinic: TestClinic, after: int) -> None:
    for entry in entries_since(clinic, after):
        if entry.act in ABOUT_PATIENTS:
            assert entry.patient is not None
            assert entry.account is not None


def flags_follow_their_rules(clinic: TestClinic, after: int, told: Told) -> None:
    """What can be seen at once: emergencies all, bursts where there is one, refused codes."""
    clinic.clock.forward(hours=1)
    look_through_when_due(clinic.desk)
    admin = clinic.at_desk(clinic.admin.who)
    flags = [flag for flag in list_unusual(admin) if flag.last_seq > after]
    entries = entries_since(clinic, after)
    rules = Counter(flag.rule for flag in flags)
    assert rules[Rule.EMERGENCY] == told.emergencies
    refused: Counter[PatientId | None] = Counter(
        entry.patient
        for entry in entries
        if (entry.act, entry.outcome) == (Act.REDEEM, Outcome.REFUSED)
    )
    assert {flag.patient for flag in flags if flag.rule is Rule.CODES} == {
        patient for patient, count in refused.items() if count >= CODES_FLOOR
    }
    for flag in flags:
        rests_on = entries_of(admin, flag)
        assert rests_on, flag
        assert all(flag.first_seq <= entry.seq <= flag.last_seq for entry in rests_on)
        if flag.rule is Rule.MANY:
            people = {entry.patient for entry in rests_on}
            assert len(people) >= flag.numbers["records"] > SOON_FLOOR
            assert {entry.account for entry in rests_on} == {flag.account}
    assert len({flag.key for flag in flags}) == len(flags)
