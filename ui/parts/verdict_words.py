"""What a check of the log has found, in plain words, and what to do then."""

from __future__ import annotations

from medilink.log_check import PART_DAMAGED, REPLACED, REWRITTEN, TOO_SHORT, TREE_CHANGED
from ui.words import say, say_many

# Beside those of `medilink.log_check` that have names, every way an entry may not fit.
VERDICT_WORDS = {
    "an entry is missing": "an entry is missing",
    "the order was changed": "the order was changed",
    "the entry was changed, or one before it was removed": (
        "the entry was changed, or one before it was removed"
    ),
    "its personal detail was changed": "its personal detail was changed",
    "differs from the head kept outside the store": (
        "it differs from what this computer noted outside the store"
    ),
    "its personal detail is gone": "its personal detail is gone",
    PART_DAMAGED: "an archived part is damaged",
    TREE_CHANGED: "what is kept to find and prove entries by was changed",
    REPLACED: "another log was put in its place",
    REWRITTEN: "the log was rewritten after a receipt was given",
    TOO_SHORT: "entries are missing at the end",
}


def verdict_sentence(checked: int, broken_at: int | None, why: str) -> str:
    """Whole, or which entry does not fit and how."""
    if broken_at is None:
        return say_many(
            "Whole: {number} entry, none changed or missing.",
            "Whole: {number} entries, none changed or missing.",
            checked,
        )
    known = VERDICT_WORDS.get(why, why)
    return say("Not whole: entry {seq}: {why}.", seq=broken_at, why=say(known))


def what_to_do(*, receipts: bool) -> str:
    """After a check that found the log not whole. `receipts`: some were compared with."""
    if receipts:
        return say(
            "First compare every typed receipt word by word, and check again without receipts. If"
            " it stays so: do not work on, keep this computer as it is, and call for help."
        )
    return say("Do not work on; keep this computer as it is and call for help.")
