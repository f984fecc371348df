"""Receipts of the log: what somebody takes home to show later whether it was rewritten.

A receipt is a signed statement in a code, and one line of words that says the same shorter:
`5678 acid bubble cargo …`, the number of entries and the tree's root. Pure.
"""

from __future__ import annotations

import re

from medilink.bundles import Tag, as_text, from_text
from medilink.errors import OfferUnreadable, StatementTooNew, StatementUnreadable
from medilink.log_check import Witness, root_words
from medilink.statements import LogHead, LogReceipt, Signed, read_statement
from security.node_keys import FINGERPRINT_WORDS

LOG_ID_BYTES = 8
# As people copy it: any spaces, capitals and punctuation, also in the number (5,678 or 5 678).
_WORD = r"[\W_]*(?<![a-z])[a-z]{3,8}(?![a-z])"
_TYPED = re.compile(rf"[\W_]*(\d[\d\s.,'’]{{0,19}})((?:{_WORD}){{{FINGERPRINT_WORDS}}})[\W_]*")
_LONGEST_TYPED = 200  # characters
_MOST_DIGITS = 12


def log_id(first_entry: bytes) -> bytes:
    """What a log is called: the beginning of its first entry's hash."""
    return first_entry[:LOG_ID_BYTES]


def receipt_text(signed: Signed) -> str:
    """A receipt as the text of its code."""
    return as_text(Tag.LOG_RECEIPT, signed.raw)


def receipt_line(receipt: LogReceipt) -> str:
    """A receipt in one line, to be read out or copied by hand."""
    return " ".join((str(receipt.size), *root_words(receipt.size, receipt.root)))


def head_line(head: LogHead) -> str:
    """A signed head in one line, which reads like a receipt's."""
    return " ".join((str(head.size), *root_words(head.size, head.root)))


def read_receipt(text: str) -> tuple[Signed, LogReceipt]:
    """A receipt from the text of its code; nothing is believed yet. Raises QrNotOurs,
    OfferUnreadable, StatementTooNew."""
    raw = from_text(Tag.LOG_RECEIPT, text)
    try:
        signed = read_statement(raw)
    except StatementTooNew:
        raise
    except StatementUnreadable as trouble:
        raise OfferUnreadable from trouble
    if not isinstance(signed.says, LogReceipt):
        raise OfferUnreadable
    return signed, signed.says


def read_line(typed: str) -> Witness | None:
    """What the line of words of a receipt says; None where this is no such line."""
    found = _TYPED.fullmatch(typed.lower()) if len(typed) <= _LONGEST_TYPED else None
    number = "".join(re.findall(r"\d", found[1])) if found else ""
    if found is None or not number.isascii() or len(number) > _MOST_DIGITS or not int(number):
        return None
    return Witness(int(number), words=tuple(re.findall("[a-z]+", found[2])))


def witness_of(receipt: LogReceipt) -> Witness:
    """What a receipt says of the log."""
    return Witness(receipt.size, receipt.root, receipt.seq, receipt.entry)
