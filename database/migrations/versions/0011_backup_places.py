"""Where backups are carried to.

Frozen: a later change is a later file.

Revision: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE backup_place (
        id INTEGER NOT NULL,
        "key" TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        details TEXT NOT NULL,
        since INTEGER NOT NULL,
        shut INTEGER DEFAULT 0 NOT NULL,
        CONSTRAINT pk_backup_place PRIMARY KEY (id),
        CONSTRAINT uq_backup_place_key UNIQUE ("key"),
        CONSTRAINT ck_backup_place_kind CHECK (kind IN ('folder','stick','sftp','s3'))
    )
     STRICT
"""


def upgrade() -> None:
    """The table."""
    op.execute(TABLE)
