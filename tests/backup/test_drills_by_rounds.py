"""A round the house makes by itself is followed by a drill when one is due; closing ends it."""

from __future__ import annotations

import pytest

from backup.scratch import FOLDER
from medilink.acts.drill import kept_drills, last_drill
from tests.backup.test_restoring import Laptop, lost
from ui.backing_up import Part
from ui.rounds import begin_round

__all__ = ["lost"]  # a fixture


def test_after_the_first_round_restoring_was_tried(lost: Laptop) -> None:
    house = lost.house()
    house.unlock_by_itself()
    for _ in range(2):
        assert begin_round(house)
        house.backing_up.wait()
    assert len(kept_drills(house.system_desk())) == 1
    assert last_drill(house.system_desk()) == house.system_desk().now
    house.close()


def test_closing_ends_a_drill_and_leaves_nothing(
    lost: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = lost.house()
    house.unlock_by_itself()
    watch = type(house.backing_up)._watch

    def closing(self: object, part: Part, place: str, done: int, of: int) -> None:
        if part is Part.DRILL:
            self._allowed = False  # type: ignore[attr-defined]
        watch(self, part, place, done, of)  # type: ignore[arg-type]

    monkeypatch.setattr(type(house.backing_up), "_watch", closing)
    assert begin_round(house)
    house.backing_up.wait()
    assert kept_drills(house.system_desk()) == []
    assert not (house.config.data_dir / FOLDER).exists()
    house.close()
