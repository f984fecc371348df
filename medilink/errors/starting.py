"""Why MediLink cannot start, or cannot use its store."""

from __future__ import annotations

from medilink.errors.base import MediLinkError


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
    """The record file is damaged or is not a MediLink store. Nothing was changed. Bring the records
    back from a backup into a new folder: python run.py restore FILE --to NEW-FOLDER. You need the
    recovery sheet."""

    code = "store-damaged"


class KeysDamaged(StoreTrouble):
    """The key file keys.json is damaged or has been changed. Put it back from your last copy of the
    data folder, or bring the records back from a backup into a new folder: python run.py restore
    FILE --to NEW-FOLDER"""

    code = "keys-damaged"


class KeysMissing(StoreTrouble):
    """The records are here, but the key file keys.json beside them is missing, and nothing opens
    them without it. Put keys.json back from your last copy of the data folder, or bring the records
    back from a backup into a new folder: python run.py restore FILE --to NEW-FOLDER"""

    code = "keys-missing"


class SlotsNotKept(StoreTrouble):
    """The new password is saved, but the key file could not be written: until it is, the passphrase
    from before unlocks this laptop. Free some space and change the password once more."""

    code = "slots-not-kept"


class KeyFileUnwritten(SlotsNotKept):
    """The key file could not be written, so what opens the clinic is as it was. Free some space and
    try again."""

    code = "key-file-unwritten"


class OldWordsStillOpen(SlotsNotKept):
    """The new recovery words count, but the key file could not be written: until the next start the
    old ones open the clinic too. Free some space and start MediLink anew."""

    code = "old-words-still-open"


class StoreNewer(StoreTrouble):
    """These records were written by a newer MediLink ({found}; this one knows {known}).
    Install the newer version; nothing was changed."""

    code = "store-newer"


class ProgramIncomplete(StoreTrouble):
    """A part of MediLink itself is missing or cannot be read, so the records were not moved forward
    and nothing was changed. Put MediLink on this computer once more, beside the same records."""

    code = "program-incomplete"


class StoreRolledBack(StoreTrouble):
    """The record file is older than what this laptop last wrote: entry {seq} of the log is
    missing or different. Somebody may have put an old copy back. Do not work on; call the
    administrator."""

    code = "store-rolled-back"


class LogUnguarded(StoreTrouble):
    """What keeps the log from being changed is gone from the record file or was altered. Somebody
    may have worked on it with other programs. Do not work on; call the administrator."""

    code = "log-unguarded"


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


class StoreInUse(StoreTrouble):
    """Another program of MediLink has the records open: a backup, an export or a command in a
    terminal. Wait until it is done, then try again."""

    code = "store-in-use"


class SwapBroken(StoreTrouble):
    """Other records were being put in place, and a file that belongs to that is gone or cannot be
    read. Nothing more was moved. The records from before are in the newest folder whose name begins
    with replaced; call whoever looks after MediLink."""

    code = "swap-broken"
