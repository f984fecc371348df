"""The log as a tree with archived parts: its blocks, its segments, and what guards them.

Frozen: a later change is a later file.

Revision: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE clinic ADD COLUMN log_years INTEGER DEFAULT 2 NOT NULL
    """,
    """
    CREATE TABLE log_block (
        number INTEGER NOT NULL,
        hash BLOB NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        acts TEXT DEFAULT '' NOT NULL,
        accounts TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_log_block PRIMARY KEY (number)
    )
     STRICT
    """,
    """
    CREATE TABLE log_segment (
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        "before" BLOB NOT NULL,
        hash BLOB NOT NULL,
        signed BLOB NOT NULL,
        body BLOB NOT NULL,
        CONSTRAINT pk_log_segment PRIMARY KEY (first)
    )
     STRICT
    """,
    """
    CREATE INDEX ix_audit_log_refused ON audit_log (seq) WHERE outcome = 'refused'
    """,
    """
    DROP TRIGGER audit_log_no_update
    """,
    """
    DROP TRIGGER audit_log_no_delete
    """,
    """
    DROP TRIGGER audit_log_no_gap
    """,
    """
    CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
            BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    """
    CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
            WHEN OLD.seq > coalesce((SELECT max(last) FROM log_segment), 0)
            BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    """
    CREATE TRIGGER audit_log_no_gap BEFORE INSERT ON audit_log
            WHEN NEW.seq <> coalesce((SELECT max(seq) FROM audit_log), (SELECT max(last)
        FROM log_segment), 0) + 1
            BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END
    """,
    """
    CREATE TRIGGER log_block_no_update BEFORE UPDATE ON log_block
            BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    """
    CREATE TRIGGER log_block_no_delete BEFORE DELETE ON log_block
            BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    """
    CREATE TRIGGER log_segment_no_update
            BEFORE UPDATE OF first, last, before, hash ON log_segment
            BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    """
    CREATE TRIGGER log_segment_no_delete BEFORE DELETE ON log_segment
            BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    """
    CREATE TRIGGER log_segment_no_gap BEFORE INSERT ON log_segment
            WHEN NEW.first <> coalesce((SELECT max(last) FROM log_segment), 0) + 1
            OR NEW.hash IS NOT (SELECT hash FROM audit_log WHERE seq = NEW.last)
            BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END
    """,
)


def upgrade() -> None:
    """Tables first, then what guards them."""
    for statement in STATEMENTS:
        op.execute(statement)
