"""Why a backup could not be put into a place it is kept at, or read back from there."""

from __future__ import annotations

from medilink.errors.base import MediLinkError


class PlaceTrouble(MediLinkError):
    """This place did not take the backup; it may be full or worn out. Look at it, or choose another
    place. MediLink tries again by itself."""

    code = "place-trouble"


class PlaceAway(PlaceTrouble):
    """This place for backups is not there now. Plug the stick in, or connect to the other computer.
    MediLink then copies by itself."""

    code = "place-away"


class PlaceVanished(PlaceTrouble):
    """The place for backups went away while it was in use. Nothing that was half copied counts as a
    backup. Plug it in again and leave it there for a while."""

    code = "place-vanished"


class PlaceTooSlow(PlaceTrouble):
    """The place for backups answers so slowly that a copy there would not be done in time. Nothing
    half copied counts. MediLink tries again by itself; if it stays slow, choose another place."""

    code = "place-too-slow"


class PlaceFull(PlaceTrouble):
    """There is not enough room for the backup: it needs {needed} MB. Remove other files from this
    place, or choose a larger one."""

    code = "place-full"


class PlaceReadOnly(PlaceTrouble):
    """Nothing can be written to this place: it is write-protected. Look for a small switch on the
    stick, or ask whoever looks after this place."""

    code = "place-read-only"


class TooBigForPlace(PlaceTrouble):
    """The backup is larger than 4 GB, and this stick can hold no file as large as that. Format it
    as exFAT, which erases it, or choose another stick."""

    code = "too-big-for-place"


class CopyDamaged(PlaceTrouble):
    """What was read back from this place is not what was written. Choose another stick or cable:
    this one cannot be relied on."""

    code = "copy-damaged"


class BackupNameTaken(PlaceTrouble):
    """Another file at this place already has the name of this backup. It was left as it is. Choose
    an empty folder for the backups."""

    code = "backup-name-taken"


class SourceChanged(PlaceTrouble):
    """A backup on this computer has changed since it was checked, so it was not copied. Make a new
    backup, and have the disk of this computer looked at."""

    code = "source-changed"


class OtherComputer(PlaceTrouble):
    """The computer that answers is not the one that was chosen for the backups, so nothing was sent
    to it. Ask whoever looks after it whether it was replaced."""

    code = "other-computer"


class NotLetIn(PlaceTrouble):
    """The computer for the backups did not let MediLink in. Check the user name and the key or
    password for it."""

    code = "not-let-in"


class KeyLocked(PlaceTrouble):
    """This private key is locked with a passphrase, so MediLink cannot use it. Take the passphrase
    off a copy of it (ssh-keygen -p), or sign in there with a password."""

    code = "key-locked"


class FolderNotThere(PlaceTrouble):
    """There is no folder {folder}. Write its whole path as that computer shows it, and make the
    folder first."""

    code = "folder-not-there"


class TooManyFiles(PlaceTrouble):
    """There are more files in that folder than MediLink looks through. Give the backups a folder of
    their own."""

    code = "too-many-files"


class PlaceIsLink(PlaceTrouble):
    """On this stick the folder of backups is a link to somewhere else, so nothing was written.
    Delete the link, and choose the stick again."""

    code = "place-is-link"


class FarAway(PlaceTrouble):
    """Nothing answers at that address. Check address and port, and that this computer has a
    connection; then try again."""

    code = "far-away"


class NoBackupsThere(PlaceTrouble):
    """There is no backup in that folder: their names begin with medilink-. Check the folder; the
    backups may lie in one inside it."""

    code = "no-backups-there"


class NoFolderThere(PlaceTrouble):
    """There is no folder or bucket of that name. Write its whole name, just as that computer or
    store shows it."""

    code = "no-folder-there"


class FetchTrouble(PlaceTrouble):
    """The backup could not be read where it lies. Try again, or choose another backup; if it stays
    so, ask whoever looks after that place."""

    code = "fetch-trouble"


class FetchBroken(PlaceTrouble):
    """The line broke, or the backup was taken away, before all of it was here. Nothing half fetched
    is kept. Try again."""

    code = "fetch-broken"


class FetchTooSlow(PlaceTrouble):
    """That place answers too slowly, and was given up. Nothing half fetched is kept. Try again when
    the line is better, or have the backup brought on a stick."""

    code = "fetch-too-slow"


class FetchRefused(PlaceTrouble):
    """You were let in, but this user may not read that folder or file. Ask whoever looks after that
    place to allow it."""

    code = "fetch-refused"


class FetchStopped(PlaceTrouble):
    """It was stopped. Nothing half fetched is kept."""

    code = "fetch-stopped"


class NoRoomHere(PlaceTrouble):
    """There is not enough room on this computer: the backup needs {needed} MB. Remove other files
    here, then try again."""

    code = "no-room-here"


class FetchedUneven(PlaceTrouble):
    """What came here is longer or shorter than that place has said. The backup may just be being
    written there, or the line is bad: try again, or choose another backup."""

    code = "fetched-uneven"


class FetchedDamaged(PlaceTrouble):
    """What came here is not the backup that was once copied there, so it was not kept. Choose
    another backup, and have that place looked at."""

    code = "fetched-damaged"


class LiesElsewhere(PlaceTrouble):
    """This backup lies on {place}, which is not there now. Plug the stick in, or connect to the
    share; then look again."""

    code = "lies-elsewhere"


class PlaceUnread(PlaceTrouble):
    """Write the place as sftp://USER@HOST/FOLDER or s3+https://HOST/BUCKET/FOLDER. A password is
    asked for afterwards; it does not belong there."""

    code = "place-unread"


class PlaceInside(PlaceTrouble):
    """This folder is inside the one with the records, and would be lost with it. Choose a folder on
    another disk, a stick, or another computer."""

    code = "place-inside"
