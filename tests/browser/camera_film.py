"""Films for Chromium's fake camera, as YUV4MPEG2 (4:2:0, full size): a picture held still, or one
picture after another, ten a second, over and over."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

FRAMES = 12
FRAME_RATE = 10
TABLE = (118, 112, 104)  # grey


def film_of(picture: Image.Image, path: Path, size: tuple[int, int] = (1280, 720)) -> Path:
    """A film that shows `picture` on a grey table, filling two thirds of the height."""
    return _film([_frame(picture, size, 2 / 3)] * FRAMES, path, size)


def moving_film_of(
    pictures: Iterable[Image.Image], path: Path, size: tuple[int, int] = (1280, 720)
) -> Path:
    """A film of a screen that shows one picture after another, filling nearly all of the height."""
    return _film((_frame(picture, size, 0.86) for picture in pictures), path, size)


def _film(frames: Iterable[bytes], path: Path, size: tuple[int, int]) -> Path:
    head = f"YUV4MPEG2 W{size[0]} H{size[1]} F{FRAME_RATE}:1 Ip A1:1 C420jpeg\n".encode()
    with path.open("wb") as out:
        out.write(head)
        for frame in frames:
            out.write(b"FRAME\n" + frame)
    return path


def _frame(picture: Image.Image, size: tuple[int, int], share: float) -> bytes:
    table = Image.new("RGB", size, TABLE)
    side = int(size[1] * share)
    held = picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    held = held.rotate(4, Image.Resampling.BICUBIC, expand=True, fillcolor=TABLE)
    table.paste(held, ((size[0] - held.width) // 2, (size[1] - held.height) // 2))
    y, cb, cr = table.convert("YCbCr").split()
    half = (size[0] // 2, size[1] // 2)
    return y.tobytes() + cb.resize(half).tobytes() + cr.resize(half).tobytes()
