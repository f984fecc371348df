"""Every error a person can meet.

The class docstring is the sentence the person reads (a template over `facts`), so message and class
cannot drift apart; `code` is stable and safe to log. Facts never carry a name, a diagnosis or a
secret: sentences end up on screens, in logs and in reports.

    MediLinkError
      CannotStart        the installation cannot run as it is
      StoreTrouble       the encrypted store cannot be used
      Refused            this person may not do this (now)
        ShareRefused     a code or QR does not open the record
      NotValid           what was typed or handed in cannot be taken
      EditedMeanwhile    somebody else saved first
"""

from __future__ import annotations

import inspect


class MediLinkError(Exception):
    """Something went wrong. Try again; if it stays, run: python run.py doctor"""

    code = "error"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def template(self) -> str:
        """The untranslated sentence, with {names} of its facts."""
        return " ".join(inspect.cleandoc(type(self).__doc__ or "").split())

    @property
    def sentence(self) -> str:
        """What to tell the person, in English."""
        return self.template.format(**self.facts)


# ---- starting


class CannotStart(MediLinkError):
    """MediLink cannot start here: {why}"""

    code = "cannot-start"


class PortInUse(CannotStart):
    """Port {port} is already in use. Close the other program, or start with: python run.py
    --port {other}"""

    code = "port-in-use"


class AlreadyRunning(CannotStart):
    """MediLink is already running on this data folder. Use the window that is open, or stop
    it with Ctrl-C first."""

    code = "already-running"


class FolderReadOnly(CannotStart):
    """MediLink may not write in its data folder ({folder}). Choose another with --data, or
    ask whoever looks after this computer."""

    code = "folder-read-only"


# ---- the store


class StoreTrouble(MediLinkError):
    """The record store cannot be used. Restore the last backup."""

    code = "store-trouble"


class NoStoreYet(StoreTrouble):
    """There is no clinic in this data folder yet. Start MediLink and set it up first."""

    code = "no-store"


class StoreLocked(StoreTrouble):
    """MediLink is locked. An administrator must unlock it with the passphrase."""

    code = "locked"


class WrongPassphrase(StoreTrouble):
    """That is not the right passphrase. Try again, or use the words on the recovery sheet."""

    code = "wrong-passphrase"


class WrongRecoveryWords(StoreTrouble):
    """Those are not the words of this clinic's recovery sheet. Check each word against the
    sheet."""

    code = "wrong-recovery-words"


class StoreDamaged(StoreTrouble):
    """The record file is damaged or is not a MediLink store. Nothing was changed. Restore
    the last backup."""

    code = "store-damaged"


class KeysDamaged(StoreTrouble):
    """The key file is damaged or has been changed. Put back keys.json from your last backup."""

    code = "keys-damaged"


class KeysMissing(StoreTrouble):
    """The records are here, but the key file keys.json beside them is missing, and nothing opens
    them without it. Put keys.json back from your last copy of the data folder."""

    code = "keys-missing"


class SlotsNotKept(StoreTrouble):
    """The new password is saved, but the key file could not be written: until it is, the passphrase
    from before unlocks this laptop. Free some space and change the password once more."""

    code = "slots-not-kept"


class StoreNewer(StoreTrouble):
    """These records were written by a newer MediLink ({found}; this one knows {known}).
    Install the newer version; nothing was changed."""

    code = "store-newer"


class StoreRolledBack(StoreTrouble):
    """The record file is older than what this laptop last wrote: entry {seq} of the log is
    missing or different. Somebody may have put an old copy back. Do not work on; call the
    administrator."""

    code = "store-rolled-back"


class DiskFull(StoreTrouble):
    """The disk is full, so nothing could be saved. Free some space and save again; what you
    typed is still here."""

    code = "disk-full"


class StoreReadOnly(StoreTrouble):
    """The records can be read but not changed: the data folder is write-protected."""

    code = "store-read-only"


class StoreBusy(StoreTrouble):
    """Another program is using the records. Wait a moment and try again."""

    code = "store-busy"


# ---- who may


class Refused(MediLinkError):
    """You may not do this."""

    code = "refused"


class NotSignedIn(Refused):
    """You have been signed out. Sign in again; what was saved is safe."""

    code = "not-signed-in"


class SignInFailed(Refused):
    """The name and the password do not belong together. Check both and try again."""

    code = "sign-in-failed"


class TooManyTries(Refused):
    """Too many tries. Wait {seconds} seconds, then try again."""

    code = "too-many-tries"


class AccountDisabled(Refused):
    """This account is switched off. Ask the clinic's administrator."""

    code = "account-disabled"


class NoRight(Refused):
    """You have no right to open this record. Ask the patient for a code, or record that the
    patient is here for a visit."""

    code = "no-right"


class NotYours(Refused):
    """Only the person it belongs to can change this."""

    code = "not-yours"


class ShareRefused(Refused):
    """This code does not open a record."""

    code = "share-refused"


class CodeWrong(ShareRefused):
    """No record opens with that code. Check the six digits with the patient and try again."""

    code = "code-wrong"


class CodeExpired(ShareRefused):
    """This code has expired. Ask the patient to make a new one."""

    code = "code-expired"


class CodeRevoked(ShareRefused):
    """The patient has withdrawn this code. Ask the patient to make a new one."""

    code = "code-revoked"


class CodeUsed(ShareRefused):
    """This code was for one use and has been used. Ask the patient to make a new one."""

    code = "code-used"


class CodeBurnt(ShareRefused):
    """This code was tried wrongly too often and is switched off. Ask the patient to make a
    new one."""

    code = "code-burnt"


class IdNeeded(ShareRefused):
    """Three wrong codes. Type the patient's MediLink ID together with the code."""

    code = "id-needed"


class QrNotOurs(ShareRefused):
    """This is a QR code, but not one from MediLink. Ask the patient to open Share in
    MediLink and show that code."""

    code = "qr-not-ours"


class QrOtherClinic(ShareRefused):
    """This QR code was made by another clinic, or is damaged. It cannot be opened here yet;
    ask the patient for the six digits made at this clinic."""

    code = "qr-other-clinic"


class PictureUnreadable(ShareRefused):
    """No QR code was found in this picture. Hold the code flat and bright, and fill most of
    the picture with it."""

    code = "picture-unreadable"


# ---- what was typed


class NotValid(MediLinkError):
    """That cannot be saved. Check the marked fields."""

    code = "not-valid"


class Missing(NotValid):
    """Fill in: {field}."""

    code = "missing"


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


class FileUnreadable(NotValid):
    """This file cannot be read: {why}"""

    code = "file-unreadable"


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
