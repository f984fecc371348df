"""One more act staff are told of: what opens the clinic was changed.

Frozen: a later change is a later file.

Revision: 0011
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    DROP INDEX ix_audit_log_told
    """,
    """
    CREATE INDEX ix_audit_log_told ON audit_log (seq) WHERE act IN ('open in an emergency', 'ask for a correction', 'submit credentials', 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice', 'flag unusual access', 'escalate unusual access', 'question an access', 'erase personal details', 'export every record', 'make a backup', 'restore a backup', 'change what opens the clinic')
    """,
)


def upgrade() -> None:
    """The index anew."""
    for statement in STATEMENTS:
        op.execute(statement)
