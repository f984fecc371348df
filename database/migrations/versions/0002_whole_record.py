"""The whole record: documents, corrections, guardians, break-glass, versions of entries.

Frozen: a later change is a later file.

Revision: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE INDEX ix_audit_log_told ON audit_log (seq) WHERE act IN ('open in an emergency', 'ask for a correction', 'submit credentials', 'decide on credentials', 'remind of credentials', 'suspect a duplicate')
    """,
    """
    ALTER TABLE clinic ADD COLUMN adult_age INTEGER DEFAULT 18 NOT NULL
    """,
    """
    ALTER TABLE clinic ADD COLUMN unverified_may_open INTEGER DEFAULT 1 NOT NULL
    """,
    """
    ALTER TABLE patient ADD COLUMN merged_into INTEGER
    """,
    """
    ALTER TABLE account ADD COLUMN roles TEXT DEFAULT '' NOT NULL
    """,
    """
    ALTER TABLE account ADD COLUMN muted TEXT DEFAULT '' NOT NULL
    """,
    """
    ALTER TABLE account ADD COLUMN notices_read INTEGER DEFAULT 0 NOT NULL
    """,
    """
    CREATE TABLE change (
        patient_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        uid BLOB NOT NULL,
        what TEXT NOT NULL,
        field TEXT NOT NULL,
        old TEXT DEFAULT '' NOT NULL,
        new TEXT DEFAULT '' NOT NULL,
        author TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_change PRIMARY KEY (patient_id, at, uid, field),
        CONSTRAINT fk_change_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE document_body (
        id INTEGER NOT NULL,
        patient_id INTEGER NOT NULL,
        uid BLOB NOT NULL,
        body BLOB NOT NULL,
        CONSTRAINT pk_document_body PRIMARY KEY (id),
        CONSTRAINT uq_document_body_uid UNIQUE (uid),
        CONSTRAINT fk_document_body_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    ALTER TABLE entry ADD COLUMN recorded INTEGER DEFAULT 0 NOT NULL
    """,
    """
    ALTER TABLE entry ADD COLUMN doubted INTEGER DEFAULT 0 NOT NULL
    """,
    """
    ALTER TABLE entry ADD COLUMN replaces BLOB
    """,
    """
    CREATE TABLE guardian (
        id INTEGER NOT NULL,
        child_id INTEGER NOT NULL,
        guardian_id INTEGER NOT NULL,
        relation TEXT NOT NULL,
        since INTEGER NOT NULL,
        ended_at INTEGER,
        adult_age INTEGER NOT NULL,
        CONSTRAINT pk_guardian PRIMARY KEY (id),
        CONSTRAINT fk_guardian_child_id FOREIGN KEY(child_id) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_guardian_guardian_id FOREIGN KEY(guardian_id) REFERENCES patient (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE INDEX ix_guardian_child ON guardian (child_id)
    """,
    """
    CREATE INDEX ix_guardian_guardian ON guardian (guardian_id)
    """,
    """
    CREATE TABLE correction (
        id INTEGER NOT NULL,
        patient_id INTEGER NOT NULL,
        section TEXT DEFAULT '' NOT NULL,
        entry BLOB,
        about TEXT DEFAULT '' NOT NULL,
        wish TEXT NOT NULL,
        asked_by INTEGER NOT NULL,
        asked_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        answered_by INTEGER,
        answered_at INTEGER,
        answer TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_correction PRIMARY KEY (id),
        CONSTRAINT ck_correction_state CHECK (state IN ('open','done','refused','withdrawn')),
        CONSTRAINT fk_correction_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_correction_asked_by FOREIGN KEY(asked_by) REFERENCES account (id) ON DELETE RESTRICT,
        CONSTRAINT fk_correction_answered_by FOREIGN KEY(answered_by) REFERENCES account (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE INDEX ix_correction_open ON correction (id) WHERE state = 'open'
    """,
    """
    CREATE INDEX ix_correction_patient ON correction (patient_id)
    """,
    """
    CREATE TABLE credential (
        account_id INTEGER NOT NULL,
        body TEXT NOT NULL,
        state TEXT NOT NULL,
        version INTEGER NOT NULL,
        decided_at INTEGER,
        decided_by INTEGER,
        reason TEXT DEFAULT '' NOT NULL,
        reminded INTEGER,
        photo BLOB,
        evidence BLOB,
        evidence_media TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_credential PRIMARY KEY (account_id),
        CONSTRAINT ck_credential_state CHECK (state IN ('draft','submitted','verified','refused')),
        CONSTRAINT fk_credential_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT,
        CONSTRAINT fk_credential_decided_by FOREIGN KEY(decided_by) REFERENCES account (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE TABLE duplicate_pair (
        low INTEGER NOT NULL,
        high INTEGER NOT NULL,
        weight INTEGER NOT NULL,
        reasons TEXT DEFAULT '' NOT NULL,
        state TEXT NOT NULL,
        found_at INTEGER NOT NULL,
        decided_by INTEGER,
        decided_at INTEGER,
        why TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_duplicate_pair PRIMARY KEY (low, high),
        CONSTRAINT ck_duplicate_pair_order CHECK (low < high),
        CONSTRAINT ck_duplicate_pair_state CHECK (state IN ('suspected','dismissed','merged')),
        CONSTRAINT fk_duplicate_pair_low FOREIGN KEY(low) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_duplicate_pair_high FOREIGN KEY(high) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_duplicate_pair_decided_by FOREIGN KEY(decided_by) REFERENCES account (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE emergency_access (
        id INTEGER NOT NULL,
        patient_id INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        reason TEXT NOT NULL,
        reviewed_at INTEGER,
        reviewed_by INTEGER,
        verdict TEXT DEFAULT '' NOT NULL,
        note TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_emergency_access PRIMARY KEY (id),
        CONSTRAINT fk_emergency_access_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_emergency_access_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT,
        CONSTRAINT fk_emergency_access_reviewed_by FOREIGN KEY(reviewed_by) REFERENCES account (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE INDEX ix_emergency_access_open ON emergency_access (id) WHERE reviewed_at IS NULL
    """,
    """
    CREATE INDEX ix_emergency_access_pair ON emergency_access (patient_id, account_id)
    """,
    """
    CREATE TABLE merge (
        id INTEGER NOT NULL,
        kept INTEGER NOT NULL,
        other INTEGER NOT NULL,
        at INTEGER NOT NULL,
        "by" INTEGER NOT NULL,
        snapshot BLOB NOT NULL,
        undone_at INTEGER,
        CONSTRAINT pk_merge PRIMARY KEY (id),
        CONSTRAINT fk_merge_kept FOREIGN KEY(kept) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_merge_other FOREIGN KEY(other) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_merge_by FOREIGN KEY("by") REFERENCES account (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE INDEX ix_merge_kept ON merge (kept)
    """,
    """
    CREATE TABLE notice_read (
        account_id INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        CONSTRAINT pk_notice_read PRIMARY KEY (account_id, seq),
        CONSTRAINT fk_notice_read_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
)


def upgrade() -> None:
    """Add the tables and columns."""
    for statement in STATEMENTS:
        op.execute(statement)
