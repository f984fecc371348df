"""A moving code before a camera: how long until it is there, seeded pictures at ten a second.

One frame in five is missed altogether (the camera looked between two of them); the others are
photographed as in `bench_qr` and read by the page's first reader. What arrives is compared.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from random import Random
from statistics import mean, median

import numpy as np
from numpy.random import default_rng

from exports.qr import FrameQr, make_frame_qr
from medilink.carrying.frames import SYMBOL_BY_VERSION, Catcher, make_frames
from tests.bench.camera import TYPICAL, photograph
from tests.bench.measuring import Measured, percentile
from tests.bench.table import benchmark
from tests.bench.world import World
from ui.reading import read_quickly

MISSED, FRAMES_A_SECOND = 0.2, 10
KILO = 1_000
LOOPS = 20  # a transfer that needs more has failed
OVERHEAD_TRIALS, DRAWN_FRAMES = 60, 200


def modules_of_frame(frame: FrameQr) -> np.ndarray:
    """True for dark."""
    bits = np.unpackbits(np.frombuffer(frame.modules, np.uint8))[: frame.side**2]
    return bits.reshape(frame.side, frame.side).astype(bool)


def _seconds(size: int, version: int, seed: int) -> tuple[float, int, int]:
    """(seconds until whole, frames before the camera, frames not read) of one run."""
    chance, content = default_rng(seed), Random(seed).randbytes(size)
    texts, catcher, unread, looked = _shown(content, version), Catcher(), 0, 0
    for number, text in enumerate(texts, start=1):
        if chance.random() >= MISSED:
            modules = modules_of_frame(make_frame_qr(text, version))
            read = read_quickly(photograph(modules, TYPICAL, chance).jpeg)
            looked, unread = looked + 1, unread + (not read)
            for caught in read:
                catcher.take(caught)
        if catcher.content is not None:
            assert catcher.content == content
            return number / FRAMES_A_SECOND, looked, unread
    raise AssertionError("the transfer never ended")


def _shown(content: bytes, version: int) -> Iterator[str]:
    texts = make_frames(content, SYMBOL_BY_VERSION[version])
    for number in count():
        if number == LOOPS * len(texts):
            return
        yield texts[number % len(texts)]


def _median(world: World, size: int, version: int, runs: int) -> Measured:
    runs = world.times(max(runs // 4, 2) if world.small else runs, 1)
    size = size // 10 if world.once else size  # does it run
    found = [_seconds(size, version, 100 * version + number) for number in range(runs)]
    took = [seconds for seconds, _, _ in found]
    looked, unread = (sum(one[at] for one in found) for at in (1, 2))
    note = f"{runs} of {runs} arrived the same; {min(took):.1f} to {max(took):.1f} s; "
    return Measured(median(took), note=note + f"{unread} of {looked} frames not read")


@benchmark("animated_50kb", "s until whole, 25-L, one frame in five missed", at_most=6)
def fifty(world: World) -> Measured:
    """A long record, from a laptop's screen to a phone."""
    return _median(world, 50 * KILO, 25, 20)


@benchmark("animated_50kb_v15l", "s until whole, 15-L, one frame in five missed", at_most=14)
def fifty_from_a_phone(world: World) -> Measured:
    """The same from a phone's screen, in codes a webcam can read."""
    return _median(world, 50 * KILO, 15, 15)


@benchmark("animated_200kb", "s until whole, 25-L, one frame in five missed", at_most=25)
def two_hundred(world: World) -> Measured:
    """A record with pictures in it."""
    return _median(world, 200 * KILO, 25, 15)


@benchmark("frame_ms", "ms of CPU to make and draw one frame, p95", at_most=15)
def frame_ms(world: World) -> Measured:
    """Version 25-L, from the content on."""
    content, version = Random(1).randbytes(50 * KILO), 25
    begun = time.thread_time()
    texts = make_frames(content, SYMBOL_BY_VERSION[version])
    made = (time.thread_time() - begun) * 1000 / len(texts)
    took = []
    for number in range(world.times(DRAWN_FRAMES, 5)):
        begun = time.thread_time()
        make_frame_qr(texts[number % len(texts)], version)
        took.append(made + (time.thread_time() - begun) * 1000)
    note = f"best {min(took):.2f}, median {median(took):.2f} ms"
    return Measured(percentile(took, 0.95), note=note)


@benchmark("raptor_overhead", "frames beyond those needed, as a share", at_most=0.01)
def overhead(world: World) -> Measured:
    """Over contents of 10 to 200 kB with a fifth of the frames lost at random."""
    beyond = []
    for size in (10 * KILO, 50 * KILO, 200 * KILO):
        for seed in range(world.times(OVERHEAD_TRIALS, 3)):
            beyond.append(_beyond(size, seed))
    most = f"{len(beyond)} trials; at worst {max(beyond):.3f}"
    return Measured(mean(beyond), note=most)


def _beyond(size: int, seed: int) -> float:
    chance = Random(seed)
    frames, catcher, taken = make_frames(chance.randbytes(size), 1216), Catcher(), 0
    for text in frames:
        if chance.random() >= MISSED:
            taken += 1
            progress = catcher.take(text)
        if catcher.content is not None:
            return taken / progress.needed - 1
    raise AssertionError("the transfer never ended")
