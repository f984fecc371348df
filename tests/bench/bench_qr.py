"""How well codes are read: seeded pictures of a synthetic camera, one after the other.

Shares are of single pictures unless the name says otherwise. A wrong text would be worse than none:
one of them ends the run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import base45
import numpy as np
import segno
from numpy.random import Generator, default_rng

from exports.optics import LEAST_PIXELS, QUIET_MODULES, View, modules_of
from tests.bench.camera import FULL_HD, HARD, HD, TYPICAL, Conditions, Seen, photograph
from tests.bench.measuring import Measured, percentile
from tests.bench.table import benchmark
from tests.bench.world import World
from ui.reading import open_picture, read_once, read_sharpened

TYPICAL_FRAMES, HARD_CODES, SWEPT, CARDS = 300, 100, 400, 120
FRAMES_OF_ONE = 5
# bytes after a tag of four characters, in base45: version and level → what fills the code
CAPACITY = {
    (10, "M"): 204, (12, "M"): 276, (15, "M"): 397, (15, "L"): 502, (20, "M"): 644, (20, "L"): 830,
    (25, "L"): 1232, (25, "M"): 964, (30, "M"): 1326,
}  # fmt: skip
CARD_VERSION, CARD_DIGITS = 22, 2_390  # the largest SMART Health Card for 40 × 40 mm
CARD_MM, CARD_DISTANCES_MM = 40, (100, 180)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one picture was read: by the first reader, by the second, and the CPU it took in ms."""

    first: bool
    second: bool
    took: float
    pixels: float

    @property
    def read(self) -> bool:
        return self.first or self.second


def read(seen: Seen, text: str) -> Reading:
    """Through the readers the page uses, one after the other, from the JPEG on."""
    begun = time.thread_time()
    picture = open_picture(seen.jpeg)
    assert picture is not None
    once = read_once(picture)
    again = [] if once else read_sharpened(picture)
    took = (time.thread_time() - begun) * 1000
    if (once or again) not in ([], [text]):
        raise AssertionError("a wrong text was read")
    return Reading(bool(once), bool(again), took, seen.pixels_per_module)


def random_code(chance: Generator, version: int, level: str) -> tuple[str, np.ndarray]:
    """A code filled to capacity with random base45."""
    text = "ML1:" + base45.b45encode(chance.bytes(CAPACITY[version, level])).decode()
    return text, drawn(text, version, level)


def drawn(text: str, version: int, level: str) -> np.ndarray:
    """Its modules, True for dark; not of another version or level than asked."""
    code = segno.make_qr(text, error=level, boost_error=False, version=version, mask=3)
    assert (code.version, code.error) == (version, level)
    return np.array([list(row) for row in code.matrix], bool)


