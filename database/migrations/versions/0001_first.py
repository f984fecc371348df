"""The first tables. Frozen: a later change is a later file.

Revision: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE audit_log (
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        act TEXT NOT NULL,
        outcome TEXT NOT NULL,
        account INTEGER,
        patient INTEGER,
        method TEXT DEFAULT '' NOT NULL,
        sections TEXT DEFAULT '' NOT NULL,
        why TEXT DEFAULT '' NOT NULL,
        salt BLOB,
        detail BLOB,
        commitment BLOB NOT NULL,
        hash BLOB NOT NULL,
        CONSTRAINT pk_audit_log PRIMARY KEY (seq)
    )
     STRICT
    """,
    """
    CREATE INDEX ix_audit_log_patient ON audit_log (patient, seq) WHERE patient IS NOT NULL
    """,
    """
    CREATE TABLE clinic (
        id INTEGER NOT NULL,
        name TEXT NOT NULL,
        country TEXT DEFAULT '' NOT NULL,
        language TEXT DEFAULT '' NOT NULL,
        node_code TEXT NOT NULL,
        idle_minutes INTEGER NOT NULL,
        next_number INTEGER NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_clinic PRIMARY KEY (id),
        CONSTRAINT ck_clinic_one_row CHECK (id = 1)
    )
     STRICT
    """,
    """
    CREATE TABLE code_tries (
        account_id INTEGER NOT NULL,
        wrong INTEGER NOT NULL,
        wait_until INTEGER NOT NULL,
        CONSTRAINT pk_code_tries PRIMARY KEY (account_id)
    )
     STRICT
    """,
    """
    CREATE TABLE patient (
        id INTEGER NOT NULL,
        uid BLOB NOT NULL,
        medilink_id TEXT NOT NULL,
        given TEXT DEFAULT '' NOT NULL,
        family TEXT DEFAULT '' NOT NULL,
        sex TEXT NOT NULL,
        birth_date TEXT DEFAULT '' NOT NULL,
        birth_estimated INTEGER NOT NULL,
        phone TEXT DEFAULT '' NOT NULL,
        village TEXT DEFAULT '' NOT NULL,
        version INTEGER NOT NULL,
        registered_at INTEGER NOT NULL,
        CONSTRAINT pk_patient PRIMARY KEY (id),
        CONSTRAINT uq_patient_uid UNIQUE (uid),
        CONSTRAINT uq_patient_medilink_id UNIQUE (medilink_id)
    )
     STRICT
    """,
    """
    CREATE INDEX ix_patient_birth_date ON patient (birth_date) WHERE birth_date <> ''
    """,
    """
    CREATE INDEX ix_patient_phone ON patient (phone) WHERE phone <> ''
    """,
    """
    CREATE TABLE access_grant (
        id INTEGER NOT NULL,
        uid BLOB NOT NULL,
        patient_id INTEGER NOT NULL,
        code_lookup BLOB NOT NULL,
        sections TEXT NOT NULL,
        single_use INTEGER NOT NULL,
        purpose TEXT DEFAULT '' NOT NULL,
        made_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        tries INTEGER NOT NULL,
        CONSTRAINT pk_access_grant PRIMARY KEY (id),
        CONSTRAINT uq_access_grant_uid UNIQUE (uid),
        CONSTRAINT ck_access_grant_state CHECK (state IN ('active','used','revoked','expired','burnt')),
        CONSTRAINT fk_access_grant_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE INDEX ix_access_grant_code ON access_grant (code_lookup)
    """,
    """
    CREATE INDEX ix_access_grant_patient ON access_grant (patient_id)
    """,
    """
    CREATE UNIQUE INDEX uq_access_grant_active_code ON access_grant (code_lookup) WHERE state = 'active'
    """,
    """
    CREATE TABLE account (
        id INTEGER NOT NULL,
        user_name TEXT NOT NULL,
        display_name TEXT NOT NULL,
        role TEXT NOT NULL,
        profession TEXT DEFAULT '' NOT NULL,
        patient_id INTEGER,
        password_hash TEXT NOT NULL,
        must_change INTEGER NOT NULL,
        disabled INTEGER NOT NULL,
        language TEXT DEFAULT '' NOT NULL,
        failures INTEGER NOT NULL,
        wait_until INTEGER NOT NULL,
        made_at INTEGER NOT NULL,
        CONSTRAINT pk_account PRIMARY KEY (id),
        CONSTRAINT uq_account_user_name UNIQUE (user_name),
        CONSTRAINT ck_account_role CHECK (role IN ('admin','provider','patient')),
        CONSTRAINT fk_account_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE TABLE entry (
        patient_id INTEGER NOT NULL,
        section TEXT NOT NULL,
        at INTEGER NOT NULL,
        uid BLOB NOT NULL,
        name TEXT NOT NULL,
        status TEXT DEFAULT '' NOT NULL,
        code TEXT DEFAULT '' NOT NULL,
        system TEXT DEFAULT '' NOT NULL,
        value TEXT DEFAULT '' NOT NULL,
        unit TEXT DEFAULT '' NOT NULL,
        more TEXT DEFAULT '' NOT NULL,
        encounter BLOB,
        author TEXT DEFAULT '' NOT NULL,
        origin TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_entry PRIMARY KEY (patient_id, section, at, uid),
        CONSTRAINT fk_entry_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE received (
        patient_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        uid BLOB NOT NULL,
        digest BLOB NOT NULL,
        body BLOB NOT NULL,
        CONSTRAINT pk_received PRIMARY KEY (patient_id, kind, uid),
        CONSTRAINT fk_received_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE care (
        patient_id INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL,
        reason TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_care PRIMARY KEY (patient_id, account_id),
        CONSTRAINT fk_care_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_care_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE draft (
        account_id INTEGER NOT NULL,
        patient_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        body TEXT DEFAULT '' NOT NULL,
        saved_at INTEGER NOT NULL,
        CONSTRAINT pk_draft PRIMARY KEY (account_id, patient_id, kind),
        CONSTRAINT fk_draft_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE grant_opening (
        grant_id INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        CONSTRAINT pk_grant_opening PRIMARY KEY (grant_id, account_id),
        CONSTRAINT fk_grant_opening_grant_id FOREIGN KEY(grant_id) REFERENCES access_grant (id) ON DELETE RESTRICT,
        CONSTRAINT fk_grant_opening_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE VIRTUAL TABLE patient_name USING fts5(
    name, content='', contentless_delete=1, prefix='2 3', detail=none,
    tokenize="unicode61 remove_diacritics 0")
    """,
    """
    CREATE VIRTUAL TABLE patient_token USING fts5vocab(patient_name, 'row')
    """,
    """
    CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    """
    CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END
    """,
    """
    CREATE TRIGGER audit_log_no_gap BEFORE INSERT ON audit_log
    WHEN NEW.seq <> coalesce((SELECT max(seq) FROM audit_log), 0) + 1
    BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END
    """,
)


def upgrade() -> None:
    """Make every table, index and trigger of the first store."""
    for statement in STATEMENTS:
        op.execute(statement)
