"""The clinic's letterhead, and the folder its monthly reports are put in.

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
)


def upgrade() -> None:
    """The columns and the table."""
    for statement in STATEMENTS:
        op.execute(statement)
