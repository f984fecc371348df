"""Backups that lie on what is plugged into this computer, and in folders people put files in."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from backup.kept import read_name
from backup.stick import FOLDER, Volumes, volumes_here

_MOUNTED = ("media/*", "media/*/*", "run/media/*/*", "mnt/*")  # where Linux desktops mount
_OF_PEOPLE = ("", "Downloads", "Documents", "Desktop")
_HOME = "backups"  # beside the store, where backups are made


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is called like a backup. `changed`: when the file was written, in seconds UTC, as
    the file system tells; what is in it only the recovery words tell."""

    path: Path
    store: str
    generation: int
    size: int
    changed: float


def backups_found(folders: Iterable[Path]) -> list[Found]:
    """The backups in these folders and in a folder of backups in each, the newest first. A folder
    that cannot be read has none; links, pipes and folders under a backup's name are none."""
    seen: dict[Path, Found] = {}
    for folder in folders:
        inside = folder / FOLDER
        # A link on a stick may lead anywhere on this computer.
        for place in (folder,) if inside.is_symlink() else (folder, inside):
            # Whatever cannot be read is no place to restore from; typing its path says why.
            with contextlib.suppress(OSError):
                seen |= {one.path: one for one in _in_folder(place)}
    return sorted(seen.values(), key=lambda one: (one.changed, one.generation), reverse=True)


def _in_folder(folder: Path) -> Iterator[Found]:
    for path in folder.iterdir():
        named, about = read_name(path.name), path.lstat()
        if named and S_ISREG(about.st_mode):
            yield Found(path.resolve(), *named, about.st_size, about.st_mtime)


def folders_to_look_in(data_dir: Path, volumes: Volumes = volumes_here) -> Sequence[Path]:
    """Sticks, disks and shares that are there now, and this person's own folders."""
    mounted = [volume.path for volume in volumes()]
    if sys.platform == "linux":
        mounted += [path for below in _MOUNTED for path in Path("/").glob(below)]
    people = [Path.home() / name for name in _OF_PEOPLE]
    return list(dict.fromkeys([*mounted, data_dir / _HOME, *people]))
