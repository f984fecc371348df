"""A report on paper and as a table: every number is there, and no cell runs as a formula."""

from __future__ import annotations

import csv
import io

from pypdf import PdfReader

from exports.report_paper import Section, draw_report
from medilink.audit import Act, Method, Outcome
from medilink.compliance import CODE, ArchivedPart, Backups, Counts, Integrity, Report
from medilink.people import Role
from ui.parts.report_files import report_csv, report_pdf
from ui.parts.verdict_words import VERDICT_WORDS
from ui.words import speak


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def a_report(*, broken_at: int | None = None, why: str = "") -> Report:
    access = tuple(((role.value, method.value), 3) for role in Role for method in Method)
    counts = Counts(
        entries=77,
        outcomes=tuple(((outcome.value,), 25) for outcome in Outcome),
        access=access,
        records=12,
        exports=tuple(((act.value, "admin"), 1) for act in Act),
        failed=(((CODE, "provider", "7", "=cmd()"), 4), ((CODE, "patient", "9", ""), 1)),
        failed_days=((("2026-03-02", CODE), 5),),
        openings=2,
    )
    part = ArchivedPart(1, 256, 1_772_000_000_000, 1_773_000_000_000, 3)
    found = Integrity(900, broken_at, why, "900 acid bubble cargo drift eagle fabric", (part,))
    return Report(
        "Kisumu Clinic", "2026-03-01", "2026-03-31", 1_775_000_000_000, "Grace", counts, found, 4
    )


def test_a_long_table_goes_on_under_its_head_on_the_next_page() -> None:
    rows = tuple((f"Row {number}", "two words " * 30, str(number)) for number in range(150))
    section = Section("Many", "A note.", ("First", "Second", "Number"), rows)
    pages = pages_of(draw_report("Title", ["A fact"], [section], lambda a, b: f"page {a} of {b}"))
    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page
        assert "First Second Number" in page
    said = " ".join(pages)
    assert all(f"Row {number} " in said for number in range(150))


def test_a_report_can_be_read_back_from_its_paper_and_its_table() -> None:
    speak("en")
    pages = pages_of(report_pdf(a_report()))
    said = " ".join(pages)
    for part in (
        f"page 1 of {len(pages)}",
        "Report of Kisumu Clinic, 1 Mar 2026 to 31 Mar 2026",
        "Whole: 900 entries",
        "900 acid bubble cargo drift eagle fabric",
        "1–256",
        "Treats patients Care 3",
        "Different records that were opened: 12.",
        "Opened in this time: 2. Waiting for a review when this report was made: 4.",
        "account 9",
        "No backup has been made yet",
    ):
        assert part in said, part
    rows = list(csv.reader(io.StringIO(report_csv(a_report()).decode("utf-8-sig"))))
    assert ["Records opened, by role and right", "Treats patients", "Care", "3"] in rows
    assert any("'=cmd()" in row for row in rows), "a name is not a formula"


def test_a_report_says_which_entry_does_not_fit_and_how() -> None:
    for why, words in VERDICT_WORDS.items():
        said = " ".join(pages_of(report_pdf(a_report(broken_at=17, why=why))))
        assert f"Not whole: entry 17: {words}." in said


def test_a_report_speaks_the_language_of_whoever_reads_it() -> None:
    try:
        speak("fr")
        assert "mars 2026" in pages_of(report_pdf(a_report()))[0]
    finally:
        speak("en")


def test_backups_are_said_once_there_are_any() -> None:
    report = a_report()
    made = Report(
        **{
            **{name: getattr(report, name) for name in Report.__slots__},
            "backups": Backups(3, 1_775_000_000_000, None),
        }
    )
    assert "3 backups, the newest of" in " ".join(pages_of(report_pdf(made)))
