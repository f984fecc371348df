"""Restore drills of this installation: by themselves once a month, or because somebody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from backup.archive import Progress, nobody_waits
from backup.destinations import Place
from backup.drilling import Drilling, hold_drill
from backup.folder import Home
from backup.ledger import LedgerFile
from backup.schedule import SCHEDULE
from backup.scratch import sweep_scratch
from medilink.acts.drill import last_drill, last_tried
from medilink.desk import Desk
from medilink.drills import Drill, drill_due
from medilink.errors import NothingToDrill, ScratchTaken
from ui.house import MEDILINK_ITSELF, House

NO_NAMES: Mapping[str, str] = MappingProxyType({})


def drill_now(
    house: House,
    desk: Desk,
    places: Sequence[Place],
    called: Mapping[str, str] = NO_NAMES,
    progress: Progress = nobody_waits,
) -> Drill:
    """Restore the newest backup of the folder beside the store and of every place chosen, and keep
    what came of it. `called`: what people call a place, by its key; `progress` may raise to end it.
    Raises NothingToDrill, ScratchTaken, Refused."""
    config = house.config
    everywhere = [Home(config.backups_dir), *places]
    known = LedgerFile(config.backups_known_file).read()
    return hold_drill(Drilling(desk, config.data_dir, everywhere, known, called, progress))


def drill_when_due(
    house: House,
    places: Sequence[Place],
    called: Mapping[str, str] = NO_NAMES,
    progress: Progress = nobody_waits,
) -> Drill | None:
    """What came of a drill, if one was due; None otherwise. For the thread that makes the rounds of
    backups, after each round: it takes as long as a restore. What a drill or a look into a backup
    left that was killed goes first. Nothing under a clock in doubt."""
    sweep_scratch(house.config.data_dir)
    desk = house.desk().signed_in_as(MEDILINK_ITSELF)
    if desk.doubted:
        return None
    quiet = SCHEDULE.is_quiet(house.clock().astimezone().hour)
    if not drill_due(last_drill(desk), desk.now, last_tried(desk), quiet=quiet):
        return None
    try:
        return drill_now(house, desk, places, called, progress)
    except (NothingToDrill, ScratchTaken):
        return None
