"""The log's tables: its entries, the blocks of its tree, what was archived; and beside them filters
and reports administrators keep, what was found unusual, and what patients ask about it.

They belong to the same store as those of `database.schema`, which imports this room. What guards
the log stands here too: triggers.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

from database.columns import account_column, int_column, patient_column, strict_table, text_column

# The acts staff are told of, in the very words of the partial index below.
TOLD_TO_STAFF = (
    "act IN ('open in an emergency', 'ask for a correction', 'submit credentials',"
    " 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice',"
    " 'flag unusual access', 'escalate unusual access', 'question an access',"
    " 'erase personal details', 'export every record', 'make a backup',"
    " 'restore a backup', 'restore drill',"
    " 'change what opens the clinic')"
)

audit_log = strict_table(
    "audit_log",
    Column("seq", Integer, primary_key=True),
    int_column("at"),
    text_column("act", None),
    text_column("outcome", None),
    int_column("account", nullable=True),
    int_column("patient", nullable=True),
    text_column("method"),
    text_column("sections"),
    text_column("why"),
    Column("salt", LargeBinary),
    Column("detail", LargeBinary),
    Column("commitment", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_audit_log_patient", "patient", "seq", sqlite_where=text("patient IS NOT NULL")),
    Index("ix_audit_log_refused", "seq", sqlite_where=text("outcome = 'refused'")),
    Index("ix_audit_log_told", "seq", sqlite_where=text(TOLD_TO_STAFF)),
)

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

# A patient asks about an entry of the log; an administrator answers.
access_question = strict_table(
    "access_question",
    Column("id", Integer, primary_key=True),
    patient_column(),
    int_column("seq"),
    int_column("account", nullable=True),
    text_column("why", None),
    text_column("words"),
    account_column("asked_by"),
    int_column("asked_at"),
    text_column("finding"),
    text_column("answer"),
    account_column("answered_by", nullable=True),
    int_column("answered_at", nullable=True),
    Index("ix_access_question_patient", "patient_id"),
    Index("ix_access_question_open", "seq", unique=True, sqlite_where=text("answered_at IS NULL")),
    CheckConstraint("finding IN ('','in order','not in order','unclear')", name="finding"),
)

# What rules found unusual in the log, and what became of it. `account` 0: nobody was signed in.
unusual_flag = strict_table(
    "unusual_flag",
    Column("id", Integer, primary_key=True),
    text_column("key", None),
    text_column("rule", None),
    int_column("account"),
    int_column("patient", nullable=True),
    int_column("at"),
    int_column("last_at"),
    int_column("first_seq"),
    int_column("last_seq"),
    text_column("numbers", None),
    text_column("patients", None),
    text_column("state", None),
    account_column("decided_by", nullable=True),
    int_column("decided_at", nullable=True),
    text_column("reason"),
    UniqueConstraint("key"),
    Index("ix_unusual_flag_state", "state", "last_at"),
    CheckConstraint("state IN ('open','dismissed','escalated')", name="state"),
)

# How far the log was looked through, and what the rules remember from there.
unusual_memory = strict_table(
    "unusual_memory",
    Column("id", Integer, primary_key=True),
    int_column("looked_to"),
    int_column("looked_at"),
    Column("body", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

# No entry leaves the table unless it lies in an archived segment, and none of those ever goes.
LOG_TRIGGERS = (
    """CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
        WHEN OLD.seq > coalesce((SELECT max(last) FROM log_segment), 0)
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER audit_log_no_gap BEFORE INSERT ON audit_log
        WHEN NEW.seq <> coalesce((SELECT max(seq) FROM audit_log), (SELECT max(last)
        FROM log_segment), 0) + 1
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
