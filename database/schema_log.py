"""The tables beside the log: its tree's blocks with what they hold, what was archived, filters
administrators keep, and monthly reports.

They belong to the same store as those of `database.schema`, which imports this room last. What
guards them stands here too: triggers, which the log's own follow.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, PrimaryKeyConstraint, Text

from database.columns import account_column, int_column, strict_table, text_column

# One row for every 256 entries: the root over them, and what is worth looking for in them.
log_block = strict_table(
    "log_block",
    Column("number", Integer, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    int_column("since"),
    int_column("until"),
    text_column("acts"),
    text_column("accounts"),
)

log_segment = strict_table(
    "log_segment",
    Column("first", Integer, primary_key=True),
    int_column("last"),
    Column("before", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

log_filter = strict_table(
    "log_filter",
    account_column(),
    text_column("name", None),
    text_column("body", None),
    PrimaryKeyConstraint("account_id", "name"),
    sqlite_with_rowid=False,
)

monthly_report = strict_table(
    "monthly_report",
    Column("month", Text, primary_key=True),
    int_column("made_at"),
    text_column("body", None),
)

# No entry leaves the table unless it lies in an archived segment, and none of those ever goes.
LOG_TRIGGERS = (
    """CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
        WHEN OLD.seq > coalesce((SELECT max(last) FROM log_segment), 0)
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER audit_log_no_gap BEFORE INSERT ON audit_log
        WHEN NEW.seq <> coalesce((SELECT max(seq) FROM audit_log), 0) + 1
        BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END""",
    """CREATE TRIGGER log_block_no_update BEFORE UPDATE ON log_block
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER log_block_no_delete BEFORE DELETE ON log_block
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER log_segment_no_update
        BEFORE UPDATE OF first, last, before, hash ON log_segment
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER log_segment_no_delete BEFORE DELETE ON log_segment
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER log_segment_no_gap BEFORE INSERT ON log_segment
        WHEN NEW.first <> coalesce((SELECT max(last) FROM log_segment), 0) + 1
        OR NEW.hash IS NOT (SELECT hash FROM audit_log WHERE seq = NEW.last)
        BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END""",
)
