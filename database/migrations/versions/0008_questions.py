"""Questions of patients about entries of the log, and one more act staff are told of.

Frozen: a later change is a later file.

Revision: 0008
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE access_question (
        id INTEGER NOT NULL,
        patient_id INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        account INTEGER,
        why TEXT NOT NULL,
        words TEXT DEFAULT '' NOT NULL,
        asked_by INTEGER NOT NULL,
        asked_at INTEGER NOT NULL,
        finding TEXT DEFAULT '' NOT NULL,
        answer TEXT DEFAULT '' NOT NULL,
        answered_by INTEGER,
        answered_at INTEGER,
        CONSTRAINT pk_access_question PRIMARY KEY (id),
        CONSTRAINT ck_access_question_finding CHECK (finding IN ('','in order','not in order','unclear')),
        CONSTRAINT fk_access_question_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_access_question_asked_by FOREIGN KEY(asked_by) REFERENCES account (id) ON DELETE RESTRICT,
        CONSTRAINT fk_access_question_answered_by FOREIGN KEY(answered_by) REFERENCES account (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE UNIQUE INDEX ix_access_question_open ON access_question (seq) WHERE answered_at IS NULL
    """,
    """
    CREATE INDEX ix_access_question_patient ON access_question (patient_id)
    """,
    """
    DROP INDEX ix_audit_log_told
    """,
    """
    CREATE INDEX ix_audit_log_told ON audit_log (seq) WHERE act IN ('open in an emergency', 'ask for a correction', 'submit credentials', 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice', 'flag unusual access', 'escalate unusual access', 'question an access', 'erase personal details')
    """,
)


def upgrade() -> None:
    """The table, and the index anew."""
    for statement in STATEMENTS:
        op.execute(statement)
