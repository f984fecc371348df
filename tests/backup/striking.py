"""The operating system's answers to Python's own calls, the k-th of which is an error: once, or
from then on. What SQLite asks in C is struck by libfiu (test_syscalls.py)."""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

CALLS = ("open", "fsync", "replace", "rename", "unlink", "mkdir", "scandir")


@dataclass(frozen=True)
class Strike:
    """Which step fails, with which error, and whether all that follow do too."""

    at: int
    code: int
    for_ever: bool = False


@dataclass
class Steps:
    """How many there were; `strike` may be none, which only counts."""

    strike: Strike | None
    many: int = 0
    struck: list[str] = field(default_factory=list)
    over: bool = False  # a file that was opened meanwhile may stay open

    def step(self, what: str) -> None:
        if self.over:
            return
        self.many += 1
        strike = self.strike
        if strike and (self.many == strike.at or (strike.for_ever and self.many > strike.at)):
            self.struck.append(what)
            raise OSError(strike.code, os.strerror(strike.code))


class _File:
    """A file each of whose reads and writes is a step."""

    def __init__(self, file: Any, steps: Steps) -> None:
        self._file, self._steps = file, steps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)

    def read(self, *size: int) -> Any:
        self._steps.step("read")
        return self._file.read(*size)

    def write(self, content: Any) -> Any:
        self._steps.step("write")
        return self._file.write(content)

    def flush(self) -> None:
        self._steps.step("flush")
        self._file.flush()


@contextmanager
def struck(strike: Strike | None) -> Iterator[Steps]:
    """Every step in the block is counted, and one of them struck."""
    steps = Steps(strike)

    def counted(what: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            steps.step(what)
            return real(*given, **more)

        return call

    real_open = builtins.open

    def opened(*given: Any, **more: Any) -> Any:
        steps.step("open")
        return _File(real_open(*given, **more), steps)

    patches = [patch.object(os, name, counted(name, getattr(os, name))) for name in CALLS]
    patches += [patch.object(builtins, "open", opened), patch.object(io, "open", opened)]
    for one in patches:
        one.start()
    try:
        yield steps
    finally:
        steps.over = True
        for one in reversed(patches):
            one.stop()
