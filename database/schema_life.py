"""The tables about the life of a store: which one it is, and when its file was replaced.

They belong to the same store as those of `database.schema`, which imports this room.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, text

from database.columns import int_column, strict_table, text_column

# One row. A restored store gets another epoch; `root` is what its keys hang on, wrapped, and empty
# while they hang on the store's own key (`security.subkeys`).
store_life = strict_table(
    "store_life",
    Column("id", Integer, primary_key=True),
    Column("epoch", LargeBinary, nullable=False),
    Column("root", LargeBinary, nullable=False, server_default=text("x''")),
    CheckConstraint("id = 1", name="one_row"),
)

# Each time another file took the store's place. `took` in milliseconds, 0 where it was interrupted;
# `folder` is where the one before it lies, until an administrator deletes it.
store_swap = strict_table(
    "store_swap",
    Column("id", Integer, primary_key=True),
    int_column("at"),
    text_column("why", None),
    int_column("took"),
    int_column("size"),
    text_column("folder", None),
    int_column("deleted_at", nullable=True),
    CheckConstraint("why IN ('restore','new key')", name="why"),
)
