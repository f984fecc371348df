"""A recovery key spread over three sheets, any two of which give it back (SLIP 39).

What is shared is the recovery key itself: the 32 bytes that 24 words (BIP 39) would stand for. A
share is 33 words, as every SLIP 39 program takes them; there is no passphrase. One sheet alone
tells nothing about the key.
"""

from __future__ import annotations

from itertools import pairwise

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.rs1024 import create_checksum
from shamir_mnemonic.wordlist import WORD_INDEX_MAP

from medilink.errors import (
    SameSheetTwice,
    SecondSheetMissing,
    SheetsNotTogether,
    SheetWordsCount,
    SheetWordsWrong,
    SheetWordUnknown,
    SheetWordWrong,
    WrongRecoveryWords,
)

SHEETS, NEEDED = 3, 2
SHARE_WORDS = 33  # SLIP 39: 7 words say what it is and check it, 26 hold 256 bits
CHECK_WORDS, _WORD_BITS = 3, 10
_SET_WORDS = 3  # with so many each share of one set begins: that is how a second one is found
_CUSTOM = b"shamir_extendable"  # what SLIP 39 mixes into the checksum of the shares made here


def split_in_three(key: bytes) -> tuple[str, ...]:
    """The words of the three sheets. Each call makes another set; all sets give the same key."""
    [shares] = generate_mnemonics(1, [(NEEDED, SHEETS)], key)
    return tuple(shares)


def join_shares(typed: list[str]) -> bytes:
    """The key that the words of two sheets give, typed one after the other in any order. Raises
    WrongRecoveryWords, which says which word is wrong or which sheet is missing."""
    shares = [_read(number, words) for number, words in enumerate(_apart(typed), start=1)]
    found = {share.index: share.mnemonic() for share in shares}
    if len({share.common_parameters() for share in shares}) > 1:
        raise SheetsNotTogether
    if len(shares) == 1:
        other, another = (n for n in range(1, SHEETS + 1) if n != shares[0].index + 1)
        raise SecondSheetMissing(sheet=shares[0].index + 1, other=other, another=another)
    if len(found) == 1:
        raise SameSheetTwice
    try:
        return bytes(combine_mnemonics(list(found.values())[:NEEDED]))
    except MnemonicError as trouble:
        raise SheetsNotTogether from trouble


def _apart(typed: list[str]) -> list[list[str]]:
    """The words of each sheet: a set's shares all begin with the same three, so that a word too few
    on one sheet is not looked for on the other."""
    starts = [
        at
        for at in range(len(typed) - _SET_WORDS + 1)
        if typed[at : at + _SET_WORDS] == typed[:_SET_WORDS]
    ]
    if len(starts) == 1:  # the beginning of one is mistyped, or there is only one
        starts = list(range(0, len(typed), SHARE_WORDS))
    return [typed[begin:end] for begin, end in pairwise([*starts, len(typed)])]


def _read(sheet: int, words: list[str]) -> Share:
    for number, word in enumerate(words, start=1):
        if word not in WORD_INDEX_MAP:
            raise SheetWordUnknown(sheet=sheet, number=number)
    if len(words) != SHARE_WORDS:
        raise SheetWordsCount(sheet=sheet, found=len(words))
    try:
        share = Share.from_mnemonic(" ".join(words))
    except MnemonicError as trouble:
        if wrong := _wrong_word(words):
            raise SheetWordWrong(sheet=sheet, number=wrong) from trouble
        raise SheetWordsWrong(sheet=sheet) from trouble
    if (share.group_count, share.member_threshold) != (1, NEEDED):
        raise WrongRecoveryWords  # of another program
    return share


def _wrong_word(words: list[str]) -> int | None:
    """The number of the one word that is wrong; None where more are. The checksum (RS1024) notices
    up to three wrong words, so at most one change of a single word can make it fit. It is linear:
    what a change of one word does to it does not depend on the others."""
    typed = [WORD_INDEX_MAP[word] for word in words]
    said, size = typed[:-CHECK_WORDS], len(typed) - CHECK_WORDS
    off = _bits(create_checksum(said, _CUSTOM)) ^ _bits(typed[-CHECK_WORDS:])
    in_check = [n for n in range(CHECK_WORDS) if off >> _WORD_BITS * (CHECK_WORDS - 1 - n) & 1023]
    if len(in_check) == 1:
        return size + in_check[0] + 1
    nothing = _bits(create_checksum([0] * size, _CUSTOM))
    for at in range(size):
        sums = {nothing}
        for bit in range(_WORD_BITS):
            one = [0] * at + [1 << bit] + [0] * (size - at - 1)
            step = _bits(create_checksum(one, _CUSTOM)) ^ nothing
            sums |= {known ^ step for known in sums}
        if off ^ nothing in sums:
            return at + 1
    return None


def _bits(check: list[int]) -> int:
    found = 0
    for word in check:
        found = found << _WORD_BITS | word
    return found
