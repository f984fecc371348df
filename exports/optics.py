"""How large a code must be for a camera to read it: pixels for each module. Pure geometry.

Measured on a seeded bench (tests/bench/bench_qr.py): from 3.5 pixels a module on, 99 of 100 single
pictures are read; below, fewer the smaller.
"""

from __future__ import annotations

from dataclasses import dataclass

from medilink.errors import TooDenseForCamera

LEAST_PIXELS = 3.5  # a module, in usual conditions
QUIET_MODULES = 4  # of white on each side (ISO/IEC 18004)
SEEN_PER_DISTANCE = 1.155  # width a camera sees, as a share of the distance: 60 degrees across
ARM_MM = 250  # how far a code is held from the camera


@dataclass(frozen=True, slots=True)
class View:
    """A code as a camera sees it: its side in millimetres with the white around it, the width of
    the camera's picture in pixels, and the distance."""

    side_mm: float
    camera_width: int = 1280
    distance_mm: float = ARM_MM

    @property
    def pixels_per_mm(self) -> float:
        return self.camera_width / (SEEN_PER_DISTANCE * self.distance_mm)


# What usually shows a code to what: a phone to a laptop's webcam, a laptop to a phone.
PHONE_TO_WEBCAM = View(65, 1280)
PHONE_TO_FULL_HD = View(65, 1920)
LAPTOP_TO_PHONE = View(150, 1280)


def modules_of(version: int) -> int:
    """Modules along one side, without the white around."""
    return 17 + 4 * version


def pixels_per_module(version: int, view: View) -> float:
    """How many pixels of the camera one module covers."""
    return view.side_mm / (modules_of(version) + 2 * QUIET_MODULES) * view.pixels_per_mm


def largest_version(view: View) -> int:
    """The largest QR version that can be read so; 0 where none can."""
    fine = [v for v in range(1, 41) if pixels_per_module(v, view) >= LEAST_PIXELS]
    return max(fine, default=0)


def check_readable(version: int, view: View) -> None:
    """Raise TooDenseForCamera where the camera would have too few pixels for a module."""
    if pixels_per_module(version, view) < LEAST_PIXELS:
        raise TooDenseForCamera
