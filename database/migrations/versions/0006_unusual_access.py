"""Unusual access: what was flagged, how far the log was looked through, and two acts staff are told
of.

Frozen: a later change is a later file.

Revision: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    DROP INDEX ix_audit_log_told
    """,
    """
    CREATE INDEX ix_audit_log_told ON audit_log (seq) WHERE act IN ('open in an emergency', 'ask for a correction', 'submit credentials', 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice', 'flag unusual access', 'escalate unusual access')
    """,
    """
    CREATE TABLE unusual_flag (
        id INTEGER NOT NULL,
        "key" TEXT NOT NULL,
        rule TEXT NOT NULL,
        account INTEGER NOT NULL,
        patient INTEGER,
        at INTEGER NOT NULL,
        last_at INTEGER NOT NULL,
        first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        numbers TEXT NOT NULL,
        patients TEXT NOT NULL,
        state TEXT NOT NULL,
        decided_by INTEGER,
        decided_at INTEGER,
        reason TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_unusual_flag PRIMARY KEY (id),
        CONSTRAINT uq_unusual_flag_key UNIQUE ("key"),
        CONSTRAINT ck_unusual_flag_state CHECK (state IN ('open','dismissed','escalated')),
        CONSTRAINT fk_unusual_flag_decided_by FOREIGN KEY(decided_by) REFERENCES account (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE INDEX ix_unusual_flag_state ON unusual_flag (state, last_at)
    """,
    """
    CREATE TABLE unusual_memory (
        id INTEGER NOT NULL,
        looked_to INTEGER NOT NULL,
        looked_at INTEGER NOT NULL,
        body BLOB NOT NULL,
        CONSTRAINT pk_unusual_memory PRIMARY KEY (id),
        CONSTRAINT ck_unusual_memory_one_row CHECK (id = 1)
    )
     STRICT
    """,
)


def upgrade() -> None:
    """Add the tables, and two acts to those staff are told of."""
    for statement in STATEMENTS:
        op.execute(statement)
