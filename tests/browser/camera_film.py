"""A film for Chromium's fake camera: a picture held still, as YUV4MPEG2 (4:2:0, full size)."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

FRAMES = 12
FRAME_RATE = 10


def film_of(picture: Image.Image, path: Path, size: tuple[int, int] = (1280, 720)) -> Path:
    """A film that shows `picture` on a grey table, filling two thirds of the height."""
    table = Image.new("RGB", size, (118, 112, 104))
    side = size[1] * 2 // 3
    held = picture.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    held = held.rotate(4, Image.Resampling.BICUBIC, expand=True, fillcolor=(118, 112, 104))
    table.paste(held, ((size[0] - held.width) // 2, (size[1] - held.height) // 2))
    y, cb, cr = table.convert("YCbCr").split()
    half = (size[0] // 2, size[1] // 2)
    frame = y.tobytes() + cb.resize(half).tobytes() + cr.resize(half).tobytes()
    head = f"YUV4MPEG2 W{size[0]} H{size[1]} F{FRAME_RATE}:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + b"".join(b"FRAME\n" + frame for _ in range(FRAMES)))
    return path
