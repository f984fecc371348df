"""Which backups are from before a restore."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from medilink.earlier_life import Lived, Made, lived_in
from medilink.store_backup import Life, Restoration

NOW = Life(b"now", b"")
RESTORED = [Restoration(at, 1, at - 1, 1) for at in (500, 300)]  # the newest first


def test_before_a_restore_says_which_restore_ended_it() -> None:
    assert lived_in(200, b"old", NOW, RESTORED) == Lived(Made.BEFORE, 300)
    assert lived_in(400, b"older", NOW, RESTORED) == Lived(Made.BEFORE, 500)


def test_what_a_laptop_that_was_given_up_still_wrote_is_said_too() -> None:
    assert lived_in(600, b"old", NOW, RESTORED).made is Made.ASIDE


def test_a_backup_that_does_not_say_is_judged_by_its_time() -> None:
    assert lived_in(400, b"", NOW, RESTORED) == Lived(Made.BEFORE, 500)
    assert lived_in(600, b"", NOW, RESTORED).made is Made.NOW


@given(at=st.integers(0, 1000), epoch=st.sampled_from([b"", b"old", b"now"]))
def test_nothing_is_marked_of_the_present_life_or_where_nothing_was_restored(
    at: int, epoch: bytes
) -> None:
    assert lived_in(at, epoch, NOW, []).made is Made.NOW
    assert lived_in(at, b"now", NOW, RESTORED).made is Made.NOW
