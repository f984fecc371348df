"""A compliance report to be saved on this device: as paper and as a table."""

from __future__ import annotations

import streamlit as st

from exports.csv_text import csv_lines
from exports.report_paper import draw_report
from medilink.compliance import Report
from ui.parts.plain import plain
from ui.parts.report_words import csv_rows, report_facts, report_sections, report_title
from ui.words import say


def report_pdf(report: Report) -> bytes:
    """On A4, in the language in use."""
    title = report_title(report)
    facts, sections = report_facts(report), report_sections(report)

    def foot(page: int, pages: int) -> str:
        return f"{title} · " + say("page {page} of {pages}", page=page, pages=pages)

    return draw_report(title, facts, sections, foot)


def report_csv(report: Report) -> bytes:
    """For a spreadsheet, in the language in use."""
    return b"".join(csv_lines(csv_rows(report)))


def show_report(report: Report) -> None:
    """Whether the log is whole, and the two files."""
    st.subheader(plain(report_title(report)), anchor=False)
    whole, *_ = report_sections(report)
    (st.success if report.integrity.broken_at is None else st.error)(plain(whole.note))
    name = f"report-{report.first}-{report.last}"
    with st.container(horizontal=True):
        st.download_button(
            say("Save as PDF"),
            report_pdf(report),
            file_name=f"{name}.pdf",
            mime="application/pdf",
            icon=":material/picture_as_pdf:",
            on_click="ignore",
        )
        st.download_button(
            say("Save as table (CSV)"),
            report_csv(report),
            file_name=f"{name}.csv",
            mime="text/csv",
            icon=":material/table:",
            on_click="ignore",
        )
