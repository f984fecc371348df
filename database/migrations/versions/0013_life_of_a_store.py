"""Which store this is, and when its file was replaced.

Frozen: a later change is a later file.

Revision: 0013
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE store_life (
        id INTEGER NOT NULL,
        epoch BLOB NOT NULL,
        root BLOB DEFAULT (x'') NOT NULL,
        CONSTRAINT pk_store_life PRIMARY KEY (id),
        CONSTRAINT ck_store_life_one_row CHECK (id = 1)
    )
     STRICT
    """,
    """
    INSERT INTO store_life (id, epoch) VALUES (1, randomblob(16))
    """,
    """
    CREATE TABLE store_swap (
        id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        why TEXT NOT NULL,
        took INTEGER NOT NULL,
        size INTEGER NOT NULL,
        folder TEXT NOT NULL,
        deleted_at INTEGER,
        CONSTRAINT pk_store_swap PRIMARY KEY (id),
        CONSTRAINT ck_store_swap_why CHECK (why IN ('restore','new key'))
    )
     STRICT
    """,
)


def upgrade() -> None:
    """The tables; every store has an epoch of its own."""
    for statement in STATEMENTS:
        op.execute(statement)
