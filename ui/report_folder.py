"""Each month's report put into the folder the clinic has chosen, by itself: as PDF, sealed like any
document, and as a table. What is there already stays as it is."""

from __future__ import annotations

from pathlib import Path

from medilink.acts.issue import new_number, seal_report
from medilink.acts.report import kept_reports, open_kept_report
from medilink.desk import Desk
from ui.parts.report_files import report_csv, report_pdf
from ui.words import speak


def put_reports(desk: Desk, folder: Path) -> list[str]:
    """The months that were missing and are there now. Raises OSError where nothing can be written;
    the next round tries again."""
    missing = [month for month in kept_reports(desk) if not report_path(folder, month).exists()]
    speak(desk.clinic.language)
    for month in missing:
        report = open_kept_report(desk, month)
        _write(report_path(folder, month).with_suffix(".csv"), report_csv(report))
        _write(report_path(folder, month), seal_report(desk, new_number(), report_pdf(report)))
    return missing


def report_path(folder: Path, month: str) -> Path:
    """Where a month's report is, or will be."""
    return folder / f"medilink-report-{month}.pdf"


def is_there(folder: Path) -> bool:
    """Whether the folder can be written to now: a stick may be elsewhere."""
    return folder.is_dir()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    begun = path.with_name(path.name + ".part")
    try:
        begun.write_bytes(content)
        begun.replace(path)
    finally:
        begun.unlink(missing_ok=True)