def _count(world: World, usual: int) -> int:
    return world.times(usual // 4 if world.small else usual, 4)


def _readings(world: World, name: str, make: Iterator[Reading]) -> list[Reading]:
    """Taken once, used by several benchmarks."""
    if name not in world.seen:
        world.seen[name] = list(make)
    found: list[Reading] = world.seen[name]
    return found


def _share(hits: int, of: int) -> Measured:
    return Measured(hits / of if of else 0.0, note=f"{hits} of {of}")


# ---- a static code of version 15-M, 397 bytes


def _many(how: Conditions, codes: int, frames: int, seed: int) -> Iterator[Reading]:
    chance = default_rng(seed)
    for _ in range(codes):
        text, modules = random_code(chance, 15, "M")
        for _ in range(frames):
            yield read(photograph(modules, how, chance), text)


def _hard(world: World) -> list[Reading]:
    codes = _count(world, HARD_CODES)
    return _readings(world, "hard", _many(HARD, codes, FRAMES_OF_ONE, 2))


@benchmark("qr_typical_v15m", "share read of single pictures", at_least=0.99)
def typical(world: World) -> Measured:
    """Somebody holds a code to a 720p camera."""
    found = _readings(world, "typical", _many(TYPICAL, _count(world, TYPICAL_FRAMES), 1, 1))
    return _share(sum(one.read for one in found), len(found))


@benchmark("qr_hard_v15m_single", "share read of single pictures", at_least=0.75)
def hard(world: World) -> Measured:
    """Tilted, dim, shaken, with glare."""
    found = _hard(world)
    return _share(sum(one.read for one in found), len(found))


@benchmark("qr_hard_v15m_5_frames", "share read within five pictures", at_least=0.99)
def hard_in_time(world: World) -> Measured:
    """Half a second of the same."""
    found = _hard(world)
    fives = [found[at : at + FRAMES_OF_ONE] for at in range(0, len(found), FRAMES_OF_ONE)]
    return _share(sum(any(one.read for one in five) for five in fives), len(fives))


# ---- how fine a code may be


def _fine_enough(count: int) -> Iterator[Reading]:
    """Codes of many versions, from the border of what is drawn at all up to twice as large."""
    chance, kinds = default_rng(3), list(CAPACITY)
    while count:
        version, level = kinds[chance.integers(len(kinds))]
        pixels = chance.uniform(LEAST_PIXELS, 2 * LEAST_PIXELS)
        fill = pixels * (modules_of(version) + 2 * QUIET_MODULES) / HD[1]
        if fill <= TYPICAL.fill[1]:
            text, modules = random_code(chance, version, level)
            yield read(photograph(modules, TYPICAL, chance, fill=fill), text)
            count -= 1


@benchmark("qr_px_gate", "share read from 3.5 pixels a module on", at_least=0.99)
def gate(world: World) -> Measured:
    """What is not refused when it is drawn is read."""
    found = _readings(world, "gate", _fine_enough(_count(world, TYPICAL_FRAMES)))
    note = f"{sum(one.read for one in found)} of {len(found)}; "
    near = [one for one in found if one.pixels < LEAST_PIXELS + 0.5]
    note += f"{sum(one.read for one in near)} of {len(near)} below 4 pixels"
    return Measured(sum(one.read for one in found) / len(found), note=note)


# ---- the readers


def _sweep(count: int) -> Iterator[Reading]:
    """Versions, levels and conditions of all kinds, also what can hardly be read."""
    chance, kinds = default_rng(4), list(CAPACITY)
    for number in range(count):
        text, modules = random_code(chance, *kinds[chance.integers(len(kinds))])
        yield read(photograph(modules, (TYPICAL, HARD)[number % 2], chance), text)


def _swept(world: World) -> list[Reading]:
    return _readings(world, "swept", _sweep(_count(world, SWEPT)))


@benchmark("qr_second_pass", "share of the first reader's misses read sharpened", at_least=0.08)
def second_pass(world: World) -> Measured:
    """What the second reader is there for."""
    missed = [one for one in _swept(world) if not one.first]
    return _share(sum(one.second for one in missed), len(missed))


def _took(world: World, share: float) -> Measured:
    took = [one.took for one in _swept(world)]
    best = f"{len(took)} pictures of 720p, JPEG to text, both readers; fastest {min(took):.1f} ms"
    return Measured(percentile(took, share), note=best)


@benchmark("qr_read_ms_p50", "ms of CPU for one picture", at_most=10)
def usual_time(world: World) -> Measured:
    """The usual picture."""
    return _took(world, 0.5)


@benchmark("qr_read_ms_p95", "ms of CPU for one picture", at_most=60)
def worst_time(world: World) -> Measured:
    """One in twenty takes longer."""
    return _took(world, 0.95)


# ---- the printed card


def _cards(count: int) -> Iterator[Reading]:
    """A card of 40 × 40 mm before a phone, at the distances at which people hold it."""
    chance = default_rng(6)
    with_white = CARD_MM * (1 + 2 * QUIET_MODULES / modules_of(CARD_VERSION))
    for _ in range(count):
        text = "".join(map(str, chance.integers(0, 10, CARD_DIGITS)))
        modules = drawn(text, CARD_VERSION, "L")
        view = View(with_white, FULL_HD[0], chance.uniform(*CARD_DISTANCES_MM))
        fill = with_white * view.pixels_per_mm / FULL_HD[1]
        seen = photograph(modules, TYPICAL, chance, size=FULL_HD, fill=fill, screen=False)
        yield read(seen, text)


@benchmark("qr_card_40mm", "share read of single pictures, 1080p, from 10 to 18 cm", at_least=0.95)
def card(world: World) -> Measured:
    """The largest SMART Health Card, version 22-L in digits, printed on 40 × 40 mm."""
    found = _readings(world, "cards", _cards(_count(world, CARDS)))
    pixels = [one.pixels for one in found]
    note = f"{sum(one.read for one in found)} of {len(found)}; "
    note += f"{min(pixels):.1f} to {max(pixels):.1f} pixels a module"
    return Measured(sum(one.read for one in found) / len(found), note=note)
