"""The report of a restore drill as paper, with the clinic's seal: to be shown to an inspector."""

from __future__ import annotations

from exports.report_paper import draw_report
from medilink.acts.issue import new_number, seal_report
from medilink.desk import Desk
from medilink.drills import Drill
from ui.parts.drill_words import drill_facts, drill_sections, drill_title
from ui.words import say


def drill_pdf(drill: Drill) -> bytes:
    """On A4, in the language in use."""
    title = drill_title(drill)

    def foot(page: int, pages: int) -> str:
        return f"{title} · " + say("page {page} of {pages}", page=page, pages=pages)

    return draw_report(title, drill_facts(drill), drill_sections(drill), foot)


def drill_report(desk: Desk, drill: Drill) -> bytes:
    """The same sealed: any MediLink can check later that it is the clinic's and unchanged."""
    return seal_report(desk, new_number(), drill_pdf(drill))
