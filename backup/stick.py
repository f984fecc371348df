"""A USB stick as a place for backups: the same stick wherever it is plugged in, and no other.

Linux knows a volume by its UUID (/dev/disk/by-uuid) and tells where it is mounted (/proc/mounts,
see proc(5) and fstab(5)). Elsewhere the small file with an id that `claim_folder` writes is looked
for on every volume.
"""

from __future__ import annotations

import contextlib
import string
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from backup.destinations import FAT_LARGEST
from backup.folder import FolderRoom, claim_folder, mark_in
from medilink.errors import PlaceAway, PlaceIsLink, PlaceReadOnly

FOLDER = "MediLink backups"
_FAT = {"vfat", "msdos"}
_ESCAPES = {r"\040": " ", r"\011": "\t", r"\012": "\n", r"\134": "\\"}


@dataclass(frozen=True, slots=True)
class Volume:
    """Something plugged in: where, what it is known by, which file system if that is known."""

    path: Path
    uuid: str = ""
    kind: str = ""

    @property
    def largest(self) -> int | None:
        """Bytes in one file. Where the kind is not known, the system refuses in its own words."""
        return FAT_LARGEST if self.kind in _FAT else None


Volumes = Callable[[], list[Volume]]


def volumes_here() -> list[Volume]:
    """What is plugged in now, as this operating system tells."""
    if sys.platform == "linux":
        return linux_volumes(Path("/dev/disk/by-uuid"), Path("/proc/mounts"))
    if sys.platform == "win32":
        roots = [Path(f"{letter}:\\") for letter in string.ascii_uppercase]
    else:
        roots = sorted(Path("/Volumes").glob("*"))
    return [Volume(root) for root in roots if root.is_dir()]


def linux_volumes(by_uuid: Path, mounts: Path) -> list[Volume]:
    """Mounted volumes that have a UUID; each where it was mounted last, which is what one sees."""
    uuids = {}
    if by_uuid.is_dir():
        uuids = {str(link.resolve()): link.name for link in sorted(by_uuid.iterdir())}
    found: dict[str, Volume] = {}
    for line in mounts.read_text("utf-8", "surrogateescape").splitlines():
        device, path, kind, *_ = line.split(" ")
        uuid = uuids.get(str(Path(_unescaped(device)).resolve()))
        if uuid:
            found[uuid] = Volume(Path(_unescaped(path)), uuid, kind)
    return list(found.values())


def _unescaped(text: str) -> str:
    for escape, meant in _ESCAPES.items():
        text = text.replace(escape, meant)
    return text


class Stick:
    """A stick that was chosen with `claim_stick`. `mark` is the id in its folder; `uuid` that of
    its volume, or nothing where the system does not tell."""

    def __init__(self, mark: str, uuid: str = "", volumes: Volumes = volumes_here) -> None:
        self.key = f"stick:{mark}"
        self._mark, self._uuid, self._volumes = mark, uuid, volumes

    @contextlib.contextmanager
    def enter(self) -> Iterator[FolderRoom]:
        for volume in self._volumes():
            if self._is(volume):
                yield FolderRoom(volume.path / FOLDER, volume.largest)
                return
        raise PlaceAway

    def _is(self, volume: Volume) -> bool:
        """Raises OSError where it cannot be read, and is the one by its UUID."""
        if (volume.path / FOLDER).is_symlink():
            return False
        if self._uuid:
            return volume.uuid == self._uuid and mark_in(volume.path / FOLDER) == self._mark
        try:
            return mark_in(volume.path / FOLDER) == self._mark
        except OSError:  # one of the others that are plugged in
            return False


def claim_stick(volume: Volume) -> tuple[str, str]:
    """Make a stick a place for backups; returns the id of its folder and its volume's UUID.
    Raises PlaceAway, PlaceIsLink, PlaceReadOnly."""
    if not volume.path.is_dir():
        raise PlaceAway
    if (volume.path / FOLDER).is_symlink():
        raise PlaceIsLink
    try:
        (volume.path / FOLDER).mkdir(exist_ok=True)
    except OSError as trouble:
        raise PlaceReadOnly from trouble
    return claim_folder(volume.path / FOLDER), volume.uuid
