"""The rules on a simulated clinic: every planted kind of misuse found, next to no false alarm.

The whole year is a benchmark (`unusual_false_alarms`); this is a third of one, the same each time.
"""

from __future__ import annotations

import pytest

from tests.judging_flags import judge
from tests.simulated_year import simulate_year

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_every_kind_of_planted_misuse_is_found_with_less_than_one_false_alarm_in_100_days() -> None:
    judged = judge(simulate_year(seed=1, weeks=18, misuse=3))
    assert {rule for rule in judged.planted if not judged.found[rule]} == set()
    assert judged.by_any.total() >= 0.9 * judged.planted.total()
    assert judged.person_days < 1
    assert judged.accesses < 1.5
    assert len({flag.key for flag in judged.flags}) == len(judged.flags)
