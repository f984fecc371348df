"""Fonts for PDFs."""

from __future__ import annotations


def use_fonts() -> tuple[str, str]:
    """(regular, bold) font names ReportLab knows. Latin only, until documents need more scripts."""
    return "Helvetica", "Helvetica-Bold"
