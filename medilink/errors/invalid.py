"""Why what was typed or handed in cannot be taken; nothing is lost by it."""

from __future__ import annotations

from medilink.errors.base import MediLinkError


class NotValid(MediLinkError):
    """That cannot be saved. Check the marked fields."""

    code = "not-valid"


class SharedTooOften(NotValid):
    """This record was shared {limit} times within a day. That is the most; try again tomorrow."""

    code = "shared-too-often"


class Missing(NotValid):
    """Fill in: {field}."""

    code = "missing"


class PortUnfit(NotValid):
    """A port is a number from 1 to 65535. Where nobody has told you another one, it is 22."""

    code = "port-unfit"


class StoreUnfit(NotValid):
    """The store is not written as it can be: the address begins with https://, and neither it nor
    bucket, region or access key has spaces. Write all of it as whoever runs the store gave it."""

    code = "store-unfit"


class TooLong(NotValid):
    """{field} is too long ({found} characters; at most {limit}). Shorten it; nothing was lost."""

    code = "too-long"


class DateImpossible(NotValid):
    """{field}: this is not a date that can be right. Write it like 1984-05-23, 1984-05 or 1984."""

    code = "date-impossible"


class DateInFuture(NotValid):
    """{field} lies in the future. Check the year."""

    code = "date-in-future"


class NumberImpossible(NotValid):
    """{field}: {found} is not possible (from {low} to {high} {unit}). Check the number and
    the unit."""

    code = "number-impossible"


class NotANumber(NotValid):
    """{field} must be a number, like 37.2."""

    code = "not-a-number"


class PhoneUnreadable(NotValid):
    """This phone number cannot be read. Write it as you would dial it, or with the country
    code (+254 …)."""

    code = "phone-unreadable"


class IdUnreadable(NotValid):
    """This is not a MediLink ID: it looks like ML-7KQ2-94ZD. Check each letter and number."""

    code = "id-unreadable"


class PasswordWeak(NotValid):
    """This password is too easy to guess. Use four or more words that do not belong
    together, at least 10 characters."""

    code = "password-weak"


class PasswordNotNew(NotValid):
    """This is the password you have now. Choose another one, because somebody may know this one."""

    code = "password-not-new"


class PasswordsDiffer(NotValid):
    """The two passwords are not the same. Type the new password twice."""

    code = "passwords-differ"


class UserNameTaken(NotValid):
    """This user name is taken. Choose another."""

    code = "user-name-taken"


class UserNameUnfit(NotValid):
    """A user name has 3 to 40 letters, numbers, dots or dashes, and begins with a letter."""

    code = "user-name-unfit"


class WordsWrong(NotValid):
    """Word {number} is not the one on the sheet. Open the sheet you downloaded and type it
    again."""

    code = "words-wrong"


class SheetNotTaken(NotValid):
    """Download the recovery sheet first, and keep it outside this laptop."""

    code = "sheet-not-taken"


class NothingWritten(NotValid):
    """Nothing has been filled in yet, so there is nothing to save."""

    code = "nothing-written"


class NothingShared(NotValid):
    """Choose at least one part of your record to share."""

    code = "nothing-shared"


class NothingChosen(NotValid):
    """Choose at least one part of the record."""

    code = "nothing-chosen"


class AlreadyShared(NotValid):
    """You have already given this permission. To change it, withdraw it first; it is in the list
    below."""

    code = "already-shared"


class WritesUnwarned(NotValid):
    """Whoever may write into your record must see your allergies. Tick Allergies too, or let them
    only read."""

    code = "writes-unwarned"


class FileUnreadable(NotValid):
    """This file cannot be read: {why}"""

    code = "file-unreadable"


class ExportCancelled(MediLinkError):
    """Stopped. Nothing was kept of the file."""

    code = "export-cancelled"


class FolderUnusable(NotValid):
    """Nothing can be written to {folder}, or it is nearly full. Choose another folder or make
    room; nothing was kept."""

    code = "folder-unusable"


class AnotherPerson(NotValid):
    """This file says it is about somebody who is registered here under another name and birth date.
    Nothing was taken from it: ask whoever gave it."""

    code = "another-person"


class SignerUnknown(NotValid):
    """This file says it is from {clinic}, which is not known here. Call that clinic and compare the
    six words of its key: {words}. If they are the same, tick that files of unknown clinics may come
    in, and import it again."""

    code = "signer-unknown"


class FileLocked(NotValid):
    """This file is locked with a password. Type the password of the file, then try again."""

    code = "file-locked"


class FileChanged(NotValid):
    """This file is not what its clinic has signed, so nothing was taken from it. Ask the clinic for
    it again. Check a document shows where it was changed."""

    code = "file-changed"


class NotADocumentsCode(NotValid):
    """This is not the code of a document. Look for the square code beside the words How to check
    this document, near the end of the paper."""

    code = "not-a-documents-code"


class SummaryUnsound(NotValid):
    """This record cannot be written as a patient summary that other programs could read ({count}
    faults). Take it as a PDF or as a FHIR file instead, and tell whoever looks after MediLink."""

    code = "summary-unsound"


class TooManyFilters(NotValid):
    """There are {limit} filters already. Delete one you no longer need first."""

    code = "too-many-filters"


class NotFound(MediLinkError):
    """This is not here (any more)."""

    code = "not-found"


class EditedMeanwhile(MediLinkError):
    """Somebody else has saved this since you opened it. Look at the differences and choose
    what to keep."""

    code = "edited-meanwhile"

    def __init__(self, *, theirs: object) -> None:
        self.theirs = theirs
        super().__init__()


class LastBeforeFirst(NotValid):
    """The last day is before the first. Choose the days again."""

    code = "last-before-first"


class TooBigForLink(NotValid):
    """This file is too big for a link ({found} MB; at most {limit} MB). Save it on this device, or
    choose fewer parts of the record."""

    code = "too-big-for-link"


class TooManyLinks(NotValid):
    """Too many files are waiting to be fetched. Withdraw a link, or try again in an hour."""

    code = "too-many-links"


class LinkOver(NotFound):
    """There is nothing to fetch here. A link works once, and for an hour at most. Ask whoever gave
    it to you for a new one."""

    code = "link-over"


class FilePasswordWrong(NotValid):
    """This password does not open the file. Check capital letters and spaces; if it stays, ask
    whoever made the file."""

    code = "file-password-wrong"
