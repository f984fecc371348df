"""What can be wrong with a backup, or stands in the way of making or using one."""

from __future__ import annotations

from medilink.errors.base import MediLinkError
from medilink.errors.invalid import NotValid
from medilink.errors.rights import ShareRefused


class BackupTrouble(MediLinkError):
    """The backup could not be made or used. Try again; if it stays, run: python run.py doctor"""

    code = "backup-trouble"


class BackupUnwritten(BackupTrouble):
    """The backup could not be written to {folder}: {why}. Make room or choose another folder;
    nothing that looks like a backup was left there."""

    code = "backup-unwritten"


class BackupRunning(BackupTrouble):
    """A backup is being made already. Wait until it is done."""

    code = "backup-running"


class BackupFails(BackupTrouble):
    """The backup was written, but it did not pass its check ({why}), so it was deleted. Make
    another; if that fails too, run: python run.py audit verify"""

    code = "backup-fails"


class BackupDamaged(BackupTrouble):
    """This file is damaged, cut short, or no MediLink backup. Use another one."""

    code = "backup-damaged"


class BackupUnreadable(BackupTrouble):
    """The backup could not be read ({why}). Choose the file again; if it is on a stick, plug the
    stick in first."""

    code = "backup-unreadable"


class BackupOtherKey(BackupTrouble):
    """These words do not open this backup. Check each word against the recovery sheet, and that
    the sheet is of the clinic the backup is from."""

    code = "backup-other-key"


class BackupChanged(BackupTrouble):
    """This backup opens, but what is in it does not fit together ({why}). Use another one, and tell
    whoever looks after MediLink."""

    code = "backup-changed"


class RecoveryNotTyped(BackupTrouble):
    """Nobody has typed the recovery words of this clinic yet, so a backup could not be opened after
    this laptop is lost. Get the recovery sheet, and make the first backup with its 24 words."""

    code = "recovery-not-typed"


class FolderTaken(BackupTrouble):
    """There is something in {folder} already. Choose a folder that does not exist yet."""

    code = "folder-taken"


class RestoreNotAccepted(BackupTrouble):
    """Nothing was restored: the day of the backup ({day}) was not typed as it stands there."""

    code = "restore-not-accepted"


class AdministratorUnknown(BackupTrouble):
    """There is no administrator of that name in this backup. Check the spelling, or leave the name
    out: then it is the clinic's first administrator."""

    code = "administrator-unknown"


class AdministratorNotThen(AdministratorUnknown):
    """There was no administrator of that name when this backup was made; there were: {names}. Give
    one of these, or none: then it is the first of them."""

    code = "administrator-not-then"


class ClockBeforeBackup(BackupTrouble):
    """The clock of this computer is earlier than the backup was made. Set date and time first, and
    restore again."""

    code = "clock-before-backup"


class OfferBeforeRestore(ShareRefused):
    """This code was made before the records of this clinic were restored from a backup, so nobody
    here can know whether it was used already. Ask the patient to make a new one."""

    code = "offer-before-restore"


class BackupTooNew(BackupTrouble):
    """This backup was made by a newer MediLink. Install the newer version; nothing was changed."""

    code = "backup-too-new"


class ScratchTaken(BackupTrouble):
    """Another backup is being tried or looked into. Wait until that is done."""

    code = "scratch-taken"


class NothingToDrill(BackupTrouble):
    """There is no verified backup yet that could be restored. Make a backup first."""

    code = "nothing-to-drill"


class DrillFails(BackupTrouble):
    """The backup was restored, but the copy does not work as it should ({why}). Tell whoever looks
    after MediLink, and keep older backups."""

    code = "drill-fails"


class NotInBackup(BackupTrouble):
    """This patient is not in this backup: they were registered later, or were part of another
    registration then. Choose a newer backup."""

    code = "not-in-backup"


class NothingToBringBack(NotValid):
    """Tick what is to come back. What stands there today already does not come back again."""

    code = "nothing-to-bring-back"


class WordsNeeded(BackupTrouble):
    """This backup is of other records, or from before the records got a new key. Type the
    recovery words that belonged to it: the 24, or those of two of three sheets."""

    code = "words-needed"


class NoAdministratorThen(BackupTrouble):
    """When this backup was made you were not yet an administrator of this clinic, so you could not
    sign in afterwards. Ask one who was to restore it, or bring it back into a new folder with the
    recovery sheet: python run.py restore FILE --to NEW-FOLDER"""

    code = "no-administrator-then"
