"""A seeded synthetic camera: a code on a screen or on paper, as a phone or webcam would see it.

Two classes. TYPICAL: somebody holds a code to a camera in a room. HARD: tilted, dim, shaken, with
glare. The scene: the code, drawn finely, in a bezel (screen, 60 %) or with ink that spreads on a
card (print), seen by a pinhole camera before a cluttered background; then moiré or banding,
glare, blur, motion, gain and gamma, noise, JPEG. numpy and Pillow only.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from math import cos, pi, sin, tan

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFilter

HD, FULL_HD = (1280, 720), (1920, 1080)
QUIET = 4
DRAWN = 8  # pixels a module before the camera sees it
SCREENS = 0.6  # of all scenes; the rest is paper
VIEW_ACROSS = pi / 3  # radians the camera sees from left to right
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Ranges from which one picture's conditions are drawn, uniformly. `fill`: height of the code
    as a share of the picture's; angles in degrees; `blur` and `motion` in pixels of the picture;
    `noise` in grey levels; `quality` of JPEG; `glare`: how often there is one."""

    fill: Span
    tilt: Span
    turn: Span
    blur: Span
    motion: Span
    noise: Span
    gain: Span
    quality: tuple[int, int]
    glare: float = 0.0


TYPICAL = Conditions(
    (0.60, 0.85), (0, 18), (-15, 15), (0.4, 0.9), (0, 1.6), (2, 7), (0.6, 1.05), (70, 92)
)
HARD = Conditions(
    (0.5, 0.8), (0, 35), (-45, 45), (0.6, 1.5), (0, 3.5), (4, 15), (0.3, 1.1), (35, 85), glare=0.4
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One picture, as the page's camera sends it (JPEG), and how many of its pixels a module would
    have if the code were held straight."""

    jpeg: bytes
    pixels_per_module: float


def photograph(
    modules: np.ndarray,
    how: Conditions,
    chance: Generator,
    *,
    size: tuple[int, int] = HD,
    fill: float | None = None,
    screen: bool | None = None,
) -> Seen:
    """What the camera sees of a code (True for dark modules, without quiet zone). `fill` and
    `screen` may be given instead of drawn."""
    on_screen = chance.random() < SCREENS if screen is None else screen
    share = chance.uniform(*how.fill) if fill is None else fill
    held = _on_screen(modules, chance) if on_screen else _on_card(modules, chance)
    corners = _corners(share * size[1], how, chance, size)
    picture = _placed(held, corners, chance, size)
    grey = np.asarray(picture, np.float32)
    grey = _moire(grey, chance) if on_screen else grey
    if chance.random() < how.glare:
        grey = _glare(grey, corners, chance)
    grey = _blurred(grey, how, chance)
    grey = _developed(grey, how, chance)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, "JPEG", quality=int(chance.integers(*how.quality)))
    return Seen(out.getvalue(), share * size[1] / (len(modules) + 2 * QUIET))


# ---- what is held before the camera


def _drawn(modules: np.ndarray, light: float, dark: float) -> np.ndarray:
    padded = np.pad(modules, QUIET)
    large = np.kron(padded, np.ones((DRAWN, DRAWN), bool))
    return np.where(large, dark, light).astype(np.float32)


def _on_screen(modules: np.ndarray, chance: Generator) -> Image.Image:
    """A lit code in a dark bezel."""
    code = _drawn(modules, chance.uniform(225, 255), chance.uniform(5, 30))
    bezel = np.full([side + 12 * DRAWN for side in code.shape], chance.uniform(10, 60), np.float32)
    bezel[6 * DRAWN : -6 * DRAWN, 6 * DRAWN : -6 * DRAWN] = code
    return Image.fromarray(bezel.astype(np.uint8))


def _on_card(modules: np.ndarray, chance: Generator) -> Image.Image:
    """Ink on paper: it spreads a little, and is neither black nor even."""
    code = _drawn(modules, chance.uniform(200, 245), chance.uniform(25, 70))
    card = Image.fromarray(code.astype(np.uint8))
    spread = chance.random() < 0.5
    card = card.filter(ImageFilter.MinFilter(3)) if spread else card
    margin = 6 * DRAWN
    paper = Image.new("L", (card.width + 2 * margin, card.height + 2 * margin), 228)
    paper.paste(card, (margin, margin))
    return paper


# ---- how the camera looks at it


def _corners(
    height: float, how: Conditions, chance: Generator, size: tuple[int, int]
) -> np.ndarray:
    """Where the corners of the code with its quiet zone fall: tilted about an axis of any
    direction, turned, a little off the middle. Rows x, y; clockwise from the upper left."""
    tilt, axis = np.deg2rad(chance.uniform(*how.tilt)), chance.uniform(0, 2 * pi)
    turn = np.deg2rad(chance.uniform(*how.turn))
    flat = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]) * height
    turned = flat @ np.array([(cos(turn), sin(turn)), (-sin(turn), cos(turn))])
    along = turned @ np.array([cos(axis), sin(axis)])
    across = turned @ np.array([-sin(axis), cos(axis)])
    focal = size[0] / 2 / tan(VIEW_ACROSS / 2)
    away = focal / (focal + across * sin(tilt))
    points = np.stack([along, across * cos(tilt)], axis=1) * away[:, None]
    back = points @ np.array([(cos(axis), sin(axis)), (-sin(axis), cos(axis))])
    off = chance.uniform(-0.04, 0.04, 2) * size[1]
    return np.asarray(back + np.array(size) / 2 + off)


def _placed(
    held: Image.Image, corners: np.ndarray, chance: Generator, size: tuple[int, int]
) -> Image.Image:
    """The held thing in perspective before a cluttered background."""
    scene, edge = _clutter(chance, size), 6 * DRAWN
    inner = held.width - 2 * edge  # the corners are those of the code with its quiet zone
    square = np.array([(0, 0), (inner, 0), (inner, inner), (0, inner)], float) + edge
    outer = _points(_homography(square, corners), held.width)
    low = np.clip(np.floor(outer.min(axis=0)), 0, size).astype(int)
    high = np.clip(np.ceil(outer.max(axis=0)), 0, size).astype(int)
    # Drawn at twice the size and scaled down, so that fine modules are averaged as a sensor does.
    large = (int(high[0] - low[0]) * 2, int(high[1] - low[1]) * 2)
    factors = tuple(_homography((corners - low) * 2, square))
    how, smooth = Image.Transform.PERSPECTIVE, Image.Resampling.BILINEAR
    warped = held.transform(large, how, factors, smooth).reduce(2)
    mask = Image.new("L", large)
    ImageDraw.Draw(mask).polygon([tuple(point) for point in (outer - low) * 2], fill=255)
    scene.paste(warped, (int(low[0]), int(low[1])), mask.reduce(2))
    return scene


def _points(factors: np.ndarray, side: float) -> np.ndarray:
    """Where the corners of a square of that side go."""
    a, b, c, d, e, f, g, h = factors
    square = ((0, 0), (side, 0), (side, side), (0, side))
    far = [(g * x + h * y + 1) for x, y in square]
    return np.array(
        [
            ((a * x + b * y + c) / w, (d * x + e * y + f) / w)
            for (x, y), w in zip(square, far, strict=True)
        ]
    )


def _homography(of: np.ndarray, to: np.ndarray) -> np.ndarray:
    """The eight factors, as Pillow names them, that take the four points `of` to those of `to`."""
    rows, values = [], []
    for (x, y), (u, v) in zip(of, to, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows), np.array(values))


def _clutter(chance: Generator, size: tuple[int, int]) -> Image.Image:
    """Shapes of all greys, as whatever lies behind."""
    table = Image.new("L", size, int(chance.integers(60, 190)))
    pen = ImageDraw.Draw(table)
    for _ in range(24):
        x, y = chance.uniform(-100, size[0]), chance.uniform(-100, size[1])
        box = (x, y, x + chance.uniform(20, 350), y + chance.uniform(20, 350))
        shape = pen.rectangle if chance.random() < 0.5 else pen.ellipse
        shape(box, fill=int(chance.integers(20, 235)))
    return table


# ---- what light, lens and sensor do


def _moire(grey: np.ndarray, chance: Generator) -> np.ndarray:
    """Stripes between the screen's dots and the sensor's, or bands of a screen that flickers."""
    down, across = np.mgrid[: grey.shape[0], : grey.shape[1]].astype(np.float32)
    angle, wave = chance.uniform(0, pi), chance.uniform(3, 40)
    if chance.random() < 0.3:
        angle, wave = pi / 2, chance.uniform(80, 400)
    phase = (across * cos(angle) + down * sin(angle)) * (2 * pi / wave)
    return grey * (1 + chance.uniform(0, 0.08) * np.sin(phase, dtype=np.float32))


def _glare(grey: np.ndarray, corners: np.ndarray, chance: Generator) -> np.ndarray:
    """A lamp mirrored somewhere on the code."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y = chance.uniform(low, high)
    radius = (high - low).max() * chance.uniform(0.04, 0.12)
    down, across = np.mgrid[: grey.shape[0], : grey.shape[1]]
    far = ((across - x) ** 2 + (down - y) ** 2) / radius**2
    return grey + chance.uniform(80, 260) * np.exp(-far).astype(np.float32)


def _blurred(grey: np.ndarray, how: Conditions, chance: Generator) -> np.ndarray:
    """Out of focus, and moved while the shutter was open."""
    picture = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    unsharp = ImageFilter.GaussianBlur(chance.uniform(*how.blur))
    soft = np.asarray(picture.filter(unsharp), np.float32)
    length, angle = chance.uniform(*how.motion), chance.uniform(0, pi)
    steps = np.linspace(-0.5, 0.5, 5) * length
    return sum(_shifted(soft, step * cos(angle), step * sin(angle)) for step in steps) / len(steps)  # type: ignore[return-value]


def _shifted(grey: np.ndarray, x: float, y: float) -> np.ndarray:
    """Moved by a part of a pixel or several, linearly."""
    for axis, by in ((1, x), (0, y)):
        whole = int(np.floor(by))
        part = np.float32(by - whole)
        grey = np.roll(grey, whole, axis) * (1 - part) + np.roll(grey, whole + 1, axis) * part
    return grey


def _developed(grey: np.ndarray, how: Conditions, chance: Generator) -> np.ndarray:
    """Exposure, gamma and noise."""
    lit = np.clip(grey * chance.uniform(*how.gain), 0, 255) / 255
    curved = lit ** np.float32(chance.uniform(0.8, 1.25)) * 255
    noise = chance.standard_normal(grey.shape, np.float32) * np.float32(chance.uniform(*how.noise))
    return np.clip(curved + noise, 0, 255).astype(np.uint8)
