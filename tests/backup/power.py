"""A power cut over one folder: what was not written through is lost, or lost in part.

What survives is what POSIX promises and no more: a file's content as of its last fsync, names as of
the folder's last fsync and then any number of later ones in their order (ext4, data=ordered). What
was written and never synced survives as any beginning of it, or as zeros.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CUT = 9


@dataclass
class Disk:
    """Watches a folder of the process it is in; at step `at` the process is gone, and so is what
    was not on the disk."""

    folder: Path
    at: int
    chance: random.Random
    steps: int = 0
    durable: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[str, int | None]] = field(default_factory=list)
    synced: dict[int, bytes] = field(default_factory=dict)

    def watch(self) -> None:
        """From now on. There is no way back: the process ends before it ends."""
        self.folder = self.folder.resolve()
        for path in self.folder.iterdir():
            self.durable[path.name] = path.stat().st_ino
            self.synced[path.stat().st_ino] = path.read_bytes()
        os.fsync = self._fsync(os.fsync)
        for name in ("open", "replace", "rename", "unlink"):
            setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            here = [one for one in map(self._named, given[:2]) if one]
            if here:
                self._step()
            before = {one: self._inode(one) for one in here}
            result = real(*given, **more)
            for one in here:
                if self._inode(one) != before[one]:
                    self.changes.append((one, self._inode(one)))
            return result

        return call

    def _fsync(self, real: Callable[[int], None]) -> Callable[[int], None]:
        def call(handle: int) -> None:
            path = Path(os.readlink(f"/proc/self/fd/{handle}"))
            if path != self.folder and path.parent != self.folder:
                return real(handle)
            self._step()
            real(handle)
            if path == self.folder:
                self.durable = {one.name: one.stat().st_ino for one in self.folder.iterdir()}
                self.changes.clear()
            else:
                self.synced[path.stat().st_ino] = path.read_bytes()
            return None

        return call

    def _named(self, given: Any) -> str | None:
        if not isinstance(given, str | os.PathLike):
            return None
        path = Path(os.path.abspath(given))
        return path.name if path.parent == self.folder else None

    def _inode(self, name: str) -> int | None:
        try:
            return (self.folder / name).stat().st_ino
        except FileNotFoundError:
            return None

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            self.cut()

    def cut(self) -> None:
        """Now."""
        content = {path.stat().st_ino: path.read_bytes() for path in self.folder.iterdir()}
        names: dict[str, int | None] = dict(self.durable)
        for name, inode in self.changes[: self.chance.randint(0, len(self.changes))]:
            names[name] = inode
        survives = {
            name: self._surviving(inode, content)
            for name, inode in names.items()
            if inode is not None
        }
        for path in list(self.folder.iterdir()):
            os.remove(path)
        for name, kept in survives.items():
            (self.folder / f"{name}").write_bytes(kept)
        os._exit(CUT)

    def _surviving(self, inode: int, content: dict[int, bytes]) -> bytes:
        """A file that was removed since, and whose removal did not last, is as it was synced."""
        written = content.get(inode)
        synced = self.synced.get(inode, b"")
        if written is None or written == synced:
            return synced
        length = self.chance.choice([0, len(written), self.chance.randint(0, len(written))])
        return self.chance.choice([written[:length], bytes(length)])
