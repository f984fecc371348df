"""What people did in a period: counted from the log, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from medilink.activity import Done, summarise
from medilink.audit import Act, Method, Outcome
from medilink.people import AccountId, PatientId

AMINA, JOSEPH = AccountId(2), AccountId(3)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def done(
    when: datetime,
    who: AccountId | None,
    act: Act,
    patient: int | None = None,
    outcome: Outcome = Outcome.DONE,
    method: Method = Method.NONE,
) -> Done:
    about = None if patient is None else PatientId(patient)
    return Done(1, int(when.timestamp() * 1000), act, outcome, who, about, method, False)


def at(days: int, hour: int) -> datetime:
    return MONDAY + timedelta(days=days, hours=hour)


def millis(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def working_days(weeks: int) -> list[Done]:
    return [
        done(at(week * 7 + day, hour), JOSEPH, Act.WRITE_RECORD, 1)
        for week in range(weeks)
        for day in range(5)
        for hour in range(8, 17)
    ]


def test_everything_is_counted_once_and_by_the_right_that_was_used() -> None:
    entries = [
        done(at(0, 9), AMINA, Act.OPEN_RECORD, 7, method=Method.CARE),
        done(at(0, 10), AMINA, Act.OPEN_RECORD, 7, method=Method.QR),
        done(at(1, 9), AMINA, Act.OPEN_RECORD, 8, Outcome.REFUSED, Method.CARE),
        done(at(1, 9), AMINA, Act.WRITE_RECORD, 7),
        done(at(1, 9), AMINA, Act.TRY_CODE, 7, Outcome.COUNTED),
        done(at(1, 9), JOSEPH, Act.OPEN_RECORD, 9, method=Method.CARE),
        done(at(1, 9), None, Act.SIGN_IN),
    ]
    mine = summarise(entries, [AMINA, JOSEPH], 0, UTC)[AMINA]
    assert mine.opened == {Method.CARE: 1, Method.QR: 1}
    assert mine.patients == {7}
    assert (mine.writes, mine.refusals, mine.acts, len(mine.days)) == (1, 1, 5, 2)


def test_what_was_before_the_period_tells_the_hours_but_is_not_counted() -> None:
    night = at(5 * 7, 2)
    entries = [
        *working_days(5),
        done(night, AMINA, Act.OPEN_RECORD, 7, method=Method.CARE),
        done(at(5 * 7, 10), AMINA, Act.OPEN_RECORD, 8, method=Method.CARE),
    ]
    found = summarise(entries, [AMINA, JOSEPH], millis(at(5 * 7, 0)), UTC)
    assert found[JOSEPH].acts == 0
    assert (found[AMINA].acts, found[AMINA].closed, found[AMINA].closed_percent) == (2, 1, 50)


def test_while_the_hours_are_not_known_nothing_is_outside_them() -> None:
    entries = [*working_days(2), done(at(14, 2), AMINA, Act.OPEN_RECORD, 7)]
    assert summarise(entries, [AMINA, JOSEPH], 0, UTC)[AMINA].closed_percent == 0


def test_who_did_nothing_is_named_with_nothing() -> None:
    found = summarise([], [AMINA], 0, UTC)
    assert (found[AMINA].acts, found[AMINA].closed_percent) == (0, 0)
