"""What an administrator notes down or looks up of the log: its newest head, its archived parts."""

from __future__ import annotations

from medilink.acts.log_proof import say_head
from medilink.acts.refusing import check_task
from medilink.audit import Act
from medilink.compliance import ArchivedPart
from medilink.desk import Desk
from medilink.log_receipts import head_line
from medilink.permissions import Task
from medilink.statements import LogHead, LogSegment, read_statement
from medilink.store_log import Segment


def newest_head_line(desk: Desk) -> str:
    """How the log stands now as one line of words, which can be typed as a receipt later. For
    administrators."""
    check_task(desk, Task.READ_LOG, Act.CHECK_LOG)
    says = say_head(desk).says
    assert isinstance(says, LogHead)  # noqa: S101 it was made so
    return head_line(says)


def archived_parts(desk: Desk) -> tuple[ArchivedPart, ...]:
    """Every archived part, the oldest first. For administrators."""
    check_task(desk, Task.READ_LOG, Act.READ_LOG)
    return tuple(_part(desk, segment) for segment in desk.store.log_archive.of_segments())


def _part(desk: Desk, segment: Segment) -> ArchivedPart:
    says = read_statement(segment.signed).says
    since, until = desk.store.log_archive.of_times(segment.first, segment.last)
    erased = says.erased if isinstance(says, LogSegment) else 0
    return ArchivedPart(segment.first, segment.last, since, until, erased)
