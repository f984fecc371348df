"""The store's own backups: keys, generations, from which it was restored; and two more acts staff
are told of.

Frozen: a later change is a later file.

Revision: 0010
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE backup_key (
        id INTEGER NOT NULL,
        use TEXT NOT NULL,
        recipient TEXT NOT NULL,
        held BLOB NOT NULL,
        since INTEGER NOT NULL,
        current INTEGER NOT NULL,
        CONSTRAINT pk_backup_key PRIMARY KEY (id),
        CONSTRAINT uq_backup_key_recipient UNIQUE (recipient),
        CONSTRAINT ck_backup_key_use CHECK (use IN ('recovery','drill'))
    )
     STRICT
    """,
    """
    CREATE TABLE backup (
        generation INTEGER NOT NULL,
        at INTEGER NOT NULL,
        before BLOB NOT NULL,
        name TEXT DEFAULT '' NOT NULL,
        size INTEGER DEFAULT 0 NOT NULL,
        digest BLOB DEFAULT (x'') NOT NULL,
        verified_at INTEGER,
        CONSTRAINT pk_backup PRIMARY KEY (generation)
    )
     STRICT
    """,
    """
    CREATE TABLE restoration (
        id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        made_at INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        CONSTRAINT pk_restoration PRIMARY KEY (id)
    )
     STRICT
    """,
    """
    DROP INDEX ix_audit_log_told
    """,
    """
    CREATE INDEX ix_audit_log_told ON audit_log (seq) WHERE act IN ('open in an emergency', 'ask for a correction', 'submit credentials', 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice', 'flag unusual access', 'escalate unusual access', 'question an access', 'erase personal details', 'export every record', 'make a backup', 'restore a backup')
    """,
)


def upgrade() -> None:
    """The tables, and the index anew."""
    for statement in STATEMENTS:
        op.execute(statement)
