"""The clinic's letterhead, the folder its monthly reports are put in, and one more act staff are
told of.

Frozen: a later change is a later file.

Revision: 0009
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    ALTER TABLE clinic ADD COLUMN accent TEXT DEFAULT '' NOT NULL
    """,
    """
    ALTER TABLE clinic ADD COLUMN report_folder TEXT DEFAULT '' NOT NULL
    """,
    """
    CREATE TABLE clinic_logo (
        id INTEGER NOT NULL,
        picture BLOB NOT NULL,
        CONSTRAINT pk_clinic_logo PRIMARY KEY (id),
        CONSTRAINT ck_clinic_logo_one_row CHECK (id = 1)
    )
     STRICT
    """,
    """
    DROP INDEX ix_audit_log_told
    """,
    """
    CREATE INDEX ix_audit_log_told ON audit_log (seq) WHERE act IN ('open in an emergency', 'ask for a correction', 'submit credentials', 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice', 'flag unusual access', 'escalate unusual access', 'question an access', 'erase personal details', 'export every record')
    """,
)


def upgrade() -> None:
    """The columns, the table, and the index anew."""
    for statement in STATEMENTS:
        op.execute(statement)
