"""The tables about other clinics: own keys, what they said, whose patients visit, consents.

They belong to the same store as those of `database.schema`, which imports this room last.
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
)

from database.columns import account_column, int_column, patient_column, strict_table, text_column

# Private halves are wrapped under a key of their own, so that a copied row opens nothing.
own_key = strict_table(
    "own_key",
    Column("id", Integer, primary_key=True),
    text_column("use", None),
    Column("public", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    int_column("since"),
    int_column("current"),
    int_column("number", default=0),
    UniqueConstraint("public"),
    CheckConstraint("use IN ('sign','seal','card','root','epoch')", name="use"),
)

membership = strict_table(
    "membership",
    Column("id", Integer, primary_key=True),
    Column("root", LargeBinary, nullable=False),
    int_column("founder"),
    int_column("joined_at"),
    int_column("news_days"),
    text_column("card_address"),
    CheckConstraint("id = 1", name="one_row"),
)

# What clinics have said, as they signed it: the newest about each subject.
said = strict_table(
    "said",
    int_column("kind"),
    Column("subject", LargeBinary, nullable=False),
    Column("signer", LargeBinary, nullable=False),
    int_column("at"),
    Column("raw", LargeBinary, nullable=False),
    PrimaryKeyConstraint("kind", "subject", "signer"),
    sqlite_with_rowid=False,
)

# What patients of other clinics have shown here. `body` is erased when the share ends.
visiting = strict_table(
    "visiting",
    Column("key", LargeBinary, primary_key=True),
    Column("share", LargeBinary, nullable=False),
    Column("issuer", LargeBinary, nullable=False),
    text_column("clinic"),
    int_column("mode"),
    int_column("made"),
    int_column("ends"),
    text_column("state", None),
    int_column("scope"),
    int_column("single_use"),
    int_column("opened_at", nullable=True),
    Column("local", Integer, ForeignKey("patient.id", ondelete="RESTRICT")),
    Column("secret", LargeBinary, nullable=False),
    Column("body", LargeBinary),
    CheckConstraint("state IN ('open','withdrawn','ended')", name="state"),
)

# Tries at the digits of one saved code, whatever its head claims; `over`: seen after its end.
offer_tries = strict_table(
    "offer_tries",
    Column("envelope", LargeBinary, primary_key=True),
    int_column("tries", default=0),
    int_column("over", default=0),
)

# Once a clinic has said that a share was withdrawn, no later list of it takes that back.
withdrawn_share = strict_table(
    "withdrawn_share",
    Column("issuer", LargeBinary, nullable=False),
    Column("share", LargeBinary, nullable=False),
    PrimaryKeyConstraint("issuer", "share"),
    sqlite_with_rowid=False,
)

# What a patient has allowed to other clinics, as this clinic signed it.
consent = strict_table(
    "consent",
    Column(
        "grant_id", Integer, ForeignKey("access_grant.id", ondelete="RESTRICT"), primary_key=True
    ),
    patient_column(),
    Column("raw", LargeBinary, nullable=False),
    Index("ix_consent_patient", "patient_id"),
)

visiting_opening = strict_table(
    "visiting_opening",
    Column("key", LargeBinary, ForeignKey("visiting.key", ondelete="RESTRICT"), nullable=False),
    account_column(),
    int_column("at"),
    PrimaryKeyConstraint("key", "account_id"),
    sqlite_with_rowid=False,
)
