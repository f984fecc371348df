"""What can be wrong with the words of a recovery sheet, as they were typed. No word is repeated."""

from __future__ import annotations

from medilink.errors.starting import WrongRecoveryWords


class RecoveryWordsCount(WrongRecoveryWords):
    """These are {found} words, and the recovery sheet has 24. Check each word against the sheet."""

    code = "recovery-words-count"


class RecoveryWordUnknown(WrongRecoveryWords):
    """Word {number} is no word of a recovery sheet. Check how it is spelled on the sheet."""

    code = "recovery-word-unknown"


class SecondSheetMissing(WrongRecoveryWords):
    """These are the words of sheet {sheet} of three. Two are needed: type the words of sheet
    {other} or of sheet {another} after them."""

    code = "second-sheet-missing"


class SameSheetTwice(WrongRecoveryWords):
    """The same sheet was typed twice. Type the words of two different sheets of the three."""

    code = "same-sheet-twice"


class SheetsNotTogether(WrongRecoveryWords):
    """These two sheets do not belong together: one is of an older set, or of another clinic. Look
    at the dates on them."""

    code = "sheets-not-together"


class SheetWordsCount(WrongRecoveryWords):
    """Of the sheet that was typed as number {sheet} there are {found} words, and it has 33. Check
    each word against the sheet."""

    code = "sheet-words-count"


class SheetWordUnknown(WrongRecoveryWords):
    """On the sheet that was typed as number {sheet}, word {number} is no word of a recovery sheet.
    Check how it is spelled on the sheet."""

    code = "sheet-word-unknown"


class SheetWordWrong(WrongRecoveryWords):
    """On the sheet that was typed as number {sheet}, word {number} is another one. Check it against
    the sheet."""

    code = "sheet-word-wrong"


class SheetWordsWrong(WrongRecoveryWords):
    """On the sheet that was typed as number {sheet}, more than one word is another one. Check each
    word against the sheet."""

    code = "sheet-words-wrong"
