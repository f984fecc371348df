"""Restore drills; administrators are told of one that failed, and of what opens the clinic.

Frozen: a later change is a later file.

Revision: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE drill (
        id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        passed INTEGER NOT NULL,
        body TEXT NOT NULL,
        CONSTRAINT pk_drill PRIMARY KEY (id)
    )
     STRICT
    """,
    """
    DROP INDEX ix_audit_log_told
    """,
    """
    CREATE INDEX ix_audit_log_told ON audit_log (seq) WHERE act IN ('open in an emergency', 'ask for a correction', 'submit credentials', 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice', 'flag unusual access', 'escalate unusual access', 'question an access', 'erase personal details', 'export every record', 'make a backup', 'restore a backup', 'restore drill', 'change what opens the clinic')
    """,
)


def upgrade() -> None:
    """The table, and the index anew."""
    for statement in STATEMENTS:
        op.execute(statement)
