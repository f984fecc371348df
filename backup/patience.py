"""How long a place on another computer may take. One that answers a byte at a time breaks no rule
of its protocol and is never done; it must not hold a round, nor whoever closes the clinic.

Each step there is made by a thread of the visit's own, and waited for as long as there is time.
When there is none the line is cut; the thread, which has nothing but the line, ends by itself.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import BinaryIO, Generic, Protocol, TypeVar, cast

from backup.destinations import Place, Room
from medilink.errors import MediLinkError, PlaceTooSlow, PlaceTrouble

T = TypeVar("T")
CalledOff = Callable[[], BaseException | None]
_LOOK_S = 0.1  # how soon somebody is heard who calls it off


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds a visit may wait for a place: `grace` in all, a second more for every `rate` bytes
    that came or went, `longest` at most; and `farewell` to tidy up once it is called off."""

    # Signing in and a dozen short questions, on a line with a delay of seconds.
    grace: float = 300
    # The slowest line that is worth it: EDGE carries about 12 KB/s upwards. 100 MB take 3 hours.
    rate: int = 10_000
    # The backup of the next day waits for the round that carries this one.
    longest: float = 20 * 3600
    # House.close waits so long, and whoever presses Ctrl+C with it.
    farewell: float = 5


BOUNDS = Bounds()


class FarRoom(Room, Protocol):
    """A place that tells when something came there."""

    def when(self) -> dict[str, float]:
        """Of every file here, in seconds UTC."""
        ...


class FarPlace(Place, Protocol):
    """A place that is reached over a line."""

    def enter(self) -> AbstractContextManager[FarRoom]: ...

    def hang_up(self) -> None:
        """Cut the line, so that whoever waits for it in another thread waits no more."""
        ...


def nobody_calls() -> None:
    """For a visit that is left only when it is done."""


def within(
    seconds: float,
    called_off: CalledOff = nobody_calls,
    clock: Callable[[], float] = time.monotonic,
) -> CalledOff:
    """Calls off what takes longer from now on, with PlaceTooSlow, or what `called_off` does."""
    until = clock() + seconds
    return lambda: called_off() or (PlaceTooSlow() if clock() > until else None)


def heard(job: Callable[[], T], called_off: CalledOff) -> T:
    """Something that is waited for until it is called off; then it goes on unheard, so it has to
    end by itself. Raises what `_Step.result` raises, or what it is called off with."""
    step = _Step(job)
    threading.Thread(target=step.go, name="far place", daemon=True).start()
    while not step.done.wait(_LOOK_S):
        if (off := called_off()) is not None:
            raise off
    return step.result()


