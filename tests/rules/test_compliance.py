"""A compliance report counts what the log holds, no more and no less, and names no patient."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.audit import Act, AuditEntry, Method, Outcome
from medilink.compliance import (
    ACCESS,
    CODE,
    EXPORTS,
    FAILING,
    LOOKING_BACK,
    SIGN_IN,
    UNLOCK,
    Backups,
    Integrity,
    Report,
    count_entries,
    report_as_text,
    report_from_text,
    total,
)
from medilink.errors import LastBeforeFirst
from medilink.people import PatientId, Role
from medilink.periods import (
    Period,
    day_here,
    days_between,
    month_after,
    month_before,
    month_name,
    month_named,
    month_of,
    quarter_of,
)

BEGIN = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp() * 1000)
PATIENT_NAME = "Wanjiku Ng'ang'a"


@st.composite
def an_entry(draw: st.DrawFn) -> AuditEntry:
    role = draw(st.sampled_from(["", *Role]))
    act = draw(st.sampled_from(sorted(Act)))
    extra = {"doubted": "1"} if draw(st.booleans()) else {}
    if act is Act.UNLOCK_FAILED:
        extra["tries"] = str(draw(st.integers(1, 9)))
    if act is Act.REVIEW_EMERGENCY:
        extra["verdict"] = draw(st.sampled_from(["justified", "not justified"]))
    account = draw(st.integers(1, 4)) if role else None
    return AuditEntry(
        seq=draw(st.integers(1, 10_000)),
        at=BEGIN + draw(st.integers(0, 40 * 86_400_000)),
        act=act.value,
        outcome=draw(st.sampled_from(sorted(Outcome))).value,
        account=account,
        patient=draw(st.none() | st.integers(1, 5).map(PatientId)),
        method=draw(st.sampled_from(sorted(Method))).value,
        sections=(),
        why="",
        actor_name=PATIENT_NAME if role == Role.PATIENT else f"Staff {account}" if role else "",
        actor_role=role,
        session="",
        ip="",
        agent="",
        node="7KQ",
        extra=extra,
    )


MANY = st.lists(an_entry(), max_size=60)


def utc_day(at: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).date()


@given(MANY)
def test_every_number_is_what_counting_by_hand_gives(entries: list[AuditEntry]) -> None:
    counts = count_entries(iter(entries), day_of=utc_day)
    done = [entry for entry in entries if entry.outcome == "done"]
    refused = [entry for entry in entries if entry.outcome == "refused"]
    for (role, method), number in counts.access:
        by_hand = [
            e for e in done if (e.actor_role, e.method) == (role, method) and e.act in ACCESS
        ]
        assert number == len(by_hand)
    for (act, role), number in counts.exports:
        assert number == sum((e.act, e.actor_role) == (act, role) for e in done)
    for (kind, role, account, name), number in counts.failed:
        theirs = [
            e
            for e in refused
            if FAILING.get(Act(e.act)) == kind
            and (e.actor_role, "" if e.account is None else str(e.account)) == (role, account)
        ]
        assert number == sum(int(e.extra.get("tries", "1")) for e in theirs)
        assert name in ("", f"Staff {account}")
    for (day, kind), number in counts.failed_days:
        that_day = [e for e in refused if utc_day(e.at).isoformat() == day]
        kinds = [e for e in that_day if FAILING.get(Act(e.act)) == kind]
        assert number == sum(int(e.extra.get("tries", "1")) for e in kinds)
    assert counts.openings == sum(e.act == Act.BREAK_GLASS for e in done)
    seen = {e.patient for e in done if e.act in ACCESS and e.patient is not None}
    assert counts.records == len(seen)
    assert counts.doubted == sum("doubted" in e.extra for e in entries)


@given(MANY)
def test_every_total_is_the_sum_of_its_table(entries: list[AuditEntry]) -> None:
    counts = count_entries(entries, day_of=utc_day)
    assert counts.entries == len(entries) == total(counts.outcomes)
    assert total(counts.access) == sum(e.act in ACCESS and e.outcome == "done" for e in entries)
    assert total(counts.refused) == sum(e.act in ACCESS and e.outcome == "refused" for e in entries)
    assert total(counts.exports) == sum(e.act in EXPORTS and e.outcome == "done" for e in entries)
    looked = [e for e in entries if e.act in LOOKING_BACK and e.outcome != "counted"]
    assert total(counts.looking_back) == len(looked)
    assert total(counts.failed) == total(counts.failed_days)
    assert {words[0] for words, _ in counts.failed} <= {SIGN_IN, CODE, UNLOCK}


@given(MANY, st.randoms())
def test_the_order_of_the_entries_says_nothing(entries: list[AuditEntry], random: object) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert count_entries(shuffled, day_of=utc_day) == count_entries(entries, day_of=utc_day)


@given(MANY)
def test_a_report_names_no_patient_and_is_read_back_as_it_was_kept(
    entries: list[AuditEntry],
) -> None:
    report = Report(
        clinic="Kisumu Clinic",
        first="2026-03-01",
        last="2026-03-31",
        made_at=BEGIN,
        made_by="Grace Wafula",
        counts=count_entries(entries),
        integrity=Integrity(5, None, "", "5 acid bubble cargo drift eagle fabric"),
        credentials=((("verified",), 2),),
        backups=Backups(3, BEGIN, None),
    )
    text = report_as_text(report)
    assert PATIENT_NAME not in text
    assert "Wanjiku" not in text
    assert report_from_text(text) == report


# ---- the days of a period


@given(st.dates(date(1971, 1, 2), date(2090, 12, 1)))
def test_a_moment_lies_in_exactly_one_month_and_one_quarter(day: date) -> None:
    month, quarter = month_of(day), quarter_of(day)
    assert month.first <= day <= month.last
    assert quarter.first <= month.first <= month.last <= quarter.last
    assert month_before(month_after(month)) == month == month_named(month_name(month))
    assert month_after(month).since == month.until, "no moment between two months"
    assert (day_here(month.since), day_here(month.until - 1)) == (month.first, month.last)


def test_a_period_that_runs_backwards_is_refused() -> None:
    assert days_between(date(2026, 3, 2), date(2026, 3, 2)) == Period(*[date(2026, 3, 2)] * 2)
    with pytest.raises(LastBeforeFirst):
        days_between(date(2026, 3, 2), date(2026, 3, 1))
