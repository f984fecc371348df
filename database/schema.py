"""The tables. STRICT everywhere; what is read together lies together.

Clinical entries of all kinds are one table, clustered by patient (WITHOUT ROWID): a whole record is
about ten pages instead of ninety, and SQLCipher's cost is per page. The log is keyed by its number.
Times are milliseconds UTC. Every constraint has a name, so that a migration can find it.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)

from database import schema_abroad, schema_backup, schema_backup_places, schema_life
from database.columns import (
    account_column,
    int_column,
    metadata,
    patient_column,
    strict_table,
    text_column,
)
from database.schema_log import LOG_TRIGGERS

clinic = strict_table(
    "clinic",
    Column("id", Integer, primary_key=True),
    text_column("name", None),
    text_column("country"),
    text_column("language"),
    text_column("node_code", None),
    int_column("idle_minutes"),
    int_column("next_number"),
    int_column("version"),
    int_column("adult_age", default=18),
    int_column("unverified_may_open", default=1),
    int_column("log_years", default=2),
    text_column("accent"),
    text_column("report_folder"),
    CheckConstraint("id = 1", name="one_row"),
)

clinic_logo = strict_table(
    "clinic_logo",
    Column("id", Integer, primary_key=True),
    Column("picture", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

patient = strict_table(
    "patient",
    Column("id", Integer, primary_key=True),
    Column("uid", LargeBinary, nullable=False),
    text_column("medilink_id", None),
    text_column("given"),
    text_column("family"),
    text_column("sex", None),
    text_column("birth_date"),
    int_column("birth_estimated"),
    text_column("phone"),
    text_column("village"),
    int_column("version"),
    int_column("registered_at"),
    Column("merged_into", Integer),
    UniqueConstraint("uid"),
    UniqueConstraint("medilink_id"),
    Index("ix_patient_phone", "phone", sqlite_where=text("phone <> ''")),
    Index("ix_patient_birth_date", "birth_date", sqlite_where=text("birth_date <> ''")),
)

account = strict_table(
    "account",
    Column("id", Integer, primary_key=True),
    text_column("user_name", None),
    text_column("display_name", None),
    text_column("role", None),
    text_column("profession"),
    Column("patient_id", Integer, ForeignKey("patient.id", ondelete="RESTRICT")),
    text_column("password_hash", None),
    int_column("must_change"),
    int_column("disabled"),
    text_column("language"),
    int_column("failures"),
    int_column("wait_until"),
    int_column("made_at"),
    text_column("roles"),
    text_column("muted"),
    int_column("notices_read", default=0),
    UniqueConstraint("user_name"),
    CheckConstraint("role IN ('admin','provider','patient')", name="role"),
)

# Everything written about a patient, one cluster a patient: a whole record is one range of a few
# pages. The columns all kinds share; what only one kind has is in `more` (a JSON list).
entry = strict_table(
    "entry",
    patient_column(),
    text_column("section", None),
    int_column("at"),
    Column("uid", LargeBinary, nullable=False),
    text_column("name", None),
    text_column("status"),
    text_column("code"),
    text_column("system"),
    text_column("value"),
    text_column("unit"),
    text_column("more"),
    Column("encounter", LargeBinary),
    text_column("author"),
    text_column("origin"),
    int_column("recorded", default=0),
    int_column("doubted", default=0),
    Column("replaces", LargeBinary),
    PrimaryKeyConstraint("patient_id", "section", "at", "uid"),
    sqlite_with_rowid=False,
)

# What another system sent, byte for byte (deflated), beside what was understood of it.
received = strict_table(
    "received",
    patient_column(),
    text_column("kind", None),
    Column("uid", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("patient_id", "kind", "uid"),
    sqlite_with_rowid=False,
)

# One permission of one patient (`medilink.sharing`). `scope` is the number of
# `medilink.scopes.scope_bits`; `since` and `until` are its dates.
access_grant = strict_table(
    "access_grant",
    Column("id", Integer, primary_key=True),
    Column("uid", LargeBinary, nullable=False),
    patient_column(),
    Column("code_lookup", LargeBinary),
    int_column("scope"),
    int_column("single_use"),
    text_column("purpose"),
    int_column("made_at"),
    int_column("expires_at"),
    text_column("state", None),
    int_column("tries"),
    int_column("since", nullable=True),
    int_column("until", nullable=True),
    text_column("kind", None),
    account_column("to_account", nullable=True),
    Column("share_id", LargeBinary, nullable=False),
    UniqueConstraint("uid"),
    Index(
        "uq_access_grant_active_code",
        "code_lookup",
        unique=True,
        sqlite_where=text("state = 'active'"),
    ),
    Index("ix_access_grant_code", "code_lookup"),
    Index("ix_access_grant_patient", "patient_id"),
    Index("ix_access_grant_share", "share_id"),
    Index("ix_access_grant_to", "to_account", sqlite_where=text("to_account IS NOT NULL")),
    CheckConstraint("state IN ('active','used','revoked','expired','burnt')", name="state"),
    CheckConstraint(
        "kind IN ('code','standing','clinic','offer','card','answer')",
        name="kind",
    ),
)

grant_opening = strict_table(
    "grant_opening",
    Column("grant_id", Integer, ForeignKey("access_grant.id", ondelete="RESTRICT"), nullable=False),
    Column("account_id", Integer, ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
    int_column("at"),
    PrimaryKeyConstraint("grant_id", "account_id"),
    sqlite_with_rowid=False,
)

# account 0 stands for the whole node
code_tries = strict_table(
    "code_tries",
    Column("account_id", Integer, primary_key=True),
    int_column("wrong"),
    int_column("wait_until"),
)

care = strict_table(
    "care",
    patient_column(),
    Column("account_id", Integer, ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
    int_column("since"),
    int_column("until"),
    text_column("reason"),
    PrimaryKeyConstraint("patient_id", "account_id"),
    sqlite_with_rowid=False,
)

# Break-glass: a record opened without a right, with its reason, until it is reviewed and after.
emergency_access = strict_table(
    "emergency_access",
    Column("id", Integer, primary_key=True),
    patient_column(),
    account_column(),
    int_column("since"),
    int_column("until"),
    text_column("reason", None),
    int_column("reviewed_at", nullable=True),
    account_column("reviewed_by", nullable=True),
    text_column("verdict"),
    text_column("note"),
    Index("ix_emergency_access_pair", "patient_id", "account_id"),
    Index("ix_emergency_access_open", "id", sqlite_where=text("reviewed_at IS NULL")),
)

guardian = strict_table(
    "guardian",
    Column("id", Integer, primary_key=True),
    patient_column("child_id"),
    patient_column("guardian_id"),
    text_column("relation", None),
    int_column("since"),
    int_column("ended_at", nullable=True),
    int_column("adult_age"),
    Index("ix_guardian_child", "child_id"),
    Index("ix_guardian_guardian", "guardian_id"),
)

# What was changed in place, field by field; the log's entry carries the digest of these lines.
change = strict_table(
    "change",
    patient_column(),
    int_column("at"),
    Column("uid", LargeBinary, nullable=False),
    text_column("what", None),
    text_column("field", None),
    text_column("old"),
    text_column("new"),
    text_column("author"),
    PrimaryKeyConstraint("patient_id", "at", "uid", "field"),
    sqlite_with_rowid=False,
)

# A patient asks for something a clinician wrote to be corrected.
correction = strict_table(
    "correction",
    Column("id", Integer, primary_key=True),
    patient_column(),
    text_column("section"),
    Column("entry", LargeBinary),
    text_column("about"),
    text_column("wish", None),
    account_column("asked_by"),
    int_column("asked_at"),
    text_column("state", None),
    account_column("answered_by", nullable=True),
    int_column("answered_at", nullable=True),
    text_column("answer"),
    Index("ix_correction_patient", "patient_id"),
    Index("ix_correction_open", "id", sqlite_where=text("state = 'open'")),
    CheckConstraint("state IN ('open','done','refused','withdrawn')", name="state"),
)

# Pictures and PDFs, apart from the cluster: a record is read without them.
document_body = strict_table(
    "document_body",
    Column("id", Integer, primary_key=True),
    patient_column(),
    Column("uid", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("uid"),
)

# Registrations that may be one person, and what staff made of it.
duplicate_pair = strict_table(
    "duplicate_pair",
    patient_column("low"),
    patient_column("high"),
    int_column("weight"),
    text_column("reasons"),
    text_column("state", None),
    int_column("found_at"),
    account_column("decided_by", nullable=True),
    int_column("decided_at", nullable=True),
    text_column("why"),
    PrimaryKeyConstraint("low", "high"),
    CheckConstraint("low < high", name="order"),
    CheckConstraint("state IN ('suspected','dismissed','merged')", name="state"),
    sqlite_with_rowid=False,
)

# What a merge changed, so that it can be taken back row by row.
merge = strict_table(
    "merge",
    Column("id", Integer, primary_key=True),
    patient_column("kept"),
    patient_column("other"),
    int_column("at"),
    account_column("by"),
    Column("snapshot", LargeBinary, nullable=False),
    int_column("undone_at", nullable=True),
    Index("ix_merge_kept", "kept"),
)

# What providers say of their training, and what was decided about it.
credential = strict_table(
    "credential",
    Column("account_id", Integer, ForeignKey("account.id", ondelete="RESTRICT"), primary_key=True),
    text_column("body", None),
    text_column("state", None),
    int_column("version"),
    int_column("decided_at", nullable=True),
    account_column("decided_by", nullable=True),
    text_column("reason"),
    int_column("reminded", nullable=True),
    Column("photo", LargeBinary),
    Column("evidence", LargeBinary),
    text_column("evidence_media"),
    CheckConstraint("state IN ('draft','submitted','verified','refused')", name="state"),
)

# Notices are log entries; this says which of them somebody has read one by one.
notice_read = strict_table(
    "notice_read",
    account_column(),
    int_column("seq"),
    PrimaryKeyConstraint("account_id", "seq"),
    sqlite_with_rowid=False,
)

draft = strict_table(
    "draft",
    Column("account_id", Integer, ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
    int_column("patient_id"),
    text_column("kind", None),
    text_column("body"),
    int_column("saved_at"),
    PrimaryKeyConstraint("account_id", "patient_id", "kind"),
    sqlite_with_rowid=False,
)


# Kept by the store beside the tables: full-text search has no Core form.
BEYOND_TABLES = (
    """CREATE VIRTUAL TABLE patient_name USING fts5(
        name, content='', contentless_delete=1, prefix='2 3', detail=none,
        tokenize="unicode61 remove_diacritics 0")""",
    "CREATE VIRTUAL TABLE patient_token USING fts5vocab(patient_name, 'row')",
    *LOG_TRIGGERS,
)

__all__ = ["metadata", "schema_abroad", "schema_backup", "schema_backup_places", "schema_life"]
