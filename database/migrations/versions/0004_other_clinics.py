"""Other clinics: own keys, what clinics have said, whose patients visit, what was consented to.

Frozen: a later change is a later file.

Revision: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
    DROP INDEX ix_audit_log_told
    """,
    """
    CREATE INDEX ix_audit_log_told ON audit_log (seq) WHERE act IN ('open in an emergency', 'ask for a correction', 'submit credentials', 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice')
    """,
    """
    CREATE TABLE own_key (
        id INTEGER NOT NULL,
        use TEXT NOT NULL,
        public BLOB NOT NULL,
        wrapped BLOB NOT NULL,
        since INTEGER NOT NULL,
        current INTEGER NOT NULL,
        number INTEGER DEFAULT 0 NOT NULL,
        CONSTRAINT pk_own_key PRIMARY KEY (id),
        CONSTRAINT uq_own_key_public UNIQUE (public),
        CONSTRAINT ck_own_key_use CHECK (use IN ('sign','seal','card','root','epoch'))
    )
     STRICT
    """,
    """
    CREATE TABLE membership (
        id INTEGER NOT NULL,
        root BLOB NOT NULL,
        founder INTEGER NOT NULL,
        joined_at INTEGER NOT NULL,
        news_days INTEGER NOT NULL,
        card_address TEXT DEFAULT '' NOT NULL,
        CONSTRAINT pk_membership PRIMARY KEY (id),
        CONSTRAINT ck_membership_one_row CHECK (id = 1)
    )
     STRICT
    """,
    """
    CREATE TABLE said (
        kind INTEGER NOT NULL,
        subject BLOB NOT NULL,
        signer BLOB NOT NULL,
        at INTEGER NOT NULL,
        raw BLOB NOT NULL,
        CONSTRAINT pk_said PRIMARY KEY (kind, subject, signer)
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE visiting (
        "key" BLOB NOT NULL,
        share BLOB NOT NULL,
        issuer BLOB NOT NULL,
        clinic TEXT DEFAULT '' NOT NULL,
        mode INTEGER NOT NULL,
        made INTEGER NOT NULL,
        ends INTEGER NOT NULL,
        state TEXT NOT NULL,
        scope INTEGER NOT NULL,
        single_use INTEGER NOT NULL,
        opened_at INTEGER,
        local INTEGER,
        secret BLOB NOT NULL,
        body BLOB,
        CONSTRAINT pk_visiting PRIMARY KEY ("key"),
        CONSTRAINT ck_visiting_state CHECK (state IN ('open','withdrawn','ended')),
        CONSTRAINT fk_visiting_local FOREIGN KEY(local) REFERENCES patient (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE TABLE visiting_opening (
        "key" BLOB NOT NULL,
        account_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        CONSTRAINT pk_visiting_opening PRIMARY KEY ("key", account_id),
        CONSTRAINT fk_visiting_opening_key FOREIGN KEY("key") REFERENCES visiting ("key") ON DELETE RESTRICT,
        CONSTRAINT fk_visiting_opening_account_id FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE RESTRICT
    )
     WITHOUT ROWID,
     STRICT
    """,
    """
    CREATE TABLE consent (
        grant_id INTEGER NOT NULL,
        patient_id INTEGER NOT NULL,
        raw BLOB NOT NULL,
        CONSTRAINT pk_consent PRIMARY KEY (grant_id),
        CONSTRAINT fk_consent_grant_id FOREIGN KEY(grant_id) REFERENCES access_grant (id) ON DELETE RESTRICT,
        CONSTRAINT fk_consent_patient_id FOREIGN KEY(patient_id) REFERENCES patient (id) ON DELETE RESTRICT
    )
     STRICT
    """,
    """
    CREATE INDEX ix_consent_patient ON consent (patient_id)
    """,
    """
    CREATE TABLE offer_tries (
        envelope BLOB NOT NULL,
        tries INTEGER DEFAULT 0 NOT NULL,
        over INTEGER DEFAULT 0 NOT NULL,
        CONSTRAINT pk_offer_tries PRIMARY KEY (envelope)
    )
     STRICT
    """,
    """
    CREATE TABLE withdrawn_share (
        issuer BLOB NOT NULL,
        share BLOB NOT NULL,
        CONSTRAINT pk_withdrawn_share PRIMARY KEY (issuer, share)
    )
     WITHOUT ROWID,
     STRICT
    """,
)


def upgrade() -> None:
    """Add the tables, and one act to those staff are told of."""
    for statement in STATEMENTS:
        op.execute(statement)
