"""The synthetic camera can be trusted: seeded, as hard as it says, and of the size it says; and the
two halves of a vocabulary share no word."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
from numpy.random import default_rng
from PIL import Image

from tests.bench.bench_qr import drawn, random_code, read
from tests.bench.camera import FULL_HD, HARD, HD, TYPICAL, photograph
from tests.bench.vocabulary import Halves
from tests.made_records import made_up_records
from ui.reading import read_codes


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg))


def test_the_same_seed_takes_the_same_picture() -> None:
    _, modules = random_code(default_rng(1), 10, "M")
    once, again, other = (photograph(modules, HARD, default_rng(n)).jpeg for n in (7, 7, 8))
    assert once == again
    assert once != other


@pytest.mark.parametrize("size", [HD, FULL_HD])
def test_pictures_are_of_the_size_and_fill_asked_for(size: tuple[int, int]) -> None:
    modules = np.ones((77, 77), bool)  # all dark, so that its edge can be measured
    calm = TYPICAL.__class__((0.7, 0.7), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (1, 1), (95, 96))
    seen = photograph(modules, calm, default_rng(3), size=size, screen=False)
    grey = np.asarray(opened(seen.jpeg).convert("L"))
    assert grey.shape == (size[1], size[0])
    assert seen.pixels_per_module == pytest.approx(0.7 * size[1] / 85)
    row = grey[size[1] // 2].astype(int)
    middle, dark = size[0] // 2, row[size[0] // 2]
    right = middle + int(np.argmax(row[middle:] > dark + 60))
    left = middle - int(np.argmax(row[middle::-1] > dark + 60))
    assert right - left == pytest.approx(77 * seen.pixels_per_module, rel=0.02)


def test_an_easy_code_is_read_and_one_too_small_is_not() -> None:
    chance = default_rng(5)
    text, modules = random_code(chance, 10, "M")
    assert read_codes(photograph(modules, TYPICAL, chance).jpeg) == [text]
    tiny = photograph(modules, TYPICAL, chance, fill=0.1)
    assert tiny.pixels_per_module < 1.5
    assert read_codes(tiny.jpeg) == []


def test_a_wrong_text_ends_the_run() -> None:
    chance = default_rng(6)
    modules = drawn("ML1:" + "A" * 100, 10, "M")
    with pytest.raises(AssertionError, match="a wrong text"):
        read(photograph(modules, TYPICAL, chance), "ML1:" + "B" * 100)


def test_the_halves_of_a_vocabulary_share_no_word() -> None:
    people = list(made_up_records(1, 60, date(2026, 3, 2)))
    halves = Halves(people)
    for field in ("given", "family", "village"):
        words = [
            {getattr(halves.only(one, half).patient.details, field) for one in people}
            for half in (0, 1)
        ]
        assert words[0]
        assert not words[0] & words[1]
    medicines = [
        {medicine.name for one in people for medicine in halves.only(one, half).medications}
        for half in (0, 1)
    ]
    assert medicines[0]
    assert not medicines[0] & medicines[1]
