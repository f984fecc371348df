"""A room whose k-th step fails, once or from then on, or at which the process is killed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from backup.destinations import Room


class Failing:
    """Counts every step into a room and into its files; `strike` is called at step `at`, and at
    every later one if `for_ever`."""

    def __init__(
        self, room: Room, at: int, strike: Callable[[], None], *, for_ever: bool = False
    ) -> None:
        self.room, self.at, self.strike, self.for_ever = room, at, strike, for_ever
        self.steps = 0
        self.largest = room.largest

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at or (self.for_ever and self.steps > self.at):
            self.strike()

    def names(self) -> dict[str, int]:
        self.step()
        return self.room.names()

    @contextmanager
    def write(self, name: str) -> Iterator[BinaryIO]:
        self.step()
        with self.room.write(name) as file:
            yield cast(BinaryIO, Counted(file, self))
            self.step()

    @contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        self.step()
        with self.room.read(name) as file:
            yield cast(BinaryIO, Counted(file, self))

    def rename(self, old: str, new: str) -> None:
        self.step()
        self.room.rename(old, new)
        self.step()

    def remove(self, name: str) -> None:
        self.step()
        self.room.remove(name)

    def free(self) -> int | None:
        self.step()
        return self.room.free()


class Counted:
    def __init__(self, file: BinaryIO, room: Failing) -> None:
        self._file, self._room = file, room

    def read(self, size: int) -> bytes:
        self._room.step()
        return self._file.read(size)

    def write(self, content: bytes) -> int:
        self._room.step()
        return self._file.write(content)


def raising(code: int) -> Callable[[], None]:
    """A strike that is an error of the operating system."""

    def strike() -> None:
        raise OSError(code, os.strerror(code))

    return strike


def die() -> None:
    """A strike that is the end of the process: nothing is tidied up, no buffer is flushed."""
    os._exit(9)
