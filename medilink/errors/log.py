"""What can be wrong with a receipt of the log, or with the log itself."""

from __future__ import annotations

from medilink.errors.invalid import NotValid
from medilink.errors.rights import Refused


class LogReceiptUnreadable(Refused):
    """This is no receipt of the log, or it is damaged. Scan it again in good light, or type its
    line: a number and six words."""

    code = "log-receipt-unreadable"


class LogReceiptForged(Refused):
    """This receipt was changed, or nobody here has given it: its signature does not fit."""

    code = "log-receipt-forged"


class LogReceiptUnknown(Refused):
    """This receipt is from a clinic that is not known here. Have it checked where it was given."""

    code = "log-receipt-unknown"


class LogReceiptElsewhere(Refused):
    """This receipt is from {clinic}. Its log is kept there; have it checked there."""

    code = "log-receipt-elsewhere"


class NothingToErase(Refused):
    """There is nothing to erase yet: entries can lose their personal detail only once they are
    older than the {years} years this clinic keeps them for."""

    code = "nothing-to-erase"


class LogBeingChecked(Refused):
    """Somebody else is having the log checked. Try again in a minute."""

    code = "log-being-checked"


class AlreadyAsked(NotValid):
    """You have asked about this entry already. The answer will stand beside it."""

    code = "already-asked"


class AskedOftenEnough(NotValid):
    """Many of your questions wait for an answer, or this one was answered several times. Talk to
    the clinic about it."""

    code = "asked-often-enough"


class AboutYourself(Refused):
    """This is about what you did yourself. Another administrator has to answer it."""

    code = "about-yourself"
