"""A disk that is full at any moment: with every 4 KiB of free space from none to enough, each step
is done, or is a plain sentence that leaves nothing half; with room again, it is done."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.backup.battery import Battery
from tests.backup.steps import STEPS
from tests.counts import LONG, times

BLOCK = 4096
ENOUGH = 3  # times in a row that it was done
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600 if LONG else 120),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="fills a disk for a forked process"),
]


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A file system of its own that is soon full."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if os.name == "nt" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only an administrator of a Linux computer may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


class Filled(Battery):
    """The disk has room again before it is looked at."""

    def _look(self, label: str, world: Path, *, done: bool) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)
        super()._look(label, world, done=done)


def fill(folder: Path, blocks: int) -> None:
    """Leave so many blocks free."""
    left = shutil.disk_usage(folder).free - blocks * BLOCK
    with (folder / "ballast").open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, max(left, 1))


def allow(folder: Path, blocks: int) -> None:
    """No file may become larger than so many blocks."""
    import resource  # noqa: PLC0415 not on every system

    resource.setrlimit(resource.RLIMIT_FSIZE, (blocks * BLOCK, resource.RLIM_INFINITY))


def until_it_fits(one: Battery, limit: Callable[[Path, int], None], every: int) -> None:
    fitting, blocks = 0, 0
    while fitting < ENOUGH:
        done = one.found.done
        one.strike(f"{blocks} blocks", partial(limit, one.folder, blocks), None)
        fitting = fitting + 1 if one.found.done > done else 0
        blocks += every
        assert blocks < 10_000, "it never fits"


@pytest.mark.parametrize("name", STEPS)
def test_a_disk_with_any_room_left(name: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 16 * 1024) as disk:
        one = Filled(STEPS[name], disk)
        until_it_fits(one, fill, times(48, 1))
    print(name, one.found)
    assert one.found.wrong == []
    assert one.found.refused


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits")
@pytest.mark.parametrize("name", STEPS)
def test_a_quota_of_any_size(name: str, tmp_path: Path) -> None:
    one = Battery(STEPS[name], tmp_path)
    until_it_fits(one, allow, times(48, 1))
    print(name, one.found)
    assert one.found.wrong == []
