"""How often the rules on unusual access raise a false alarm in a simulated year."""

from __future__ import annotations

from tests.bench.measuring import Measured
from tests.bench.table import benchmark
from tests.bench.world import World
from tests.judging_flags import Judged, judge
from tests.simulated_year import simulate_year

SEED = 2


@benchmark("unusual_false_alarms", "% of innocent days of work", at_most=1.0)
def flags_the_innocent(world: World) -> Measured:
    """Days of work with a false alarm, emergencies among them, over a year of a clinic with ten
    staff; misuse of every kind is planted in it, and every kind must be found."""
    weeks, misuse = (16, 2) if world.small else (52, 6)
    judged = judge(simulate_year(SEED, weeks, misuse))
    assert all(judged.found[rule] for rule in judged.planted), judged.missed
    return Measured(judged.person_days, None, _note(judged))


def _note(judged: Judged) -> str:
    kinds = ", ".join(f"{rule} {judged.found[rule]}/{n}" for rule, n in judged.planted.items())
    return (
        f"{judged.accesses:.2f} % of innocent openings, {judged.false_a_week:.2f} flags a week;"
        f" found: {kinds}"
    )
