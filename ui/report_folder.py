"""Each month's report put into the folder the clinic has chosen, by itself: as PDF, sealed like any
document, and as a table. What is there already stays as it is."""

from __future__ import annotations

import os
from pathlib import Path

from exports.whole_files import writing_new
from medilink.acts.issue import new_number, seal_report
from medilink.acts.report import kept_reports, open_kept_report
from medilink.desk import Desk
from ui.parts.report_files import report_csv, report_pdf
from ui.words import speak


def put_reports(desk: Desk, folder: Path) -> list[str]:
    """The months that were missing and are there now. Raises FolderUnusable where nothing can be
    written; the next round tries again."""
    missing = [one for one in kept_reports(desk) if not _taken(report_path(folder, one))]
    speak(desk.clinic.language)
    for month in missing:
        report = open_kept_report(desk, month)
        table = report_path(folder, month).with_suffix(".csv")
        if not _taken(table):
            _write(table, report_csv(report))
        _write(report_path(folder, month), seal_report(desk, new_number(), report_pdf(report)))
    return missing


def report_path(folder: Path, month: str) -> Path:
    """Where a month's report is, or will be."""
    return folder / f"medilink-report-{month}.pdf"


def is_there(folder: Path) -> bool:
    """Whether the folder can be written to now: a stick may be elsewhere."""
    return folder.is_dir()


def _taken(path: Path) -> bool:
    """Whether something has this name; a link that leads nowhere has."""
    return os.path.lexists(path)


def _write(path: Path, content: bytes) -> None:
    with writing_new(path) as file:
        file.write(content)