class Bounded:
    """A far place with an end to waiting. `called_off` tells what to raise when a visit is not
    wanted any more; `clock` is in seconds. Its rooms raise PlaceTooSlow, too."""

    def __init__(
        self,
        place: FarPlace,
        called_off: CalledOff = nobody_calls,
        bounds: Bounds = BOUNDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.key = place.key
        self._place, self._called_off = place, called_off
        self._bounds, self._clock = bounds, clock

    @contextlib.contextmanager
    def enter(self) -> Iterator[FarRoom]:
        visit = _Visit(self._place, self._called_off, self._bounds, self._clock)
        try:
            yield _BoundedRoom(visit.do(visit.enter), visit)
        finally:
            visit.leave()


class _Step(Generic[T]):
    """Something to do there, and what came of it for whoever waits."""

    def __init__(self, job: Callable[[], T]) -> None:
        self._job, self.done = job, threading.Event()
        self._came: list[T] = []
        self._trouble: BaseException | None = None

    def go(self) -> None:
        with self:
            self._came.append(self._job())

    def __enter__(self) -> None:
        """Whatever goes wrong goes wrong for whoever waits."""

    def __exit__(
        self, _: type[BaseException] | None, trouble: BaseException | None, __: TracebackType | None
    ) -> bool:
        self._trouble = trouble
        self.done.set()
        return True

    def result(self) -> T:
        """What came of it. Raises MediLinkError, OSError, EOFError; what else a library stumbles
        over is trouble at this place and must not end the round."""
        if self._trouble is None:
            return self._came[0]
        if isinstance(self._trouble, MediLinkError | OSError | EOFError):
            raise self._trouble
        raise PlaceTrouble from self._trouble


class _Visit:
    """One stay at a place. `moved`: bytes that came or went."""

    def __init__(
        self,
        place: FarPlace,
        called_off: CalledOff,
        bounds: Bounds,
        clock: Callable[[], float],
    ) -> None:
        self._place, self._called_off = place, called_off
        self._bounds, self._clock = bounds, clock
        self.moved, self._waited = 0, 0.0
        self._over: BaseException | None = None  # what ended it: it was called off, or too slow
        self._until = float("inf")
        self._gone = False
        self._there = contextlib.ExitStack()
        self._steps: SimpleQueue[_Step[object] | None] = SimpleQueue()
        threading.Thread(target=self._work, name="far place", daemon=True).start()

    def enter(self) -> FarRoom:
        """To be done once."""
        return self._there.enter_context(self._place.enter())

    def leave(self) -> None:
        """Done with it, or it is done with us."""
        try:
            if not self._gone:
                self.do(self._there.close, tidy=True)
        finally:
            self._steps.put(None)

    def do(self, job: Callable[[], T], size: int = 0, *, tidy: bool = False) -> T:
        """One step, with up to `size` bytes; `tidy`: also when it was called off. Raises
        PlaceTooSlow, what it is called off with, or what the step raises."""
        if self._gone and self._over is not None:
            raise self._over
        tidying = tidy or self._over is not None
        self._listen()
        if self._over is not None and not tidying:
            raise self._over
        step, began = _Step(job), self._clock()
        self._steps.put(cast("_Step[object]", step))
        try:
            while not step.done.wait(_LOOK_S):
                self._listen()
                if self._clock() >= min(self._until, began + self._left(size)):
                    self._cut()
        except BaseException as interrupted:  # Ctrl+C on the command line
            self._hurry(interrupted)
            raise
        self._waited += self._clock() - began
        if self._over is not None and not tidying:
            raise self._over
        return step.result()

    def _left(self, size: int) -> float:
        bounds = self._bounds
        may = bounds.grace + (self.moved + size) / bounds.rate
        return min(may, bounds.longest) - self._waited

    def _listen(self) -> None:
        if (off := self._called_off()) is not None:
            self._hurry(off)

    def _hurry(self, why: BaseException) -> None:
        if self._over is None:
            self._over, self._until = why, self._clock() + self._bounds.farewell

    def _cut(self) -> None:
        self._over, self._gone = self._over or PlaceTooSlow(), True
        self._steps.put(_Step(self._there.close))
        self._place.hang_up()
        raise self._over

    def _work(self) -> None:
        while (step := self._steps.get()) is not None:
            step.go()


class _BoundedRoom:
    """A room of which every step is waited for no longer than there is time."""

    def __init__(self, room: FarRoom, visit: _Visit) -> None:
        self._room, self._visit = room, visit
        self.largest = room.largest

    def names(self) -> dict[str, int]:
        return self._visit.do(self._room.names)

    def when(self) -> dict[str, float]:
        return self._visit.do(self._room.when)

    def write(self, name: str) -> AbstractContextManager[BinaryIO]:
        return self._opened(self._room.write(name))

    def read(self, name: str) -> AbstractContextManager[BinaryIO]:
        return self._opened(self._room.read(name))

    def rename(self, old: str, new: str) -> None:
        self._visit.do(lambda: self._room.rename(old, new))

    def remove(self, name: str) -> None:
        self._visit.do(lambda: self._room.remove(name))

    def free(self) -> int | None:
        return self._visit.do(self._room.free)

    @contextlib.contextmanager
    def _opened(self, inner: AbstractContextManager[BinaryIO]) -> Iterator[BinaryIO]:
        file = self._visit.do(inner.__enter__)
        try:
            yield cast(BinaryIO, _BoundedFile(file, self._visit))
        except BaseException as trouble:
            ends = partial(inner.__exit__, type(trouble), trouble, trouble.__traceback__)
            self._visit.do(ends, tidy=True)
            raise
        self._visit.do(partial(inner.__exit__, None, None, None))


class _BoundedFile:
    """What is used of a file there."""

    def __init__(self, file: BinaryIO, visit: _Visit) -> None:
        self._file, self._visit = file, visit

    def read(self, size: int) -> bytes:
        part = self._visit.do(lambda: self._file.read(size), size)
        self._visit.moved += len(part)
        return part

    def write(self, part: bytes) -> int:
        self._visit.do(lambda: self._file.write(part), len(part))
        self._visit.moved += len(part)
        return len(part)
