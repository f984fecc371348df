"""What administrators keep beside the log: filters, and monthly reports.

Frozen: a later change is a later file.

Revision: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE log_filter (
        account_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        body TEXT NOT NULL,
        CONSTRAINT pk_log_filter PRIMARY KEY (account_id, name),
        CONSTRAINT fk_log_filter_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID, STRICT
    """,
    """
    CREATE TABLE monthly_report (
        month TEXT NOT NULL,
        made_at INTEGER NOT NULL,
        body TEXT NOT NULL,
        CONSTRAINT pk_monthly_report PRIMARY KEY (month)
    )
     STRICT
    """,
)


def upgrade() -> None:
    """Two tables."""
    for statement in STATEMENTS:
        op.execute(statement)
