"""QR codes are drawn as asked, refused where a camera could not read them, and read back."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from exports.optics import (
    LAPTOP_TO_PHONE,
    LEAST_PIXELS,
    PHONE_TO_FULL_HD,
    PHONE_TO_WEBCAM,
    View,
    check_readable,
    largest_version,
    modules_of,
    pixels_per_module,
)
from exports.qr import FrameQr, make_frame_qr, make_qr
from medilink.carrying.frames import SYMBOL_BY_VERSION, make_frames
from medilink.errors import TooDenseForCamera


def picture_of(frame: FrameQr, scale: int = 3) -> np.ndarray:
    bits = np.unpackbits(np.frombuffer(frame.modules, np.uint8))[: frame.side**2]
    light = (1 - bits.reshape(frame.side, frame.side)) * 255
    return np.kron(np.pad(light, 4, constant_values=255), np.ones((scale, scale))).astype(np.uint8)


@pytest.mark.parametrize(("version", "symbol"), SYMBOL_BY_VERSION.items())
def test_frames_are_of_the_version_and_level_asked_for_and_read_back(
    version: int, symbol: int
) -> None:
    for text in make_frames(Random(version).randbytes(5_001), symbol):
        frame = make_frame_qr(text, version)
        assert frame.side == modules_of(version)
        found = zxingcpp.read_barcode(picture_of(frame))
        assert found
        assert found.text == text
        assert found.ec_level == "L"


def test_what_does_not_fit_is_refused_not_drawn_larger() -> None:
    text = "MLF:" + "A" * 2_000
    with pytest.raises(ValueError, match=r".+"):
        make_frame_qr(text, 25)
    with pytest.raises(ValueError, match="too much"):
        make_qr(text)


@pytest.mark.parametrize(("text", "level"), [("MLF:SHORT", "L"), ("MLF:" + "A" * 1_000, "Q")])
def test_a_frame_that_would_be_of_another_size_is_refused(text: str, level: str) -> None:
    with pytest.raises(ValueError, match="not the code"):
        make_frame_qr(text, 25, level)


# ---- how fine a code may be


def test_the_geometry_of_the_usual_ways_to_hold_a_code() -> None:
    assert pixels_per_module(12, PHONE_TO_WEBCAM) == pytest.approx(3.95, abs=0.05)
    assert pixels_per_module(20, PHONE_TO_WEBCAM) == pytest.approx(2.75, abs=0.05)
    assert pixels_per_module(20, PHONE_TO_FULL_HD) == pytest.approx(4.1, abs=0.05)
    assert pixels_per_module(25, LAPTOP_TO_PHONE) == pytest.approx(5.3, abs=0.05)
    assert largest_version(PHONE_TO_WEBCAM) == 14
    assert largest_version(View(5)) == 0


@given(st.integers(1, 40), st.floats(1, 400), st.integers(320, 4_000), st.floats(50, 1_000))
def test_the_largest_version_is_the_border(
    version: int, side_mm: float, width: int, distance: float
) -> None:
    view = View(side_mm, width, distance)
    assert (version <= largest_version(view)) == (pixels_per_module(version, view) >= LEAST_PIXELS)


def test_a_code_too_fine_for_the_camera_is_refused_with_what_to_do() -> None:
    text = "ML1:" + "A" * 700
    version = int(make_qr(text).version)
    assert version > largest_version(PHONE_TO_WEBCAM)
    with pytest.raises(TooDenseForCamera, match="larger, or as a moving code"):
        make_qr(text, view=PHONE_TO_WEBCAM)
    assert make_qr(text, view=LAPTOP_TO_PHONE).version == version
    check_readable(version, LAPTOP_TO_PHONE)
