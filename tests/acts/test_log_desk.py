"""The administrator's side of the log: filters, files and reports, each on record itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from medilink.acts import look_back
from medilink.acts.emergency import Verdict, break_glass, emergencies_to_review, review_emergency
from medilink.acts.hand_out import hand_out_record
from medilink.acts.log_parts import archived_parts, newest_head_line
from medilink.acts.log_proof import verify_log
from medilink.acts.log_upkeep import archive_old_entries
from medilink.acts.log_views import drop_view, export_entries, keep_view, kept_views
from medilink.acts.look_back import every_entry, my_activity, read_log
from medilink.acts.merge import list_merges, list_suspected
from medilink.acts.question_access import questions_to_answer
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.report import (
    keep_monthly_report,
    kept_reports,
    make_report,
    open_kept_report,
)
from medilink.acts.sign_in import log_sign_out, sign_in
from medilink.acts.unusual import list_unusual
from medilink.audit import Act, LoggedRead
from medilink.compliance import count_entries, report_as_text, total
from medilink.desk import Desk
from medilink.errors import (
    LastBeforeFirst,
    Missing,
    NotFound,
    Refused,
    SignInFailed,
    TooManyFilters,
)
from medilink.log_tree import BLOCK
from medilink.log_views import ALL_TIME, FROM_TO, LogView, view_as_text, view_from_text
from medilink.people import Role
from medilink.periods import Period, month_of
from medilink.store import LogFilter
from tests.clinics import START, TestClinic

MARCH = month_of(START.date())
EVERYTHING = LogFilter()
FEW = 20


def entries_of(clinic: TestClinic, act: Act) -> list[tuple[str, dict[str, str]]]:
    found = read_log(clinic.admin, LogFilter(acts=frozenset({act})))
    return [(entry.outcome, entry.extra) for entry in found]


def a_busy_morning(clinic: TestClinic) -> Desk:
    """A visit, an export, an emergency that was reviewed, wrong passwords, a code tried."""
    doctor, slip = clinic.provider(), clinic.register()
    record_patient_is_here(doctor, slip.patient.id, "visit")
    open_record(doctor, slip.patient.id)
    hand_out_record(doctor, slip.patient.id)
    other = clinic.register()
    for _ in range(2):
        break_glass(doctor, other.patient.id, "Unconscious after a fall")
    first = emergencies_to_review(clinic.admin)[0]
    review_emergency(clinic.admin, first.id, Verdict.JUSTIFIED, "")
    for name in (doctor.who.user_name, slip.patient.medilink_id, "nobody"):
        with pytest.raises(SignInFailed):
            sign_in(clinic.desk, name, "wrong")
    return doctor


# ---- reports


def test_a_report_holds_what_happened(clinic: TestClinic) -> None:
    doctor = a_busy_morning(clinic)
    report = make_report(clinic.admin, MARCH, None)
    counts = report.counts
    assert dict(counts.access)[("provider", "care")] == 1
    assert dict(counts.exports)[("export record", "provider")] == 1
    assert (counts.openings, report.waiting) == (2, 1)
    assert counts.reviews == ((("justified",), 1),)
    assert {(words[1], words[3]) for words, _ in counts.failed} == {
        ("provider", doctor.who.title),
        ("patient", ""),
        ("", ""),
    }
    assert report.credentials == ((("unverified",), 1),)
    assert report.integrity.broken_at is None
    assert report.backups is None, "there is none yet, and the report does not pretend"
    assert "Ng'ang'a" not in report_as_text(report)
    assert entries_of(clinic, Act.MAKE_REPORT) == [
        ("done", {"first": "2026-03-01", "last": "2026-03-31"})
    ]


def test_a_report_counts_its_period_and_nothing_else(clinic: TestClinic) -> None:
    a_busy_morning(clinic)
    clinic.clock.forward(days=40)
    log_sign_out(clinic.admin)
    april = make_report(clinic.admin, month_of(date(2026, 4, 11)), None)
    sign_outs = [words for words, _ in april.counts.looking_back if words[0] == "check the log"]
    assert april.counts.openings == 0
    assert len(sign_outs) == 1
    logged = LoggedRead(clinic.store.log.write(clinic.admin.event(Act.READ_LOG)))
    wanted = LogFilter(since=MARCH.since, until=MARCH.until)
    by_hand = count_entries(every_entry(clinic.admin, wanted, logged))
    assert make_report(clinic.admin, MARCH, None).counts == by_hand


def test_the_head_of_a_report_is_a_receipt_that_can_be_checked_later(clinic: TestClinic) -> None:
    line = make_report(clinic.admin, MARCH, None).integrity.line
    for _ in range(BLOCK):
        log_sign_out(clinic.admin)
    assert verify_log(clinic.admin, None, [line]).sound
    number, *words = line.split()
    false = " ".join([number, *reversed(words)])
    assert not verify_log(clinic.admin, None, [false]).sound


def test_a_report_counts_archived_entries_too(clinic: TestClinic) -> None:
    a_busy_morning(clinic)
    for _ in range(2 * BLOCK):
        log_sign_out(clinic.admin)
    before = make_report(clinic.admin, MARCH, None).counts
    clinic.years_pass()
    assert archive_old_entries(clinic.admin, part_of=BLOCK)
    after = make_report(clinic.admin, MARCH, None)
    assert total(after.counts.access) == total(before.access)
    assert after.counts.openings == before.openings
    part = after.integrity.parts[0]
    assert (part.first, part.last % BLOCK, part.erased) == (1, 0, 0)
    assert MARCH.since <= part.since <= part.until < MARCH.until


# ---- by itself, once a month


def test_every_month_gets_one_report_also_when_the_laptop_was_off(clinic: TestClinic) -> None:
    assert keep_monthly_report(clinic.admin, None) is None, "the first month is not over"
    log_sign_out(clinic.admin)
    clinic.clock.forward(days=95)
    written = [keep_monthly_report(clinic.admin, None) for _ in range(4)]
    assert written == ["2026-05", None, None, None], "what was before it began is not made up"
    clinic.clock.forward(days=70)
    written = [keep_monthly_report(clinic.admin, None) for _ in range(3)]
    assert written == ["2026-06", "2026-07", None]
    assert list(kept_reports(clinic.admin)) == ["2026-07", "2026-06", "2026-05"]
    report = open_kept_report(clinic.admin, "2026-07")
    assert (report.first, report.last) == ("2026-07-01", "2026-07-31")
    assert entries_of(clinic, Act.EXPORT_LOG) == [("done", {"report": "2026-07"})]
    with pytest.raises(NotFound):
        open_kept_report(clinic.admin, "2020-01")


def test_years_switched_off_do_not_become_years_of_reports(clinic: TestClinic) -> None:
    clinic.clock.forward(days=40)
    assert keep_monthly_report(clinic.admin, None) == "2026-03"
    clinic.clock.forward(days=5 * 366)
    written = 0
    while keep_monthly_report(clinic.admin, None):
        written += 1
    assert written in (12, 13)


def test_a_clock_in_doubt_writes_no_report(clinic: TestClinic) -> None:
    clinic.clock.forward(days=40)
    assert keep_monthly_report(replace(clinic.admin, doubted=True), None) is None
    assert kept_reports(clinic.admin) == {}


# ---- filters


def test_a_filter_is_kept_for_one_administrator_by_number(clinic: TestClinic) -> None:
    view = LogView(patient=7, acts=("open record",), outcome="refused", days=30, archive=True)
    keep_view(clinic.admin, "  Refused   openings ", view)
    assert kept_views(clinic.admin) == {"Refused openings": view}
    keep_view(clinic.admin, "Refused openings", LogView())
    assert kept_views(clinic.admin) == {"Refused openings": LogView()}
    drop_view(clinic.admin, "Refused openings")
    assert kept_views(clinic.admin) == {}
    with pytest.raises(NotFound):
        drop_view(clinic.admin, "Refused openings")
    assert len(entries_of(clinic, Act.KEEP_FILTER)) == 3
    assert "Refused" not in str(entries_of(clinic, Act.KEEP_FILTER))


def test_a_filter_needs_a_name_and_a_place(clinic: TestClinic) -> None:
    with pytest.raises(Missing):
        keep_view(clinic.admin, " ", LogView())
    for number in range(30):
        keep_view(clinic.admin, f"Filter {number}", LogView())
    with pytest.raises(TooManyFilters):
        keep_view(clinic.admin, "One more", LogView())


def test_days_are_days_of_this_clinic_and_never_backwards() -> None:
    today = datetime(2026, 3, 9, tzinfo=UTC).date()
    seven = LogView(days=7).wanted(today)
    assert seven.since == Period(date(2026, 3, 3), today).since
    assert LogView(days=ALL_TIME).wanted(today) == LogFilter()
    one_day = LogView(days=FROM_TO, first="2026-03-02", last="2026-03-02").wanted(today)
    assert (one_day.until or 0) - (one_day.since or 0) == 86_400_000
    with pytest.raises(LastBeforeFirst):
        LogView(days=FROM_TO, first="2026-03-02", last="2026-03-01").wanted(today)
    assert view_from_text(view_as_text(LogView(acts=("open record",)))).acts == ("open record",)
    newer = view_as_text(LogView(acts=("an act of the future",), outcome="perhaps"))
    assert view_from_text(newer) == LogView()


# ---- as a file


def test_a_file_holds_all_that_is_wanted_and_the_log_says_how_many(
    clinic: TestClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_back, "ENTRIES_AT_ONCE", FEW)
    for _ in range(2 * FEW + 3):
        clinic.store.log.write(clinic.admin.event(Act.SIGN_OUT))
    wanted = LogFilter(acts=frozenset({Act.SIGN_OUT}))
    count, entries = export_entries(clinic.admin, wanted)
    found = [entry.seq for entry in entries]
    assert count == len(found) == len(set(found)) == 2 * FEW + 3
    assert found == sorted(found, reverse=True)
    ((outcome, extra),) = entries_of(clinic, Act.EXPORT_LOG)
    assert (outcome, extra["entries"], extra["filtered"]) == ("done", str(count), "acts")


def test_the_head_of_the_log_is_one_number_and_six_words(clinic: TestClinic) -> None:
    assert len(newest_head_line(clinic.admin).split()) == 7
    assert verify_log(clinic.admin, None, [newest_head_line(clinic.admin)]).sound


def test_another_filter_of_the_log_is_another_entry_which_says_which(clinic: TestClinic) -> None:
    doctor = clinic.provider().who.id
    mine = clinic.admin.who.id
    read = [
        LogFilter(account=doctor),
        LogFilter(account=mine),
        LogFilter(account=mine, acts=frozenset({Act.SIGN_OUT})),
        LogFilter(account=mine, acts=frozenset({Act.SIGN_IN})),
        LogFilter(since=MARCH.since, until=MARCH.until, outcome="refused"),
        LogFilter(since=MARCH.since),
    ]
    for wanted in read * 2:  # a redraw of each is no other reading
        read_log(clinic.admin, wanted)
    said = [extra["to"] for _, extra in entries_of(clinic, Act.READ_LOG)]
    assert said[1:] == [
        f"since {MARCH.since}",
        f"outcome refused; since {MARCH.since}; until {MARCH.until}",
        f"account {mine}; acts {Act.SIGN_IN.value}",
        f"account {mine}; acts {Act.SIGN_OUT.value}",
        f"account {mine}",
        f"account {doctor}",
    ]


def test_readings_for_different_reasons_or_in_another_role_are_different_entries(
    clinic: TestClinic,
) -> None:
    both = replace(clinic.admin.who, more_roles=(Role.PROVIDER,))
    desk = clinic.at_desk(both)
    as_provider = replace(desk, account=replace(both, role=Role.PROVIDER))
    before = clinic.store.log.head().seq
    for _ in range(2):
        my_activity(desk)
        emergencies_to_review(desk)
        questions_to_answer(desk)
        list_suspected(desk)
        list_merges(desk)
        list_unusual(desk)
        list_unusual(desk, opened=False)
        my_activity(as_provider)
    assert clinic.store.log.head().seq - before == 8


# ---- for administrators only

ACTS: dict[str, tuple[Act, Callable[[Desk], object]]] = {
    "a report": (Act.MAKE_REPORT, lambda desk: make_report(desk, MARCH, None)),
    "the list of reports": (Act.MAKE_REPORT, kept_reports),
    "a kept report": (Act.EXPORT_LOG, lambda desk: open_kept_report(desk, "2026-02")),
    "own filters": (Act.KEEP_FILTER, kept_views),
    "keeping a filter": (Act.KEEP_FILTER, lambda desk: keep_view(desk, "One", LogView())),
    "deleting a filter": (Act.KEEP_FILTER, lambda desk: drop_view(desk, "One")),
    "a file": (Act.EXPORT_LOG, lambda desk: export_entries(desk, EVERYTHING)),
    "the head": (Act.CHECK_LOG, newest_head_line),
    "archived parts": (Act.READ_LOG, archived_parts),
}


@pytest.mark.parametrize("what", ACTS)
def test_only_administrators_come_near(clinic: TestClinic, what: str) -> None:
    act, do = ACTS[what]
    for somebody in (clinic.provider(), clinic.patient()):
        with pytest.raises(Refused):
            do(somebody)
        newest = read_log(clinic.admin, LogFilter(account=somebody.who.id), limit=1)[0]
        assert (newest.act, newest.outcome) == (act, "refused")
