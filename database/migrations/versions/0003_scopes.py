"""What a grant covers, of which kind it is, whom it names.

The table of grants is written anew, because a column cannot lose its NOT NULL in place; openings
keep pointing at it by number. Grants made before the sensitive categories existed cover none of
them. Frozen: a later change is a later file.

Revision: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    CREATE TABLE access_grant_anew (
        id INTEGER NOT NULL,
        uid BLOB NOT NULL,
        patient_id INTEGER NOT NULL,
        code_lookup BLOB,
        scope INTEGER NOT NULL,
        single_use INTEGER NOT NULL,
        purpose TEXT DEFAULT '' NOT NULL,
        made_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        state TEXT NOT NULL,
        tries INTEGER NOT NULL,
        since INTEGER,
        until INTEGER,
        kind TEXT NOT NULL,
        to_account INTEGER,
        share_id BLOB NOT NULL,
        CONSTRAINT pk_access_grant PRIMARY KEY (id),
        CONSTRAINT uq_access_grant_uid UNIQUE (uid),
        CONSTRAINT ck_access_grant_state CHECK (state IN ('active','used','revoked','expired','burnt')),
        CONSTRAINT ck_access_grant_kind CHECK (kind IN ('code','standing','clinic','offer','card','answer')),
        CONSTRAINT fk_access_grant_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT,
        CONSTRAINT fk_access_grant_to_account FOREIGN KEY(to_account) REFERENCES account (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    INSERT INTO access_grant_anew
    SELECT id, uid, patient_id, code_lookup,
        (instr(',' || sections || ',', ',alerts,') > 0)
        + (instr(',' || sections || ',', ',allergies,') > 0) * 2
        + (instr(',' || sections || ',', ',conditions,') > 0) * 4
        + (instr(',' || sections || ',', ',medications,') > 0) * 8
        + (instr(',' || sections || ',', ',vitals,') > 0) * 16
        + (instr(',' || sections || ',', ',results,') > 0) * 32
        + (instr(',' || sections || ',', ',visits,') > 0) * 64
        + (instr(',' || sections || ',', ',immunisations,') > 0) * 128
        + (instr(',' || sections || ',', ',procedures,') > 0) * 256
        + (instr(',' || sections || ',', ',documents,') > 0) * 512
        + (instr(',' || sections || ',', ',person,') > 0) * 1024
        + (instr(',' || sections || ',', ',contacts,') > 0) * 2048
        + (instr(',' || sections || ',', ',insurance,') > 0) * 4096,
        single_use, purpose, made_at, expires_at, state, tries, NULL, NULL, 'code', NULL,
        substr(uid, -8)
    FROM access_grant
    """,
    """
    DROP TABLE access_grant
    """,
    """
    ALTER TABLE access_grant_anew RENAME TO access_grant
    """,
    """
    CREATE INDEX ix_access_grant_code ON access_grant (code_lookup)
    """,
    """
    CREATE INDEX ix_access_grant_patient ON access_grant (patient_id)
    """,
    """
    CREATE INDEX ix_access_grant_share ON access_grant (share_id)
    """,
    """
    CREATE INDEX ix_access_grant_to ON access_grant (to_account) WHERE to_account IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX uq_access_grant_active_code ON access_grant (code_lookup) WHERE state = 'active'
    """,
)


def upgrade() -> None:
    """Write the grants anew."""
    for statement in STATEMENTS:
        op.execute(statement)
