"""People registered twice are found, others left alone: measured on seeds nobody tuned on."""

from __future__ import annotations

import pytest

from medilink.matching import suspected_pairs
from tests.rules.labelled_people import Labelled, labelled

# weights and threshold were set on seeds 1 to 5
HELD_OUT = (20, 21, 22, 23)
LEAST_RECALL, LEAST_PRECISION = 0.95, 0.98


def figures(made: Labelled) -> tuple[float, float]:
    """Recall and precision of the whole pipeline: blocking and weights."""
    found = {(a, b) for a, b, _ in suspected_pairs(list(enumerate(made.people)))}
    right = len(found & made.same)
    return right / len(made.same), right / max(len(found), 1)


@pytest.mark.parametrize("seed", HELD_OUT)
def test_duplicates_are_found_and_others_left_alone(seed: int) -> None:
    recall, precision = figures(labelled(seed))
    print(f"duplicates, seed {seed}: recall {recall:.3f}, precision {precision:.3f}")
    assert recall >= LEAST_RECALL
    assert precision >= LEAST_PRECISION
