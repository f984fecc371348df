"""The tables. STRICT everywhere; what is read together lies together.

Clinical entries of all kinds are one table, clustered by patient (WITHOUT ROWID): a whole record is
about ten pages instead of ninety, and SQLCipher's cost is per page. The log is keyed by its number.
Times are milliseconds UTC. Every constraint has a name, so that a migration can find it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


def _text(name: str, default: str | None = "") -> Column[Any]:
    server = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server)


def _int(name: str, *, nullable: bool = False, default: int | None = None) -> Column[Any]:
    server = None if default is None else text(str(default))
    return Column(name, Integer, nullable=nullable, server_default=server)


def _patient(name: str = "patient_id") -> Column[Any]:
    return Column(name, Integer, ForeignKey("patient.id", ondelete="RESTRICT"), nullable=False)


def _account(name: str = "account_id", *, nullable: bool = False) -> Column[Any]:
    return Column(name, Integer, ForeignKey("account.id", ondelete="RESTRICT"), nullable=nullable)


def _table(name: str, *columns: Any, **options: Any) -> Table:
    return Table(name, metadata, *columns, sqlite_strict=True, **options)


clinic = _table(
    "clinic",
    Column("id", Integer, primary_key=True),
    _text("name", None),
    _text("country"),
    _text("language"),
    _text("node_code", None),
    _int("idle_minutes"),
    _int("next_number"),
    _int("version"),
    _int("adult_age", default=18),
    _int("unverified_may_open", default=1),
    CheckConstraint("id = 1", name="one_row"),
)

patient = _table(
    "patient",
    Column("id", Integer, primary_key=True),
    Column("uid", LargeBinary, nullable=False),
    _text("medilink_id", None),
    _text("given"),
    _text("family"),
    _text("sex", None),
    _text("birth_date"),
    _int("birth_estimated"),
    _text("phone"),
    _text("village"),
    _int("version"),
    _int("registered_at"),
    Column("merged_into", Integer),
    UniqueConstraint("uid"),
    UniqueConstraint("medilink_id"),
    Index("ix_patient_phone", "phone", sqlite_where=text("phone <> ''")),
    Index("ix_patient_birth_date", "birth_date", sqlite_where=text("birth_date <> ''")),
)

account = _table(
    "account",
    Column("id", Integer, primary_key=True),
    _text("user_name", None),
    _text("display_name", None),
    _text("role", None),
    _text("profession"),
    Column("patient_id", Integer, ForeignKey("patient.id", ondelete="RESTRICT")),
    _text("password_hash", None),
    _int("must_change"),
    _int("disabled"),
    _text("language"),
    _int("failures"),
    _int("wait_until"),
    _int("made_at"),
    _text("roles"),
    _text("muted"),
    _int("notices_read", default=0),
    UniqueConstraint("user_name"),
    CheckConstraint("role IN ('admin','provider','patient')", name="role"),
)

# Everything written about a patient, one cluster a patient: a whole record is one range of a few
# pages. The columns all kinds share; what only one kind has is in `more` (a JSON list).
entry = _table(
    "entry",
    _patient(),
    _text("section", None),
    _int("at"),
    Column("uid", LargeBinary, nullable=False),
    _text("name", None),
    _text("status"),
    _text("code"),
    _text("system"),
    _text("value"),
    _text("unit"),
    _text("more"),
    Column("encounter", LargeBinary),
    _text("author"),
    _text("origin"),
    _int("recorded", default=0),
    _int("doubted", default=0),
    Column("replaces", LargeBinary),
    PrimaryKeyConstraint("patient_id", "section", "at", "uid"),
    sqlite_with_rowid=False,
)

# What another system sent, byte for byte (deflated), beside what was understood of it.
received = _table(
    "received",
    _patient(),
    _text("kind", None),
    Column("uid", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("patient_id", "kind", "uid"),
    sqlite_with_rowid=False,
)

# One permission of one patient (`medilink.sharing`). `scope` is the number of
# `medilink.scopes.scope_bits`; `since` and `until` are its dates.
access_grant = _table(
    "access_grant",
    Column("id", Integer, primary_key=True),
    Column("uid", LargeBinary, nullable=False),
    _patient(),
    Column("code_lookup", LargeBinary),
    _int("scope"),
    _int("single_use"),
    _text("purpose"),
    _int("made_at"),
    _int("expires_at"),
    _text("state", None),
    _int("tries"),
    _int("since", nullable=True),
    _int("until", nullable=True),
    _text("kind", None),
    _account("to_account", nullable=True),
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

grant_opening = _table(
    "grant_opening",
    Column("grant_id", Integer, ForeignKey("access_grant.id", ondelete="RESTRICT"), nullable=False),
    Column("account_id", Integer, ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
    _int("at"),
    PrimaryKeyConstraint("grant_id", "account_id"),
    sqlite_with_rowid=False,
)

# account 0 stands for the whole node
code_tries = _table(
    "code_tries",
    Column("account_id", Integer, primary_key=True),
    _int("wrong"),
    _int("wait_until"),
)

care = _table(
    "care",
    _patient(),
    Column("account_id", Integer, ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
    _int("since"),
    _int("until"),
    _text("reason"),
    PrimaryKeyConstraint("patient_id", "account_id"),
    sqlite_with_rowid=False,
)

# Break-glass: a record opened without a right, with its reason, until it is reviewed and after.
emergency_access = _table(
    "emergency_access",
    Column("id", Integer, primary_key=True),
    _patient(),
    _account(),
    _int("since"),
    _int("until"),
    _text("reason", None),
    _int("reviewed_at", nullable=True),
    _account("reviewed_by", nullable=True),
    _text("verdict"),
    _text("note"),
    Index("ix_emergency_access_pair", "patient_id", "account_id"),
    Index("ix_emergency_access_open", "id", sqlite_where=text("reviewed_at IS NULL")),
)

guardian = _table(
    "guardian",
    Column("id", Integer, primary_key=True),
    _patient("child_id"),
    _patient("guardian_id"),
    _text("relation", None),
    _int("since"),
    _int("ended_at", nullable=True),
    _int("adult_age"),
    Index("ix_guardian_child", "child_id"),
    Index("ix_guardian_guardian", "guardian_id"),
)

# What was changed in place, field by field; the log's entry carries the digest of these lines.
change = _table(
    "change",
    _patient(),
    _int("at"),
    Column("uid", LargeBinary, nullable=False),
    _text("what", None),
    _text("field", None),
    _text("old"),
    _text("new"),
    _text("author"),
    PrimaryKeyConstraint("patient_id", "at", "uid", "field"),
    sqlite_with_rowid=False,
)

# A patient asks for something a clinician wrote to be corrected.
correction = _table(
    "correction",
    Column("id", Integer, primary_key=True),
    _patient(),
    _text("section"),
    Column("entry", LargeBinary),
    _text("about"),
    _text("wish", None),
    _account("asked_by"),
    _int("asked_at"),
    _text("state", None),
    _account("answered_by", nullable=True),
    _int("answered_at", nullable=True),
    _text("answer"),
    Index("ix_correction_patient", "patient_id"),
    Index("ix_correction_open", "id", sqlite_where=text("state = 'open'")),
    CheckConstraint("state IN ('open','done','refused','withdrawn')", name="state"),
)

# Pictures and PDFs, apart from the cluster: a record is read without them.
document_body = _table(
    "document_body",
    Column("id", Integer, primary_key=True),
    _patient(),
    Column("uid", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("uid"),
)

# Registrations that may be one person, and what staff made of it.
duplicate_pair = _table(
    "duplicate_pair",
    _patient("low"),
    _patient("high"),
    _int("weight"),
    _text("reasons"),
    _text("state", None),
    _int("found_at"),
    _account("decided_by", nullable=True),
    _int("decided_at", nullable=True),
    _text("why"),
    PrimaryKeyConstraint("low", "high"),
    CheckConstraint("low < high", name="order"),
    CheckConstraint("state IN ('suspected','dismissed','merged')", name="state"),
    sqlite_with_rowid=False,
)

# What a merge changed, so that it can be taken back row by row.
merge = _table(
    "merge",
    Column("id", Integer, primary_key=True),
    _patient("kept"),
    _patient("other"),
    _int("at"),
    _account("by"),
    Column("snapshot", LargeBinary, nullable=False),
    _int("undone_at", nullable=True),
    Index("ix_merge_kept", "kept"),
)

# What providers say of their training, and what was decided about it.
credential = _table(
    "credential",
    Column("account_id", Integer, ForeignKey("account.id", ondelete="RESTRICT"), primary_key=True),
    _text("body", None),
    _text("state", None),
    _int("version"),
    _int("decided_at", nullable=True),
    _account("decided_by", nullable=True),
    _text("reason"),
    _int("reminded", nullable=True),
    Column("photo", LargeBinary),
    Column("evidence", LargeBinary),
    _text("evidence_media"),
    CheckConstraint("state IN ('draft','submitted','verified','refused')", name="state"),
)

# Notices are log entries; this says which of them somebody has read one by one.
notice_read = _table(
    "notice_read",
    _account(),
    _int("seq"),
    PrimaryKeyConstraint("account_id", "seq"),
    sqlite_with_rowid=False,
)

draft = _table(
    "draft",
    Column("account_id", Integer, ForeignKey("account.id", ondelete="RESTRICT"), nullable=False),
    _int("patient_id"),
    _text("kind", None),
    _text("body"),
    _int("saved_at"),
    PrimaryKeyConstraint("account_id", "patient_id", "kind"),
    sqlite_with_rowid=False,
)

# Private halves are wrapped under a key of their own, so that a copied row opens nothing.
own_key = _table(
    "own_key",
    Column("id", Integer, primary_key=True),
    _text("use", None),
    Column("public", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    _int("since"),
    _int("current"),
    _int("number", default=0),
    UniqueConstraint("public"),
    CheckConstraint("use IN ('sign','seal','card','root','epoch')", name="use"),
)

membership = _table(
    "membership",
    Column("id", Integer, primary_key=True),
    Column("root", LargeBinary, nullable=False),
    _int("founder"),
    _int("joined_at"),
    _int("news_days"),
    _text("card_address"),
    CheckConstraint("id = 1", name="one_row"),
)

# What clinics have said, as they signed it: the newest about each subject.
said = _table(
    "said",
    _int("kind"),
    Column("subject", LargeBinary, nullable=False),
    Column("signer", LargeBinary, nullable=False),
    _int("at"),
    Column("raw", LargeBinary, nullable=False),
    PrimaryKeyConstraint("kind", "subject", "signer"),
    sqlite_with_rowid=False,
)

# What patients of other clinics have shown here. `body` is erased when the share ends.
visiting = _table(
    "visiting",
    Column("share", LargeBinary, primary_key=True),
    Column("issuer", LargeBinary, nullable=False),
    _text("clinic"),
    _int("mode"),
    _int("made"),
    _int("ends"),
    _text("state", None),
    _int("tries"),
    _int("scope"),
    _int("single_use"),
    _int("opened_at", nullable=True),
    Column("local", Integer, ForeignKey("patient.id", ondelete="RESTRICT")),
    Column("body", LargeBinary),
    CheckConstraint("state IN ('tried','open','burnt','withdrawn','ended')", name="state"),
)

# What a patient has allowed to other clinics, as this clinic signed it.
consent = _table(
    "consent",
    Column(
        "grant_id", Integer, ForeignKey("access_grant.id", ondelete="RESTRICT"), primary_key=True
    ),
    _patient(),
    Column("raw", LargeBinary, nullable=False),
    Index("ix_consent_patient", "patient_id"),
)

visiting_opening = _table(
    "visiting_opening",
    Column("share", LargeBinary, ForeignKey("visiting.share", ondelete="RESTRICT"), nullable=False),
    _account(),
    _int("at"),
    PrimaryKeyConstraint("share", "account_id"),
    sqlite_with_rowid=False,
)

# The acts staff are told of, in the very words of the partial index below.
TOLD_TO_STAFF = (
    "act IN ('open in an emergency', 'ask for a correction', 'submit credentials',"
    " 'decide on credentials', 'remind of credentials', 'suspect a duplicate', 'used twice')"
)

audit_log = _table(
    "audit_log",
    Column("seq", Integer, primary_key=True),
    _int("at"),
    _text("act", None),
    _text("outcome", None),
    _int("account", nullable=True),
    _int("patient", nullable=True),
    _text("method"),
    _text("sections"),
    _text("why"),
    Column("salt", LargeBinary),
    Column("detail", LargeBinary),
    Column("commitment", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_audit_log_patient", "patient", "seq", sqlite_where=text("patient IS NOT NULL")),
    Index("ix_audit_log_told", "seq", sqlite_where=text(TOLD_TO_STAFF)),
)


# Kept by the store beside the tables: full-text search has no Core form.
BEYOND_TABLES = (
    """CREATE VIRTUAL TABLE patient_name USING fts5(
        name, content='', contentless_delete=1, prefix='2 3', detail=none,
        tokenize="unicode61 remove_diacritics 0")""",
    "CREATE VIRTUAL TABLE patient_token USING fts5vocab(patient_name, 'row')",
    """CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'the log is only added to'); END""",
    """CREATE TRIGGER audit_log_no_gap BEFORE INSERT ON audit_log
        WHEN NEW.seq <> coalesce((SELECT max(seq) FROM audit_log), 0) + 1
        BEGIN SELECT RAISE(ABORT, 'the log has no gaps'); END""",
)
